/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config/ini.h"

#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#include "base/buf.h"
#include "base/error.h"
#include "base/mem.h"
#include "base/utf8.h"

struct slice {
    const char *text;
    size_t len;
};

struct reader {
    const char *path;
    unsigned line;
    char *section; /* NULL before the first */

    char *key; /* of the value that may still go on, else NULL */
    unsigned key_line;
    size_t key_indent;
    struct buf value;
    bool quoted;        /* the value began with a quote */
    bool begun;         /* a line of the value has come */
    size_t empty_lines; /* since then; they count only if the value goes on */

    int (*entry)(const struct ini_entry *entry, void *user, struct error *error);
    void *user;
};

static int fail(const struct reader *reader, struct error *error, const char *what)
{
    return error_set(error, RN_ECONFIG, "%s:%u: %s", reader->path, reader->line, what);
}

static bool is_blank(char c)
{
    return c == ' ' || c == '\t';
}

static struct slice trimmed(struct slice s)
{
    while (s.len > 0 && is_blank(s.text[0])) {
        s.text++;
        s.len--;
    }
    while (s.len > 0 && is_blank(s.text[s.len - 1]))
        s.len--;
    return s;
}

static bool is_control(char c)
{
    return ((unsigned char)c < 0x20 && c != '\t') || c == 0x7F;
}

static int check_line(const struct reader *reader, struct slice line, struct error *error)
{
    if (line.len > INI_LINE_MAX)
        return error_set(error, RN_ECONFIG, "%s:%u: the line is longer than %d bytes", reader->path,
                         reader->line, INI_LINE_MAX);
    for (size_t i = 0; i < line.len; i++) {
        if (is_control(line.text[i]))
            return error_set(error, RN_ECONFIG,
                             "%s:%u: the line holds a control character (0x%02X)", reader->path,
                             reader->line, (unsigned char)line.text[i]);
    }
    if (!utf8_valid(line.text, line.len))
        return fail(reader, error, "the line is not UTF-8");
    return 0;
}

/* ---- Values ---- */

/* The text between quotes.  What follows a backslash is checked, so that more escapes can be given a
 * meaning later without changing that of a file. */
static int add_quoted(struct reader *reader, struct slice s, struct error *error)
{
    static const char names[] = "\\\"nt", stand_for[] = "\\\"\n\t";
    for (size_t i = 1; i < s.len; i++) {
        if (s.text[i] == '"')
            return i + 1 == s.len ? 0
                                  : fail(reader, error,
                                         "text after the closing quote (a quote inside is \\\")");
        if (s.text[i] != '\\') {
            buf_addc(&reader->value, s.text[i]);
            continue;
        }
        if (++i == s.len)
            break;
        const char *name = strchr(names, s.text[i]);
        if (!name)
            return fail(reader, error, "unknown escape: there are \\\\ \\\" \\n and \\t");
        buf_addc(&reader->value, stand_for[name - names]);
    }
    return fail(reader, error, "the closing quote is missing");
}

static int add_line(struct reader *reader, struct slice s, struct error *error)
{
    bool has_quote = s.len > 0 && s.text[0] == '"';
    if (!reader->begun)
        reader->quoted = has_quote;
    else
        for (size_t i = 0; i <= reader->empty_lines; i++)
            buf_addc(&reader->value, '\n');
    reader->begun = true;
    reader->empty_lines = 0;
    if (reader->quoted && !has_quote)
        return fail(reader, error, "the value began with a quote, so this line must be quoted too");
    if (reader->quoted) {
        if (add_quoted(reader, s, error) < 0)
            return -1;
    } else {
        buf_add(&reader->value, s.text, s.len);
    }
    if (reader->value.len > INI_VALUE_MAX)
        return error_set(error, RN_ECONFIG, "%s:%u: the value is longer than %d bytes",
                         reader->path, reader->key_line, INI_VALUE_MAX);
    return 0;
}

/* The value is complete: hand it out. */
static int end_value(struct reader *reader, struct error *error)
{
    if (!reader->key)
        return 0;
    struct ini_entry entry = {reader->section, reader->key, buf_str(&reader->value),
                              reader->key_line};
    int result = reader->entry(&entry, reader->user, error);
    free(reader->key);
    reader->key = NULL;
    buf_reset(&reader->value);
    return result;
}

/* ---- Lines ---- */

