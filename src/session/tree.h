/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * The runs of a session as a tree: an earlier prompt that was edited, an answer that was asked for again,
 * begin another branch, and the old one stays in the file.
 */
#ifndef SESSION_TREE_H
#define SESSION_TREE_H

#include <stdbool.h>
#include <stddef.h>

#include "runnel.h"

struct error;

struct tree_run {
    char *id, *parent;  /* "" for none */
    char *prompt;       /* as it was typed: filter it on its way to a terminal */
    bool has_child;     /* else it is the end of a branch */
    size_t depth;       /* how many runs lead to it, itself too */
};

struct tree { /* zero is an empty one */
    struct tree_run **runs; /* in the order of the file */
    size_t count, cap;
};

int tree_read(struct tree *tree, const char *path, struct error *error);
void tree_clear(struct tree *tree);
/* The run after which a conversation goes on: its id, borrowed; "" for none. */
const char *tree_here(const rn_conversation *conversation);

#endif
