/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Two texts compared line by line, for a reader: unified hunks with three lines around each change.
 * Pure.
 */
#ifndef TOOLS_DIFF_H
#define TOOLS_DIFF_H

#include <stddef.h>

struct buf;

struct diff_text {
    const char *name;       /* for the heading */
    const char *text;
    size_t len;
};

/* Add the heading and the hunks; nothing when the texts are the same. */
void diff_unified(struct buf *out, const struct diff_text *old, const struct diff_text *new);

#endif
