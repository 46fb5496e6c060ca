/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * However the bytes are cut, the same events come.  The first byte says how long the pieces are.
 */
#include <assert.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "base/buf.h"
#include "io/sse.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

/* Write down all events there are. */
static void drain(struct sse *sse, struct buf *out)
{
    struct sse_event event;
    while (sse_next(sse, &event)) {
        buf_addf(out, "%s|%s|%d|%zu|", event.name, event.id, event.is_tail, event.data_len);
        buf_add(out, event.data, event.data_len);
    }
}

static struct buf parse(const char *bytes, size_t len, size_t piece)
{
    struct buf out = BUF_INIT;
    struct sse *sse = sse_new();
    for (size_t at = 0; at < len; at += piece) {
        size_t n = len - at < piece ? len - at : piece;
        char *copy = malloc(n); /* so that a sanitizer sees each byte read beyond it, or too late */
        memcpy(copy, bytes + at, n);
        sse_feed(sse, copy, n);
        drain(sse, &out);
        free(copy);
    }
    sse_end(sse);
    drain(sse, &out);
    assert(!sse_failed(sse));
    sse_free(sse);
    return out;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    if (size < 2)
        return 0;
    const char *bytes = (const char *)data + 1;
    struct buf whole = parse(bytes, size - 1, size - 1);
    struct buf cut = parse(bytes, size - 1, 1 + data[0] % 16);
    assert(whole.len == cut.len);
    assert(memcmp(buf_str(&whole), buf_str(&cut), whole.len) == 0);
    buf_clear(&whole);
    buf_clear(&cut);
    return 0;
}
