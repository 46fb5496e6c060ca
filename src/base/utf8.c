/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "base/utf8.h"

#include "base/buf.h"

/* How many bytes a code point that begins with this byte has, and the bits this byte gives; 0 for a
 * byte that begins none. */
static int sequence(unsigned char lead, uint32_t *bits)
{
    if (lead < 0x80) {
        *bits = lead;
        return 1;
    }
    if (lead >= 0xC2 && lead <= 0xDF) {
        *bits = lead & 0x1Fu;
        return 2;
    }
    if (lead >= 0xE0 && lead <= 0xEF) {
        *bits = lead & 0x0Fu;
        return 3;
    }
    if (lead >= 0xF0 && lead <= 0xF4) {
        *bits = lead & 0x07u;
        return 4;
    }
    return 0;
}

/* The second byte tells overlong forms, surrogates and too large values apart from what is good:
 * so a malformed sequence is known as early as the standard's replacement rule wants it. */
static bool second_fits(unsigned char lead, unsigned char second)
{
    switch (lead) {
    case 0xE0:
        return second >= 0xA0 && second <= 0xBF;
    case 0xED:
        return second >= 0x80 && second <= 0x9F;
    case 0xF0:
        return second >= 0x90 && second <= 0xBF;
    case 0xF4:
        return second >= 0x80 && second <= 0x8F;
    default:
        return second >= 0x80 && second <= 0xBF;
    }
}

int utf8_decode(const char *bytes, size_t len, uint32_t *code)
{
    if (len == 0)
        return 0;
    const unsigned char *b = (const unsigned char *)bytes;
    uint32_t value;
    int need = sequence(b[0], &value);
    if (need == 0)
        return -1;
    for (int i = 1; i < need; i++) {
        if ((size_t)i == len)
            return 0;
        bool fits = i == 1 ? second_fits(b[0], b[1]) : (b[i] & 0xC0) == 0x80;
        if (!fits)
            return -i;
        value = value << 6 | (b[i] & 0x3Fu);
    }
    *code = value;
    return need;
}

int utf8_encode(uint32_t code, char out[UTF8_MAX])
{
    if (code < 0x80) {
        out[0] = (char)code;
        return 1;
    }
    if (code < 0x800) {
        out[0] = (char)(0xC0 | code >> 6);
        out[1] = (char)(0x80 | (code & 0x3F));
        return 2;
    }
    if (code < 0x10000) {
        out[0] = (char)(0xE0 | code >> 12);
        out[1] = (char)(0x80 | (code >> 6 & 0x3F));
        out[2] = (char)(0x80 | (code & 0x3F));
        return 3;
    }
    out[0] = (char)(0xF0 | code >> 18);
    out[1] = (char)(0x80 | (code >> 12 & 0x3F));
    out[2] = (char)(0x80 | (code >> 6 & 0x3F));
    out[3] = (char)(0x80 | (code & 0x3F));
    return 4;
}

void utf8_add(struct buf *buf, uint32_t code)
{
    char bytes[UTF8_MAX];
    buf_add(buf, bytes, (size_t)utf8_encode(code, bytes));
}

bool utf8_valid(const char *bytes, size_t len)
{
    uint32_t code;
    while (len > 0) {
        int n = utf8_decode(bytes, len, &code);
        if (n <= 0)
            return false;
        bytes += n;
        len -= (size_t)n;
    }
    return true;
}

void utf8_add_clean(struct buf *buf, const char *bytes, size_t len)
{
    uint32_t code;
    while (len > 0) {
        int n = utf8_decode(bytes, len, &code);
        size_t used = n > 0 ? (size_t)n : n < 0 ? (size_t)-n : len;
        if (n > 0)
            buf_add(buf, bytes, used);
        else
            utf8_add(buf, UTF8_REPLACEMENT);
        bytes += used;
        len -= used;
    }
}

size_t utf8_cut(const char *bytes, size_t len)
{
    uint32_t code;
    for (size_t back = 1; back <= 3 && back <= len; back++) {
        unsigned char b = (unsigned char)bytes[len - back];
        if ((b & 0xC0) == 0x80)
            continue;
        return utf8_decode(bytes + len - back, back, &code) == 0 ? back : 0;
    }
    return 0;
}
