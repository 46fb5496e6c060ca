/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * The way to the user's clipboard.  The terminal is never asked what it can, so a text goes on each road
 * that may lead there: to the terminal (tui/osc52.h), which is where the user sits even over ssh, and
 * to a program where there is a display or a tmux.  Nobody waits for that program; when it ends,
 * clipboard_fd is readable.
 */
#ifndef TUI_CLIPBOARD_H
#define TUI_CLIPBOARD_H

#include <stddef.h>
#include <sys/types.h>

struct buf;
struct error;

struct clipboard {
    const char *use;     /* the setting's: auto, osc52, command, none; borrowed */
    const char *program; /* the last one; a constant */
    pid_t child;         /* while it runs */
    int end;             /* a pidfd then, else -1 */
};

void clipboard_open(struct clipboard *clipboard, const char *use);
void clipboard_close(struct clipboard *clipboard);

/* Bring a text there, without what controls a terminal; adds to `roads` which were taken: "OSC 52, xclip".
 * -1 with an error when none was. */
int clipboard_set(struct clipboard *clipboard, const char *text, size_t len, struct buf *roads,
                  struct error *error);

int clipboard_fd(const struct clipboard *clipboard); /* -1: no program runs */
/* The program has ended; -1 with an error when the text did not get there. */
int clipboard_reap(struct clipboard *clipboard, struct error *error);

#endif
