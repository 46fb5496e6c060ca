/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Markdown as HTML.  HTML in it is text; links go to http, https and mailto, others say where they would
 * have gone; no image is loaded, it is a link; code has its colours; formulas stay as they are written.
 * What was made to cost time comes out as text.
 */
#ifndef EXPORT_HYPERTEXT_H
#define EXPORT_HYPERTEXT_H

#include <stddef.h>

struct buf;

void hypertext_add(struct buf *out, const char *markdown, size_t len);

#endif
