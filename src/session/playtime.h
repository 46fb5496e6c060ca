/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Playing time, event by event: that of a replay at speed 1.  What the user took between two runs is no part
 * of it, and longer silences are cut down.  Runs that went on side by side do so here: a run begins when
 * what stands before it has been played, and its events come as long after that as they did.
 *
 * A value that owns nothing.
 */
#ifndef SESSION_PLAYTIME_H
#define SESSION_PLAYTIME_H

#include <stdbool.h>
#include <stddef.h>

#include "session/cue.h"

/* Of more runs that go on at once, those that began first keep no time of their own. */
enum { PLAYTIME_RUNS = 16 };

struct playtime_run {
    char name[CUE_RUN_SIZE];
    double began; /* by `now` */
    bool is_over;
    bool answers; /* for who looks for where messages begin (session/seek.h) */
};

struct playtime {
    double max_gap; /* ms; INFINITY: silences are as they were */
    double at;      /* what has been played */
    double now;     /* the same with the silences as they were */
    struct playtime_run runs[PLAYTIME_RUNS]; /* in the order in which they began */
    size_t count;
    bool is_alone;  /* the last of them, whose events name no run */
};

/* When this event is played. */
double playtime_add(struct playtime *playtime, const struct cue *cue);
/* The run of the event that was added last. */
struct playtime_run *playtime_run(struct playtime *playtime, const struct cue *cue);
/* No run goes on, as far as is known, so that one who begins here misses nothing of any. */
bool playtime_is_between(const struct playtime *playtime);

#endif
