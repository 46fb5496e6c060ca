/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Memory for many small things that die together.
 */
#ifndef BASE_ARENA_H
#define BASE_ARENA_H

#include <stddef.h>

struct arena_block;

struct arena {
    struct arena_block *blocks; /* the newest first */
};

#define ARENA_INIT {0}

void *arena_add(struct arena *arena, size_t size); /* aligned for anything, not cleared */
char *arena_text(struct arena *arena, const char *bytes, size_t len); /* a NUL-ended copy */
void arena_reset(struct arena *arena); /* everything in it dies; one block is kept */
void arena_clear(struct arena *arena);

#endif
