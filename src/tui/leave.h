/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * What stays in the terminal's own scrollback when the screen has gone: the conversation as the screen showed
 * it, with its colours, at its width.
 */
#ifndef TUI_LEAVE_H
#define TUI_LEAVE_H

struct settings;
struct transcript;

/* Write as much of it as the settings want to stdout, which has so many colours.  The transcript is of no
 * more use then but to be freed. */
void leave_behind(struct transcript *transcript, const struct settings *settings, int colors);

#endif
