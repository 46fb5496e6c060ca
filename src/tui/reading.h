/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Reading, as opposed to typing: while words are looked for in the transcript (tui/find.h), something in it
 * is selected (tui/pick.h), or a session is chosen (tui/chooser.h), the keys are for that.  Only one of these
 * goes on at a time.
 */
#ifndef TUI_READING_H
#define TUI_READING_H

#include <stdbool.h>

struct desk;
struct key;

/* Look for words; "" lets them be typed. */
void reading_find(struct desk *desk, const char *words);
/* Choose a session to go on with. */
void reading_choose(struct desk *desk);
/* Select something to copy. */
void reading_pick(struct desk *desk);
void reading_copy(struct desk *desk, const char *text);
/* False when the key is for somebody else: nothing of that kind goes on, or it has been ended by the key. */
bool reading_key(struct desk *desk, const struct key *key);
/* The transcript has changed, or a question has come, which is for all keys. */
void reading_refresh(struct desk *desk);
/* The program that takes the text has ended. */
void reading_settle(struct desk *desk);

#endif
