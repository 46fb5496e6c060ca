/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * A prompt is cut into clauses so that each fits a rule; where it can be cut in several ways, the
 * first clause is as long as can be.
 */
#include "guide/wish.h"

#include <ctype.h>
#include <jansson.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#include "base/buf.h"
#include "base/utf8.h"
#include "guide/formula.h"
#include "guide/phrase.h"
#include "guide/words.h"
#include "guide/zone.h"

enum { PROMPT_MAX = 400, TEXT_MAX = 80, LINE_DIGITS = 6 };

/* ---- The rules ---- */

struct rule {
    const char *tool, *pattern;
};

/* clang-format off */

#define LEAD "please|now|and|then|also|so|well|ok|okay|hi|hello|hey|guide|can|could|would|will|you|i|" \
             "id|want|need|like|to|know|do|tell|me|just|let|thanks* "
#define TAIL " please|now|today|thanks|thank|you|for|me|right|currently|again|exactly|then*"
#define READ "read|show|open|print|display|cat|view|see|give "
#define FIND "find|search|grep|look|locate for|me|all|the|word|text|string|occurrences|of|lines|with|" \
             "containing* <text> in|inside|through|within "
#define WHERE "all|the|these|my|this* files|folder|directory|code|source|sources "
#define FILES "list|show|see|give|what|which|name me|us|all|the|my|of|names* files|folders|contents "

static const struct rule rules[] = {
    {"time", LEAD "what|which time|day|date|year|month|weekday of|the|week|month|year|is|it* "
             "in|at? <zone>?" TAIL},
    {"time", LEAD "what|whats|is* the|todays|current|local|exact the|current|local|exact* "
             "time|date|day|weekday in|at? <zone>?" TAIL},

    {"calculate", LEAD "what|whats|is|are|how|much|calculate|compute|evaluate|solve|work|out|the|"
                  "result|value|of|does* <formula> is|equal|equals|make*" TAIL},

    {"read_file", LEAD READ "me|us|the|a|whole|file|contents|content|text|of* <file>" TAIL},
    {"read_file", LEAD READ "me|us|the|contents|content|text|of* file <path>" TAIL},
    {"read_file", LEAD "what|whats is* in|inside the|file* <file>" TAIL},
    {"read_file", LEAD "what does the|file* <file> say|contain|hold" TAIL},
    {"read_file", LEAD "what|are|read|show|print|give|me|us|the* first|top <last> lines of|in|from "
                  "the|file* <path>" TAIL},
    {"read_file", LEAD "what|are|read|show|print|give|me|us|the* lines|line <range> of|in|from "
                  "the|file* <path>" TAIL},
    {"read_file", LEAD "what|are|read|show|print|give|me|us|the* lines <first> to|until|till|through|"
                  "and <last> of|in|from the|file* <path>" TAIL},

    {"list_files", LEAD "ls|dir <path>?" TAIL},
    {"list_files", LEAD "list <folder>" TAIL},
    {"list_files", LEAD "list|show me|the|this|my|current|working* folder|directory" TAIL},
    {"list_files", LEAD FILES "are|is|do|have|we|there|here|exist|in|inside|of|this|the|my|current|"
                   "working|folder|directory*" TAIL},
    {"list_files", LEAD FILES "are|is|do|have|we|there|here|exist* in|inside|under|of|within "
                   "the|folder|directory* <path> folder|directory?" TAIL},
    {"list_files", LEAD "what|whats is* in|inside the|this|my|current|working* folder|directory" TAIL},
    {"list_files", LEAD "what|whats is* in|inside the? <path> folder|directory" TAIL},
    {"list_files", LEAD "what|whats is* in|inside the|folder|directory* <folder>" TAIL},

    {"search_files", LEAD FIND WHERE TAIL},
    {"search_files", LEAD FIND WHERE "in|inside|of|under|below <path>" TAIL},
    {"search_files", LEAD FIND "the|file|folder|directory* <folder>" TAIL},
    {"search_files", LEAD FIND "the|file|folder|directory* <file>" TAIL},
    {"search_files", LEAD "search|look in|through|inside* " WHERE
                     "for all|the|word|text|string|occurrences|of* <text>" TAIL},
    {"search_files", LEAD "what|which|find|list|show me|all|the* files that|which? contain|contains|"
                     "containing|mention|mentions|mentioning the|word|text|string* <text>" TAIL},
};

