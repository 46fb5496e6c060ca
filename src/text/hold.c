/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "text/hold.h"

#include <string.h>

#include "text/block.h"

/* A line of nothing but marks may become anything; one that opens code tells what code at its
 * end. */
static bool is_open_mark(const char *line, size_t len)
{
    struct fence fence;
    size_t at = 0;
    while (at < len && (line[at] == ' ' || (line[at] >= '0' && line[at] <= '9')))
        at++;
    at += at < len && (line[at] == '.' || line[at] == ')');
    while (at < len && strchr("`~#-=|*+_>: \t", line[at]))
        at++;
    return at == len || fence_opens(&fence, line, len);
}

/* The first row of a table looks like text before the second one comes. */
static bool is_table_head(const char *text, size_t len)
{
    const char *newline = memchr(text, '\n', len);
    return len > 0 && text[0] == '|' && (!newline || newline + 1 == text + len);
}

static size_t text_end(const struct hold *hold)
{
    const struct block *open = hold->open;
    size_t end = hold->len;
    if (!hold->in_line && is_open_mark(hold->source + hold->line, end - hold->line))
        end = hold->line;
    while (end > hold->line && strchr("*_~`", hold->source[end - 1]))
        end--;
    bool is_head = open && end > open->start && !open->goes_on &&
                   is_table_head(hold->source + open->start, end - open->start);
    return is_head ? open->start : end;
}

size_t hold_end(const struct hold *hold, const struct scanner *scanner)
{
    if (hold->len == 0)
        return 0;
    if (scanner->state != SCAN_CODE)
        return text_end(hold);
    bool may_close =
        !hold->in_line &&
        fence_may_close(&scanner->block.fence, hold->source + hold->line, hold->len - hold->line);
    return may_close ? hold->line : hold->len;
}
