/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * An answer on a terminal that has no screen: Markdown, written row by row, each when nothing that may
 * still come can change it.
 */
#ifndef PLAIN_PAINTER_H
#define PLAIN_PAINTER_H

#include <stddef.h>

#include "text/brush.h"

struct settings;
struct sink;

struct painter {
    struct markdown *markdown; /* NULL while nothing is being said */
    size_t written;            /* rows */
    int width;
    struct brush brush;
};

/* NULL when the sink is no terminal, a very narrow one, or one that shows nothing but text: then bytes
 * are written as they are.  A theme that cannot be had is told, and another taken. */
struct painter *painter_new(const struct sink *sink, const struct settings *settings);
void painter_free(struct painter *painter);

void painter_text(struct painter *painter, struct sink *sink, const char *text, size_t len);
/* The text is over; the next one begins anew. */
void painter_end(struct painter *painter, struct sink *sink);

#endif
