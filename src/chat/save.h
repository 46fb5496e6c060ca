/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * /save and /title: the conversation as a file for others, the session with a name for lists.
 */
#ifndef CHAT_SAVE_H
#define CHAT_SAVE_H

struct buf;
struct chat;
struct error;

/* Both as in struct command.  The ending of the file's name is the format. */
int save_run(struct chat *chat, const char *args, struct buf *out, struct error *error);
int save_run_title(struct chat *chat, const char *args, struct buf *out, struct error *error);

#endif
