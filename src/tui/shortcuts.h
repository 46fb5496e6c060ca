/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * The keys that are the screen's, not the line's: one table, a key is one row.
 */
#ifndef TUI_SHORTCUTS_H
#define TUI_SHORTCUTS_H

#include <stdbool.h>

struct desk;
struct key;

/* False when the key is no shortcut. */
bool shortcut_run(struct desk *desk, const struct key *key);
/* What Ctrl-C does, also where it comes as a signal. */
void shortcut_interrupt(struct desk *desk);
/* What Esc does, which in vi's insert mode is the line's. */
void shortcut_escape(struct desk *desk, const struct key *key);

#endif
