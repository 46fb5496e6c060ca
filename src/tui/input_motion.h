/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Movement by words, as commands for readline's keys.
 *
 * readline 8.2 finds the end of a word a character at a time, and each step costs as much as the whole
 * line: a word of a megabyte takes minutes.  In vi's mode it takes a step back at the line's end, which
 * over a character that has no width (U+2028 from a page, a letter newer than the locale) leads it
 * back and forth for ever.  These take one look at each character.
 */
#ifndef TUI_INPUT_MOTION_H
#define TUI_INPUT_MOTION_H

/* The keys b, e and w of vi, which as capitals go by what blanks divide; and the bracket that matches. */
int motion_vi_back(int count, int key);
int motion_vi_end(int count, int key);
int motion_vi_next(int count, int key);
int motion_vi_bracket(int count, int key);
/* The same, whatever the key is. */
int motion_vi_back_big(int count, int key);
int motion_vi_end_big(int count, int key);
int motion_vi_next_big(int count, int key);

/* Those of Emacs; a negative count turns them round. */
int motion_forward(int count, int key);
int motion_back(int count, int key);
int motion_kill_forward(int count, int key);
int motion_kill_back(int count, int key);

#endif