static int read_section(struct reader *reader, struct slice s, struct error *error)
{
    const char *close = memchr(s.text, ']', s.len);
    if (!close)
        return fail(reader, error, "the \"]\" is missing");
    if (close + 1 != s.text + s.len)
        return fail(reader, error, "nothing may follow the \"]\"");
    struct slice name = trimmed((struct slice){s.text + 1, s.len - 2});
    if (name.len == 0)
        return fail(reader, error, "the section has no name");
    free(reader->section);
    reader->section = xstrndup(name.text, name.len);
    struct ini_entry entry = {.section = reader->section, .line = reader->line};
    return reader->entry(&entry, reader->user, error);
}

static int read_key(struct reader *reader, struct slice s, size_t indent, struct error *error)
{
    const char *equals = memchr(s.text, '=', s.len);
    if (!equals)
        return fail(reader, error, "expected \"key = value\" or \"[section]\"");
    struct slice key = trimmed((struct slice){s.text, (size_t)(equals - s.text)});
    struct slice value = trimmed((struct slice){equals + 1, s.len - (size_t)(equals + 1 - s.text)});
    if (key.len == 0)
        return fail(reader, error, "there is no key before the \"=\"");
    if (!reader->section)
        return fail(reader, error, "a setting must stand below a [section]");
    reader->key = xstrndup(key.text, key.len);
    reader->key_line = reader->line;
    reader->key_indent = indent;
    reader->begun = false;
    reader->empty_lines = 0;
    return value.len > 0 ? add_line(reader, value, error) : 0;
}

static int read_line(struct reader *reader, struct slice line, struct error *error)
{
    if (check_line(reader, line, error) < 0)
        return -1;
    struct slice s = trimmed(line);
    size_t indent = (size_t)(s.text - line.text);
    if (s.len == 0) {
        reader->empty_lines++;
        return 0;
    }
    if (reader->key && indent > reader->key_indent)
        return add_line(reader, s, error);
    if (s.text[0] == '#' || s.text[0] == ';')
        return 0;
    int result = end_value(reader, error);
    if (result != 0)
        return result;
    return s.text[0] == '[' ? read_section(reader, s, error) : read_key(reader, s, indent, error);
}

/* Cut the next line off, without its LF or CR LF. */
static struct slice next_line(struct slice *text)
{
    const char *end = memchr(text->text, '\n', text->len);
    struct slice line = {text->text, end ? (size_t)(end - text->text) : text->len};
    size_t used = line.len + (end ? 1 : 0);
    text->text += used;
    text->len -= used;
    if (line.len > 0 && line.text[line.len - 1] == '\r')
        line.len--;
    return line;
}

int ini_parse(const char *path, const char *text, size_t len,
              int (*entry)(const struct ini_entry *entry, void *user, struct error *error),
              void *user, struct error *error)
{
    static const char bom[] = "\xEF\xBB\xBF";
    struct reader reader = {.path = path, .entry = entry, .user = user};
    struct slice rest = {text, len};
    if (len >= 3 && memcmp(text, bom, 3) == 0)
        rest = (struct slice){text + 3, len - 3};
    int result = 0;
    while (result == 0 && rest.len > 0) {
        reader.line++;
        result = read_line(&reader, next_line(&rest), error);
    }
    if (result == 0)
        result = end_value(&reader, error);
    free(reader.section);
    free(reader.key);
    buf_clear(&reader.value);
    return result;
}

/* ---- Writing ---- */

static struct slice value_line(const char *at)
{
    return (struct slice){at, strcspn(at, "\n")};
}

/* Whether the value comes back without quotes: no line has blanks to lose, it begins with no quote,
 * and neither its first nor its last line is empty. */
static bool stands_bare(const char *value)
{
    if (value[0] == '"')
        return false;
    for (const char *at = value;; at++) {
        struct slice line = value_line(at), kept = trimmed(line);
        bool at_edge = at == value || line.text[line.len] == '\0';
        if (kept.len != line.len || (line.len == 0 && at_edge && value[0] != '\0'))
            return false;
        at += line.len;
        if (*at == '\0')
            return true;
    }
}

static void add_in_quotes(struct buf *out, struct slice s)
{
    buf_addc(out, '"');
    for (size_t i = 0; i < s.len; i++) {
        if (s.text[i] == '"' || s.text[i] == '\\')
            buf_addc(out, '\\');
        buf_addc(out, s.text[i]);
    }
    buf_addc(out, '"');
}

void ini_add(struct buf *out, const char *key, const char *value)
{
    bool bare = stands_bare(value);
    buf_addf(out, "%s =", key);
    for (const char *at = value;; at++) {
        struct slice line = value_line(at);
        if (!bare || line.len > 0)
            buf_adds(out, at == value ? " " : "    ");
        if (bare)
            buf_add(out, line.text, line.len);
        else
            add_in_quotes(out, line);
        buf_addc(out, '\n');
        at += line.len;
        if (*at == '\0')
            return;
    }
}
