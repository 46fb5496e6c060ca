/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * rn_replay with a control: a session as a source that can be paused, made faster, and sent elsewhere.  The
 * control belongs to the stream and lasts as long as it does; both are for the same thread.
 */
#ifndef SESSION_REPLAY_H
#define SESSION_REPLAY_H

#include <stdbool.h>

#include "runnel.h"

struct place;
struct replay;
struct seek;

struct replay_options {
    double speed;           /* 0: at once */
    int64_t max_gap_ms;     /* negative: silences are as they were */
    int64_t from_ms, to_ms; /* of playing time: what is before comes at once, what is after does not; 0 */
    bool keeps_order;       /* lines as they stand in the file; else runs that went on side by side are
                             * told one after the other */
    bool is_paused;
    bool stays;             /* at the end it waits to be sent elsewhere, or cancelled */
};

/* As rn_replay: takes the descriptor. */
rn_stream *replay_open(rn_io *io, int fd, const struct replay_options *options,
                       struct replay **control);
/* Find out its places, before anything is played; -1 when it is no file that has places. */
int replay_scan(struct replay *replay, struct seek *seek);

/* Where it is: in playing time, and in what is told the line that was handed out last (-1: none). */
double replay_at(const struct replay *replay);
int64_t replay_start(const struct replay *replay);
/* The playing time of the event that was handed out last, and the same with the silences as they were. */
double replay_played(const struct replay *replay);
double replay_clock(const struct replay *replay);
bool replay_is_at_end(const struct replay *replay);

void replay_pause(struct replay *replay, bool is_paused);
void replay_set_speed(struct replay *replay, double speed);
void replay_single(struct replay *replay);  /* one event, at once */
/* What is told before `start`, or played before `at`, comes at once. */
void replay_rush(struct replay *replay, int64_t start, double at);
/* Go on from a place where a run begins. */
int replay_begin(struct replay *replay, const struct place *place);

#endif
