/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Markdown a line at a time: as much of it as cutting and unwrapping the documentation needs.
 */
#ifndef GUIDE_LINES_H
#define GUIDE_LINES_H

#include <stdbool.h>
#include <stddef.h>

struct buf;

enum line_kind {
    LINE_BLANK,
    LINE_PROSE,             /* paragraphs and lists */
    LINE_KEPT,              /* headings, tables, quotes: each line for itself */
    LINE_CODE,
};

struct line {
    const char *text;
    size_t len;             /* without the newline */
    enum line_kind kind;
};

/* The lines of a text, one after another.  `at` is where the next one begins. */
struct lines {
    const char *at, *end;
    enum line_kind before;
    bool fenced;
};

struct lines lines_of(const char *text, size_t len);
bool lines_next(struct lines *lines, struct line *line);

bool line_is_fence(struct line line);       /* begins or ends a block of code */
bool line_is_heading(struct line line);
bool line_is_item(struct line line);        /* of a list */
size_t line_indent(struct line line);

/* Add a text with each paragraph and list item on one line, so that any width suits it; code, tables
 * and headings stay as they are. */
void lines_unwrap(struct buf *out, const char *text, size_t len);

#endif
