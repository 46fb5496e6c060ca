/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * A text of which every piece knows what it looks like and where in the source it came from.
 * Filtered.
 */
#ifndef TEXT_FLOW_H
#define TEXT_FLOW_H

#include <stdbool.h>
#include <stddef.h>

#include "base/buf.h"
#include "text/line.h"

struct ink {
    enum style style;
    unsigned attributes;
    size_t link; /* where its address stands among the sheet's, from 1; 0: it is none */
};

struct piece {
    size_t start, source;
    bool is_whole; /* all of it came from that one place; else it is a copy, byte by byte */
    size_t place;  /* in the wording (text/sheet.h), byte by byte, from 1; 0: it is not in it */
    struct ink ink;
};

struct flow { /* zero is an empty one */
    struct buf text;
    struct piece *pieces;
    size_t count, cap;
    size_t place, unsaid; /* of all from `unsaid` on; 0: each piece has its own */
};

void flow_clear(struct flow *flow);
void flow_reset(struct flow *flow);
void flow_add(struct flow *flow, struct ink ink, size_t source, const char *text, size_t len);
/* Add what is not in the source as it is, but stands for what is there. */
void flow_insert(struct flow *flow, struct ink ink, size_t source, const char *text, size_t len);
/* Add a part of another. */
void flow_append(struct flow *flow, const struct flow *other, size_t start, size_t end);
/* The piece that a byte is in; there is one. */
size_t flow_piece_at(const struct flow *flow, size_t offset);
size_t flow_piece_end(const struct flow *flow, size_t piece);
/* Where in the source a byte came from. */
size_t flow_source(const struct flow *flow, size_t offset);

#endif
