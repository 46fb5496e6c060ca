/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * A row of the screen put together from parts that stand side by side, each as wide as it is told.
 */
#ifndef TUI_STRIP_H
#define TUI_STRIP_H

#include "base/buf.h"
#include "text/line.h"

struct strip { /* zero is an empty one */
    struct buf text;
    struct strip_piece {
        size_t start;
        enum style style;
        unsigned attributes;
    } pieces[LINE_SPANS];
    size_t count;
    int column; /* of the part that is added */
};

void strip_clear(struct strip *strip);
void strip_reset(struct strip *strip);
/* Add a line, cut off or filled up with blanks to this many columns. */
void strip_add(struct strip *strip, const struct line *line, int columns);
/* The same of a text in one style, which is filtered already. */
void strip_adds(struct strip *strip, enum style style, const char *text, int columns);
/* All of it, borrowed. */
void strip_line(const struct strip *strip, struct line *line);

#endif
