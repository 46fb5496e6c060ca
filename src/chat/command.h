/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Slash commands: one table, a command is one row.
 */
#ifndef CHAT_COMMAND_H
#define CHAT_COMMAND_H

#include <stdbool.h>
#include <stddef.h>

struct buf;
struct chat;
struct error;

/* What the front end is to do after a command, as bits. */
enum command_effect {
    COMMAND_SAY = 1,        /* show the text that the command wrote */
    COMMAND_QUIT = 2,
    COMMAND_CLEAR = 4,      /* empty the transcript */
    COMMAND_RUN = 8,        /* a run has been started */
    COMMAND_STATUS = 16,    /* mode, model or session changed */
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
/* The nth command, model or file that could stand in place of the word that ends at `line`'s end;
 * NULL after the last.  The caller frees it. */
char *command_complete(const struct chat *chat, const char *line, size_t nth);

#endif
