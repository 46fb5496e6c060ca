/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config/schema.h"

#include <ctype.h>
#include <stdio.h>
#include <string.h>
#include <strings.h>

#include "base/buf.h"
#include "base/error.h"
#include "config/settings.h"

enum {
    COUNT_MAX = 1000 * 1000 * 1000,
    DAY = 24 * 60 * 60,
    PRICE_MAX = 1000000,
};

static const char *const modes[] = {"stream", "invoke", NULL};
static const char *const clipboards[] = {"auto", "osc52", "command", "none", NULL};
static const char *const leaves[] = {"none", "last", "all", NULL};
static const char *const bells[] = {"never", "away", "always", NULL};
static const char *const scopes[] = {"global", "folder", NULL};
static const char *const reasonings[] = {"fold", "show", NULL};
static const char *const policies[] = {"ask", "allow", "deny", NULL};
static const char *const wires[] = {"openai", "responses", "anthropic", "ollama", "gemini", NULL};
static const char *const efforts[] = {"none", "minimal", "low", "medium",
                                      "high", "xhigh",   "max", NULL};

#define TEXT(kind) kind, 0, 0, NULL, NULL
#define CHOICE(choices, fallback) KIND_CHOICE, 0, 0, choices, fallback
#define FLAG(fallback) KIND_FLAG, 0, 0, NULL, fallback
#define INTEGER(min, max, fallback) KIND_INTEGER, min, max, NULL, fallback
#define REAL(min, max) KIND_REAL, min, max, NULL, NULL
#define SECONDS KIND_SECONDS, 0, DAY, NULL, NULL

