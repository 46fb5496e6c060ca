/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * A table: gathered cell by cell, then written in columns.  One that is too wide has its widest
 * columns made narrower and their cells broken; where that does not do, each row is written as a
 * list of "heading: cell".
 */
#ifndef TEXT_TABLE_H
#define TEXT_TABLE_H

#include <stdbool.h>

#include "text/flow.h"

struct page;

enum { TABLE_COLUMNS = 64 };

enum table_align { ALIGN_LEFT, ALIGN_CENTER, ALIGN_RIGHT };

/* How the columns were made, so that later rows of the table are like the first ones. */
struct table_shape {
    size_t columns; /* 0: not known yet */
    bool is_list;
    bool is_ruled; /* between the rows, since some have several lines */
    int widths[TABLE_COLUMNS];
};

struct table {        /* zero is empty */
    struct flow flow; /* the text of the cells, one after the other, a tab between them */
    size_t *cells;    /* where each one begins, row by row; the first row has the headings */
    size_t count, cap;
    size_t columns;
    enum table_align aligns[TABLE_COLUMNS];
};

void table_clear(struct table *table);
/* Begin one; false if it has too many columns. */
bool table_begin(struct table *table, size_t columns);
/* Begin a cell: what is added to the flow then is in it. */
void table_cell(struct table *table, enum table_align align);
/* Write it, without its headings if the shape is known already. */
void table_write(struct table *table, struct table_shape *shape, struct page *page);

#endif
