/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Pieces of entries that stand out: what was found.  They lie over what is there and change nothing of how
 * it is laid out.
 */
#ifndef TUI_MARK_H
#define TUI_MARK_H

#include <stddef.h>
#include <stdint.h>

struct line;

struct mark {
    size_t entry, start, end; /* its number; places in its wording */
    unsigned attributes;      /* ATTRIBUTE_FOUND, ATTRIBUTE_CURRENT */
};

struct marks { /* zero is none; in order, and none reaches into another */
    struct mark *marks;
    size_t count;
};

void marks_clear(struct marks *marks);
/* Take over copies of these in the place of the ones before. */
void marks_set(struct marks *marks, const struct mark *from, size_t count);
/* The key of a row of the entry, changed by the marks that are on it. */
uint64_t marks_key(const struct marks *marks, uint64_t key, size_t entry, const struct line *line);
/* Lay them over a row of the entry. */
void marks_apply(const struct marks *marks, size_t entry, struct line *line);

#endif
