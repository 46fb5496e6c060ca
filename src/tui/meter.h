/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * The meter of a run: fed with its events and the time, it tells what the run is doing and its
 * figures.  A value that owns nothing; all times are milliseconds.
 */
#ifndef TUI_METER_H
#define TUI_METER_H

#include <stdbool.h>
#include <stdint.h>

#include "runnel.h"

enum phase { IDLE, CONNECTING, WAITING, THINKING, ANSWERING, CALLING, ASKING, USING, RETRYING };

enum { METER_TOOLS = 16 }; /* of more at once only the number is known */

struct meter_tool {
    uint64_t call;       /* which call: made of its id */
    char name[64];       /* filtered */
    int64_t began;
    bool is_asked;       /* it waits for the user's word */
};


struct meter { /* zero: no run yet */
    enum phase phase;
    bool has_run;         /* there are figures */
    struct meter_tool tools[METER_TOOLS];
    size_t known_count;   /* of them, and of all calls that have no result yet */
    size_t tool_count;
    int64_t begun, heard; /* by our clock: the run's beginning, its last event */
    int64_t retry_at;
    int64_t ms, ttft_ms;    /* how long it took (-1: it goes on), until its first piece (-1: none) */
    int64_t last_t;         /* by the run's clock: this step's last piece (-1: none) */
    int64_t flow_ms;        /* from first to last piece, of all steps: neither waits nor tools */
    unsigned step;          /* which model call; of it, and of those before: */
    rn_usage usage, before;
    uint64_t quarters;      /* what has come of this step, in quarters of a token: the estimate */
};

void meter_begin(struct meter *meter, int64_t now); /* a prompt has been sent */
void meter_event(struct meter *meter, const rn_event *event, int64_t now);
void meter_end(struct meter *meter, int64_t now); /* the run is over */

/* The call that the phase is about: the first that is asked for, or that runs. */
const struct meter_tool *meter_tool(const struct meter *meter);
bool meter_has_running(const struct meter *meter); /* a call that need not be asked for */
/* How long the run has taken. */
int64_t meter_elapsed(const struct meter *meter, int64_t now);
/* How long nothing has come where something should; 0 when all is well. */
int64_t meter_silence(const struct meter *meter, int64_t now);
bool meter_flows(const struct meter *meter, int64_t now); /* pieces come just now */

/* Tokens; 0 when nothing is known.  `estimated` is set when the figure is not the provider's. */
int64_t meter_input(const struct meter *meter, bool *estimated);
int64_t meter_output(const struct meter *meter, bool *estimated);
/* In US dollars; 0 when nobody has told. */
double meter_cost(const struct meter *meter);
/* Output tokens per second; 0 when that cannot be said yet. */
double meter_rate(const struct meter *meter, bool *estimated);

#endif
