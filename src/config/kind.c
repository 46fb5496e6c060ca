/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config/kind.h"

#include <ctype.h>
#include <pwd.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <unistd.h>

#include "base/buf.h"
#include "base/error.h"
#include "base/mem.h"
#include "base/utf8.h"
#include "config/ini.h"
#include "config/schema.h"

enum {
    DIGITS_MAX = 15, /* a double holds so many exactly */
    SHOWN_MAX = 64,
};

/* ---- Numbers and flags ---- */

/* Digits with at most one point.  Not strtod, which takes the point from the locale, and knows
 * exponents, hexadecimal, infinity and NaN. */
static bool read_decimal(const char *text, double *number, bool *is_whole)
{
    double value = 0, scale = 1;
    int digits = 0;
    *is_whole = true;
    for (; *text; text++) {
        if (*text == '.' && *is_whole) {
            *is_whole = false;
            continue;
        }
        if (!isdigit((unsigned char)*text) || ++digits > DIGITS_MAX)
            return false;
        value = value * 10 + (*text - '0');
        if (!*is_whole)
            scale *= 10;
    }
    *number = value / scale;
    return digits > 0;
}

double kind_number(const char *value)
{
    double number = 0;
    bool is_whole;
    read_decimal(value, &number, &is_whole);
    return number;
}

static bool is_number(const struct setting *setting, const char *value)
{
    double number;
    bool is_whole;
    if (!read_decimal(value, &number, &is_whole) || number > (double)setting->max)
        return false;
    switch (setting->kind) {
    case KIND_INTEGER:
        return is_whole && number >= (double)setting->min;
    case KIND_SECONDS:
        return number > 0;
    default:
        return number >= (double)setting->min;
    }
}

static const char *const yes_words[] = {"yes", "true", "on", "1", NULL};
static const char *const no_words[] = {"no", "false", "off", "0", NULL};

static bool is_among(const char *value, const char *const *words)
{
    for (; *words; words++) {
        if (strcmp(value, *words) == 0)
            return true;
    }
    return false;
}

bool kind_flag(const char *value)
{
    return is_among(value, yes_words);
}

/* ---- Texts ---- */

/* What CR LF ends elsewhere, LF ends here. */
static char *with_newlines(const char *value)
{
    char *copy = xstrdup(value), *to = copy;
    for (const char *from = copy; *from; from++) {
        if (*from != '\r' || (from[1] != '\n' && from[1] != '\0'))
            *to++ = *from;
    }
    *to = '\0';
    return copy;
}

/* Why no setting at all could have this text; NULL when one could. */
static const char *trouble(const char *value)
{
    size_t len = strlen(value);
    if (len > INI_VALUE_MAX)
        return "is longer than a mebibyte";
    if (!utf8_valid(value, len))
        return "is not UTF-8";
    for (const char *at = value; *at; at++) {
        if (((unsigned char)*at < 0x20 && *at != '\n' && *at != '\t') || *at == 0x7F)
            return "holds a control character";
    }
    for (const char *at = value; *at; at += *at == '\n') {
        size_t line = strcspn(at, "\n");
        if (line > KIND_LINE_MAX)
            return "has a line longer than 30 KiB";
        at += line;
    }
    return NULL;
}

static bool is_line(const char *value)
{
    return value[0] && !strchr(value, '\n');
}

static bool is_path(const char *value)
{
    return is_line(value) && (value[0] != '~' || value[1] == '\0' || value[1] == '/');
}

/* A user and password in a URL would be a secret that is shown wherever the URL is. */
static bool is_url(const char *value)
{
    size_t scheme = strncasecmp(value, "http://", 7) == 0    ? 7
                    : strncasecmp(value, "https://", 8) == 0 ? 8
                                                             : 0;
    if (scheme == 0 || value[strcspn(value, " \t\n")])
        return false;
    const char *host = value + scheme;
    size_t len = strcspn(host, "/?#");
    return len > 0 && !memchr(host, '@', len);
}

/* Of ASCII, whatever the locale says. */
static bool is_alphanumeric(char c)
{
    return (unsigned char)c < 0x80 && isalnum((unsigned char)c);
}

static bool is_variable(const char *value)
{
    if (isdigit((unsigned char)value[0]) || !value[0])
        return false;
    while (is_alphanumeric(*value) || *value == '_')
        value++;
    return *value == '\0';
}

static bool is_object(const char *value)
{
    const char *begin = value + strspn(value, " \t\n"), *end = value + strlen(value);
    while (end > begin && strchr(" \t\n", end[-1]))
        end--;
    return end - begin >= 2 && begin[0] == '{' && end[-1] == '}';
}

/* RFC 9110: a name is a token, a value visible ASCII with blanks between.  Newlines divide the
 * headers, so none can get into a value. */
