/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Markdown, cut into parts that can be laid out by themselves, as its lines come.  The items of a
 * list are parts; so are some lines of long code or of a long table, and what is too long for
 * anything else. Where a part begins depends on the text alone, never on how it came.
 */
#ifndef TEXT_BLOCK_H
#define TEXT_BLOCK_H

#include <stdbool.h>
#include <stddef.h>

#include "text/fence.h"
#include "text/highlight.h"

enum block_kind {
    BLOCK_TEXT,  /* for the parser */
    BLOCK_CODE,  /* between fences */
    BLOCK_PLAIN, /* as it stands */
};

struct block {
    size_t start; /* in the source; it ends where the next one begins */
    enum block_kind kind;
    bool gap;                   /* an empty row stands above it */
    bool goes_on;               /* with what the one before is */
    unsigned ordinal;           /* what a numbered item has for its number, if it is not its own */
    size_t head, head_len;      /* of the table that it goes on with */
    struct fence fence;         /* of code */
    struct highlight highlight; /* of code, at its beginning */
};

struct scanner { /* zero is at the beginning */
    enum scanner_state {
        SCAN_BETWEEN, /* the next line that is not empty begins a block */
        SCAN_TEXT,
        SCAN_LIST,
        SCAN_TABLE,
        SCAN_CODE,
        SCAN_PLAIN,
    } state;
    bool after_blank, after_heading;
    size_t lines;   /* of the block */
    size_t content; /* of a list: how far its item's text is indented */
    char list_mark; /* - + * . ) */
    unsigned ordinal;
    struct highlight highlight; /* of code, at the next line */
    struct block block;         /* the one that is open */
};

/* The next line of the source, without its newline; a very long one comes in parts, of which all
 * but the first `goes_on`.  True if a block begins with it, which is the scanner's then. */
bool scanner_line(struct scanner *scanner, const char *source, size_t start, size_t len,
                  bool goes_on);

#endif
