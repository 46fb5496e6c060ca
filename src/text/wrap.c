/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "text/wrap.h"

#include <stdlib.h>

#include "base/mem.h"
#include "text/cell.h"

void wrap_clear(struct wrap *wrap)
{
    free(wrap->starts);
    *wrap = (struct wrap){.anywhere = wrap->anywhere};
}

void wrap_reset(struct wrap *wrap)
{
    wrap->count = wrap->solid = wrap->len = 0;
}

static bool is_space(char c)
{
    return c == ' ' || c == '\t';
}

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

/* Where the row after the one at `from` begins; false when the text ends in this row. */
static bool next_row(const struct wrap *wrap, const char *text, size_t len, size_t from,
                     size_t *next)
{
    struct row row = {.from = from, .at = from, .fallback = from};
    while (row.at < len) {
        if (text[row.at] == '\n') {
            *next = row.at + 1;
            return true;
        }
        struct cell cell = cell_at(text + row.at, len - row.at, row.column);
        bool space = is_space(text[row.at]) && cell.len == 1; /* one with a mark on it is seen */
        bool full = row.column + cell.width > wrap->width && row.at > from;
        if (full && !(space && !wrap->anywhere && may_hang(&row, wrap->width))) {
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
