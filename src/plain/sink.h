/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Where an answer goes when there is no screen: what is added waits until the descriptor takes it, so
 * that a reader who is slow, or has gone away, never makes the program deaf.
 */
#ifndef PLAIN_SINK_H
#define PLAIN_SINK_H

#include <stdbool.h>
#include <stddef.h>

#include "base/buf.h"
#include "base/filter.h"
#include "runnel.h"

enum { SINK_ENOUGH = 64 * 1024 }; /* so much waits: add no more before some is written */

struct sink {
    int fd;
    bool is_terminal;
    bool is_gone;   /* the reader went away, or the disk is full: errno of it in `why` */
    int why;
    bool ends_line; /* nothing yet, or a newline was last */
    struct filter filter;
    struct buf waiting;
    size_t written; /* of what waits, the beginning */
};

void sink_open(struct sink *sink, int fd);
void sink_clear(struct sink *sink);

/* As it is into a file or pipe; filtered on a terminal. */
void sink_text(struct sink *sink, const char *text, size_t len);
/* Rows for a terminal, which are safe as they are and end in newlines. */
void sink_rows(struct sink *sink, const char *rows, size_t len);
/* The text is over: a newline, if none was last. */
void sink_end_text(struct sink *sink);
/* A line of JSON, in ASCII on a terminal. */
void sink_event(struct sink *sink, const rn_event *event);
void sink_message(struct sink *sink, const rn_message *message);

/* How many bytes wait; 0 once the reader is gone. */
size_t sink_waiting(const struct sink *sink);
/* Write as much as poll(2) has promised to take without blocking. */
void sink_write(struct sink *sink);

#endif
