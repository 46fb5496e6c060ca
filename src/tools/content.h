/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * What is in a text file: read as a whole, replaced as a whole.
 */
#ifndef TOOLS_CONTENT_H
#define TOOLS_CONTENT_H

#include <stddef.h>

struct buf;
struct error;
struct place;

enum { CONTENT_MAX = 4 * 1024 * 1024 };

/* Add what is in the file.  Fails when there is none, when it has more than CONTENT_MAX bytes, and when
 * it is no text: it holds a NUL. */
int content_read(const struct place *place, struct buf *out, struct error *error);
/* Put this in its place, at once: a reader sees the old or the new, never a part.  The folder is there
 * (`rest` has no slash). */
int content_replace(const struct place *place, const char *bytes, size_t len, struct error *error);

#endif
