/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * A formula ends in the paragraph that it begins in.  A dollar sign is money unless it is close to
 * what it encloses, on both sides, and no digit follows the second one: Pandoc's rule.
 */
#include "text/math.h"

#include <ctype.h>
#include <stdbool.h>
#include <string.h>

enum { FORMULA_MAX = 2000 };

static bool is_paragraph_end(const char *text, size_t len, size_t at)
{
    return text[at] == '\n' && at + 1 < len && text[at + 1] == '\n';
}

/* Where `close` stands after `at`; 0 when it does not. */
static size_t find(const char *text, size_t len, size_t at, const char *close)
{
    size_t n = strlen(close), from = at;
    for (; at + n <= len && at - from < FORMULA_MAX; at++) {
        if (memcmp(text + at, close, n) == 0)
            return at;
        if (is_paragraph_end(text, len, at) || text[at] == '`')
            return 0;
        at += text[at] == '\\' && close[0] == '$';
    }
    return 0;
}

/* What opens one on a line by itself opens it before its end has come: until then what is in it would be
 * taken for emphasis. */
static size_t open_end(const char *text, size_t len, size_t at)
{
    bool begins = at == 0 || isspace((unsigned char)text[at - 1]);
    size_t end = at + 2;
    if (!begins || end > len || (end < len && text[end] != '\n'))
        return 0;
    while (end < len && end - at < FORMULA_MAX && !is_paragraph_end(text, len, end))
        end++;
    return end;
}

static size_t dollar_end(const char *text, size_t len, size_t at)
{
    if (at + 1 < len && text[at + 1] == '$') {
        size_t close = find(text, len, at + 2, "$$");
        return close ? close + 2 : open_end(text, len, at);
    }
    if (at + 1 >= len || isspace((unsigned char)text[at + 1]))
        return 0;
    size_t close = find(text, len, at + 1, "$");
    bool is_money = !close || isspace((unsigned char)text[close - 1]) ||
                    (close + 1 < len && isdigit((unsigned char)text[close + 1])) ||
                    memchr(text + at, '\n', close - at);
    return is_money ? 0 : close + 1;
}

/* The end of the formula that begins at `at`; 0 when none does. */
static size_t formula_end(const char *text, size_t len, size_t at)
{
    if (text[at] == '$')
        return dollar_end(text, len, at);
    if (text[at] != '\\' || at + 1 >= len || (text[at + 1] != '(' && text[at + 1] != '['))
        return 0;
    bool is_inline = text[at + 1] == '(';
    size_t close = find(text, len, at + 2, is_inline ? "\\)" : "\\]");
    return close ? close + 2 : is_inline ? 0 : open_end(text, len, at);
}

static size_t run_of(const char *text, size_t len, size_t at)
{
    size_t end = at;
    while (end < len && text[end] == text[at])
        end++;
    return end - at;
}

/* Behind the code span that a run of backticks opens; behind the run when none closes it. */
static size_t code_end(const char *text, size_t len, size_t at)
{
    size_t ticks = run_of(text, len, at), from = at + ticks;
    for (size_t i = from; i < len && i - from < FORMULA_MAX;) {
        size_t n = text[i] == '`' ? run_of(text, len, i) : 0;
        if (n == ticks)
            return i + n;
        if (is_paragraph_end(text, len, i))
            break;
        i += n ? n : 1;
    }
    return from;
}

void math_mask(char *text, size_t len)
{
    for (size_t at = 0; at < len;) {
        size_t end = formula_end(text, len, at);
        if (end) {
            for (; at < end; at++)
                if (!isspace((unsigned char)text[at]))
                    text[at] = 'x';
        } else if (text[at] == '`') {
            at = code_end(text, len, at);
        } else {
            at += text[at] == '\\' ? 2 : 1;
        }
    }
}
