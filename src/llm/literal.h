/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * A JSON value measured where it stands, without being parsed.  Only what is plainly written counts: of all
 * else a parser has to say what it is, or that it is none.
 */
#ifndef LLM_LITERAL_H
#define LLM_LITERAL_H

#include <stddef.h>

struct buf;

#define LITERAL_NONE ((size_t)-1)

/* How long the whole number is that begins here, or what stands between the quotes of a string; NONE where
 * it is another kind of value, is not plainly written, or has no end. */
size_t literal_number(const char *bytes, size_t len);
size_t literal_string(const char *bytes, size_t len);
/* Add what such a string says. */
void literal_add_text(struct buf *out, const char *bytes, size_t len);

#endif
