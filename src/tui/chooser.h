/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * The chooser: the sessions to go on with, in the transcript's place.  What is typed filters them; of the one
 * that is chosen it is shown what was said last, where there is room.
 */
#ifndef TUI_CHOOSER_H
#define TUI_CHOOSER_H

#include <stdbool.h>
#include <stddef.h>

#include "base/buf.h"
#include "chat/shelf.h"
#include "text/styled.h"
#include "text/wrap.h"
#include "tui/strip.h"

struct chat;
struct error;
struct key;
struct line;

struct chooser { /* zero is a closed one */
    bool is_open, is_taken;
    struct shelf shelf;
    struct buf words;
    size_t chosen, first;               /* of those that have the words; first: in view */
    const struct session_info *glimpsed; /* whose glimpse it is */
    struct styled told; /* the glimpse, */
    struct wrap wrap;   /* and where its rows begin */
    struct strip strip; /* the row that was asked for last */
    int columns, rows, list_rows;
};

void chooser_clear(struct chooser *chooser);
/* -1 with an error when there is nothing to choose from. */
int chooser_open(struct chooser *chooser, const struct chat *chat, struct error *error);
void chooser_close(struct chooser *chooser);
/* False when the key is not for it. */
bool chooser_key(struct chooser *chooser, const struct key *key);
/* The id of the session that the user has taken, once; the caller's.  NULL: none. */
char *chooser_take(struct chooser *chooser);

/* Fill a window of so many columns and rows; returns its rows. */
int chooser_lay_out(struct chooser *chooser, int columns, int rows);
/* The line lasts until the next one is asked for. */
void chooser_line(struct chooser *chooser, int row, struct line *line);
/* Where the cursor stands. */
void chooser_cursor(const struct chooser *chooser, int *row, int *column);

#endif
