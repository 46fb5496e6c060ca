/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * JSON where jansson alone does not do: writing without a tree, and reading what servers really send.
 */
#ifndef BASE_JSON_H
#define BASE_JSON_H

#include <jansson.h>
#include <stdbool.h>
#include <stddef.h>

struct buf;
struct error;

/* Add a quoted string; what is not UTF-8 becomes U+FFFD. */
void json_add_string(struct buf *out, const char *bytes, size_t len);
/* Add `,"key":` (or `"key":` right after an opening brace). */
void json_add_key(struct buf *out, const char *key);
/* Add any value, compact. */
void json_add_value(struct buf *out, const json_t *value);

/* Half a surrogate pair (servers that cut an emoji in two between two pieces send "\ud83d", then
 * "\ude00") has no place in a string.  json_read gives it as the code point JSON_HALF + half, of a
 * plane for private use, so that whoever joins the pieces can join the halves. */
enum { JSON_HALF = 0x100000 };

/* Parse one JSON text.  What jansson refuses is mended once: bytes that are not UTF-8, lone
 * surrogates, integers beyond 64 bits.  *mended says whether that was needed.  A new reference, or
 * NULL with an error. */
json_t *json_read(const char *bytes, size_t len, bool *mended, struct error *error);

/* The string under a key; "" when it is not there or no string. */
const char *json_get_text(const json_t *object, const char *key);

#endif
