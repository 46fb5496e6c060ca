/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * /usage: what a chat has cost, what each of its requests carries, how full the model is, what of it was made
 * harmless.
 */
#ifndef CHAT_USAGE_H
#define CHAT_USAGE_H

struct buf;
struct chat;

void usage_tell(const struct chat *chat, struct buf *out);

#endif
