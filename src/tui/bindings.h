/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Which of readline's commands are replaced by ours, on whatever keys the user has them.
 *
 * readline 8.2 is not memory-safe in its callback mode where it moves through history: undo lists
 * come to be shared between the line and history's entries, and its searches call themselves again
 * from inside.  So none of those commands is left on a key; what takes their place never moves
 * readline's own place in the history.
 */
#ifndef TUI_BINDINGS_H
#define TUI_BINDINGS_H

typedef int readline_command(int count, int key);

struct bindings {
    readline_command *accept, *newline, *editor;
    readline_command *quote; /* the next key is text */
    readline_command *older, *newer, *oldest, *newest; /* move through history */
    readline_command *older_alike, *newer_alike;       /* to one that begins alike */
    readline_command *up, *down;                       /* the same, but first within the line */
    readline_command *search;
    readline_command *nothing;
};

/* Initialise readline, whose variables have been set, with ours in place. */
void bindings_set_up(const struct bindings *ours);

#endif
