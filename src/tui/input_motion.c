/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "tui/input_motion.h"

#include <ctype.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <wchar.h>
#include <wctype.h>

#include <readline/readline.h>

#include "base/utf8.h"
#include "text/cell.h"

enum sort { SORT_BLANK, SORT_LINE_END, SORT_LETTER, SORT_SIGN };

/* ---- Characters: one with all that is drawn over it */

static uint32_t code_at(size_t at)
{
    uint32_t code = UTF8_REPLACEMENT;
    utf8_decode(rl_line_buffer + at, (size_t)rl_end - at, &code);
    return code;
}

static size_t after(size_t at)
{
    return at + cell_at(rl_line_buffer + at, (size_t)rl_end - at, 0).len;
}

static bool stands_alone(size_t at)
{
    bool is_inside = ((unsigned char)rl_line_buffer[at] & 0xC0) == 0x80;
    return !is_inside && wcwidth((wchar_t)code_at(at)) != 0;
}

static size_t before(size_t at)
{
    do {
        at--;
    } while (at > 0 && !stands_alone(at));
    return at;
}

static enum sort sort_at(size_t at, bool is_big)
{
    wint_t code = code_at(at);
    if (code == '\n')
        return SORT_LINE_END;
    if (code == ' ' || code == '\t')
        return SORT_BLANK;
    return is_big || iswalnum(code) || code == '_' ? SORT_LETTER : SORT_SIGN;
}

static bool is_space(size_t at)
{
    return sort_at(at, true) != SORT_LETTER;
}

static size_t last(void)
{
    return rl_end > 0 ? before((size_t)rl_end) : 0;
}

/* ---- vi's words: letters, or signs */

static size_t next_word(size_t at, bool is_big)
{
    size_t end = (size_t)rl_end;
    if (at >= end)
        return at;
    enum sort sort = sort_at(at, is_big);
    while (at < end && sort_at(at, is_big) == sort)
        at = after(at);
    while (at < end && sort_at(at, is_big) == SORT_BLANK)
        at = after(at);
    return at < end ? at : last();
}

static size_t word_end(size_t at, bool is_big)
{
    size_t end = (size_t)rl_end, next = at < end ? after(at) : end;
    while (next < end && is_space(next))
        next = after(next);
    if (next >= end)
        return last();
    enum sort sort = sort_at(next, is_big);
    do {
        at = next;
        next = after(at);
    } while (next < end && sort_at(next, is_big) == sort);
    return at;
}

static size_t word_start(size_t at, bool is_big)
{
    while (at > 0 && is_space(before(at)))
        at = before(at);
    if (at == 0)
        return 0;
    enum sort sort = sort_at(before(at), is_big);
    while (at > 0 && sort_at(before(at), is_big) == sort)
        at = before(at);
    return at;
}

static int go(size_t (*step)(size_t at, bool is_big), int count, bool is_big)
{
    for (size_t to; count > 0 && (to = step((size_t)rl_point, is_big)) != (size_t)rl_point; count--)
        rl_point = (int)to;
    return 0;
}

int motion_vi_back(int count, int key)
{
    return go(word_start, count, isupper(key));
}

int motion_vi_end(int count, int key)
{
    return go(word_end, count, isupper(key));
}

int motion_vi_next(int count, int key)
{
    return go(next_word, count, isupper(key));
}

int motion_vi_back_big(int count, int key)
{
    (void)key;
    return go(word_start, count, true);
}

int motion_vi_end_big(int count, int key)
{
    (void)key;
    return go(word_end, count, true);
}

int motion_vi_next_big(int count, int key)
{
    (void)key;
    return go(next_word, count, true);
}

/* ---- vi's brackets */

static int matching(const char *line, int at, int step, char open, char close)
{
    for (int depth = 0; at >= 0 && at < rl_end; at += step) {
        depth += line[at] == open;
        depth -= line[at] == close;
        if (depth == 0)
            return at;
    }
    return -1;
}

/* A bracket is one byte, and no byte of another character is equal to it. */
int motion_vi_bracket(int count, int key)
{
    static const char brackets[] = "()[]{}";
    (void)count, (void)key;
    int at = rl_point + (int)strcspn(rl_line_buffer + rl_point, brackets);
    if (at >= rl_end)
        return 0;
    size_t which = (size_t)(strchr(brackets, rl_line_buffer[at]) - brackets);
    int to = matching(rl_line_buffer, at, which % 2 ? -1 : 1, brackets[which], brackets[which ^ 1]);
    if (to >= 0)
        rl_point = to;
    return 0;
}

/* ---- Emacs's words: letters, and what is between them */

static bool is_letter(size_t at)
{
    return iswalnum((wint_t)code_at(at));
}

static void go_forward(long count)
{
    size_t at = (size_t)rl_point, end = (size_t)rl_end;
    for (; count > 0 && at < end; count--) {
        while (at < end && !is_letter(at))
            at = after(at);
        while (at < end && is_letter(at))
            at = after(at);
    }
    rl_point = (int)at;
}

static void go_back(long count)
{
    size_t at = (size_t)rl_point;
    for (; count > 0 && at > 0; count--) {
        while (at > 0 && !is_letter(before(at)))
            at = before(at);
        while (at > 0 && is_letter(before(at)))
            at = before(at);
    }
    rl_point = (int)at;
}

static int go_words(long count)
{
    if (count >= 0)
        go_forward(count);
    else
        go_back(-count);
    return 0;
}

static bool is_kill(rl_command_func_t *command)
{
    static rl_command_func_t *const kills[] = {
        motion_kill_forward, motion_kill_back,    rl_kill_line,         rl_backward_kill_line,
        rl_kill_full_line,   rl_unix_word_rubout, rl_unix_line_discard,
    };
    for (size_t i = 0; i < sizeof(kills) / sizeof(*kills); i++)
        if (kills[i] == command)
            return true;
    return false;
}

/* What is killed behind another kill is one with it.  Of that readline knows nothing more once it has
 * read the Esc of a key; to kill nothing tells it. */
static int kill_words(long count)
{
    int from = rl_point;
    if (is_kill(rl_last_func))
        rl_kill_text(from, from);
    go_words(count);
    int to = rl_point;
    rl_kill_text(from, to);
    rl_point = from < to ? from : to;
    return 0;
}

int motion_forward(int count, int key)
{
    (void)key;
    return go_words(count);
}

int motion_back(int count, int key)
{
    (void)key;
    return go_words(-(long)count);
}

int motion_kill_forward(int count, int key)
{
    (void)key;
    return kill_words(count);
}

int motion_kill_back(int count, int key)
{
    (void)key;
    return kill_words(-(long)count);
}
