/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Slash commands: one table, a command is one row.
 */
#ifndef CHAT_COMMAND_H
#define CHAT_COMMAND_H

#include <stdbool.h>

struct buf;
struct chat;
struct error;

/* What the front end is to do after a command, as bits. */
enum command_effect {
    COMMAND_SAY = 1 << 0,       /* show the text that the command wrote */
    COMMAND_QUIT = 1 << 1,
    COMMAND_CLEAR = 1 << 2,     /* empty the transcript */
    COMMAND_RUN = 1 << 3,       /* a run has been started */
    COMMAND_STATUS = 1 << 4,    /* mode, model or session changed */
    COMMAND_AGAIN = 1 << 5,     /* other things have been said than are shown: show it all anew */
    /* Start the race of the chat, show it, end it, each front end in its own way (chat/contest.h). */
    COMMAND_COMPARE = 1 << 6,

    /* What only a screen can do: the text that the command wrote is for it (tui/effects.c). */
    COMMAND_EDITOR = 1 << 7,    /* let $EDITOR change the prompt, or this text if there is any */
    COMMAND_THEME = 1 << 8,     /* look as the settings say now */
    COMMAND_FOLD = 1 << 9,      /* fold or unfold what is in view, or "all" */
    COMMAND_SCREEN = 1 << 10,   /* write what is on the screen to this file */
    COMMAND_COPY = 1 << 11,     /* bring the text to the clipboard */
    COMMAND_FIND = 1 << 12,     /* look for the text in the transcript; ask for it if it is empty */
    COMMAND_LINE = 1 << 13,     /* put the text into the line, to be changed and sent */
    COMMAND_CHOOSE = 1 << 14,   /* let the user choose a session to go on with */
    COMMAND_REPLAY = 1 << 15,   /* play the session of this path, and come back (chat/encore.h) */
    COMMAND_OF_SCREEN = COMMAND_LINE | COMMAND_COPY | COMMAND_FIND | COMMAND_EDITOR | COMMAND_THEME |
                        COMMAND_FOLD | COMMAND_SCREEN | COMMAND_CHOOSE | COMMAND_REPLAY,
};

struct command {
    const char *name;       /* without the slash */
    const char *args;       /* for /help: "[PROVIDER:]MODEL" */
    const char *help;
    int (*run)(struct chat *chat, const char *args, struct buf *out, struct error *error);
};

extern const struct command commands[];     /* ended by a NULL name */

/* True when the line is a command: "/word", but not "/usr/bin ..." or "//...". */
bool command_is(const char *line);
/* Run it: bits of enum command_effect, or -1 with an error (an unknown one suggests the nearest). */
int command_run(struct chat *chat, const char *line, struct buf *out, struct error *error);

#endif