/* clang-format off */
const struct setting schema[] = {
    {"chat", "model", TEXT(KIND_TEXT),
     "the model that answers: [PROVIDER:]MODEL, or the NAME of a [model.NAME]"},
    {"chat", "mode", CHOICE(modes, "stream"),
     "show the answer as it is made, or whole when it is there"},
    {"chat", "system", TEXT(KIND_PROSE),
     "the system prompt; @FILE reads it from a file"},
    {"chat", "role", TEXT(KIND_TEXT),
     "the NAME of a [role.NAME] that gives the system prompt and the model"},
    {"chat", "detect", FLAG("yes"),
     "look for servers on this machine when nothing says which model answers, and offer them"},
    {"chat", "save", FLAG("yes"),
     "write each chat to a session file"},
    {"chat", "sessions", TEXT(KIND_PATH),
     "the folder of the session files, instead of $XDG_DATA_HOME/runnel/sessions"},

    {"chat", "history", CHOICE(scopes, "global"),
     "whether Up goes through the prompts of all chats, or of those in the working folder"},
    {"chat", "tools", TEXT(KIND_TEXT),
     "the tools a chat offers: names, read (those that only read), all, none"},
    {"chat", "allow", TEXT(KIND_TEXT),
     "the tools that may run unasked: NAME, or NAME:PATTERN"},

    {"screen", "leave", CHOICE(leaves, "last"),
     "what stays in the terminal on leaving: nothing, the last answer, all"},
    {"screen", "theme", KIND_TEXT, 0, 0, NULL, "auto",
     "the colours: auto, dark, light, neutral, 16, none, or the NAME of a [theme.NAME]"},
    {"screen", "hyperlinks", FLAG("no"),
     "let the terminal follow links (OSC 8), in --text and in what stays on leaving"},
    {"screen", "reasoning", CHOICE(reasonings, "fold"),
     "what becomes of a model's thinking when it is done: folded to one line, or shown"},
    {"screen", "timestamps", FLAG("no"),
     "show when prompts and answers were made"},
    {"screen", "clipboard", CHOICE(clipboards, "auto"),
     "how text is copied: all ways there are, by the terminal (OSC 52), by a program, not at all"},
    {"screen", "esc_delay", INTEGER(0, 1000, "50"),
     "milliseconds to wait after Esc for the rest of a key's bytes"},
    {"screen", "frame", INTEGER(1, 1000, "16"),
     "milliseconds between two paints while text floods in"},
    {"screen", "history", TEXT(KIND_PATH),
     "the file of the prompts typed so far, instead of $XDG_STATE_HOME/runnel/history"},
    {"screen", "history_size", INTEGER(0, 1000000, "10000"),
     "how many prompts the history keeps"},
    {"screen", "bell", CHOICE(bells, "away"),
     "ring when an answer that took long is there or something is asked: away is without the focus"},
    {"screen", "bell_after", INTEGER(0, 86400, "10"),
     "how many seconds an answer must have taken to ring for it"},
    {"screen", "title", FLAG("yes"),
     "name the model in the terminal's title"},

    {"provider.NAME", "wire", CHOICE(wires, NULL),
     "the dialect the server speaks"},
    {"provider.NAME", "url", TEXT(KIND_URL),
     "the base of the server's API, mostly ending in /v1"},
    {"provider.NAME", "model", TEXT(KIND_TEXT),
     "the model when only the provider is named"},
    {"provider.NAME", "key_env", TEXT(KIND_VARIABLE),
     "the environment variable that holds the key"},
    {"provider.NAME", "key_file", TEXT(KIND_PATH),
     "the file that holds the key, readable by you alone"},
    {"provider.NAME", "key_command", TEXT(KIND_COMMAND),
     "the command that prints the key"},
    {"provider.NAME", "unix_socket", TEXT(KIND_PATH),
     "the socket to connect to, instead of the URL's host"},
    {"provider.NAME", "headers", TEXT(KIND_HEADERS),
     "more headers for each request"},
    {"provider.NAME", "ca_file", TEXT(KIND_PATH),
     "the certificates to trust, instead of the system's"},
    {"provider.NAME", "insecure", FLAG("no"),
     "do not verify the server's certificate"},
    {"provider.NAME", "plain_http_key", FLAG("no"),
     "allow the key to go over http to another machine"},
    {"provider.NAME", "connect_timeout", SECONDS,
     "the longest wait for a connection"},
    {"provider.NAME", "first_timeout", SECONDS,
     "the longest wait for the first byte of an answer"},
    {"provider.NAME", "idle_timeout", SECONDS,
     "the longest silence within an answer"},
    {"provider.NAME", "silence_timeout", SECONDS,
     "the longest wait for words while the server only keeps the connection alive"},
    {"provider.NAME", "retries", INTEGER(0, 10, "2"),
     "how often a failed request is tried again"},
    {"provider.NAME", "temperature", REAL(0, 2),
     "how freely the model chooses its words"},
    {"provider.NAME", "max_tokens", INTEGER(1, COUNT_MAX, NULL),
     "the longest answer, in tokens"},
    {"provider.NAME", "reasoning", CHOICE(efforts, NULL),
     "how much the model thinks before it answers"},
    {"provider.NAME", "stop", TEXT(KIND_PROSE),
     "end the answer before any of these texts, one on each line"},
    {"provider.NAME", "extra", TEXT(KIND_OBJECT),
     "a JSON object to merge into each request"},
    {"provider.NAME", "max_completion_tokens", FLAG("no"),
     "send max_tokens by the name that OpenAI's reasoning models want"},
    {"provider.NAME", "no_stream_options", FLAG("no"),
     "leave stream_options out, for servers that reject it"},
    {"provider.NAME", "think_tags", FLAG("no"),
     "take what stands between think tags at an answer's start as its thinking"},

    {"model.NAME", "provider", TEXT(KIND_TEXT),
     "the provider of the model that this is another name for"},
    {"model.NAME", "model", TEXT(KIND_TEXT),
     "the model, as its provider names it"},
    {"model.NAME", "temperature", REAL(0, 2),
     "instead of the provider's temperature"},
    {"model.NAME", "max_tokens", INTEGER(1, COUNT_MAX, NULL),
     "instead of the provider's max_tokens"},
    {"model.NAME", "reasoning", CHOICE(efforts, NULL),
     "instead of the provider's reasoning"},
    {"model.NAME", "stop", TEXT(KIND_PROSE),
     "instead of the provider's stop"},
    {"model.NAME", "price_input", REAL(0, PRICE_MAX),
     "what a million tokens of input cost, in US dollars"},
    {"model.NAME", "price_output", REAL(0, PRICE_MAX),
     "the same of output, the model's thinking included"},
    {"model.NAME", "price_cached", REAL(0, PRICE_MAX),
     "the same of input that the provider had cached; without it as all input"},
    {"model.NAME", "price_cache_write", REAL(0, PRICE_MAX),
     "the same of input that the provider cached this time; without it as all input"},
    {"model.NAME", "context", INTEGER(1, COUNT_MAX, NULL),
     "how many tokens the model holds, for /usage"},
    {"model.NAME", "system", TEXT(KIND_PROSE),
     "the system prompt for this model; @FILE reads it from a file"},

    {"role.NAME", "system", TEXT(KIND_PROSE),
     "the system prompt of the role; @FILE reads it from a file"},
    {"role.NAME", "model", TEXT(KIND_TEXT),
     "the model of the role: [PROVIDER:]MODEL, or the NAME of a [model.NAME]"},

    {"tool.NAME", "command", TEXT(KIND_COMMAND),
     "the command that is the tool: arguments on stdin, result on stdout"},
    {"tool.NAME", "description", TEXT(KIND_PROSE),
     "what it does, for the model"},
    {"tool.NAME", "schema", TEXT(KIND_OBJECT),
     "the JSON Schema of its arguments"},
    {"tool.NAME", "policy", CHOICE(policies, NULL),
     "whether its calls run unasked; for a built-in tool too"},
    {"tool.NAME", "timeout", SECONDS,
     "the longest a call may take; without it a minute"},
    {"tool.NAME", "output_max", INTEGER(1024, 16777216, "65536"),
     "how many bytes of its output the model is shown"},

    {"theme.NAME", "base", TEXT(KIND_TEXT),
     "the theme that this one changes; without it the one of its name, or auto"},
    {"theme.NAME", "text", TEXT(KIND_TEXT),
     "how to show what a model says"},
    {"theme.NAME", "user", TEXT(KIND_TEXT),
     "how to show what you said"},
    {"theme.NAME", "accent", TEXT(KIND_TEXT),
     "how to show what the eye should find first"},
    {"theme.NAME", "faint", TEXT(KIND_TEXT),
     "how to show what may be overlooked: thinking, notes, figures"},
    {"theme.NAME", "rule", TEXT(KIND_TEXT),
     "how to show the lines between things"},
    {"theme.NAME", "error", TEXT(KIND_TEXT),
     "how to show what went wrong with a request"},
    {"theme.NAME", "warning", TEXT(KIND_TEXT),
     "how to show what to look at before going on"},
    {"theme.NAME", "good", TEXT(KIND_TEXT),
     "how to show what went well, what is added"},
    {"theme.NAME", "bad", TEXT(KIND_TEXT),
     "how to show what went wrong, what is taken away"},
    {"theme.NAME", "chosen", TEXT(KIND_TEXT),
     "how to show the one of several"},
    {"theme.NAME", "heading", TEXT(KIND_TEXT),
     "how to show headings"},
    {"theme.NAME", "code", TEXT(KIND_TEXT),
     "how to show a word of code among others"},
    {"theme.NAME", "link", TEXT(KIND_TEXT),
     "how to show what a link says"},
    {"theme.NAME", "url", TEXT(KIND_TEXT),
     "how to show where a link leads"},
    {"theme.NAME", "keyword", TEXT(KIND_TEXT),
     "how to show keywords in code"},
    {"theme.NAME", "type", TEXT(KIND_TEXT),
     "how to show types in code"},
    {"theme.NAME", "string", TEXT(KIND_TEXT),
     "how to show strings in code"},
    {"theme.NAME", "number", TEXT(KIND_TEXT),
     "how to show numbers and constants in code"},
    {"theme.NAME", "comment", TEXT(KIND_TEXT),
     "how to show comments in code"},
    {"theme.NAME", "attribute", TEXT(KIND_TEXT),
     "how to show preprocessor, decorators, keys, variables in code"},

    {"guide", "rate", INTEGER(0, 100000, "40"),
     "the pace of the built-in guide, in pieces a second; 0: as fast as it goes"},
    {0},
};
/* clang-format on */

