/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * What a Markdown document is made of, for the two files that are it: markdown.c, which lays it out, and
 * markdown_rows.c, which tells of what has been laid out.
 */
#ifndef TEXT_MARKDOWN_PARTS_H
#define TEXT_MARKDOWN_PARTS_H

#include "base/buf.h"
#include "base/filter.h"
#include "text/block.h"
#include "text/markdown.h"
#include "text/render.h"

enum { SHEETS_MAX = 128 }; /* that are kept */

struct part {
    struct block block;
    size_t end;
    size_t above, rows;        /* rows of the parts before it; its own */
    size_t said_above, said;   /* the same of the wording */
    struct table_shape *shape; /* of a table that others go on with */
    struct sheet *sheet;       /* NULL when it has been given back */
    bool is_laid;
    size_t laid_end; /* what was its end then */
};

struct markdown {
    struct buf source;
    struct filter filter;
    bool has_ended;

    struct scanner scanner;
    size_t scanned; /* of the source: whole lines, and parts of very long ones */
    bool in_line;   /* such a part was the last */
    struct part *parts;
    size_t count, cap;
    size_t settled; /* parts that the scanner has begun; the others are of the last line */
    size_t laid;    /* the parts before this one are as they should be */
    size_t seen;    /* of the source, the last time */
    bool seen_end;

    struct buf definitions;
    size_t definition_count;
    bool after_definition;

    struct buf *wording; /* gathers it; NULL: nobody does */
    size_t worded;       /* parts of which it has been gathered */

    int width;
    struct render render;
    size_t kept[SHEETS_MAX]; /* parts that have a sheet; */
    size_t hand;             /* the oldest is next */
};

/* Lay a part out, whether it is already or not. */
void markdown_lay_out(struct markdown *markdown, size_t number);
/* How long the wording is before a part's own. */
size_t markdown_said_before(const struct markdown *markdown, const struct part *part);

#endif
