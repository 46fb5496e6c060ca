/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * However the bytes are cut, the same lines come.  The first byte says how long the pieces are.
 */
#include <assert.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "base/buf.h"
#include "io/ndjson.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

/* Write down all lines there are. */
static void drain(struct ndjson *ndjson, struct buf *out)
{
    struct ndjson_line line;
    while (ndjson_next(ndjson, &line)) {
        assert(line.len > 0 && !memchr(line.data, '\n', line.len));
        buf_addf(out, "%zu|%d|", line.len, line.is_tail);
        buf_add(out, line.data, line.len);
    }
}

static struct buf parse(const char *bytes, size_t len, size_t piece)
{
    struct buf out = BUF_INIT;
    struct ndjson *ndjson = ndjson_new();
    for (size_t at = 0; at < len; at += piece) {
        size_t n = len - at < piece ? len - at : piece;
        char *copy = malloc(n); /* so that a sanitizer sees each byte read beyond it, or too late */
        memcpy(copy, bytes + at, n);
        ndjson_feed(ndjson, copy, n);
        drain(ndjson, &out);
        free(copy);
    }
    ndjson_end(ndjson);
    drain(ndjson, &out);
    assert(!ndjson_failed(ndjson));
    ndjson_free(ndjson);
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
