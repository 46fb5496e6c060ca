/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * The first two bytes say how wide the page is and how the rest is cut.  The rows and the wording are
 * the same however the text comes, whether they were kept or laid out again; no row is wider than the
 * page, what is on it is at its place in the wording, links have nothing in them that could end their
 * sequence, and the rows' places in the source are in order.
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

static struct markdown *lay_out(const char *text, size_t len, size_t step, int width,
                                struct buf *wording)
{
    struct markdown *markdown = markdown_new();
    for (size_t at = 0; at < len; at += step) {
        markdown_add(markdown, text + at, len - at < step ? len - at : step);
        size_t before = markdown_rows(markdown);
        assert(markdown_update(markdown, width) <= before);
        assert(markdown_final(markdown) <= markdown_rows(markdown));
        if (at / step % 2 == 0)
            markdown_wording(markdown, width, wording);
    }
    markdown_end(markdown);
    markdown_wording(markdown, width, wording);
    return markdown;
}

static bool is_of_address(const char *link)
{
    while (*link > ' ' && *link < 0x7F)
        link++;
    return *link == '\0';
}

/* Headings of a table that is written as a list stand on several rows. */
static void check_span(struct markdown *markdown, size_t row, const struct span *span,
                       const struct buf *wording)
{
    assert(span->len > 0 && !memchr(span->text, '\n', span->len));
    assert(!memchr(span->text, '\033', span->len));
    assert(!span->link || is_of_address(span->link));
    if (span->place == 0)
        return;
    assert(span->place - 1 + span->len <= wording->len);
    assert(memcmp(wording->data + span->place - 1, span->text, span->len) == 0);
    assert(markdown_row_with(markdown, span->place - 1) <= row);
}

/* A wide character on a page of one column is a row by itself. */
static void check_row(struct markdown *markdown, size_t row, int width, const struct buf *wording)
{
    struct line line;
    struct buf text = BUF_INIT;
    markdown_line(markdown, row, &line);
    for (size_t i = 0; i < line.count; i++) {
        check_span(markdown, row, &line.spans[i], wording);
        buf_add(&text, line.spans[i].text, line.spans[i].len);
    }
    bool has_tab = memchr(buf_str(&text), '\t', text.len);
    assert(has_tab || cell_columns(buf_str(&text), text.len) <= (width < 2 ? 2 : width));
    buf_clear(&text);
}

static void check(struct markdown *markdown, struct markdown *other, int width,
                  const struct buf *wording)
{
    size_t last = 0, len = markdown_source(markdown)->len;
    assert(markdown_rows(markdown) == markdown_rows(other));
    for (size_t i = 0; i < markdown_rows(markdown); i++) {
        size_t offset = markdown_offset(markdown, i);
        assert(offset >= last && offset <= len);
        assert(markdown_offset(other, i) == offset);
        assert(markdown_key(markdown, i) == markdown_key(other, i));
        assert(markdown_row_at(markdown, offset) >= i);
        assert(markdown_place(markdown, i) <= wording->len);
        check_row(markdown, i, width, wording);
        last = offset;
    }
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    if (size < 2)
        return 0;
    const char *text = (const char *)data + 2;
    int width = data[0] % 100 + 1;
    struct buf wording = BUF_INIT, other = BUF_INIT;
    struct markdown *whole = lay_out(text, size - 2, size, width, &wording);
    struct markdown *pieces = lay_out(text, size - 2, data[1] % 7 + 1, width + data[1] % 2, &other);
    assert(other.len == wording.len &&
           (wording.len == 0 || memcmp(other.data, wording.data, wording.len) == 0));
    markdown_forget(pieces);
    markdown_update(pieces, width);
    check(whole, pieces, width, &wording);
    buf_clear(&wording);
    buf_clear(&other);
    markdown_free(whole);
    markdown_free(pieces);
    return 0;
}
