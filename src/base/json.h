/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * JSON where jansson alone does not do: writing without a tree, and reading what servers really send.
 */
#ifndef BASE_JSON_H
#define BASE_JSON_H

#include <jansson.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct buf;
struct error;

/* Add a quoted string; what is not UTF-8 becomes U+FFFD. */
void json_add_string(struct buf *out, const char *bytes, size_t len);
/* Add `,"key":` (or `"key":` right after an opening brace). */
void json_add_key(struct buf *out, const char *key);
/* Add any value, compact. */
void json_add_value(struct buf *out, const json_t *value);
/* Add a number with a point in every locale; null when it is infinite or none. */
void json_add_real(struct buf *out, double number);
/* Add a JSON text that is known to be whole, without the blanks between its values: one line, and
 * otherwise byte for byte as it was written. */
void json_add_compact(struct buf *out, const char *text, size_t len);
/* A new string value; what is not UTF-8 becomes U+FFFD, and NULL is empty. */
json_t *json_text(const char *text);

/* Half a surrogate pair (servers that cut an emoji in two between two pieces send "\ud83d", then
 * "\ude00") has no place in a string.  json_read gives it as the code point JSON_HALF + half, of a
 * plane for private use, so that whoever joins the pieces can join the halves. */
enum { JSON_HALF = 0x100000 };

/* Parse one JSON text.  What jansson refuses is mended once: bytes that are not UTF-8, lone
 * surrogates, control characters in strings, integers beyond 64 bits.  *mended says whether the text
 * had to be changed; with NULL a half becomes U+FFFD.  A new reference, or NULL with an error:
 * RN_ETRUNCATED when the text ends too early, RN_ELIMIT when it would take too much memory, else
 * RN_EPROTOCOL. */
json_t *json_read(const char *bytes, size_t len, bool *mended, struct error *error);

/* How far a text has come, fed in pieces and not otherwise checked.  Zero is at the beginning. */
struct json_scan {
    size_t depth;           /* of open braces and brackets */
    size_t marks;           /* braces, brackets, commas and colons: about as many as values */
    bool in_string, is_escaped;
};

void json_scan(struct json_scan *scan, const char *bytes, size_t len);
/* All that was opened is closed. */
bool json_scan_is_whole(const struct json_scan *scan);

/* The string under a key; "" when it is not there or no string. */
const char *json_get_text(const json_t *object, const char *key);
/* The whole number under a key, also when it was written with a point or an exponent. */
int64_t json_get_number(const json_t *object, const char *key, int64_t otherwise);
/* How many of something: a whole number that is not negative, and so small that sums of such cannot
 * overflow; -1 when it is none. */
int64_t json_get_count(const json_t *object, const char *key);
/* Whether a list holds this string. */
bool json_has_text(const json_t *list, const char *text);

#endif
