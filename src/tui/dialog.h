/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * The dialog with the user who is asked: which key is which answer, and the line that is typed for one.
 */
#ifndef TUI_DIALOG_H
#define TUI_DIALOG_H

#include <stdbool.h>
#include <stdint.h>

struct input;
struct key;
struct talk;

/* A key that is not the screen's.  False when it is for the line: nothing is asked, or the line is
 * being typed for the answer, or the user was typing when the question appeared. */
bool dialog_key(struct talk *talk, struct input *input, const struct key *key, int64_t now);
/* Esc, which stops the run, or goes back to the question; false when nothing is asked. */
bool dialog_escape(struct talk *talk, struct input *input, int64_t now);
/* A line has been entered; false when it is no answer. */
bool dialog_line(struct talk *talk, struct input *input, const char *line, int64_t now);
/* Nobody waits for the line any more: what was in it before goes back into it. */
void dialog_settle(struct talk *talk, struct input *input);

#endif
