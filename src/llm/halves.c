/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "llm/halves.h"

#include "base/buf.h"
#include "base/json.h"
#include "base/utf8.h"

enum { HIGH = 0xD800, LOW = 0xDC00, LAST = 0xDFFF };

bool halves_wait(const struct halves *halves)
{
    return halves->first;
}

void halves_end(struct halves *halves, struct buf *out)
{
    if (halves->first)
        utf8_add(out, UTF8_REPLACEMENT);
    halves->first = 0;
}

static void add_half(struct halves *halves, struct buf *out, uint32_t half)
{
    if (half < LOW) {
        halves_end(halves, out);
        halves->first = half;
    } else if (halves->first) {
        utf8_add(out, 0x10000 + ((halves->first - HIGH) << 10) + (half - LOW));
        halves->first = 0;
    } else {
        utf8_add(out, UTF8_REPLACEMENT);
    }
}

void halves_join(struct halves *halves, struct buf *out, const char *text, size_t len)
{
    while (len > 0) {
        uint32_t code = UTF8_REPLACEMENT;
        int n = utf8_decode(text, len, &code);
        size_t used = n > 0 ? (size_t)n : 1;
        if (code >= JSON_HALF + HIGH && code <= JSON_HALF + LAST) {
            add_half(halves, out, code - JSON_HALF);
        } else {
            halves_end(halves, out);
            utf8_add(out, code);
        }
        text += used;
        len -= used;
    }
}
