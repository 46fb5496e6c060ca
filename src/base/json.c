/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "base/json.h"

#include <stdlib.h>
#include <string.h>

#include "base/buf.h"
#include "base/error.h"
#include "base/utf8.h"

/* ---- Writing ---- */

static bool is_plain(unsigned char c)
{
    return c >= 0x20 && c < 0x80 && c != '"' && c != '\\';
}

static void add_escape(struct buf *out, unsigned char c)
{
    switch (c) {
    case '"':
        buf_add(out, "\\\"", 2);
        break;
    case '\\':
        buf_add(out, "\\\\", 2);
        break;
    case '\n':
        buf_add(out, "\\n", 2);
        break;
    case '\r':
        buf_add(out, "\\r", 2);
        break;
    case '\t':
        buf_add(out, "\\t", 2);
        break;
    default:
        buf_addf(out, "\\u%04x", c);
    }
}

void json_add_string(struct buf *out, const char *bytes, size_t len)
{
    buf_addc(out, '"');
    while (len > 0) {
        size_t run = 0;
        while (run < len && is_plain((unsigned char)bytes[run]))
            run++;
        buf_add(out, bytes, run);
        bytes += run;
        len -= run;
        if (len == 0)
            break;
        uint32_t code;
        int n = utf8_decode(bytes, len, &code);
        size_t used = n > 0 ? (size_t)n : n < 0 ? (size_t)-n : len;
        if (n == 1)
            add_escape(out, (unsigned char)bytes[0]);
        else if (n > 1)
            buf_add(out, bytes, used);
        else
            utf8_add(out, UTF8_REPLACEMENT);
        bytes += used;
        len -= used;
    }
    buf_addc(out, '"');
}

void json_add_key(struct buf *out, const char *key)
{
    if (out->len > 0 && out->data[out->len - 1] != '{')
        buf_addc(out, ',');
    json_add_string(out, key, strlen(key));
    buf_addc(out, ':');
}

static int add_bytes(const char *bytes, size_t len, void *out)
{
    buf_add(out, bytes, len);
    return 0;
}

void json_add_value(struct buf *out, const json_t *value)
{
    /* 16 digits print 0.1 as it was written, not as 0.10000000000000001. */
    json_dump_callback(value, add_bytes, out,
                       JSON_COMPACT | JSON_ENCODE_ANY | JSON_REAL_PRECISION(16));
}

/* ---- Reading ---- */

enum { READ_FLAGS = JSON_ALLOW_NUL | JSON_DECODE_ANY };

/* The value of \uXXXX's four digits; -1 when they are not four digits. */
static long escape_value(const char *digits, size_t len)
{
    char text[5] = {0};
    if (len < 4)
        return -1;
    memcpy(text, digits, 4);
    if (strspn(text, "0123456789abcdefABCDEF") != 4)
        return -1;
    return strtol(text, NULL, 16);
}

static bool is_high(long unit)
{
    return unit >= 0xD800 && unit <= 0xDBFF;
}

static bool is_low(long unit)
{
    return unit >= 0xDC00 && unit <= 0xDFFF;
}

/* Copy one escape sequence, a lone surrogate as the code point that stands for it; its length. */
static size_t mend_escape(struct buf *out, const char *s, size_t len)
{
    long unit = len >= 2 && s[1] == 'u' ? escape_value(s + 2, len - 2) : -1;
    if (is_high(unit) && len >= 12 && s[6] == '\\' && s[7] == 'u' &&
        is_low(escape_value(s + 8, len - 8))) {
        buf_add(out, s, 12);
        return 12;
    }
    if (is_high(unit) || is_low(unit)) {
        utf8_add(out, JSON_HALF + (uint32_t)unit);
        return 6;
    }
    size_t used = len < 2 ? len : 2;
    buf_add(out, s, used);
    return used;
}

/* The same text with what jansson refuses inside strings replaced. */
static void mend(struct buf *out, const char *s, size_t len)
{
    while (len > 0) {
        size_t used = 1;
        uint32_t code;
        if (*s == '\\') {
            used = mend_escape(out, s, len);
        } else if ((unsigned char)*s < 0x80) {
            buf_addc(out, *s);
        } else {
            int n = utf8_decode(s, len, &code);
            used = n > 0 ? (size_t)n : n < 0 ? (size_t)-n : len;
            utf8_add(out, n > 0 ? code : UTF8_REPLACEMENT);
        }
        s += used;
        len -= used;
    }
}

json_t *json_read(const char *bytes, size_t len, bool *mended, struct error *error)
{
    json_error_t why;
    json_t *value = json_loadb(bytes, len, READ_FLAGS, &why);
    *mended = !value;
    if (!value) {
        struct buf again = BUF_INIT;
        mend(&again, bytes, len);
        value = json_loadb(buf_str(&again), again.len, READ_FLAGS | JSON_DECODE_INT_AS_REAL, &why);
        buf_clear(&again);
    }
    if (!value)
        error_set(error, RN_EPROTOCOL, "no JSON at byte %d: %s", why.position, why.text);
    return value;
}

const char *json_get_text(const json_t *object, const char *key)
{
    const char *text = json_string_value(json_object_get(object, key));
    return text ? text : "";
}
