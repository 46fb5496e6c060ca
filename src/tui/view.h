/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * The view: where the transcript, the status line, the panel and the input stand on the screen, and
 * what of them has to be painted.
 */
#ifndef TUI_VIEW_H
#define TUI_VIEW_H

#include <stdbool.h>
#include <stdint.h>

#include "tui/panel.h"

struct chooser;
struct input;
struct row;
struct screen;
struct talk;

struct view {
    struct screen *screen; /* these are borrowed */
    struct talk *talk;
    struct input *input;
    struct chooser *chooser;

    bool input_changed; /* the input, the panel or the window: lay it all out again */
    bool status_changed;
    const char *hint; /* stands in the panel; NULL: none */

    struct panel panel;
    struct row *rows; /* of the transcript's window */
    uint64_t *keys;
    /* Rows of the transcript, of a question, of the chooser in the transcript's place, of the input. */
    int height, ask_rows, chooser_rows, input_rows;
    bool has_space, has_status;
};

void view_clear(struct view *view);
/* Bring the screen up to date. */
void view_paint(struct view *view, int64_t now);

#endif
