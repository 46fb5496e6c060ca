/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * /timing: where the time of the last answer went, and how evenly it came.  A value that owns nothing;
 * all times are milliseconds of the run.
 */
#ifndef CHAT_TIMING_H
#define CHAT_TIMING_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "chat/burst.h"
#include "runnel.h"

struct buf;

enum { TIMING_GAPS = 8192 }; /* of a longer answer the later gaps are only counted */

struct timing { /* zero: no answer yet */
    bool has_ended, is_stopped;
    enum rn_status failure; /* RN_OK: none */
    enum rn_mode mode;
    unsigned step;       /* of the last request, which is the one that is told */
    int64_t begun;       /* when it was sent */
    int64_t latest;      /* event */
    int64_t thought;     /* its first piece of thinking, of answer, and its last piece; -1: none */
    int64_t answered, last_piece;
    rn_timing request;
    int64_t ms;          /* the whole run */
    size_t pieces;       /* of the last request */
    int32_t gaps[TIMING_GAPS]; /* between them */
    struct burst burst;  /* how they came */
};

void timing_event(struct timing *timing, const rn_event *event);
void timing_tell(const struct timing *timing, struct buf *out);

#endif
