/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * A sheet while it is being written: how wide it is, and what stands in the margin of the rows that
 * come, which lists and quotes add to.
 */
#ifndef TEXT_PAGE_H
#define TEXT_PAGE_H

#include <stdbool.h>

#include "text/flow.h"
#include "text/wrap.h"

struct sheet;

enum { PAGE_LEVELS = 16, MARGIN_BYTES = 16 };

struct page { /* zero but for sheet and width is one without a margin */
    struct sheet *sheet;
    int width;
    struct margin {
        char first[MARGIN_BYTES], rest[MARGIN_BYTES]; /* equally wide */
        enum style style;
        int columns;
        bool used; /* the first row has been written */
    } levels[PAGE_LEVELS];
    size_t depth; /* deeper levels than there are have no margin */
    struct wrap wrap;
};

void page_clear(struct page *page); /* the sheet stays */
/* More margin: `first` on the next row, `rest` on the others.  Where there is no room it is left
 * out. */
void page_indent(struct page *page, enum style style, const char *first, const char *rest);
void page_outdent(struct page *page);
/* The columns that are left for text: at least one. */
int page_columns(const struct page *page);
/* Begin a row, with its margin. */
void page_row(struct page *page, size_t source);
/* Add a part of a flow as rows, broken between words, or where they are full. */
void page_flow(struct page *page, const struct flow *flow, size_t start, size_t end, bool anywhere);
/* The first row of the last level, if nothing has been written on it. */
void page_marker(struct page *page, size_t source);

#endif
