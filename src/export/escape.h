/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * The one way into an HTML page for text that is not ours.  What comes out is text, between tags and
 * within quoted attributes: nothing in it opens a tag, ends a quote or begins an entity.  Characters
 * that turn the direction of what follows are made visible, control characters are signs.
 */
#ifndef EXPORT_ESCAPE_H
#define EXPORT_ESCAPE_H

#include <stddef.h>

struct buf;

void escape_add(struct buf *out, const char *text, size_t len);
void escape_adds(struct buf *out, const char *text);
/* Add it for an attribute in double quotes. */
void escape_add_address(struct buf *out, const char *address, size_t len);
/* Add code with its colours: <span class=...> around what has one.  The language is what an info string
 * says. */
void escape_add_code(struct buf *out, const char *language, size_t language_len, const char *code,
                     size_t len);

#endif
