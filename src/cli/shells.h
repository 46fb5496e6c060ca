/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * What each shell is told so that it completes runnel's command line.  Commands and options stand in it;
 * for sessions and models it asks `runnel completion sessions` and `runnel completion models` when they
 * are wanted.
 */
#ifndef CLI_SHELLS_H
#define CLI_SHELLS_H

struct buf;

void shell_bash(struct buf *out);
void shell_zsh(struct buf *out);
void shell_fish(struct buf *out);

#endif
