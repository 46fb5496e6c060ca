/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "tui/input_mend.h"

#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <readline/readline.h>

#include "base/buf.h"
#include "base/mem.h"
#include "base/utf8.h"

/* The line before a redo, until that has been looked at. */
static struct {
    char *line;
    int point, end;
    const UNDO_LIST *change;
} before_redo;

static bool is_inside_character(int at)
{
    return at > 0 && at < rl_end && ((unsigned char)rl_line_buffer[at] & 0xC0) == 0x80;
}

static void replace_line(const char *text, int point)
{
    rl_replace_line(text, 1);
    rl_point = point < rl_end ? point : rl_end;
}

static void clean_line(void)
{
    struct buf clean = BUF_INIT;
    int point = rl_point;
    for (int at = 0; at < rl_end; at += (int)strlen(rl_line_buffer + at) + 1)
        utf8_add_clean(&clean, rl_line_buffer + at, strlen(rl_line_buffer + at));
    replace_line(buf_str(&clean), point);
    buf_clear(&clean);
}

static bool is_whole(void)
{
    size_t len = strlen(rl_line_buffer);
    return len == (size_t)rl_end && utf8_valid(rl_line_buffer, len);
}

/* Where the newest change ends: readline makes one of several if it can. */
static int change_end(void)
{
    return rl_undo_list ? rl_undo_list->end : -1;
}

/* What was written without being a change that can be undone. */
static void mend_what_was_redone(void)
{
    bool is_change = rl_undo_list != before_redo.change || change_end() != before_redo.end;
    bool has_nul = strlen(rl_line_buffer) != (size_t)rl_end;
    if (has_nul || (!is_change && strcmp(before_redo.line, rl_line_buffer) != 0))
        replace_line(before_redo.line, before_redo.point);
    free(before_redo.line);
    before_redo.line = NULL;
}

void mend_line(void)
{
    if (before_redo.line)
        mend_what_was_redone();
    if (!is_whole())
        clean_line();
    while (is_inside_character(rl_point))
        rl_point--;
}

/* It may jump out of here, to where readline takes its next key. */
int mend_redo(int count, int key)
{
    free(before_redo.line);
    before_redo.line = xstrdup(rl_line_buffer);
    before_redo.point = rl_point;
    before_redo.change = rl_undo_list;
    before_redo.end = change_end();
    return rl_vi_redo(count, key);
}