#undef LEAD
#undef TAIL
#undef READ
#undef FIND
#undef WHERE
#undef FILES
/* clang-format on */

/* ---- What may be caught ---- */

/* Whoever lists these or looks for them asks about runnel. */
static const char topics[] =
    "runnel librunnel guide session sessions config configuration setting settings history tool "
    "tools model models event events passage passages documentation";

static const char names[] = "makefile readme license licence copying dockerfile changelog news "
                            "authors install";

static void lower_word(char word[WORD_SIZE], const char *text, size_t len)
{
    size_t i = 0;
    for (; i < len && i < WORD_SIZE - 1; i++)
        word[i] = (char)tolower((unsigned char)text[i]);
    word[i] = '\0';
}

static bool is_in(const char *list, const struct phrase_catch *caught)
{
    char word[WORD_SIZE];
    lower_word(word, caught->text, caught->len);
    return caught->len < WORD_SIZE && word_is_in(list, word);
}

static bool is_path(const struct phrase_catch *caught)
{
    for (size_t i = 0; i < caught->len; i++) {
        unsigned char c = (unsigned char)caught->text[i];
        if (!isalnum(c) && c < 0x80 && !strchr("/._-+@#%~", c))
            return false;
    }
    return caught->text[0] != '-' && (caught->is_quoted || !is_in(topics, caught));
}

static const char *last_part(const struct phrase_catch *caught)
{
    const char *slash = memrchr(caught->text, '/', caught->len);
    return slash ? slash + 1 : caught->text;
}

/* What has an ending, which begins with a letter: 2.5 has none. */
static bool has_ending(const struct phrase_catch *caught)
{
    const char *part = last_part(caught), *end = caught->text + caught->len;
    const char *dot = memrchr(part, '.', (size_t)(end - part));
    return dot && dot + 1 < end && isalpha((unsigned char)dot[1]);
}

/* Known for one by its look; a word alone is none, though there be files of that name. */
static bool is_file(const struct phrase_catch *caught)
{
    bool is_name =
        is_in(names, caught) && (isupper((unsigned char)caught->text[0]) || caught->text[0] == 'm');
    bool is_absolute = caught->text[0] == '/' && last_part(caught) > caught->text + 1;
    return is_path(caught) && (caught->is_quoted || is_name || is_absolute || has_ending(caught));
}

static bool is_folder(const struct phrase_catch *caught)
{
    bool has_slash = memchr(caught->text + 1, '/', caught->len - 1) != NULL;
    bool has_dots = strspn(caught->text, ".") >= caught->len;
    return is_path(caught) && !has_ending(caught) && (caught->is_quoted || has_slash || has_dots);
}

static size_t digits_at(const struct phrase_catch *caught, size_t at)
{
    size_t begin = at;
    while (at < caught->len && isdigit((unsigned char)caught->text[at]))
        at++;
    return at - begin;
}

static bool is_number(const struct phrase_catch *caught)
{
    size_t digits = digits_at(caught, 0);
    return digits == caught->len && digits <= LINE_DIGITS && caught->text[0] != '0';
}

/* "10", or "10-20". */
static bool is_range(const struct phrase_catch *caught)
{
    struct phrase_catch first = *caught, last = *caught;
    first.len = digits_at(caught, 0);
    last.text += first.len + 1;
    last.len -= first.len < caught->len ? first.len + 1 : caught->len;
    return first.len > 0 && is_number(&first) &&
           (first.len == caught->len ||
            (caught->text[first.len] == '-' && last.len > 0 && is_number(&last)));
}

static bool is_text(const struct phrase_catch *caught)
{
    return caught->len <= TEXT_MAX && (caught->is_quoted || !is_in(topics, caught));
}

static bool is_zone(const struct phrase_catch *caught)
{
    struct buf zone = BUF_INIT;
    bool known = zone_read(caught->text, caught->len, &zone);
    buf_clear(&zone);
    return known;
}

static bool is_formula(const struct phrase_catch *caught)
{
    struct buf formula = BUF_INIT;
    bool is = formula_read(caught->text, caught->len, &formula);
    buf_clear(&formula);
    return is;
}

