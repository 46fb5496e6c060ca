/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * An encore: in a chat its session is played again, or another one, while the conversation waits.
 */
#ifndef CHAT_ENCORE_H
#define CHAT_ENCORE_H

#include <stdbool.h>

struct buf;
struct chat;
struct error;

/* /replay: writes the path of the session that is meant (chat/command.h). */
int encore_run(struct chat *chat, const char *args, struct buf *out, struct error *error);

/* Begin to play it; the chat has no run.  -1 with an error when there is nothing to play. */
int encore_begin(struct chat *chat, const char *path, struct error *error);
/* What is played, by its path; NULL: nothing is, or a replay is all there is. */
const char *encore_path(const struct chat *chat);
/* Whether that is the chat's own session. */
bool encore_is_own(const struct chat *chat);
/* Leave off.  The conversation is as it was before, and is to be told anew (branch_recall). */
void encore_end(struct chat *chat);

#endif
