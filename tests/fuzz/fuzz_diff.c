/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * A diff, applied to the old text, gives the new one.  The first NUL parts the two.
 */
#include <assert.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/buf.h"
#include "tools/diff.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static const char *next_line(const char *at, const char *end)
{
    const char *stop = memchr(at, '\n', (size_t)(end - at));
    return stop ? stop + 1 : end;
}

/* Copy the old lines before the one that a hunk begins with. */
static const char *copy_up_to(const char *heading, const char *old, const char *end, int *line,
                              struct buf *new)
{
    int begin, count = 1;
    assert(sscanf(heading, "@@ -%d,%d", &begin, &count) >= 1);
    for (begin += count == 0; *line < begin; ++*line) {
        const char *next = next_line(old, end);
        buf_add(new, old, (size_t)(next - old));
        old = next;
    }
    return old;
}

static void apply(const char *diff, size_t len, const char *old, size_t old_len, struct buf *new)
{
    const char *end = old + old_len, *stop = diff + len;
    int line = 1;
    for (const char *next; diff < stop; diff = next) {
        next = next_line(diff, stop);
        if (*diff == '@') {
            old = copy_up_to(diff, old, end, &line, new);
            continue;
        }
        /* The newline before this is not the text's. */
        bool is_cut = next < stop && *next == '\\';
        size_t width = (size_t)(next - diff) - 1 - is_cut;
        if (*diff != '+') {
            assert(strncmp(diff + 1, old, width) == 0);
            old += width;
            line++;
        }
        if (*diff != '-')
            buf_add(new, diff + 1, width);
        if (is_cut)
            next = next_line(next, stop);
    }
    buf_add(new, old, (size_t)(end - old));
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static const char heading[] = "--- a\n+++ b\n";
    const uint8_t *part = size > 0 ? memchr(data, 0, size) : NULL;
    if (!part || memchr(part + 1, 0, size - (size_t)(part + 1 - data)))
        return 0;
    const struct diff_text old = {"a", (const char *)data, (size_t)(part - data)};
    const struct diff_text new = {"b", (const char *)part + 1, size - old.len - 1};
    struct buf diff = BUF_INIT, again = BUF_INIT;
    diff_unified(&diff, &old, &new);
    assert((diff.len == 0) == (old.len == new.len &&memcmp(old.text, new.text, old.len) == 0));
    if (diff.len > 0) {
        size_t skip = strlen(heading);
        assert(strncmp(diff.data, heading, skip) == 0);
        apply(diff.data + skip, diff.len - skip, old.text, old.len, &again);
        assert(again.len == new.len &&memcmp(buf_str(&again), new.text, new.len) == 0);
    }
    buf_clear(&diff);
    buf_clear(&again);
    return 0;
}
