/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Selecting something in the transcript, to copy it: a message, or a block of code in an answer.  It
 * selects text as it is meant, not as it stands on the screen: no borders, no soft line breaks.
 */
#ifndef TUI_PICK_H
#define TUI_PICK_H

#include <stdbool.h>
#include <stddef.h>

#include "base/buf.h"
#include "text/snippets.h"

struct key;
struct transcript;

struct pick { /* zero is a closed one; the transcript is borrowed */
    struct transcript *transcript;
    bool is_open, is_taken;
    size_t entry, block;    /* 0: all of the entry, else its block of code so many from the first */
    struct snippets blocks; /* of the entry */
    size_t looked_at;       /* how long it was when they were looked for */
    struct buf told;
};

void pick_clear(struct pick *pick);
/* Begin at the last answer in view; false when there is nothing to select. */
bool pick_open(struct pick *pick, struct transcript *transcript);
void pick_close(struct pick *pick);
/* False when the key is not for it. */
bool pick_key(struct pick *pick, const struct key *key);
/* Add what the user has taken, once; false when nothing has been. */
bool pick_take(struct pick *pick, struct buf *text);
/* The transcript has changed. */
void pick_refresh(struct pick *pick);
/* What is to stand above the input, borrowed; NULL when it is closed. */
const char *pick_hint(struct pick *pick);

#endif
