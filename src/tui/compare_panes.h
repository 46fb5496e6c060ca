/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * The panes of a comparison on the screen: where each stands, the prompt above them, and below them what
 * it came to and the keys.  Where there is no room for all of them, the chosen one has it.
 */
#ifndef TUI_COMPARE_PANES_H
#define TUI_COMPARE_PANES_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "chat/race.h"
#include "tui/compare_pane.h"
#include "tui/strip.h"

struct screen;

struct panes {
    const struct race *race; /* borrowed, as is the screen */
    struct screen *screen;
    struct pane all[RACE_LANES];
    size_t chosen;
    bool can_pick;           /* there is a chat that would go on with one */
    int rows;                /* that they have, from the top; 0: all, and the keys are told in the last */
    int top, bottom;         /* rows for the prompt, and for what is below the panes */
    size_t first, shown;     /* which of them there is room for, and how many */
    int across, down;        /* panes: side by side, one above the other */
    struct strip strip;
};

void panes_open(struct panes *panes, const struct race *race, struct screen *screen, bool can_pick);
void panes_clear(struct panes *panes);

/* Whether the chosen one is an answer to go on with. */
bool panes_can_pick(const struct panes *panes);
void panes_paint(struct panes *panes, int64_t now);
/* The same for a screen that others paint the rest of. */
void panes_put(struct panes *panes, int64_t now);

#endif
