/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * When an event has its cue: which it is, whose, and at what time, which is all that is needed to put it in
 * its place.  A line as we write it ourselves needs no parser for that.  A value that owns nothing.
 */
#ifndef SESSION_CUE_H
#define SESSION_CUE_H

#include <stdbool.h>
#include <stdint.h>

struct session_line;

enum { CUE_TYPE_SIZE = 16, CUE_RUN_SIZE = 64 };

struct cue {
    char type[CUE_TYPE_SIZE]; /* "" when it is longer than any that is known */
    char run[CUE_RUN_SIZE];   /* cut, if need be; "": none is named */
    int64_t t;                /* -1: it tells none */
};

/* False when the line is no event: one of a session's own records, or nothing. */
bool cue_read(struct cue *cue, const struct session_line *line);
bool cue_begins(const struct cue *cue); /* a run */
bool cue_ends(const struct cue *cue);

#endif
