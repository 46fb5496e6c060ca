/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * The first two bytes say how wide the window is and how the rest is cut; it is filtered first, as all
 * text is.  The rows are the same however the text comes, none is wider than the window, and together
 * they are the text.
 */
#include "text/wrap.h"

#include <assert.h>
#include <locale.h>
#include <stdint.h>
#include <string.h>

#include "base/buf.h"
#include "base/filter.h"
#include "text/cell.h"

int LLVMFuzzerInitialize(int *argc, char ***argv);
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerInitialize(int *argc, char ***argv)
{
    (void)argc;
    (void)argv;
    assert(setlocale(LC_ALL, "C.UTF-8"));
    return 0;
}

static void check_rows(const struct wrap *wrap, const char *text, size_t len, int width)
{
    assert(wrap->count > 0 || len == 0);
    for (size_t i = 0; i < wrap->count; i++) {
        size_t start = wrap->starts[i], end = wrap_end(wrap, text, i);
        size_t next = i + 1 < wrap->count ? wrap->starts[i + 1] : len;
        assert(start <= end && end <= next && (start < next || next == len));
        assert(wrap_row_at(wrap, start) == i);
        for (size_t at = end; at < next; at++)
            assert(strchr(" \t\n", text[at]));
        bool one_cell = start < end && cell_at(text + start, end - start, 0).len == end - start;
        assert(one_cell || cell_columns(text + start, end - start) <= width);
    }
}

static void wrap_pieces(struct wrap *wrap, const char *raw, size_t len, int width, size_t step)
{
    struct filter filter = {0};
    struct buf text = BUF_INIT;
    for (size_t at = 0; at < len; at += step) {
        filter_add(&filter, &text, raw + at, len - at < step ? len - at : step);
        wrap_update(wrap, buf_str(&text), text.len, width);
    }
    filter_end(&filter, &text);
    wrap_update(wrap, buf_str(&text), text.len, width);
    buf_clear(&text);
}

static void check(const char *raw, size_t len, int width, size_t step, bool anywhere)
{
    struct wrap whole = {.anywhere = anywhere}, pieces = {.anywhere = anywhere};
    struct buf text = BUF_INIT;
    filter_text(&text, raw, len);
    wrap_update(&whole, buf_str(&text), text.len, width);
    wrap_pieces(&pieces, raw, len, width, step);
    assert(whole.count == pieces.count && whole.solid == pieces.solid);
    assert(whole.count == 0 ||
           memcmp(whole.starts, pieces.starts, whole.count * sizeof(size_t)) == 0);
    check_rows(&whole, buf_str(&text), text.len, width);
    buf_clear(&text);
    wrap_clear(&whole);
    wrap_clear(&pieces);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    if (size < 2)
        return 0;
    const char *raw = (const char *)data + 2;
    check(raw, size - 2, data[0] + 1, data[1] % 7 + 1, false);
    check(raw, size - 2, data[0] + 1, data[1] % 7 + 1, true);
    return 0;
}
