/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * The arguments of a call in brief, as they are being written: path=README.md first_line=1.  It only
 * grows, and it stays short: of a value that is long or has several lines the beginning is shown, the
 * rest counted.
 */
#ifndef TEXT_BRIEF_H
#define TEXT_BRIEF_H

#include <stdbool.h>
#include <stddef.h>

#include "base/buf.h"
#include "base/filter.h"
#include "text/fields.h"

struct styled;

struct brief { /* zero is at the beginning */
    struct fields fields;
    struct filter filter;
    size_t value;         /* where the value begins that is being written */
    size_t bytes, lines;  /* of it */
    bool is_string, is_quoted, is_cut;
    bool has_begun;       /* more than blanks has come of it */
    bool has_newline;     /* that may be its last character */
    bool is_full;         /* no more is shown at all */
    bool has_cut;         /* something is missing */
    struct buf recent;    /* of a value that is cut: its last lines, not filtered */
    size_t recent_lines, line_len;
};

void brief_clear(struct brief *brief);
/* Add the next piece of the JSON to what is shown of it. */
void brief_add(struct brief *brief, struct styled *shown, const char *json, size_t len);

#endif
