/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * A piece of text replaced by another.  Pure: the tool and the preview of it share it.
 */
#ifndef TOOLS_EDIT_H
#define TOOLS_EDIT_H

#include <stdbool.h>
#include <stddef.h>

struct buf;
struct error;

struct edit {
    const char *old, *new;
    bool all;               /* wherever it stands; else it must stand there once */
};

/* Add the edited text.  How often it was replaced; or -1 with an error that tells the model how to ask
 * for what it wants.  *line is that of the first place. */
int edit_apply(const struct edit *edit, const char *text, size_t len, struct buf *out, long *line,
               struct error *error);

#endif
