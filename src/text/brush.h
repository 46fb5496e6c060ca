/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * How lines are written to a terminal where no screen is painted: they stay in its scrollback.
 *
 * A link can be one to the terminal too (OSC 8), which then follows it on a click.  Only the addresses that
 * a span has in `link` are told to it: text/sheet.h lets no other in, and none that could end the sequence.
 */
#ifndef TEXT_BRUSH_H
#define TEXT_BRUSH_H

#include <stdbool.h>

#include "text/theme.h"

struct buf;
struct line;

struct brush {
    struct theme theme;
    int colors;      /* that the terminal has: see theme_nearest */
    bool hyperlinks; /* else an address is text and nothing more */
};

/* Add a line as a row, with its newline. */
void brush_row(const struct brush *brush, const struct line *line, struct buf *out);

#endif
