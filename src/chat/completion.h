/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * What a line that is being typed may go on with: a command, its argument, a file behind an @.
 */
#ifndef CHAT_COMPLETION_H
#define CHAT_COMPLETION_H

#include <stddef.h>

struct chat;

/* The nth that could stand in place of the word that ends at `line`'s end; NULL after the last.  The
 * caller's.  One that ends in "/", ":" or "=" is not the whole of a word yet. */
char *completion_nth(const struct chat *chat, const char *line, size_t nth);

#endif
