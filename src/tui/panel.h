/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * The panel: the few rows that may stand above the input, such as completions, or prompts that wait.
 */
#ifndef TUI_PANEL_H
#define TUI_PANEL_H

#include <stdbool.h>
#include <stddef.h>

#include "base/buf.h"

struct line;

enum { PANEL_MAX = 8 };

struct panel { /* zero is an empty one */
    struct {
        struct buf text;
        bool chosen;
    } rows[PANEL_MAX];
    size_t count;
};

void panel_clear(struct panel *panel);
void panel_reset(struct panel *panel);
/* A row more: filtered, and cut where it does not fit.  Beyond PANEL_MAX it is left out. */
void panel_add(struct panel *panel, const char *label, const char *text, bool chosen, int width);
/* Names in columns, read downwards; what has no room is counted on the last row. */
void panel_add_columns(struct panel *panel, char *const *names, size_t count, int width);
/* Keep no more rows than these: the first ones, or those that end with the chosen one. */
void panel_fit(struct panel *panel, size_t rows);
void panel_line(const struct panel *panel, size_t row, struct line *line);

#endif
