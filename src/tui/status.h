/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * The status line: what the run is doing, its figures, and whom one talks with.  Figures that are
 * estimated begin with "~".  Where there is no room, the least important parts are left out.
 */
#ifndef TUI_STATUS_H
#define TUI_STATUS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "runnel.h"

struct line;
struct meter;
struct status;

struct status *status_new(void);
void status_free(struct status *status);

/* Whom one talks with; the strings are copied and filtered.  `simulated` marks the pace as no
 * measure of anything. */
void status_names(struct status *status, enum rn_mode mode, const char *model, const char *session,
                  bool simulated);
/* What stands in their place while a session is played back: its time bar; "" when none is. */
void status_play(struct status *status, const char *bar);
/* The window is not at the end, and so many lines have come below it. */
void status_scrolled(struct status *status, bool scrolled, size_t unread);

/* When the line changes by itself: 4 times a second while pieces come, once a second while they do
 * not, never (-1) while no run goes on. */
int64_t status_due(const struct meter *meter, int64_t now);

/* The line as it is now; it points into the status and lasts until the next call. */
void status_line(struct status *status, const struct meter *meter, int64_t now, int width,
                 struct line *line);

#endif
