/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * The first byte says how the rest is cut.  The keys are the same however it is cut, each is whole, and
 * a paste holds no control characters.
 */
#include "tui/keys.h"

#include <assert.h>
#include <stdint.h>
#include <string.h>

#include "base/buf.h"
#include "base/utf8.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void check_key(const struct key *key)
{
    assert(key->bytes[key->len] == '\0');
    if (key->kind == KEY_CHAR)
        assert(key->len > 0 && utf8_valid(key->bytes, key->len));
    if (key->kind == KEY_SEQUENCE)
        assert(key->len >= 2 && key->len <= 64 && key->bytes[0] == '\033');
    if (key->kind == KEY_PASTE)
        for (size_t i = 0; i < key->len; i++)
            assert((unsigned char)key->bytes[i] >= 0x20 || strchr("\n\t", key->bytes[i]));
}

static void take(struct keys *keys, struct buf *out)
{
    struct key key;
    while (keys_next(keys, &key)) {
        check_key(&key);
        buf_addf(out, "%d %d %zu ", (int)key.kind, key.rows, key.len);
        buf_add(out, key.bytes, key.len);
    }
}

static void feed(struct buf *out, const char *bytes, size_t len, size_t step)
{
    struct keys *keys = keys_new(50);
    for (size_t at = 0; at < len; at += step) {
        keys_feed(keys, bytes + at, len - at < step ? len - at : step);
        take(keys, out);
    }
    while (keys_wait(keys) >= 0) {
        keys_timeout(keys);
        take(keys, out);
    }
    keys_free(keys);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct buf whole = BUF_INIT, pieces = BUF_INIT;
    if (size == 0)
        return 0;
    feed(&whole, (const char *)data + 1, size - 1, size);
    feed(&pieces, (const char *)data + 1, size - 1, data[0] % 7 + 1);
    assert(whole.len == pieces.len);
    assert(memcmp(buf_str(&whole), buf_str(&pieces), whole.len) == 0);
    buf_clear(&whole);
    buf_clear(&pieces);
    return 0;
}
