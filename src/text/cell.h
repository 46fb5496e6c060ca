/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * A cell: a character with the marks on it, and the columns it takes on the screen.  Width is libc's
 * wcwidth, as ncurses has it, and nothing else: two measures are how columns get out of step.
 * LC_CTYPE must be a UTF-8 locale.  The text has been through base/filter.h; whatever else it holds
 * is one column each, and drawn as U+FFFD.
 */
#ifndef TEXT_CELL_H
#define TEXT_CELL_H

#include <stddef.h>

enum { CELL_TAB = 8 };

struct cell {
    size_t len; /* bytes, at least one */
    int width;  /* columns: 0 for a newline, up to CELL_TAB for a tab */
};

/* The cell at the beginning of a text that is not empty.  `column` is where it stands: what a tab
 * depends on. */
struct cell cell_at(const char *text, size_t len, int column);
/* The columns that a text takes which begins at column 0. */
int cell_columns(const char *text, size_t len);
/* How many bytes of the text fit into so many columns. */
size_t cell_fit(const char *text, size_t len, int columns);

#endif
