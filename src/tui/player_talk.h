/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * What is different about a talk that is played back: comparisons are told in panes, and it may end in the
 * middle of a run.
 */
#ifndef TUI_PLAYER_TALK_H
#define TUI_PLAYER_TALK_H

#include <stdbool.h>
#include <stdint.h>

#include "runnel.h"

struct talk;

/* True when the event was a comparison's, and has been told.  `clock` is the replay's. */
bool player_talk_event(struct talk *talk, const rn_event *event, int64_t clock);
/* All that has come is told: if that is all there is, what has no end was broken off. */
void player_talk_settle(struct talk *talk, int64_t now);

#endif
