/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * The comparisons of a replay: while one is told, its panes stand where else the transcript does; when
 * something else is told after it, what it came to stays in the transcript.
 */
#ifndef TUI_PLAYER_PANES_H
#define TUI_PLAYER_PANES_H

#include <stdbool.h>
#include <stdint.h>

#include "chat/rerun.h"
#include "runnel.h"
#include "tui/compare_panes.h"

struct key;
struct screen;
struct story;

struct player_panes { /* zero has none */
    struct rerun rerun;
    struct panes panes;
    bool is_open;
};

void player_panes_clear(struct player_panes *player_panes);
/* True when the event was a comparison's; else the story is to tell it.  `clock` is the replay's. */
bool player_panes_event(struct player_panes *player_panes, const rn_event *event,
                        struct story *story, int64_t clock);
/* An answer is still to come. */
bool player_panes_go_on(const struct player_panes *player_panes);
/* No more is told: what was still to come was broken off. */
void player_panes_halt(struct player_panes *player_panes);
/* True when the key was for the panes: Tab chooses one, and PgUp, PgDn and the wheel scroll it. */
bool player_panes_key(struct player_panes *player_panes, const struct key *key);
/* Paint them in the uppermost rows of the screen. */
void player_panes_paint(struct player_panes *player_panes, struct screen *screen, int rows,
                        int64_t clock);

#endif
