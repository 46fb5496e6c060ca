/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * UTF-8, decoded strictly: no overlong forms, no surrogates, nothing above U+10FFFF.
 */
#ifndef BASE_UTF8_H
#define BASE_UTF8_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct buf;

enum { UTF8_REPLACEMENT = 0xFFFD, UTF8_MAX = 4 };

/* Decode one code point: its length in bytes; 0 when the bytes are the beginning of one that is cut
 * off (or len is 0); -n when the first n bytes are not UTF-8 and stand for one U+FFFD. */
int utf8_decode(const char *bytes, size_t len, uint32_t *code);
int utf8_encode(uint32_t code, char out[UTF8_MAX]);     /* the length */
void utf8_add(struct buf *buf, uint32_t code);
bool utf8_valid(const char *bytes, size_t len);
/* Add with every malformed part replaced by U+FFFD; a cut-off end counts as malformed. */
void utf8_add_clean(struct buf *buf, const char *bytes, size_t len);
/* How many bytes at the end are the beginning of a code point that is cut off: 0 to 3. */
size_t utf8_cut(const char *bytes, size_t len);

#endif
