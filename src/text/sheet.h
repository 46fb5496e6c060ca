/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Rows that have been laid out, and the wording behind them: the text that they show, without what wrapping
 * and columns add, whatever the width.  A line of the source is a line of it; cells of a table have a tab
 * between them.
 */
#ifndef TEXT_SHEET_H
#define TEXT_SHEET_H

#include <stdint.h>

#include "text/flow.h"

struct sheet_row {
    size_t start;  /* in the text of the flow */
    size_t source; /* where it begins there; no row begins before the one above */
    int margin;    /* columns before the text proper */
};

struct sheet { /* zero is an empty one */
    struct flow flow;
    struct buf links; /* addresses, each with its NUL */
    struct sheet_row *rows;
    size_t count, cap;
    size_t floor;        /* no row begins before it in the source */
    size_t said;         /* how long the wording is, */
    struct buf *wording; /* which is added here; NULL: nobody wants it */
};

void sheet_clear(struct sheet *sheet);
/* Empty, what it has said taken back; the floor stays. */
void sheet_reset(struct sheet *sheet);
/* A row more; what is added to the flow then is on it. */
void sheet_row(struct sheet *sheet, size_t source, int margin);
/* What is in the flow from here on is what is said next, and what is appended from it knows its place. */
void sheet_say(struct sheet *sheet, struct flow *flow, size_t from);
/* Keep an address, percent-encoded; returns what a piece's `link` is to be: 0 when it is none to be followed
 * (text/link.h), or too long for a terminal. */
size_t sheet_link(struct sheet *sheet, const char *address, size_t len);

/* The row, borrowed. */
void sheet_line(const struct sheet *sheet, size_t row, struct line *line);
/* Two rows with the same key look the same.  It is never 0. */
uint64_t sheet_key(const struct sheet *sheet, size_t row);
/* The last row that begins at a place of the source, or before it; there is a row. */
size_t sheet_row_at(const struct sheet *sheet, size_t source);
/* The row with a place of the wording, and the place where a row begins, both from 0. */
size_t sheet_row_with(const struct sheet *sheet, size_t place);
size_t sheet_place(const struct sheet *sheet, size_t row);

#endif
