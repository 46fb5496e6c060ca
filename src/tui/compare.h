/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * A comparison on the screen: a pane for each lane, side by side where there is room for it.
 */
#ifndef TUI_COMPARE_H
#define TUI_COMPARE_H

#include <stddef.h>

struct error;
struct race;
struct screen;
struct settings;

/* Start the race and show it until the user quits; the table is left on the terminal.  Returns the exit
 * status; -1 with an error when there can be no screen, before the race was started, or when it cannot
 * be. */
int tui_compare(struct race *race, const struct settings *settings, struct error *error);
/* Show one that has been started on a screen that is there, until the user quits or picks an answer: its
 * number, from 1; 0: none.  Returns the signal that wants the program to end; 0: none.  What is on the
 * screen then is another's to paint. */
int tui_compare_within(struct race *race, struct screen *screen, const struct settings *settings,
                       size_t *picked);

#endif
