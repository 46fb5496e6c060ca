/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Code on a page: a little further in than the text around it, with its language above it.
 */
#ifndef TEXT_CODE_H
#define TEXT_CODE_H

#include <stdbool.h>

#include "text/flow.h"
#include "text/highlight.h"

struct page;

struct code { /* zero with a page is ready */
    struct page *page;
    struct highlight highlight;
    bool is_copy; /* a line stands in the source byte by byte */
    struct flow line;
};

void code_clear(struct code *code);
/* Begin; the language is what an info string says, and is shown if there is one. */
void code_begin(struct code *code, const char *language, size_t len, size_t source);
/* Go on with the next line. */
void code_line(struct code *code, const char *line, size_t len, size_t source);
void code_end(struct code *code);

#endif
