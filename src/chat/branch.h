/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Going back, and on from there: what was said stays in the session, and what is said next begins another
 * branch of it.  The functions named run_ are slash commands (chat/command.h).
 */
#ifndef CHAT_BRANCH_H
#define CHAT_BRANCH_H

#include <stdbool.h>

struct buf;
struct chat;
struct error;

/* Go on with a session, after one of its runs (NULL: the last); `is_fork`: in a session of its own. */
int branch_resume(struct chat *chat, const char *path, const char *until, bool is_fork,
                  struct error *error);
/* Play what the conversation holds, for a front end that shows it; false when nothing has been said. */
bool branch_recall(struct chat *chat);

/* Whoever goes on with the session later begins where this conversation ends, and not at what was said
 * last. */
void branch_keep_head(struct chat *chat);

int branch_run_list(struct chat *chat, const char *args, struct buf *out, struct error *error);
int branch_run_continue(struct chat *chat, const char *args, struct buf *out, struct error *error);
int branch_run_edit(struct chat *chat, const char *args, struct buf *out, struct error *error);
int branch_run_fork(struct chat *chat, const char *args, struct buf *out, struct error *error);
int branch_run_undo(struct chat *chat, const char *args, struct buf *out, struct error *error);

#endif
