/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "text/hold.h"

#include <ctype.h>
#include <string.h>

#include "text/block.h"

/* A line of nothing but marks may become anything. */
static bool is_open_mark(const char *line, size_t len)
{
    size_t at = 0;
    while (at < len && (line[at] == ' ' || (line[at] >= '0' && line[at] <= '9')))
        at++;
    at += at < len && (line[at] == '.' || line[at] == ')');
    while (at < len && strchr("`~#-=|*+_>: \t", line[at]))
        at++;
    return at == len;
}

/* ---- What stands within a line */

enum {
    PHRASE_MAX = 64, /* bytes that may wait for the end of what they may be, */
    LINK_MAX = 512,  /* and where that is an address */
};

static size_t run_of(const char *text, size_t len)
{
    size_t run = 1;
    while (run < len && text[run] == text[0])
        run++;
    return run;
}

static bool is_blank(char c)
{
    return c == ' ' || c == '\t';
}

/* A sign opens something where a word may begin; code may begin anywhere, and so may a link. */
static bool opens(const char *line, size_t at, size_t run, size_t len)
{
    if (strchr("`[", line[at]))
        return true;
    if (line[at] == '\\')
        return at + 1 < len && strchr("([", line[at + 1]);
    bool begins = at == 0 || is_blank(line[at - 1]) || ispunct((unsigned char)line[at - 1]);
    return strchr("*_~", line[at]) && begins && at + run < len && !is_blank(line[at + run]);
}

/* How long what is closed by a run like the one that opens it is; 0: it is open. */
static size_t spanned(const char *text, size_t len, size_t run)
{
    for (size_t at = run, n; at < len; at += n) {
        n = text[at] == text[0] ? run_of(text + at, len - at) : 1;
        if (text[at] == text[0] && n == run && (text[0] == '`' || !is_blank(text[at - 1])))
            return at + n;
    }
    return 0;
}

/* The same of what ends with a sign of its own; a link has its address behind it. */
static size_t enclosed(const char *text, size_t len)
{
    bool is_math = text[0] == '\\';
    const char *end = memchr(text, is_math && text[1] == '(' ? ')' : ']', len);
    if (!end)
        return 0;
    size_t n = (size_t)(end - text) + 1;
    if (is_math || n == len || !strchr("([", text[n]))
        return is_math || n < len ? n : 0;
    end = memchr(text + n, text[n] == '(' ? ')' : ']', len - n);
    return end ? (size_t)(end - text) + 1 : 0;
}

static size_t most_of(const char *text, size_t len)
{
    bool has_address = text[0] == '[' && memmem(text, len < PHRASE_MAX ? len : PHRASE_MAX, "](", 2);
    return has_address ? LINK_MAX : PHRASE_MAX;
}

/* Most characters are none of these: this is asked of each one in each frame. */
static bool is_sign(char c)
{
    return c == '`' || c == '[' || c == '\\' || c == '*' || c == '_' || c == '~';
}

/* Where something begins that has not been closed yet; what is long without an end is shown as it is. */
static size_t phrase_end(const char *line, size_t len)
{
    for (size_t at = 0, n; at < len; at += n) {
        n = 1;
        if (!is_sign(line[at]))
            continue;
        bool is_pair = line[at] == '[' || line[at] == '\\';
        size_t left = len - at, most = most_of(line + at, left), near = left < most ? left : most;
        n = is_pair ? 1 : run_of(line + at, left);
        if (!opens(line, at, n, len)) {
            n += line[at] == '\\' && at + 1 < len;
            continue;
        }
        size_t whole = is_pair ? enclosed(line + at, near) : spanned(line + at, near, n);
        if (whole == 0 && left < most)
            return at;
        n = whole > 0 ? whole : n;
    }
    return len;
}

/* ---- Tables */

static size_t line_start(const char *source, size_t at)
{
    while (at > 0 && source[at - 1] != '\n')
        at--;
    return at;
}

/* A line with a bar in front is a table's, in a quote or in an item too. */
static bool has_bar(const char *source, size_t at, size_t end)
{
    while (at < end && strchr("> \t-+*.)0123456789", source[at]))
        at++;
    return at < end && source[at] == '|';
}

static bool may_be_delimiters(const char *line, size_t len)
{
    size_t at = 0;
    while (at < len && strchr("|-: \t>", line[at]))
        at++;
    return at == len;
}

/* A row would move the columns of all the others with each of its letters.  The first one looks like text
 * before the second one comes. */
static size_t rows_end(const struct hold *hold, size_t end, bool in_table)
{
    const char *source = hold->source;
    if (hold->in_line || hold->len < hold->line)
        return end;
    if (hold->line > 0 && may_be_delimiters(source + hold->line, hold->len - hold->line)) {
        size_t before = line_start(source, hold->line - 1);
        size_t above = before > 0 ? line_start(source, before - 1) : 0;
        if (has_bar(source, before, hold->line) && !(before > 0 && has_bar(source, above, before)))
            return in_table ? hold->line : before;
    }
    return in_table || has_bar(source, hold->line, hold->len) ? hold->line : end;
}

static size_t text_end(const struct hold *hold, bool in_table)
{
    const char *line = hold->source + hold->line;
    size_t len = hold->len - hold->line;
    /* One that opens code tells what code at its end. */
    if (!hold->in_line && fence_opens(&(struct fence){0}, line, len))
        return hold->line;
    while (len > 0 && strchr("*_~`\\", line[len - 1]))
        len--;
    len = phrase_end(line, len);
    if (!hold->in_line && is_open_mark(line, len))
        len = 0;
    return rows_end(hold, hold->line + len, in_table);
}

size_t hold_end(const struct hold *hold, const struct scanner *scanner)
{
    if (hold->len == 0)
        return 0;
    if (scanner->state != SCAN_CODE)
        return text_end(hold, scanner->state == SCAN_TABLE);
    bool may_close =
        !hold->in_line &&
        fence_may_close(&scanner->block.fence, hold->source + hold->line, hold->len - hold->line);
    return may_close ? hold->line : hold->len;
}
