/* SPDX-License-Identifier: GPL-3.0-or-later
 */
#include "guide/lines.h"

#include <string.h>

#include "base/buf.h"

static size_t run_of(struct line line, size_t at, const char *bytes)
{
    size_t start = at;
    while (at < line.len && memchr(bytes, line.text[at], strlen(bytes)))
        at++;
    return at - start;
}

static char byte_at(struct line line, size_t at)
{
    return at < line.len ? line.text[at] : '\0';
}

size_t line_indent(struct line line)
{
    return run_of(line, 0, " \t");
}

bool line_is_fence(struct line line)
{
    size_t indent = line_indent(line);
    return run_of(line, indent, "`") >= 3 || run_of(line, indent, "~") >= 3;
}

bool line_is_heading(struct line line)
{
    size_t level = run_of(line, 0, "#");
    return level > 0 && level <= 6 && byte_at(line, level) == ' ';
}

bool line_is_item(struct line line)
{
    size_t at = line_indent(line), digits = run_of(line, at, "0123456789");
    const char *marks = digits ? ".)" : "-*+";
    return byte_at(line, at + digits) && strchr(marks, byte_at(line, at + digits)) &&
           byte_at(line, at + digits + 1) == ' ';
}

/* Indented code cannot begin right after prose: there, indented lines go on with the paragraph. */
static enum line_kind kind_of(struct line line, enum line_kind before)
{
    if (run_of(line, 0, " \t\r") == line.len)
        return LINE_BLANK;
    if (line_is_heading(line) || strchr("|>", line.text[0]))
        return LINE_KEPT;
    bool indented = line_indent(line) >= 4 && !line_is_item(line);
    return indented && before != LINE_PROSE ? LINE_CODE : LINE_PROSE;
}

struct lines lines_of(const char *text, size_t len)
{
    return (struct lines){.at = text, .end = text + len};
}

bool lines_next(struct lines *lines, struct line *line)
{
    if (lines->at == lines->end)
        return false;
    const char *newline = memchr(lines->at, '\n', (size_t)(lines->end - lines->at));
    const char *stop = newline ? newline : lines->end;
    *line = (struct line){.text = lines->at, .len = (size_t)(stop - lines->at)};
    bool fence = line_is_fence(*line);
    line->kind = lines->fenced || fence ? LINE_CODE : kind_of(*line, lines->before);
    lines->fenced = lines->fenced != fence;
    lines->before = line->kind;
    lines->at = newline ? newline + 1 : lines->end;
    return true;
}

void lines_unwrap(struct buf *out, const char *text, size_t len)
{
    struct lines lines = lines_of(text, len);
    enum line_kind before = LINE_BLANK;
    for (struct line line; lines_next(&lines, &line); before = line.kind) {
        bool joined = line.kind == LINE_PROSE && before == LINE_PROSE && !line_is_item(line);
        if (line.text > text)
            buf_addc(out, joined ? ' ' : '\n');
        size_t skip = joined ? line_indent(line) : 0;
        buf_add(out, line.text + skip, line.len - skip);
    }
    if (len > 0 && text[len - 1] == '\n')
        buf_addc(out, '\n');
}
