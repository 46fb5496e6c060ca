/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Markdown to rows, through md4c.  A line break in the source stays one: models break lines where
 * they mean it.  HTML and formulas are text.
 */
#ifndef TEXT_PROSE_H
#define TEXT_PROSE_H

#include <stdbool.h>

#include "base/buf.h"
#include "text/code.h"
#include "text/flow.h"
#include "text/page.h"
#include "text/table.h"

enum { PROSE_LEVELS = 64 };

struct prose { /* zero is ready; it keeps its memory from one use to the next */
    struct page page;
    struct code code;
    struct table table;
    struct flow flow;              /* of the paragraph, heading or item that is open */
    struct buf copy;               /* what the parser gets, */
    const char *before, *original; /* and what it stands for: a prefix, and the text */
    size_t prefix;                 /* bytes */
    size_t head, head_start;       /* of a table: in the prefix, in the source */
    size_t start, source;          /* of that in the source; of the last text */
    struct prose_level {
        bool is_list, is_numbered, is_loose, has_child;
        unsigned number;
        char delimiter;
    } levels[PROSE_LEVELS]; /* deeper ones share the last */
    size_t depth, bullets;
    unsigned ordinal;
    struct table_shape *shape;
    struct buf line;    /* of code, */
    size_t line_source; /* and where it began */
    struct buf address; /* of the link that is open */
    size_t label;       /* where the link's text begins */
    size_t link;
    unsigned strong, emphasis, struck, code_span, images;
    bool in_heading, in_head, in_cell, in_code, has_table;
    size_t events, events_max;
};

struct prose_text {
    const char *text;
    size_t len, source; /* where it stands in the source */
    const char *prefix; /* read before it, but not shown: definitions of links, a table's head */
    size_t prefix_len;
    unsigned ordinal;          /* of its first item, or 0 for its own */
    struct table_shape *shape; /* of its table; what it is, is left there */
    bool is_table;             /* whose head is the end of the prefix */
    size_t head, head_len;     /* where that stands in the source; how long it is in the prefix */
};

void prose_clear(struct prose *prose);
/* Write it on the page, which is `prose->page`.  False if it is a text made to cost time, or no
 * table where there should be one: what is on the page then is of no use. */
bool prose_write(struct prose *prose, const struct prose_text *text);

#endif
