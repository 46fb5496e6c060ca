/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "base/json.h"

#include <math.h>
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

void json_add_real(struct buf *out, double number)
{
    json_t *value = json_real(number);
    if (value)
        json_add_value(out, value);
    else
        buf_adds(out, "null");
    json_decref(value);
}

void json_add_compact(struct buf *out, const char *text, size_t len)
{
    struct json_scan scan = {0};
    for (size_t i = 0; i < len; i++) {
        json_scan(&scan, text + i, 1);
        if (scan.in_string || !strchr(" \t\r\n", text[i]))
            buf_addc(out, text[i]);
    }
}

json_t *json_text(const char *text)
{
    const char *given = text ? text : "";
    json_t *value = json_string(given);
    if (value)
        return value;
    struct buf clean = BUF_INIT;
    utf8_add_clean(&clean, given, strlen(given));
    value = json_string(buf_str(&clean));
    buf_clear(&clean);
    return value;
}

/* ---- Looking without parsing ---- */

static void scan_byte(struct json_scan *scan, char c)
{
    if (scan->in_string) {
        if (c == '"' && !scan->is_escaped)
            scan->in_string = false;
        scan->is_escaped = c == '\\' && !scan->is_escaped;
        return;
    }
    scan->in_string = c == '"';
    scan->depth += c == '{' || c == '[';
    scan->depth -= scan->depth > 0 && (c == '}' || c == ']');
    scan->marks += c == '{' || c == '[' || c == ',' || c == ':';
}

void json_scan(struct json_scan *scan, const char *bytes, size_t len)
{
    for (size_t i = 0; i < len; i++)
        scan_byte(scan, bytes[i]);
}

bool json_scan_is_whole(const struct json_scan *scan)
{
    return scan->depth == 0 && !scan->in_string;
}

/* ---- Reading ---- */

/* A value is up to 130 bytes in jansson's memory for each mark that writes it: `{},{},{}` is the worst
 * of them. */
enum { MARKS_MAX = 1024 * 1024 };

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
static size_t mend_escape(struct buf *out, const char *s, size_t len, bool keeps_halves)
{
    long unit = len >= 2 && s[1] == 'u' ? escape_value(s + 2, len - 2) : -1;
    if (is_high(unit) && len >= 12 && s[6] == '\\' && s[7] == 'u' &&
        is_low(escape_value(s + 8, len - 8))) {
        buf_add(out, s, 12);
        return 12;
    }
    if (is_high(unit) || is_low(unit)) {
        utf8_add(out, keeps_halves ? JSON_HALF + (uint32_t)unit : UTF8_REPLACEMENT);
        return 6;
    }
    size_t used = len < 2 ? len : 2;
    buf_add(out, s, used);
    return used;
}

static size_t mend_code(struct buf *out, const char *s, size_t len)
{
    uint32_t code;
    int n = utf8_decode(s, len, &code);
    utf8_add(out, n > 0 ? code : UTF8_REPLACEMENT);
    return n > 0 ? (size_t)n : n < 0 ? (size_t)-n : len;
}

/* The same text with what jansson refuses inside strings replaced. */
static void mend(struct buf *out, const char *s, size_t len, bool keeps_halves)
{
    bool in_string = false;
    while (len > 0) {
        unsigned char c = (unsigned char)*s;
        size_t used = 1;
        in_string ^= c == '"';
        if (c == '\\')
            used = mend_escape(out, s, len, keeps_halves);
        else if (c < 0x20 && in_string)
            add_escape(out, c);
        else
            used = mend_code(out, s, len);
        s += used;
        len -= used;
    }
}

static bool is_too_much(const char *bytes, size_t len)
{
    struct json_scan scan = {0};
    if (len > MARKS_MAX)
        json_scan(&scan, bytes, len);
    return scan.marks > MARKS_MAX;
}

/* *at_end: what is wrong was found only when all had been read. */
static json_t *read_mended(const char *bytes, size_t len, bool *mended, json_error_t *why,
                           bool *at_end)
{
    struct buf again = BUF_INIT;
    mend(&again, bytes, len, mended != NULL);
    const char *text = buf_str(&again);
    json_t *value = json_loadb(text, again.len, READ_FLAGS, why);
    if (!value) /* this makes a real of every integer, so it comes last */
        value = json_loadb(text, again.len, READ_FLAGS | JSON_DECODE_INT_AS_REAL, why);
    if (mended)
        *mended = again.len != len || memcmp(text, bytes, len) != 0;
    *at_end = !value && (size_t)why->position >= again.len;
    buf_clear(&again);
    return value;
}

/* Text that was cut is wrong at its end, and something in it is still open. */
static void explain(const char *bytes, size_t len, const json_error_t *why, bool at_end,
                    struct error *error)
{
    struct json_scan scan = {0};
    json_scan(&scan, bytes, len);
    error_set(error, at_end && !json_scan_is_whole(&scan) ? RN_ETRUNCATED : RN_EPROTOCOL,
              "no JSON at byte %d: %s", why->position, why->text);
}

json_t *json_read(const char *bytes, size_t len, bool *mended, struct error *error)
{
    json_error_t why;
    bool at_end = false;
    if (mended)
        *mended = false;
    if (is_too_much(bytes, len)) {
        error_set(error, RN_ELIMIT, "JSON with more than %d values", MARKS_MAX);
        return NULL;
    }
    json_t *value = len > 0 ? json_loadb(bytes, len, READ_FLAGS, &why) : NULL;
    if (!value)
        value = read_mended(len > 0 ? bytes : "", len, mended, &why, &at_end);
    if (!value)
        explain(bytes, len, &why, at_end, error);
    return value;
}

const char *json_get_text(const json_t *object, const char *key)
{
    const char *text = json_string_value(json_object_get(object, key));
    return text ? text : "";
}

int64_t json_get_number(const json_t *object, const char *key, int64_t otherwise)
{
    const json_t *value = json_object_get(object, key);
    double real = json_is_real(value) ? json_real_value(value) : NAN;
    if (json_is_integer(value))
        return json_integer_value(value);
    return fabs(real) < 1e15 ? (int64_t)real : otherwise;
}

int64_t json_get_count(const json_t *object, const char *key)
{
    static const int64_t most = INT64_C(1000000000000);
    int64_t count = json_get_number(object, key, -1);
    return count >= 0 && count <= most ? count : -1;
}

bool json_has_text(const json_t *list, const char *text)
{
    size_t i;
    json_t *item;
    json_array_foreach (list, i, item)
        if (json_is_string(item) && strcmp(json_string_value(item), text) == 0)
            return true;
    return false;
}
