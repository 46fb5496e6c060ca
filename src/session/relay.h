/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * A stream whose events somebody else hands it, one at a time: what a replay tells of one of several runs
 * adds up in it to that run's answer.  The relay belongs to the stream; both are for the same thread.
 */
#ifndef SESSION_RELAY_H
#define SESSION_RELAY_H

#include "runnel.h"

struct relay;

rn_stream *relay_open(struct relay **relay);
/* The stream's next event, which is to be taken (rn_step) before the event is gone; until then, and after it,
 * there is none.  A finish is the last. */
void relay_give(struct relay *relay, const rn_event *event);

#endif