static const struct {
    const char *kind;
    bool (*is)(const struct phrase_catch *caught);
} kinds[] = {
    {"zone", is_zone},     {"formula", is_formula}, {"file", is_file},
    {"folder", is_folder}, {"path", is_path},       {"text", is_text},
    {"first", is_number},  {"last", is_number},     {"range", is_range},
};

static bool fits(const struct phrase_catch *caught)
{
    size_t i = 0;
    while (!phrase_catch_is(caught, kinds[i].kind))
        i++;
    return kinds[i].is(caught);
}

/* ---- Arguments ---- */

/* The pattern is a regular expression; what was typed means itself. */
static void add_literal(struct buf *out, const char *text, size_t len)
{
    for (size_t i = 0; i < len; i++) {
        if (strchr("\\.[{()*+?^$|", text[i]))
            buf_addc(out, '\\');
        buf_addc(out, text[i]);
    }
}

static void set_text(json_t *args, const char *name, struct buf *text)
{
    json_object_set_new(args, name, json_stringn(buf_str(text), text->len));
    buf_clear(text);
}

static void set_line(json_t *args, const char *name, const char *digits)
{
    json_object_set_new(args, name, json_integer(strtol(digits, NULL, 10)));
}

static void set_range(json_t *args, const struct phrase_catch *caught)
{
    size_t first = digits_at(caught, 0);
    set_line(args, "first_line", caught->text);
    set_line(args, "last_line", first < caught->len ? caught->text + first + 1 : caught->text);
}

static void set_argument(json_t *args, const struct phrase_catch *caught)
{
    struct buf text = BUF_INIT;
    if (phrase_catch_is(caught, "first")) {
        set_line(args, "first_line", caught->text);
    } else if (phrase_catch_is(caught, "last")) {
        set_line(args, "last_line", caught->text);
    } else if (phrase_catch_is(caught, "range")) {
        set_range(args, caught);
    } else if (phrase_catch_is(caught, "zone")) {
        zone_read(caught->text, caught->len, &text);
        set_text(args, "zone", &text);
    } else if (phrase_catch_is(caught, "formula")) {
        formula_read(caught->text, caught->len, &text);
        set_text(args, "expression", &text);
    } else if (phrase_catch_is(caught, "text")) {
        add_literal(&text, caught->text, caught->len);
        set_text(args, "pattern", &text);
    } else {
        buf_add(&text, caught->text, caught->len);
        set_text(args, "path", &text);
    }
}

static struct wish make_wish(const char *tool, const struct phrase_catches *catches)
{
    json_t *args = json_object();
    for (size_t i = 0; i < catches->count; i++)
        set_argument(args, &catches->items[i]);
    struct wish wish = {.tool = tool, .args = json_dumps(args, JSON_COMPACT)};
    json_decref(args);
    return wish;
}

/* ---- Clauses ---- */

static const char *match_clause(const struct phrase *phrase, size_t first, size_t end,
                                struct phrase_catches *catches)
{
    for (size_t i = 0; i < sizeof(rules) / sizeof(rules[0]); i++) {
        if (phrase_match(phrase, first, end, rules[i].pattern, fits, catches))
            return rules[i].tool;
    }
    return NULL;
}

static bool read_clauses(struct wishes *wishes, const struct phrase *phrase, size_t first)
{
    if (first == phrase->count)
        return wishes->count > 0;
    for (size_t end = phrase->count; end > first && wishes->count < WISHES_MAX; end--) {
        struct phrase_catches catches = {.count = 0};
        const char *tool = match_clause(phrase, first, end, &catches);
        if (!tool)
            continue;
        wishes->items[wishes->count++] = make_wish(tool, &catches);
        if (read_clauses(wishes, phrase, end))
            return true;
        free(wishes->items[--wishes->count].args);
    }
    return false;
}

void wishes_read(struct wishes *wishes, const char *prompt)
{
    struct phrase phrase;
    wishes->count = 0;
    if (strlen(prompt) > PROMPT_MAX || !utf8_valid(prompt, strlen(prompt)) ||
        !phrase_read(&phrase, prompt))
        return;
    read_clauses(wishes, &phrase, 0);
}

void wishes_clear(struct wishes *wishes)
{
    while (wishes->count > 0)
        free(wishes->items[--wishes->count].args);
}