static bool is_header(const char *line, size_t len)
{
    static const char marks[] = "!#$%&'*+-.^_`|~";
    size_t name = 0;
    while (name < len && (is_alphanumeric(line[name]) || strchr(marks, line[name])))
        name++;
    if (name == 0 || name == len || line[name] != ':')
        return false;
    for (size_t i = name + 1; i < len; i++) {
        if ((line[i] < 0x20 || line[i] > 0x7E) && line[i] != '\t')
            return false;
    }
    return true;
}

static bool is_headers(const char *value)
{
    for (;;) {
        size_t len = strcspn(value, "\n");
        if (!is_header(value, len))
            return false;
        if (value[len] == '\0')
            return true;
        value += len + 1;
    }
}

/* ---- All kinds ---- */

static bool fits(const struct setting *setting, const char *value)
{
    switch (setting->kind) {
    case KIND_TEXT:
        return is_line(value);
    case KIND_PROSE:
        return true;
    case KIND_COMMAND:
        return value[0];
    case KIND_PATH:
        return is_path(value);
    case KIND_URL:
        return is_url(value);
    case KIND_VARIABLE:
        return is_variable(value);
    case KIND_CHOICE:
        return is_among(value, setting->choices);
    case KIND_FLAG:
        return is_among(value, yes_words) || is_among(value, no_words);
    case KIND_INTEGER:
    case KIND_REAL:
    case KIND_SECONDS:
        return is_number(setting, value);
    case KIND_HEADERS:
        return is_headers(value);
    case KIND_OBJECT:
        return is_object(value);
    }
    return false;
}

static void add_choices(const char *const *choices, struct buf *out)
{
    for (size_t i = 0; choices[i]; i++) {
        if (i > 0)
            buf_adds(out, choices[i + 1] ? ", " : " or ");
        buf_adds(out, choices[i]);
    }
}

void kind_wants(const struct setting *setting, struct buf *out)
{
    static const char *const words[] = {
        [KIND_TEXT] = "a line of text",
        [KIND_PROSE] = "text",
        [KIND_COMMAND] = "a shell command",
        [KIND_PATH] = "a path",
        [KIND_URL] = "http://HOST or https://HOST, without a password",
        [KIND_VARIABLE] = "the name of an environment variable",
        [KIND_FLAG] = "yes or no",
        [KIND_HEADERS] = "\"Name: value\" on each line",
        [KIND_OBJECT] = "a JSON object, {...}",
    };
    switch (setting->kind) {
    case KIND_CHOICE:
        add_choices(setting->choices, out);
        break;
    case KIND_INTEGER:
        buf_addf(out, "a whole number from %ld to %ld", setting->min, setting->max);
        break;
    case KIND_REAL:
        buf_addf(out, "a number from %ld to %ld", setting->min, setting->max);
        break;
    case KIND_SECONDS:
        buf_addf(out, "seconds, more than 0 and at most %ld", setting->max);
        break;
    default:
        buf_adds(out, words[setting->kind]);
    }
}

const char *kind_home(void)
{
    const char *home = getenv("HOME");
    if (home && home[0])
        return home;
    const struct passwd *user = getpwuid(getuid());
    return user ? user->pw_dir : "/";
}

/* Whether people put a key there by mistake. */
static bool may_be_key(enum kind kind)
{
    return kind == KIND_VARIABLE || kind == KIND_HEADERS || kind == KIND_URL;
}

int kind_shown(const char *text)
{
    size_t len = 0;
    while (len < SHOWN_MAX && text[len] && text[len] != '\n')
        len++;
    return (int)(len - utf8_cut(text, len));
}

static void refuse(const struct setting *setting, const char *value, struct error *error)
{
    struct buf text = BUF_INIT;
    buf_adds(&text, setting->key);
    if (!may_be_key(setting->kind)) {
        int len = kind_shown(value);
        buf_addf(&text, " = \"%.*s%s\"", len, value, value[len] ? "..." : "");
    }
    buf_adds(&text, ": must be ");
    kind_wants(setting, &text);
    error_set(error, RN_ECONFIG, "%s", buf_str(&text));
    buf_clear(&text);
}

/* The value with ~ put as the home folder, where it is a path; takes it. */
static char *with_home(enum kind kind, char *value)
{
    const char *mark = kind == KIND_PROSE && value[0] == '@' ? "@" : "";
    const char *path = value + strlen(mark);
    if ((kind != KIND_PATH && !mark[0]) || path[0] != '~' || (path[1] && path[1] != '/'))
        return value;
    char *whole = xasprintf("%s%s%s", mark, kind_home(), path + 1);
    free(value);
    return whole;
}

char *kind_accept(const struct setting *setting, const char *value, struct error *error)
{
    char *text = with_newlines(value);
    const char *why = trouble(text);
    bool is_right = !why && fits(setting, text);
    if (why)
        error_set(error, RN_ECONFIG, "%s %s", setting->key, why);
    else if (!is_right)
        refuse(setting, text, error);
    if (is_right)
        return with_home(setting->kind, text);
    free(text);
    return NULL;
}