/* ---- Finding ---- */

bool schema_is_named(const struct setting *setting)
{
    return strchr(setting->section, '.') != NULL;
}

static bool is_name(const char *name)
{
    size_t len = strlen(name);
    if (len == 0 || len > SCHEMA_NAME_MAX)
        return false;
    for (; *name; name++) {
        if (!isalnum((unsigned char)*name) && !strchr("._-", *name) && (unsigned char)*name < 0x80)
            return false;
    }
    return true;
}

/* The NAME of a "kind.NAME", NULL if it is none. */
static const char *name_within(const char *section, const char *kind, size_t kind_len)
{
    if (strncmp(section, kind, kind_len) != 0 || section[kind_len] != '.')
        return NULL;
    return is_name(section + kind_len + 1) ? section + kind_len + 1 : NULL;
}

static bool is_profile(const char *section)
{
    return name_within(section, "profile", strlen("profile"));
}

static bool stands_in(const struct setting *row, const char *section)
{
    if (!schema_is_named(row))
        return strcmp(row->section, section) == 0;
    return name_within(section, row->section, strcspn(row->section, "."));
}

/* The row of "chat.model", of a section without a NAME. */
static const struct setting *find_dotted(const char *dotted)
{
    for (const struct setting *row = schema; row->section; row++) {
        size_t len = strlen(row->section);
        if (!schema_is_named(row) && strncmp(dotted, row->section, len) == 0 &&
            dotted[len] == '.' && strcmp(dotted + len + 1, row->key) == 0)
            return row;
    }
    return NULL;
}

const struct setting *schema_find(const char *section, const char *key)
{
    if (is_profile(section))
        return find_dotted(key);
    for (const struct setting *row = schema; row->section; row++) {
        if (strcmp(row->key, key) == 0 && stands_in(row, section))
            return row;
    }
    return NULL;
}

