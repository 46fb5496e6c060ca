/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * The colours of code, a line at a time.  What is carried from one line to the next is a few bytes,
 * so that code can be laid out from any line on.  It goes by words and brackets, not by grammar:
 * what it gets wrong is a colour.
 */
#ifndef TEXT_HIGHLIGHT_H
#define TEXT_HIGHLIGHT_H

#include <stddef.h>

#include "text/line.h"

struct language;

struct highlight { /* zero is code of no known language */
    const struct language *language;
    unsigned char open;  /* the quote or comment that the line begins in, from 1; 0: none */
    unsigned char depth; /* of comments in comments */
};

/* At the beginning of code in a language by its name in any case, or the ending of its files. */
struct highlight highlight_begin(const char *name, size_t len);
/* The length of the token at `at`, and its style; 0 at the end of the line, which has no
 * newline. */
size_t highlight_next(struct highlight *highlight, const char *line, size_t len, size_t at,
                      enum style *style);
/* Pass over a line. */
void highlight_skip(struct highlight *highlight, const char *line, size_t len);

#endif
