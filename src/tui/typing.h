/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Typing: which of those who take keys a key is for.  A shortcut, the question that is asked, the
 * prompts that wait, or the line; and what becomes of a line that is entered.
 */
#ifndef TUI_TYPING_H
#define TUI_TYPING_H

struct desk;
struct key;

void typing_key(struct desk *desk, const struct key *key);

#endif
