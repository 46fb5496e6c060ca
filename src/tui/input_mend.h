/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * The line, where readline 8.2 has broken it: it cuts characters in two, leaves the cursor inside of one,
 * and writes a NUL before the line's end, behind which its next search for the end of a word never ends.
 */
#ifndef TUI_INPUT_MEND_H
#define TUI_INPUT_MEND_H

/* Let the line be whole characters and the cursor stand before one of them.  What is broken becomes
 * U+FFFD, and the line's undo list, whose places are then wrong, goes. */
void mend_line(void);

/* vi's redo as a command.  Of an operator that was given up it would leave blanks and NULs: nothing is
 * done then. */
int mend_redo(int count, int key);

#endif
