/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "tui/draft.h"

#include "base/filter.h"
#include "base/utf8.h"
#include "text/cell.h"

void draft_clear(struct draft *draft)
{
    buf_clear(&draft->text);
    wrap_clear(&draft->wrap);
}

void draft_lay_out(struct draft *draft, const char *line, size_t len, size_t point, int width)
{
    /* What is before the cursor and what is after it are filtered apart, so that it is known where
     * the cursor has come to. */
    buf_reset(&draft->text);
    filter_text(&draft->text, line, point);
    size_t cursor = draft->text.len;
    filter_text(&draft->text, line + point, len - point);

    const char *text = buf_str(&draft->text);
    wrap_clear(&draft->wrap);
    draft->wrap.anywhere = true;
    wrap_update(&draft->wrap, text, draft->text.len, width);
    draft->rows = draft->wrap.count ? draft->wrap.count : 1;
    draft->row = draft->wrap.count ? wrap_row_at(&draft->wrap, cursor) : 0;
    size_t start = draft->wrap.count ? draft->wrap.starts[draft->row] : 0;
    draft->column = cell_columns(text + start, cursor - start);
    if (draft->column < width)
        return;
    draft->column = width - 1;
    if (cursor == draft->text.len) { /* the next character will stand on a row of its own */
        draft->row = draft->rows++;
        draft->column = 0;
    }
}

const char *draft_row(const struct draft *draft, size_t row, size_t *len)
{
    *len = 0;
    if (row >= draft->wrap.count)
        return "";
    size_t start = draft->wrap.starts[row];
    *len = wrap_end(&draft->wrap, draft->text.data, row) - start;
    return draft->text.data + start;
}

/* The filter may make a text longer or shorter, so the place is looked for: the characters of the
 * line that come before it are those whose filtered form does. */
static size_t unfiltered(const char *line, size_t len, size_t shown)
{
    struct filter filter = {0};
    struct buf out = BUF_INIT;
    size_t at = 0;
    while (at < len && out.len < shown) {
        uint32_t code;
        int n = utf8_decode(line + at, len - at, &code);
        size_t used = n > 0 ? (size_t)n : n < 0 ? (size_t)-n : len - at;
        filter_add(&filter, &out, line + at, used);
        at += used;
    }
    buf_clear(&out);
    return at;
}

size_t draft_point(const struct draft *draft, const char *line, size_t len, size_t row, int column)
{
    size_t row_len;
    const char *text = draft_row(draft, row, &row_len);
    if (row >= draft->wrap.count)
        return len;
    size_t shown = draft->wrap.starts[row] + cell_fit(text, row_len, column);
    return unfiltered(line, len, shown);
}
