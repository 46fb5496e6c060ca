/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * /copy: which text of the conversation is meant.  An answer is all that the model said to one prompt, as
 * it sent it; one that is still coming counts too.
 */
#ifndef CHAT_COPY_H
#define CHAT_COPY_H

struct buf;
struct chat;
struct error;

/* As in struct command: "" is the last answer, "N" the one so many back (1 is the last), "code" the last
 * block of code in it, "code N" its Nth, "all" the conversation in Markdown. */
int copy_run(struct chat *chat, const char *args, struct buf *out, struct error *error);

#endif
