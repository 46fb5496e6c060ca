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
    COMMAND_SAY = 1,        /* show the text that the command wrote */
    COMMAND_QUIT = 2,
    COMMAND_CLEAR = 4,      /* empty the transcript */
    COMMAND_RUN = 8,        /* a run has been started */
    COMMAND_AGAIN = 32768,  /* other things have been said than are shown: show the conversation anew */
    COMMAND_STATUS = 16,    /* mode, model or session changed */

    /* What only a screen can do: the text that the command wrote is for it (tui/effects.c). */
    COMMAND_EDITOR = 32,    /* let $EDITOR change the prompt, or this text if there is any */
    COMMAND_THEME = 1024,   /* look as the settings say now */
    COMMAND_FOLD = 2048,    /* fold or unfold what is in view, or "all" */
    COMMAND_SCREEN = 4096,  /* write what is on the screen to this file */
    COMMAND_COPY = 64,      /* bring the text to the clipboard */
    COMMAND_FIND = 128,     /* look for the text in the transcript; ask for it if it is empty */
    COMMAND_LINE = 16384,   /* put the text into the line, to be changed and sent */
    COMMAND_OF_SCREEN = COMMAND_LINE | COMMAND_COPY | COMMAND_FIND | COMMAND_EDITOR | COMMAND_THEME |
                        COMMAND_FOLD | COMMAND_SCREEN,
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
