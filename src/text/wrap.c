/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "text/wrap.h"

#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "text/cell.h"

void wrap_clear(struct wrap *wrap)
{
    free(wrap->starts);
    *wrap = (struct wrap){.anywhere = wrap->anywhere, .hangs = wrap->hangs};
}

void wrap_reset(struct wrap *wrap)
{
    wrap->count = wrap->solid = wrap->len = wrap->line = 0;
}

static bool is_space(char c)
{
    return c == ' ' || c == '\t';
}

/* ---- Lines of columns */

size_t wrap_column(const char *line, size_t len)
{
    size_t at = 0;
    while (at < len && line[at] == ' ')
        at++;
    for (; at + 2 < len; at++)
        if (line[at] == ' ' && line[at + 1] == ' ')
            break;
    if (at + 2 >= len)
        return 0;
    while (at < len && line[at] == ' ')
        at++;
    return at < len ? at : 0;
}

enum {
    HANG_MIN = 4, /* columns: in half of it a wide character has room */
    HANG_STEP = 2,
    HANG_LOOK =
        1024, /* bytes of a line in which its columns begin: each of its rows asks for them */
};

/* Half of the width is left to the text, whatever stands before it. */
static int most_hang(const struct wrap *wrap)
{
    return wrap->width < HANG_MIN ? 0 : wrap->width / 2;
}

static size_t line_end(const char *line, size_t len)
{
    const char *newline = memchr(line, '\n', len);
    return newline ? (size_t)(newline - line) : len;
}

static size_t lead_of(const char *line, size_t end)
{
    size_t at = 0;
    while (at < end && line[at] == ' ')
        at++;
    return at;
}

/* The last column that is not too far to the right; if even the second is, a step behind the first. */
static int hang_of(const struct wrap *wrap, const char *line, size_t len)
{
    size_t end = line_end(line, len < HANG_LOOK ? len : HANG_LOOK), at = lead_of(line, end), next;
    int column = (int)at, most = most_hang(wrap), columns = 0;
    while ((next = wrap_column(line + at, end - at)) > 0 &&
           (columns = cell_columns(line, at + next)) <= most) {
        at += next;
        column = columns;
    }
    if (next > 0 && at == lead_of(line, end))
        column += HANG_STEP;
    return column < most ? column : most;
}

/* Where a line is broken whose second column is too far to the right; 0: it is not. */
static size_t early_break(const struct wrap *wrap, const char *line, size_t len)
{
    size_t end = line_end(line, len), second = wrap_column(line, end), first = second;
    while (first > 0 && line[first - 1] == ' ')
        first--;
    bool is_far = second > 0 && cell_columns(line, second) > most_hang(wrap);
    bool fits = cell_columns(line, first) <= wrap->width;
    return is_far && fits && cell_columns(line, end) > wrap->width ? second : 0;
}

int wrap_indent(const struct wrap *wrap, const char *text, size_t row)
{
    size_t first = row;
    while (first > 0 && text[wrap->starts[first] - 1] != '\n')
        first--;
    size_t line = wrap->starts[first];
    return wrap->hangs && first < row ? hang_of(wrap, text + line, wrap->len - line) : 0;
}

/* ---- Rows */

/* A row as far as it has been read. */
struct row {
    size_t from, at;
    size_t fallback; /* where the next row may begin; `from` when nowhere yet */
    int column;
    bool inked; /* spaces before the first word are no place to break */
};

enum { HANG_MAX = 80 }; /* columns */

/* Spaces that do not fit hang over the edge, unseen, but not for ever: a flood of them must not make
 * a row that is read again and again. */
static bool may_hang(const struct row *row, int width)
{
    return row->column < width + HANG_MAX;
}

static void take(struct row *row, struct cell cell, bool space)
{
    row->column += cell.width;
    row->at += cell.len;
    /* Scripts that are written wide are written without spaces. */
    if ((space && row->inked) || cell.width == 2)
        row->fallback = row->at;
    row->inked = row->inked || !space;
}

static int width_from(const struct wrap *wrap, const char *text, size_t len, size_t from)
{
    bool goes_on = wrap->hangs && from > wrap->line;
    return wrap->width - (goes_on ? hang_of(wrap, text + wrap->line, len - wrap->line) : 0);
}

/* Where the row after the one at `from` begins; false when the text ends in this row. */
static bool next_row(const struct wrap *wrap, const char *text, size_t len, size_t from,
                     size_t *next)
{
    struct row row = {.from = from, .at = from, .fallback = from};
    int width = width_from(wrap, text, len, from);
    size_t early =
        wrap->hangs && from == wrap->line ? early_break(wrap, text + from, len - from) : 0;
    if (early > 0) {
        *next = from + early;
        return true;
    }
    while (row.at < len) {
        if (text[row.at] == '\n') {
            *next = row.at + 1;
            return true;
        }
        struct cell cell = cell_at(text + row.at, len - row.at, row.column);
        bool space = is_space(text[row.at]) && cell.len == 1; /* one with a mark on it is seen */
        bool full = row.column + cell.width > width && row.at > from;
        if (full && !(space && !wrap->anywhere && may_hang(&row, width))) {
            bool between = !wrap->anywhere && row.fallback > from && cell.width != 2;
            *next = between ? row.fallback : row.at;
            return true;
        }
        take(&row, cell, space);
    }
    return false;
}

static void add_start(struct wrap *wrap, size_t start)
{
    if (wrap->count == wrap->cap) {
        wrap->cap = wrap->cap ? wrap->cap + wrap->cap / 2 : 4;
        wrap->starts = xrealloc(wrap->starts, wrap->cap * sizeof(*wrap->starts));
    }
    wrap->starts[wrap->count++] = start;
}

/* Where what is to be seen of a row ends: before its newline, and between words before the spaces. */
static size_t ink_end(const struct wrap *wrap, const char *text, size_t start, size_t end)
{
    if (end > start && text[end - 1] == '\n')
        end--;
    while (!wrap->anywhere && end > start && is_space(text[end - 1]))
        end--;
    return end;
}

static void note_ink(struct wrap *wrap, const char *text, size_t end)
{
    size_t start = wrap->starts[wrap->count - 1];
    if (ink_end(wrap, text, start, end) > start)
        wrap->solid = wrap->count;
}

void wrap_update(struct wrap *wrap, const char *text, size_t len, int width)
{
    if (width != wrap->width) {
        wrap_reset(wrap);
        wrap->width = width;
    }
    if (len == wrap->len)
        return;
    wrap->len = len;
    if (wrap->count == 0)
        add_start(wrap, 0);
    for (size_t next; next_row(wrap, text, len, wrap->starts[wrap->count - 1], &next);) {
        note_ink(wrap, text, next);
        add_start(wrap, next);
        if (text[next - 1] == '\n')
            wrap->line = next;
    }
    note_ink(wrap, text, len);
}

size_t wrap_end(const struct wrap *wrap, const char *text, size_t row)
{
    size_t end = row + 1 < wrap->count ? wrap->starts[row + 1] : wrap->len;
    return ink_end(wrap, text, wrap->starts[row], end);
}

size_t wrap_row_at(const struct wrap *wrap, size_t offset)
{
    size_t low = 0, high = wrap->count;
    while (high - low > 1) {
        size_t middle = low + (high - low) / 2;
        if (wrap->starts[middle] <= offset)
            low = middle;
        else
            high = middle;
    }
    return low;
}
