/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Files that a prompt mentions, and that go with it: "@notes.txt", "@src/main.c,", "@my\ notes.txt".
 * A word with an @ that names no file that is there is only a word.
 */
#ifndef CHAT_MENTION_H
#define CHAT_MENTION_H

#include <stdbool.h>
#include <stddef.h>

struct buf;
struct chat;
struct error;

bool mention_any(const char *prompt);
/* The names of the files, for people: "a.txt, b.png". */
void mention_list(const char *prompt, struct buf *out);
/* chat_send, with the files that are mentioned attached.  When that fails none of them is. */
int mention_send(struct chat *chat, const char *prompt, struct error *error);
/* The nth way in which a mention that ends the line may go on: what is to stand in the place of its last
 * word.  NULL when there is none.  The caller's. */
char *mention_complete(const char *line, size_t nth);

#endif
