/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * What a stream draws its events from: a model's answer, a session that is played back, an agent's run.
 * Calls go down; what wakes the stream is the source's descriptor.
 */
#ifndef LLM_SOURCE_H
#define LLM_SOURCE_H

#include <stdatomic.h>

#include "runnel.h"

struct error;
struct source;

struct source_kind {
    /* The next event, with its envelope: it lasts until the next call.  RN_EVENT; RN_AGAIN when there
     * is nothing now; RN_DONE after the last.  Never waits. */
    int (*next)(struct source *source, const rn_event **event);
    /* For poll(2): readable when next has something to say. */
    int (*fd)(const struct source *source);
    /* Make the descriptor readable: from any thread or a signal handler. */
    void (*wake)(struct source *source);
    /* Let go of the world; finish with reason cancelled comes next, if none has come. */
    void (*cancel)(struct source *source);
    void (*free)(struct source *source);

    /* For an agent's run (rn_respond, rn_say, rn_stop); NULL where there is none. */
    int (*respond)(struct source *source, const char *id, enum rn_policy decision, const char *args,
                   const char *why);
    int (*say)(struct source *source, const char *text);
    void (*stop)(struct source *source);
};

struct source {
    const struct source_kind *kind;
    atomic_bool is_unwanted; /* rn_cancel: from any thread; zero to begin with */
};

/* A stream over a source, which it owns.  `events`: the kinds to deliver, 0: all but tool_delta. */
rn_stream *stream_new(struct source *source, unsigned events);

#endif
