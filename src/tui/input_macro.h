/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * The macros of the user's inputrc, as commands of ours.  readline's own way to run one crashes in its
 * callback mode (8.2) where there is a sequence in it that is on no key, as in one that was written for a
 * shell; and one that comes back to itself never ends.  readline's keymaps are the process's, so this is.
 */
#ifndef TUI_INPUT_MACRO_H
#define TUI_INPUT_MACRO_H

/* Take all macros over; to be called when readline has read its files. */
void macro_set_up(void);
/* The text of the macro that the last key has asked for, to be typed; NULL when it has not.  Says so once. */
const char *macro_take(void);

#endif
