/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * The text of an HTML page: without markup, scripts and styles, blanks folded, a line for each block.
 * No browser: pages are taken as they are, however broken.  Pure.
 */
#ifndef TOOLS_PAGE_H
#define TOOLS_PAGE_H

#include <stddef.h>

struct buf;

/* The page is UTF-8, or what is close to it. */
void page_text(const char *html, size_t len, struct buf *out);

#endif
