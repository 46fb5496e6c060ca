/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * The user's own editor, for a text that is longer than a line.
 */
#ifndef TUI_EDITOR_H
#define TUI_EDITOR_H

struct error;

/* Let $VISUAL, $EDITOR or vi change a text; the terminal has been lent to it.  The new text is the
 * caller's; NULL with an error when there is none, and the old one counts. */
char *editor_run(const char *text, struct error *error);

#endif
