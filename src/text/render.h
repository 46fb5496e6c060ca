/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * A block of Markdown to a sheet of rows.
 */
#ifndef TEXT_RENDER_H
#define TEXT_RENDER_H

#include <stdbool.h>
#include <stddef.h>

#include "text/prose.h"

struct block;
struct sheet;

struct render { /* zero is ready; it keeps its memory */
    struct prose prose;
    struct buf prefix;
};

struct render_wish {
    const char *source; /* all of it */
    const struct block *block;
    size_t end;                    /* of the block */
    const struct buf *definitions; /* of links, from anywhere in the source */
    struct table_shape *shape;     /* of the block's table, or of the one that it goes on with */
    int width;
    bool has_gap; /* an empty row comes first */
};

void render_clear(struct render *render);
/* The sheet is empty before. */
void render_block(struct render *render, const struct render_wish *wish, struct sheet *sheet);

#endif
