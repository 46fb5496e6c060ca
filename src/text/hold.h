/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * What of Markdown that still comes is not shown yet, since its next letter may make it something else.
 */
#ifndef TEXT_HOLD_H
#define TEXT_HOLD_H

#include <stdbool.h>
#include <stddef.h>

struct scanner;

struct hold {
    const char *source;
    size_t len;
    size_t line;  /* where the last line begins, of which more may come; */
    bool in_line; /* it is a part of one */
};

/* How far the source can be shown. */
size_t hold_end(const struct hold *hold, const struct scanner *scanner);

#endif
