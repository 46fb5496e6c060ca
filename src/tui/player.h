/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * The player: the keys of a session that is played back, and the time bar, which stands in the status
 * line where else the model's name is.  While there is something in the line, keys are the line's.
 */
#ifndef TUI_PLAYER_H
#define TUI_PLAYER_H

#include <stdbool.h>
#include <stdint.h>

#include "base/buf.h"

struct desk;
struct key;

struct player { /* zero is one that plays nothing */
    struct buf bar;  /* as it stands in the status line */
    struct buf time; /* that is being typed after `g` */
    bool asks_time;
    bool has_begun; /* and the keys have been told, */
    bool has_ended; /* and that it has */
    int64_t due; /* when time is looked at again, while it passes */
};

void player_clear(struct player *player);
/* True when it was a key for the player. */
bool player_key(struct desk *desk, const struct key *key);
/* Give up the time that is being typed, else pause; false when there was nothing to stop. */
bool player_pause(struct desk *desk);
/* The same by Esc, unless that is for the line. */
bool player_escape(struct desk *desk);
/* Bring the bar up to date. */
void player_show(struct desk *desk, int64_t now);
/* When that is to be done next; -1: when something has changed. */
int64_t player_due(const struct desk *desk);

#endif
