/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "text/fence.h"

#include <string.h>

enum { FENCE_MIN = 3, INDENT_MAX = 3 };

static size_t run_of(const char *line, size_t len, size_t at, char c)
{
    size_t from = at;
    while (at < len && line[at] == c)
        at++;
    return at - from;
}

static size_t blanks_end(const char *line, size_t len, size_t at)
{
    while (at < len && (line[at] == ' ' || line[at] == '\t'))
        at++;
    return at;
}

bool fence_opens(struct fence *fence, const char *line, size_t len)
{
    size_t indent = run_of(line, len, 0, ' ');
    if (indent > INDENT_MAX || indent == len || (line[indent] != '`' && line[indent] != '~'))
        return false;
    char mark = line[indent];
    size_t count = run_of(line, len, indent, mark);
    size_t info = blanks_end(line, len, indent + count);
    while (len > info && (line[len - 1] == ' ' || line[len - 1] == '\t'))
        len--;
    if (count < FENCE_MIN || (mark == '`' && memchr(line + info, '`', len - info)))
        return false;
    *fence = (struct fence){mark, count, indent, info, len - info};
    return true;
}

bool fence_closes(const struct fence *fence, const char *line, size_t len)
{
    size_t indent = run_of(line, len, 0, ' ');
    size_t count = run_of(line, len, indent, fence->mark);
    return indent <= INDENT_MAX && count >= fence->count &&
           blanks_end(line, len, indent + count) == len;
}

bool fence_may_close(const struct fence *fence, const char *line, size_t len)
{
    size_t indent = run_of(line, len, 0, ' ');
    size_t count = run_of(line, len, indent, fence->mark);
    return indent <= INDENT_MAX && blanks_end(line, len, indent + count) == len;
}

size_t fence_language(const struct fence *fence, const char *line)
{
    size_t n = 0;
    while (n < fence->info_len && !strchr(" \t,;:}", line[fence->info + n]))
        n++;
    return n;
}
