/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Server-sent events, cut out of a stream of bytes as the WHATWG standard says, with two leniencies.  At
 * the end, an event that no empty line closed is still given, marked as a tail.  And a JSON object that
 * stands between events without "data:" is an event: so servers say that something went wrong once they
 * have begun.
 */
#ifndef IO_SSE_H
#define IO_SSE_H

#include <stdbool.h>
#include <stddef.h>

struct sse;
struct error;

/* One event.  The strings are the parser's and last until the next call on it; data is not always
 * followed by a NUL. */
struct sse_event {
    const char *name;       /* "message" unless the server named it */
    const char *data;
    size_t data_len;
    const char *id;         /* the last event id, "" without one */
    bool is_tail;           /* the bytes ended before the event did */
};

enum { SSE_EVENT_MAX = 64 * 1024 * 1024 };

struct sse *sse_new(void);
void sse_free(struct sse *sse);
/* Give it the next bytes, cut anywhere; they must stay in place until sse_next has returned false.
 * To be called again only then. */
void sse_feed(struct sse *sse, const char *bytes, size_t len);
/* There are no more bytes. */
void sse_end(struct sse *sse);
/* Take the next whole event; false when more bytes are needed, or the stream has failed. */
bool sse_next(struct sse *sse, struct sse_event *event);
/* An event grew past SSE_EVENT_MAX: nothing more will come. */
bool sse_failed(const struct sse *sse);

#endif
