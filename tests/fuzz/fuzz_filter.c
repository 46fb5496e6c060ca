/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * The first byte says how the rest is cut.  What comes out is the same however it is cut, holds only
 * what may reach a terminal, and does not change when it is filtered again.
 */
#include "base/filter.h"

#include <assert.h>
#include <locale.h>
#include <string.h>

#include "base/buf.h"
#include "filter_alphabet.h"

int LLVMFuzzerInitialize(int *argc, char ***argv);
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerInitialize(int *argc, char ***argv)
{
    (void)argc;
    (void)argv;
    assert(setlocale(LC_ALL, "C.UTF-8"));
    return 0;
}

static void filter_pieces(struct buf *out, const char *text, size_t len, size_t step, bool one_line)
{
    struct filter filter = {.one_line = one_line};
    for (size_t at = 0; at < len; at += step)
        filter_add(&filter, out, text + at, len - at < step ? len - at : step);
    filter_end(&filter, out);
}

static void check(const char *text, size_t len, size_t step, bool one_line)
{
    struct buf whole = BUF_INIT, pieces = BUF_INIT, again = BUF_INIT;
    filter_pieces(&whole, text, len, len + 1, one_line);
    filter_pieces(&pieces, text, len, step, one_line);
    assert(pieces.len == whole.len && strcmp(buf_str(&pieces), buf_str(&whole)) == 0);
    assert(!alphabet_fault(buf_str(&whole), whole.len, one_line));
    filter_pieces(&again, buf_str(&whole), whole.len, step, one_line);
    assert(again.len == whole.len && strcmp(buf_str(&again), buf_str(&whole)) == 0);
    buf_clear(&whole);
    buf_clear(&pieces);
    buf_clear(&again);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    if (size == 0)
        return 0;
    size_t step = (size_t)data[0] % 7 + 1;
    check((const char *)data + 1, size - 1, step, false);
    check((const char *)data + 1, size - 1, step, true);
    return 0;
}