bool schema_has_section(const char *section)
{
    if (is_profile(section))
        return true;
    for (const struct setting *row = schema; row->section; row++) {
        if (stands_in(row, section))
            return true;
    }
    return false;
}

/* ---- Saying what would be right ---- */

enum { KEYS_MAX = 64 }; /* in one section */

static const char *const kinds[] = {"chat",  "screen", "provider", "model",   "role",
                                    "theme", "tool",   "guide",    "profile", NULL};

static bool takes_name(const char *kind)
{
    char section[SCHEMA_NAME_MAX + sizeof(".x")];
    snprintf(section, sizeof(section), "%.*s.x", SCHEMA_NAME_MAX, kind);
    return schema_has_section(section);
}

static const char *nearest_key(const char *section, const char *key)
{
    const char *keys[KEYS_MAX];
    size_t count = 0;
    for (const struct setting *row = schema; row->section && count < KEYS_MAX - 1; row++) {
        if (stands_in(row, section))
            keys[count++] = row->key;
    }
    keys[count] = NULL;
    return nearest_word(key, keys);
}

/* The error is what `text` holds, which is given up. */
static int fail(struct buf *text, struct error *error)
{
    error_set(error, RN_ECONFIG, "%s", buf_str(text));
    buf_clear(text);
    return -1;
}

static int explain_section(const char *section, struct error *error)
{
    struct buf text = BUF_INIT;
    char kind[SCHEMA_NAME_MAX];
    size_t len = strcspn(section, ".");
    snprintf(kind, sizeof(kind), "%.*s", len < sizeof(kind) ? (int)len : 0, section);
    const char *name = section[len] ? section + len + 1 : "";
    const char *near = nearest_word(kind, kinds);
    bool is_kind = near && strcmp(near, kind) == 0;
    if (is_kind && takes_name(kind) && !name[0]) {
        buf_addf(&text, "[%s] needs a name: [%s.NAME]", kind, kind);
        return fail(&text, error);
    }
    if (is_kind && takes_name(kind)) {
        buf_addf(&text, "[%.*s]: a name has letters, digits, \".\", \"_\" and \"-\", at most %d",
                 kind_shown(section), section, SCHEMA_NAME_MAX);
        return fail(&text, error);
    }
    buf_addf(&text, "unknown section [%.*s]", kind_shown(section), section);
    if (near && takes_name(near))
        buf_addf(&text, " (did you mean [%s.%s]?)", near, is_name(name) ? name : "NAME");
    else if (near)
        buf_addf(&text, " (did you mean [%s]?)", near);
    return fail(&text, error);
}

/* What "chat.modle" or "model" in a profile may be meant for. */
static const struct setting *nearest_dotted(const char *dotted)
{
    size_t len = strcspn(dotted, ".");
    const char *key = dotted[len] ? dotted + len + 1 : dotted;
    for (const struct setting *row = schema; row->section; row++) {
        if (schema_is_named(row) || (dotted[len] && strncmp(row->section, dotted, len) != 0))
            continue;
        const char *near = nearest_key(row->section, key);
        if (near)
            return schema_find(row->section, near);
    }
    return NULL;
}

static void add_profile_hint(const char *key, struct buf *text)
{
    const struct setting *near = nearest_dotted(key);
    if (near)
        buf_addf(text, " (did you mean \"%s.%s\"?)", near->section, near->key);
    else
        buf_adds(text, ": it holds settings of [chat], [screen] and [guide], as chat.model");
}

static void add_hint(const char *section, const char *key, struct buf *text)
{
    static const char *const secrets[] = {"key", "api_key", "apikey", "api-key", "token", NULL};
    for (const char *const *secret = secrets; *secret; secret++) {
        if (strcasecmp(key, *secret) == 0) {
            buf_adds(text, ": keys are not kept here, but in key_env, key_file or key_command of a "
                           "[provider.NAME]");
            return;
        }
    }
    for (const struct setting *row = schema; row->section; row++) {
        if (strcmp(row->key, key) == 0) {
            buf_addf(text, " (it belongs in [%s])", row->section);
            return;
        }
    }
    const char *near = nearest_key(section, key);
    if (near)
        buf_addf(text, " (did you mean \"%s\"?)", near);
}

int schema_explain(const char *section, const char *key, struct error *error)
{
    if (!schema_has_section(section))
        return explain_section(section, error);
    struct buf text = BUF_INIT;
    buf_addf(&text, "[%s] has no setting \"%.*s\"", section, kind_shown(key), key);
    if (is_profile(section))
        add_profile_hint(key, &text);
    else
        add_hint(section, key, &text);
    return fail(&text, error);
}
