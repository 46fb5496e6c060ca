/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * The shelf: the sessions that can be gone on with, the last changed first, and those of them that have some
 * words.  The functions named run_ are slash commands (chat/command.h).
 */
#ifndef CHAT_SHELF_H
#define CHAT_SHELF_H

#include <stddef.h>

#include "session/glimpse.h"
#include "session/store.h"

struct buf;
struct chat;
struct error;

struct shelf { /* zero is an empty one */
    struct session_list list;
    size_t *found; /* in the list, those that have the words */
    size_t count;
    struct glimpse glimpse; /* of the one that was looked into last */
};

/* All sessions of the chat's folder.  -1 with an error when it cannot be read. */
int shelf_open(struct shelf *shelf, const struct chat *chat, struct error *error);
void shelf_clear(struct shelf *shelf);
/* Only those that have each of these words, in any case, in what they are called, their first prompt,
 * their model or their id; "": all. */
void shelf_filter(struct shelf *shelf, const char *words);
const struct session_info *shelf_nth(const struct shelf *shelf, size_t nth);
/* What was said last in the nth, borrowed until the next look; empty when there is none. */
const struct glimpse *shelf_look(struct shelf *shelf, size_t nth);
/* What a session is called: as the file has it, filter it on its way to a terminal. */
const char *shelf_name(const struct session_info *info);

int shelf_run_list(struct chat *chat, const char *args, struct buf *out, struct error *error);
int shelf_run_resume(struct chat *chat, const char *args, struct buf *out, struct error *error);

#endif
