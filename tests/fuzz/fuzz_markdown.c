/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * The first two bytes say how wide the page is and how the rest is cut.  The rows are the same
 * however the text comes, whether they were kept or laid out again; none is wider than the page,
 * and their places in the source are in order.
 */
#include "text/markdown.h"

#include <assert.h>
#include <locale.h>
#include <stdbool.h>
#include <stdint.h>
#include <string.h>

#include "base/buf.h"
#include "text/cell.h"
#include "text/line.h"

int LLVMFuzzerInitialize(int *argc, char ***argv);
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerInitialize(int *argc, char ***argv)
{
    (void)argc;
    (void)argv;
    assert(setlocale(LC_ALL, "C.UTF-8"));
    return 0;
}

static struct markdown *lay_out(const char *text, size_t len, size_t step, int width)
{
    struct markdown *markdown = markdown_new();
    for (size_t at = 0; at < len; at += step) {
        markdown_add(markdown, text + at, len - at < step ? len - at : step);
        size_t before = markdown_rows(markdown);
        assert(markdown_update(markdown, width) <= before);
        assert(markdown_final(markdown) <= markdown_rows(markdown));
    }
    markdown_end(markdown);
    markdown_update(markdown, width);
    return markdown;
}

/* A wide character on a page of one column is a row by itself. */
static void check_row(struct markdown *markdown, size_t row, int width)
{
    struct line line;
    struct buf text = BUF_INIT;
    markdown_line(markdown, row, &line);
    for (size_t i = 0; i < line.count; i++) {
        const struct span *span = &line.spans[i];
        assert(span->len > 0 && !memchr(span->text, '\n', span->len));
        assert(!memchr(span->text, '\033', span->len));
        buf_add(&text, span->text, span->len);
    }
    bool has_tab = memchr(buf_str(&text), '\t', text.len);
    assert(has_tab || cell_columns(buf_str(&text), text.len) <= (width < 2 ? 2 : width));
    buf_clear(&text);
}

static void check(struct markdown *markdown, struct markdown *other, int width)
{
    size_t last = 0, len = markdown_source(markdown)->len;
    assert(markdown_rows(markdown) == markdown_rows(other));
    for (size_t i = 0; i < markdown_rows(markdown); i++) {
        size_t offset = markdown_offset(markdown, i);
        assert(offset >= last && offset <= len);
        assert(markdown_offset(other, i) == offset);
        assert(markdown_key(markdown, i) == markdown_key(other, i));
        assert(markdown_row_at(markdown, offset) >= i);
        check_row(markdown, i, width);
        last = offset;
    }
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    if (size < 2)
        return 0;
    const char *text = (const char *)data + 2;
    int width = data[0] % 100 + 1;
    struct markdown *whole = lay_out(text, size - 2, size, width);
    struct markdown *pieces = lay_out(text, size - 2, data[1] % 7 + 1, width + data[1] % 2);
    markdown_forget(pieces);
    markdown_update(pieces, width);
    check(whole, pieces, width);
    markdown_free(whole);
    markdown_free(pieces);
    return 0;
}
