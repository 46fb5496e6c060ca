/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * What the filter (base/filter.h) has done to what was said in a chat, for /usage.  Nobody counts while
 * text is shown: it is filtered once more when somebody asks.
 */
#ifndef CHAT_HARMLESS_H
#define CHAT_HARMLESS_H

struct buf;
struct chat;

/* A line on what in the words of models and tools was made harmless; nothing where there was nothing. */
void harmless_tell(const struct chat *chat, struct buf *out);

#endif
