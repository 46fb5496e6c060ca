/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Copying, as the user is told of it: how much went to the clipboard and on which roads, or why not.
 */
#ifndef TUI_COPY_H
#define TUI_COPY_H

#include <stddef.h>

#include "base/buf.h"
#include "tui/clipboard.h"

struct settings;

struct copy {
    struct clipboard clipboard;
    struct buf told;
};

void copy_open(struct copy *copy, const struct settings *settings);
void copy_close(struct copy *copy);

/* Returns what is to be said of it, borrowed until the next call. */
const char *copy_text(struct copy *copy, const char *text, size_t len);

int copy_fd(const struct copy *copy); /* of a program that takes the text; -1: none runs */
/* The program has ended: what is to be said of that; NULL when all is well. */
const char *copy_settle(struct copy *copy);

#endif
