/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Base64 (RFC 4648, section 4), with padding and without line breaks.
 */
#ifndef BASE_BASE64_H
#define BASE_BASE64_H

#include <stddef.h>

struct buf;

void base64_add(struct buf *out, const void *bytes, size_t len);
/* How many bytes such a text stands for. */
size_t base64_size(const char *text);

#endif
