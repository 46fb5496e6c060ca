/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * The blocks of code in a Markdown text, bare: without fences, quote marks and indentation, to be copied
 * and run.
 */
#ifndef TEXT_SNIPPETS_H
#define TEXT_SNIPPETS_H

#include <stddef.h>

#include "base/buf.h"

struct snippet {
    size_t start, end; /* its code in the Markdown */
    size_t text, len;  /* in the text of all; the last line has no newline */
};

struct snippets { /* zero is none */
    struct buf text;
    struct snippet *items;
    size_t count, cap;
};

void snippets_clear(struct snippets *snippets);
/* Add those of a text, in their order; one that goes on at the end of the text too. */
void snippets_find(struct snippets *snippets, const char *markdown, size_t len);

#endif
