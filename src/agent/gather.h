/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * With whole messages: the pieces of a message's text, gathered until something else comes.  Thoughts,
 * calls that are still written and what is opaque may come in between; text and refusal are two.
 */
#ifndef AGENT_GATHER_H
#define AGENT_GATHER_H

#include <stdbool.h>
#include <stdint.h>

#include "base/buf.h"
#include "runnel.h"

struct event_queue;

struct gather {
    struct buf text, id; /* as of the piece that it began with, which is gone by its end */
    bool refusal;
};

/* True when the event ends the text that was gathered. */
bool gather_ends(const struct gather *gather, const rn_event *event);
/* Gather a piece; false when it is none. */
bool gather_piece(struct gather *gather, const rn_event *event);
/* Put what was gathered into the queue, if anything was, as one piece that came at `now`. */
void gather_flush(struct gather *gather, struct event_queue *queue, int64_t now);
void gather_clear(struct gather *gather);

#endif
