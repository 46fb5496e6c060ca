/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * What a slash command wants of the screen and only the screen can do: one table, a COMMAND_* effect
 * is one row.  What the transcript alone can do is done at once, by the talk.
 */
#ifndef TUI_EFFECTS_H
#define TUI_EFFECTS_H

struct desk;

/* Do what the commands since the last call want (talk.effects). */
void effects_carry_out(struct desk *desk);

#endif
