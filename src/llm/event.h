/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * The event, from the inside: made, put in a queue, written as JSON, read back.
 */
#ifndef LLM_EVENT_H
#define LLM_EVENT_H

#include <jansson.h>

#include "runnel.h"

struct buf;
struct error;

/* An event with room for what it points to. */
struct event {
    rn_event pub;
    union {
        rn_start start;
        rn_usage usage;
        rn_retry retry;
        rn_failure error;
        rn_opaque opaque;
        struct {
            rn_finish finish;
            rn_usage total;     /* what pub.usage points to on finish */
            rn_limits limits;   /* what finish.limits points to, where there is something to say */
        };
    };
};

#define USAGE_UNKNOWN \
    ((rn_usage){.input = -1, .output = -1, .cached = -1, .cache_write = -1, .reasoning = -1, .cost = -1})

/* Known fields replace what was known: usage comes in levels, never in increments. */
void usage_replace(rn_usage *level, const rn_usage *now);

/* Every string "", every number unknown, and the pointer that its kind has set. */
void event_init(struct event *event, enum rn_kind kind);
const char *event_type(enum rn_kind kind);
enum rn_kind event_kind(const char *type); /* RN_UNKNOWN when it is none of ours */

/* Add the event as one line of JSON, without a newline. */
void event_json(const rn_event *event, struct buf *line);

/* Reading back.  The event's strings are the reader's and last until its next call. */
struct event_reader;
struct event_reader *event_reader_new(void);
void event_reader_free(struct event_reader *reader);
/* -1 with an error when the line is no JSON object with a `type`.  A type that is not known gives
 * RN_UNKNOWN, with its type and its json. */
int event_read(struct event_reader *reader, const char *line, size_t len, struct event *event,
               struct error *error);

/* A queue of events that owns their strings. */
struct event_queue;
struct event_queue *event_queue_new(void);
void event_queue_free(struct event_queue *queue);
/* Room for the next event, to be filled in before the next call. */
struct event *event_queue_add(struct event_queue *queue, enum rn_kind kind);
/* A copy of the bytes that lasts as long as the events added so far; NUL-ended. */
const char *event_queue_text(struct event_queue *queue, const char *bytes, size_t len);
/* The oldest event, NULL when there is none; it lasts until the next call of this function. */
struct event *event_queue_next(struct event_queue *queue);

#endif
