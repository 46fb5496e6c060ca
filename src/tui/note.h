/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * What runnel itself says in the transcript: faint, since it is neither asked nor answered.  Only the
 * first column of a line that has two stands out: it is what one looks for.
 */
#ifndef TUI_NOTE_H
#define TUI_NOTE_H

struct buf;
struct styled;

/* Add a text, which is filtered; the margin is the caller's. */
void note_add(const struct buf *text, struct styled *shown);

#endif
