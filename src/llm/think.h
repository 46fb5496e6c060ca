/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Servers without a reasoning parser leave the model's thinking in its text, between <think> and
 * </think> at the very beginning.  This splits the two, wherever the pieces are cut.
 */
#ifndef LLM_THINK_H
#define LLM_THINK_H

#include <stdbool.h>
#include <stddef.h>

#include "base/buf.h"

enum think_place { THINK_BEFORE, THINK_INSIDE, THINK_BEHIND, THINK_OVER };

/* Zero is at the beginning. */
struct think {
    enum think_place place;
    struct buf held; /* what may yet turn out to be a tag, or the beginning of one */
};

/* Take the next piece of text: what is known to be thinking is added to one, what is known to be
 * answer to the other. */
void think_split(struct think *think, const char *text, size_t len, struct buf *thinking,
                 struct buf *answer);
/* There is no more: what was held back is what it looked like. */
void think_end(struct think *think, struct buf *thinking, struct buf *answer);
void think_clear(struct think *think);

#endif
