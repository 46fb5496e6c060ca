/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * What a model thinks before it answers: it is shown while it comes, and told in one line when it is
 * done.
 */
#ifndef TUI_THOUGHT_H
#define TUI_THOUGHT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "runnel.h"

struct transcript;

struct thought { /* zero is none */
    bool is_open;
    size_t entry;  /* the transcript's */
    int64_t began; /* by the run's clock */
    size_t words;
    bool in_word;
};

/* A piece of it, which goes into the transcript. */
void thought_add(struct thought *thought, struct transcript *transcript, const rn_event *piece);
/* It is over, if there is one.  It is folded unless it is to stay, or somebody may be reading it, who has
 * left the end. */
void thought_end(struct thought *thought, struct transcript *transcript, int64_t t, bool stays);

#endif
