/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * A session's lines from the last to the first, so that a long one is opened at its end and no more of it
 * is read than is asked for.  What a line is worth its caller finds out (session_line_is_record): most of
 * them need only a glance.
 */
#ifndef SESSION_TAIL_H
#define SESSION_TAIL_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct session_line;
struct session_tail;

/* Read from a file's descriptor, which is borrowed. */
struct session_tail *session_tail_new(int fd);
void session_tail_free(struct session_tail *tail);
/* The line before; false when there is none, or it cannot be read.  It lasts until the next call. */
bool session_tail_next(struct session_tail *tail, struct session_line *line);
/* Why there was none: an errno, also when the file has become shorter meanwhile; 0: it begins there. */
int session_tail_error(const struct session_tail *tail);
/* How many lines were passed over because they are longer than SESSION_LINE_MAX. */
size_t session_tail_skipped(const struct session_tail *tail);

#endif
