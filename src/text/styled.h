/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * A text with styles, soft: of each piece it is known what it is, and what stands in the margin of its
 * rows.  Where the rows begin is for text/wrap.h to say; styled_line then makes a line of one.
 *
 * What is added has been through base/filter.h.
 */
#ifndef TEXT_STYLED_H
#define TEXT_STYLED_H

#include <stdbool.h>
#include <stddef.h>

#include "base/buf.h"
#include "text/line.h"

enum { GUTTER = 2 }; /* columns of a margin */

struct gutter {               /* a constant: it is pointed to */
    const char *first, *rest; /* of the first row, of the others */
    enum style style;
};

struct run {
    size_t start;
    enum style style;
    const struct gutter *gutter;
    bool opens; /* the gutter begins with it */
};

struct styled { /* zero is an empty one, without a margin */
    struct buf text;
    struct run *runs;
    size_t count, cap;
};

void styled_clear(struct styled *styled);
void styled_reset(struct styled *styled);
/* The rows from here on have this margin. */
void styled_gutter(struct styled *styled, const struct gutter *gutter);
/* What is added to `text` from here on has this style. */
void styled_turn(struct styled *styled, enum style style);
void styled_add(struct styled *styled, enum style style, const char *text, size_t len);
void styled_adds(struct styled *styled, enum style style, const char *text);
/* Add the text and the styles of another; the margin stays this one's. */
void styled_append(struct styled *styled, const struct styled *other);
bool styled_equal(const struct styled *a, const struct styled *b);

/* The row from `start` to `end`, after a margin if there is room for one; it borrows. */
void styled_line(const struct styled *styled, size_t start, size_t end, bool has_margin,
                 struct line *line);

#endif
