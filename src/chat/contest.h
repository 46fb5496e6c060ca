/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * A comparison within a chat: several answers to one prompt, of which one may be picked, and the chat goes
 * on with it.  The chat keeps the last one until something else is said.  The functions named run_ are
 * slash commands (chat/command.h).
 */
#ifndef CHAT_CONTEST_H
#define CHAT_CONTEST_H

struct buf;
struct chat;
struct error;
struct race;

/* Makes it ready; the front end starts it, shows it (COMMAND_COMPARE), and ends it. */
int contest_run_compare(struct chat *chat, const char *args, struct buf *out, struct error *error);
int contest_run_pick(struct chat *chat, const char *args, struct buf *out, struct error *error);

/* What is to be shown; the chat's.  NULL without one. */
struct race *contest_race(const struct chat *chat);
/* Stop what goes on, and note in the session that nothing has been picked yet.  Adds how to pick. */
void contest_end(struct chat *chat, struct buf *out);
/* Nothing of it can be picked any more. */
void contest_drop(struct chat *chat);

#endif
