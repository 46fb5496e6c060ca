/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "base/base64.h"

#include <stdint.h>
#include <string.h>

#include "base/buf.h"

static const char digits[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";

/* One to three bytes, as four characters. */
static void add_group(struct buf *out, const uint8_t *bytes, size_t len)
{
    uint32_t bits = (uint32_t)bytes[0] << 16 | (len > 1 ? (uint32_t)bytes[1] << 8 : 0) |
                    (len > 2 ? bytes[2] : 0);
    char group[4] = {digits[bits >> 18], digits[bits >> 12 & 63],
                     len > 1 ? digits[bits >> 6 & 63] : '=', len > 2 ? digits[bits & 63] : '='};
    buf_add(out, group, sizeof(group));
}

void base64_add(struct buf *out, const void *bytes, size_t len)
{
    const uint8_t *at = bytes;
    if (len > 0)
        buf_reserve(out, (len + 2) / 3 * 4);
    for (; len > 3; len -= 3, at += 3)
        add_group(out, at, 3);
    if (len > 0)
        add_group(out, at, len);
}

size_t base64_size(const char *text)
{
    size_t len = strlen(text), padding = 0;
    while (padding < 2 && padding < len && text[len - 1 - padding] == '=')
        padding++;
    return len / 4 * 3 - (len < 4 ? 0 : padding);
}
