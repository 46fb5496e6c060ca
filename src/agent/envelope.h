/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * What makes events a run: an id, numbers without gaps, times that never go back, the first event and
 * the last.
 */
#ifndef AGENT_ENVELOPE_H
#define AGENT_ENVELOPE_H

#include <jansson.h>

#include "base/clock.h"
#include "llm/event.h"
#include "runnel.h"

struct call;

enum { RUN_ID_LENGTH = 10 };

struct envelope {
    char id[RUN_ID_LENGTH + 1], time[CLOCK_RFC3339_SIZE];
    char *parent, *system, *input, *prompt, *tools;
    enum rn_mode mode;
    int64_t began;
    int64_t t;      /* of the last event */
    int64_t ttft;   /* of the first piece; -1: none has come */
    uint64_t seq;
    unsigned step;  /* the model call that goes on; 0: before the first */

    const char *reason; /* of the finish; static */
    char *raw;
    bool is_partial;
    rn_usage usage;     /* of all steps */
    rn_timing timing;
    rn_limits limits; /* where has_limits */
    bool has_limits;
};

/* Until something else is known, the run ends in part because it was cancelled. */
void envelope_init(struct envelope *envelope, const rn_conversation *conversation, const json_t *offer,
                   enum rn_mode mode);
void envelope_clear(struct envelope *envelope);

/* Put an event that came at `time` (clock_ms) into the run. */
void envelope_stamp(struct envelope *envelope, rn_event *event, int64_t time);
/* What a call has learned by its head. */
void envelope_take(struct envelope *envelope, const struct call *call);
/* The two that need no event of a call: not stamped yet.  They point into the envelope. */
void envelope_start(const struct envelope *envelope, struct event *event, const char *provider,
                    const char *model);
void envelope_finish(const struct envelope *envelope, struct event *event);

#endif
