/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * The input: readline edits the line, and that is all it does.  It never reads the terminal, never
 * writes to it and never touches its modes: whole keys are handed in, and the line is asked for when
 * it is to be painted.  readline has one line in a process, so there can be one input at a time.
 */
#ifndef TUI_INPUT_H
#define TUI_INPUT_H

#include <stdbool.h>
#include <stddef.h>

struct chat;
struct history;
struct input;
struct key;
struct line;
struct panel;

/* The chat completes commands.  Both are borrowed. */
struct input *input_new(const struct chat *chat, struct history *history);
void input_free(struct input *input);

void input_key(struct input *input, const struct key *key);
/* The line that Enter has ended: the caller's; NULL when there is none. */
char *input_take(struct input *input);
/* A key asked for $EDITOR; says so once. */
bool input_wants_editor(struct input *input);
/* The end of input has been read (where the user's own key for it is not Ctrl-D). */
bool input_ended(const struct input *input);

const char *input_text(const struct input *input);
bool input_is_empty(const struct input *input);
void input_set(struct input *input, const char *text);
/* Close the list of completions; false when there was none. */
bool input_close_list(struct input *input);
/* Give up what is half done: a search, an argument, a key's beginning.  False when there was no such
 * thing. */
bool input_cancel(struct input *input);
/* Esc is a key for the line: in vi's insert mode, and where a command waits for its key. */
bool input_takes_escape(const struct input *input);

/* Lay it out in a window of so many columns; returns its rows, at most `max_rows`. */
int input_lay_out(struct input *input, int width, int max_rows);
/* What is to stand above it. */
void input_panel(const struct input *input, struct panel *panel, int width);
void input_line(const struct input *input, int row, struct line *line);
void input_cursor(const struct input *input, int *row, int *column);

#endif
