/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Markdown to rows while it streams.  Text is added as it comes; what it looks like at a width is
 * asked for when somebody looks.  What has been laid out and is over stays as it is: the cost of a
 * piece does not depend on what is there already, and what is seen not on how the text was cut.
 *
 * A line that may still become one thing or another (a lone "-", the first row of a table) is not
 * shown before that is known.  The only thing that changes rows far above is the definition of a
 * link that they refer to.
 */
#ifndef TEXT_MARKDOWN_H
#define TEXT_MARKDOWN_H

#include <stddef.h>
#include <stdint.h>

struct buf;
struct line;
struct markdown;

struct markdown *markdown_new(void);
void markdown_free(struct markdown *markdown);

/* Add a piece, which is filtered here (base/filter.h). */
void markdown_add(struct markdown *markdown, const char *text, size_t len);
/* Nothing more comes. */
void markdown_end(struct markdown *markdown);
/* Give a whole text that is filtered already, of which nothing more comes; what is in `source` is its
 * own then.  And take it back: the document is of no use then but to be freed. */
void markdown_give(struct markdown *markdown, struct buf *source);
void markdown_take(struct markdown *markdown, struct buf *source);
/* All of it, as it was added, but filtered: what is copied, and what rows tell their places in. */
const struct buf *markdown_source(const struct markdown *markdown);

/* Lay out what is new, all of it if the width is another.  Returns the first row that may not be as
 * it was.  What follows is about the rows of the last time. */
size_t markdown_update(struct markdown *markdown, int width);
size_t markdown_rows(const struct markdown *markdown);
/* So many of them stay as they are, whatever comes; definitions of links apart. */
size_t markdown_final(struct markdown *markdown);

/* A row, which borrows until the next call. */
void markdown_line(struct markdown *markdown, size_t row, struct line *line);
/* Rows with the same key look the same at the same width.  It is never 0. */
uint64_t markdown_key(struct markdown *markdown, size_t row);
/* Where in the source a row begins; it ends where the next one does. */
size_t markdown_offset(struct markdown *markdown, size_t row);
/* The row that a place in the source is on: after another width too. */
size_t markdown_row_at(struct markdown *markdown, size_t offset);

/* The text that the rows show, whatever the width: see text/sheet.h.  The rows are laid out at this one.
 * `wording` is empty, or has what this gave the last time: then only what has changed is gathered anew. */
void markdown_wording(struct markdown *markdown, int width, struct buf *wording);
/* Where in it a row begins; the row with a place in it. */
size_t markdown_place(struct markdown *markdown, size_t row);
size_t markdown_row_with(struct markdown *markdown, size_t place);

/* Give back what can be laid out again: rows that nobody looks at. */
void markdown_forget(struct markdown *markdown);

#endif
