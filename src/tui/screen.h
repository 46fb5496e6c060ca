/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * The screen: rows of styled text, and the only file that knows ncurses.  Each row on it has a key,
 * and is drawn only when its key is another than before; rows that have moved are scrolled.
 */
#ifndef TUI_SCREEN_H
#define TUI_SCREEN_H

#include <stdbool.h>
#include <stdint.h>

struct error;
struct line;
struct screen;
struct theme;

/* NULL with an error when this terminal cannot have one; nothing has been written to it then. */
struct screen *screen_new(struct error *error);
void screen_free(struct screen *screen);

int screen_rows(const struct screen *screen);
int screen_columns(const struct screen *screen);
/* How many colours it has: 0 where there are none or $NO_COLOR wants none. */
int screen_colors(const struct screen *screen);
/* Let it look so from the next paint on; it begins with one that fits on any ground. */
void screen_theme(struct screen *screen, const struct theme *theme);
/* Take on the terminal's size as it is now, and paint it all the next time: a window that has shrunk and
 * grown again may have lost what was on it. */
void screen_fit(struct screen *screen);

/* Move what is on `count` rows from `top` on to where the same keys will stand. */
void screen_scroll(struct screen *screen, int top, const uint64_t *keys, int count);
/* Whether a row must be drawn to be what the key (not 0) says; it then is to be drawn. */
bool screen_is_stale(struct screen *screen, int row, uint64_t key);
void screen_draw(struct screen *screen, int row, const struct line *line);
/* A line that has no key by nature: the key is made of what is in it. */
void screen_put(struct screen *screen, int row, const struct line *line);
/* Bring it all to the terminal, the cursor last. */
void screen_paint(struct screen *screen, int row, int column);
/* Whatever is on the terminal, paint it all the next time. */
void screen_repaint(struct screen *screen);

/* Leave the screen to others, and come back to it. */
void screen_leave(struct screen *screen);
void screen_back(struct screen *screen);

/* Write what is on it to a file: a line of text each row, and the cursor's place. */
int screen_save(const struct screen *screen, const char *path, struct error *error);

#endif
