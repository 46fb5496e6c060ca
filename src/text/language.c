/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "text/language.h"

#include <string.h>
#include <strings.h>

#include "text/language_words.h"

#define WORDS(list)                            \
    {                                          \
        list, sizeof(list) / sizeof((list)[0]) \
    }
#define DOUBLE                  \
    {                           \
        "\"", "\"", true, false \
    }
#define SINGLE                \
    {                         \
        "'", "'", true, false \
    }
#define RAW_SINGLE            \
    {                         \
        "'", "'", false, true \
    }
#define BACKTICKS            \
    {                        \
        "`", "`", true, true \
    }

static const struct language languages[] = {
    {.names = "c h",
     .keywords = WORDS(c_keywords),
     .types = WORDS(c_types),
     .constants = WORDS(c_constants),
     .comments = {"//"},
     .comment_open = "/*",
     .comment_close = "*/",
     .quotes = {DOUBLE, SINGLE},
     .traits = LANGUAGE_HASHES},
    {.names = "cpp c++ cc cxx hpp hh arduino cuda objc objective-c objectivec mm m",
     .keywords = WORDS(cpp_keywords),
     .types = WORDS(cpp_types),
     .constants = WORDS(cpp_constants),
     .comments = {"//"},
     .comment_open = "/*",
     .comment_close = "*/",
     .quotes = {{"R\"(", ")\"", false, true}, DOUBLE, SINGLE},
     .traits = LANGUAGE_HASHES},
    {.names = "rust rs",
     .keywords = WORDS(rust_keywords),
     .types = WORDS(rust_types),
     .constants = WORDS(rust_constants),
     .comments = {"//"},
     .comment_open = "/*",
     .comment_close = "*/",
     .quotes = {{"r#\"", "\"#", false, true}, {"\"", "\"", true, true}, SINGLE},
     .traits = LANGUAGE_NESTS | LANGUAGE_TICKS | LANGUAGE_HASHES},
    {.names = "go golang",
     .keywords = WORDS(go_keywords),
     .types = WORDS(go_types),
     .constants = WORDS(go_constants),
     .comments = {"//"},
     .comment_open = "/*",
     .comment_close = "*/",
     .quotes = {DOUBLE, SINGLE, {"`", "`", false, true}}},
    {.names = "python py python3 py3 pyi gyp starlark",
     .keywords = WORDS(python_keywords),
     .types = WORDS(python_types),
     .constants = WORDS(python_constants),
     .comments = {"#"},
     .quotes = {{"\"\"\"", "\"\"\"", true, true}, {"'''", "'''", true, true}, DOUBLE, SINGLE},
     .traits = LANGUAGE_ATS},
    {.names = "javascript js jsx mjs cjs node",
     .keywords = WORDS(javascript_keywords),
     .types = WORDS(javascript_types),
     .constants = WORDS(javascript_constants),
     .comments = {"//"},
     .comment_open = "/*",
     .comment_close = "*/",
     .quotes = {DOUBLE, SINGLE, BACKTICKS},
     .traits = LANGUAGE_ATS},
    {.names = "typescript ts tsx mts",
     .keywords = WORDS(typescript_keywords),
     .types = WORDS(typescript_types),
     .constants = WORDS(javascript_constants),
     .comments = {"//"},
     .comment_open = "/*",
     .comment_close = "*/",
     .quotes = {DOUBLE, SINGLE, BACKTICKS},
     .traits = LANGUAGE_ATS},
    {.names = "java groovy gradle",
     .keywords = WORDS(java_keywords),
     .types = WORDS(java_types),
     .constants = WORDS(java_constants),
     .comments = {"//"},
     .comment_open = "/*",
     .comment_close = "*/",
     .quotes = {{"\"\"\"", "\"\"\"", true, true}, DOUBLE, SINGLE},
     .traits = LANGUAGE_ATS},
    {.names = "csharp cs c#",
     .keywords = WORDS(csharp_keywords),
     .types = WORDS(csharp_types),
     .constants = WORDS(java_constants),
     .comments = {"//"},
     .comment_open = "/*",
     .comment_close = "*/",
     .quotes = {{"\"\"\"", "\"\"\"", false, true}, {"@\"", "\"", false, true}, DOUBLE, SINGLE},
     .traits = LANGUAGE_HASHES},
    {.names = "kotlin kt kts scala",
     .keywords = WORDS(kotlin_keywords),
     .types = WORDS(kotlin_types),
     .constants = WORDS(java_constants),
     .comments = {"//"},
     .comment_open = "/*",
     .comment_close = "*/",
     .quotes = {{"\"\"\"", "\"\"\"", false, true}, DOUBLE, SINGLE},
     .traits = LANGUAGE_ATS | LANGUAGE_NESTS},
    {.names = "swift dart",
     .keywords = WORDS(swift_keywords),
     .types = WORDS(swift_types),
     .constants = WORDS(swift_constants),
     .comments = {"//"},
     .comment_open = "/*",
     .comment_close = "*/",
     .quotes = {{"\"\"\"", "\"\"\"", true, true}, DOUBLE},
     .traits = LANGUAGE_ATS | LANGUAGE_NESTS},
    {.names = "sh bash shell zsh ksh fish console shell-session shellscript",
     .keywords = WORDS(sh_keywords),
     .types = WORDS(sh_types),
     .constants = WORDS(sh_constants),
     .comments = {"#"},
     .quotes = {{"\"", "\"", true, true}, RAW_SINGLE, BACKTICKS},
     .traits = LANGUAGE_DOLLARS | LANGUAGE_BLANK_COMMENTS | LANGUAGE_DASHES},
    {.names = "json json5 jsonc jsonl ndjson",
     .constants = WORDS(json_constants),
     .comments = {"//"},
     .comment_open = "/*",
     .comment_close = "*/",
     .quotes = {DOUBLE},
     .traits = LANGUAGE_STRING_KEYS},
    {.names = "yaml yml",
     .constants = WORDS(data_constants),
     .comments = {"#"},
     .quotes = {DOUBLE, {"'", "'", false, false}},
     .traits = LANGUAGE_KEYS | LANGUAGE_STRING_KEYS | LANGUAGE_DASHES | LANGUAGE_BLANK_COMMENTS},
    {.names = "toml",
     .constants = WORDS(data_constants),
     .comments = {"#"},
     .quotes = {{"\"\"\"", "\"\"\"", true, true},
                {"'''", "'''", false, true},
                DOUBLE,
                {"'", "'", false, false}},
     .traits = LANGUAGE_KEYS | LANGUAGE_STRING_KEYS | LANGUAGE_SECTIONS | LANGUAGE_DASHES},
    {.names = "ini cfg conf properties env dotenv editorconfig systemd",
     .constants = WORDS(data_constants),
     .comments = {"#", ";"},
     .quotes = {DOUBLE},
     .traits = LANGUAGE_KEYS | LANGUAGE_SECTIONS | LANGUAGE_DASHES | LANGUAGE_BLANK_COMMENTS},
    {.names = "html xml svg xhtml vue xsl plist htm",
     .comment_open = "<!--",
     .comment_close = "-->",
     .quotes = {{"\"", "\"", false, false}, {"'", "'", false, false}},
     .traits = LANGUAGE_TAGS | LANGUAGE_DASHES},
    {.names = "css scss less sass",
     .keywords = WORDS(css_keywords),
     .comments = {"//"},
     .comment_open = "/*",
     .comment_close = "*/",
     .quotes = {DOUBLE, SINGLE},
     .traits = LANGUAGE_KEYS | LANGUAGE_DASHES | LANGUAGE_ATS},
    {.names = "sql mysql postgresql postgres psql sqlite plsql",
     .keywords = WORDS(sql_keywords),
     .types = WORDS(sql_types),
     .constants = WORDS(sql_constants),
     .comments = {"--"},
     .comment_open = "/*",
     .comment_close = "*/",
     .quotes = {{"'", "'", false, true}, {"\"", "\"", false, false}},
     .traits = LANGUAGE_CASELESS},
    {.names = "diff patch udiff", .traits = LANGUAGE_PATCH},
    {.names = "lua luau",
     .keywords = WORDS(lua_keywords),
     .types = WORDS(lua_types),
     .constants = WORDS(swift_constants),
     .comments = {"--"},
     .comment_open = "--[[",
     .comment_close = "]]",
     .quotes = {{"[[", "]]", false, true}, DOUBLE, SINGLE}},
    {.names = "ruby rb erb gemfile rake crystal",
     .keywords = WORDS(ruby_keywords),
     .types = WORDS(ruby_types),
     .constants = WORDS(ruby_constants),
     .comments = {"#"},
     .quotes = {DOUBLE, SINGLE, BACKTICKS},
     .traits = LANGUAGE_ATS | LANGUAGE_DOLLARS | LANGUAGE_BLANK_COMMENTS},
    {.names = "php",
     .keywords = WORDS(php_keywords),
     .types = WORDS(php_types),
     .constants = WORDS(json_constants),
     .comments = {"//", "#"},
     .comment_open = "/*",
     .comment_close = "*/",
     .quotes = {{"\"", "\"", true, true}, {"'", "'", true, true}},
     .traits = LANGUAGE_DOLLARS | LANGUAGE_CASELESS},
    {.names = "perl pl pm",
     .keywords = WORDS(perl_keywords),
     .comments = {"#"},
     .quotes = {DOUBLE, SINGLE},
     .traits = LANGUAGE_DOLLARS | LANGUAGE_ATS | LANGUAGE_BLANK_COMMENTS},
    {.names = "make makefile mk gnumake",
     .keywords = WORDS(make_keywords),
     .comments = {"#"},
     .traits = LANGUAGE_KEYS | LANGUAGE_DOLLARS | LANGUAGE_DASHES},
    {.names = "dockerfile docker containerfile",
     .keywords = WORDS(docker_keywords),
     .comments = {"#"},
     .quotes = {DOUBLE, RAW_SINGLE},
     .traits = LANGUAGE_DOLLARS | LANGUAGE_CASELESS | LANGUAGE_BLANK_COMMENTS},
    {.names = "haskell hs elm",
     .keywords = WORDS(haskell_keywords),
     .types = WORDS(haskell_types),
     .constants = WORDS(haskell_constants),
     .comments = {"--"},
     .comment_open = "{-",
     .comment_close = "-}",
     .quotes = {DOUBLE, SINGLE},
     .traits = LANGUAGE_NESTS | LANGUAGE_TICKS},
    {.names = "zig",
     .keywords = WORDS(zig_keywords),
     .types = WORDS(zig_types),
     .constants = WORDS(zig_constants),
     .comments = {"//"},
     .quotes = {DOUBLE, SINGLE},
     .traits = LANGUAGE_ATS},
};

static bool is_among(const char *names, const char *name, size_t len)
{
    while (*names) {
        size_t n = strcspn(names, " ");
        if (n == len && strncasecmp(names, name, n) == 0)
            return true;
        names += n + (names[n] == ' ');
    }
    return false;
}

const struct language *language_find(const char *name, size_t len)
{
    for (size_t i = 0; i < sizeof(languages) / sizeof(languages[0]); i++)
        if (is_among(languages[i].names, name, len))
            return &languages[i];
    return NULL;
}

bool words_have(const struct words *words, const char *word, size_t len)
{
    size_t low = 0, high = words->count;
    while (low < high) {
        size_t middle = low + (high - low) / 2;
        const char *other = words->list[middle];
        int order = strncmp(other, word, len);
        if (order == 0 && other[len] == '\0')
            return true;
        if (order < 0)
            low = middle + 1;
        else
            high = middle;
    }
    return false;
}
