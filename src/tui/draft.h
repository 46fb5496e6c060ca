/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * The prompt that is being written, laid out: its rows and where the cursor is on them.
 */
#ifndef TUI_DRAFT_H
#define TUI_DRAFT_H

#include <stddef.h>

#include "base/buf.h"
#include "text/wrap.h"

struct draft {       /* zero is an empty one */
    struct buf text; /* as it is shown */
    struct wrap wrap;
    size_t rows; /* at least 1: the cursor may stand on an empty one after the text */
    size_t row;  /* the cursor's, and its column */
    int column;
};

void draft_clear(struct draft *draft);
/* Lay out a line whose cursor stands before the byte `point`. */
void draft_lay_out(struct draft *draft, const char *line, size_t len, size_t point, int width);
/* The text of a row. */
const char *draft_row(const struct draft *draft, size_t row, size_t *len);
/* Where in the line the cursor would stand on a row, at about this column. */
size_t draft_point(const struct draft *draft, const char *line, size_t len, size_t row, int column);

#endif
