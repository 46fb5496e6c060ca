/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Where in a session what is: the places at which its messages begin, and when each is played.  Playing
 * time is that of a replay at speed 1: the runs one right after another, long silences cut down.
 */
#ifndef SESSION_SEEK_H
#define SESSION_SEEK_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct session_reader;

/* Playing time, event by event. */
struct playtime {
    double max_gap; /* ms; INFINITY: silences are as they were */
    double t;       /* the latest of this run */
    double at;      /* what has been played */
    bool has_begun;
};

/* When this event is played; `begins`: it is a run's first. */
double playtime_add(struct playtime *playtime, bool begins, int64_t t);

struct place {
    int64_t start; /* the line's, in the file */
    double at;
    bool begins_run;
};

struct seek { /* zero is an empty one */
    struct place *places;
    size_t count, cap;
    double length; /* playing time of all */
};

/* Read it from the beginning to the end, which are found again: -1 when it is no file that has places. */
int seek_scan(struct seek *seek, struct session_reader *reader, double max_gap);
void seek_clear(struct seek *seek);
/* The last place at or before this one; the first when there is none.  There must be one. */
const struct place *seek_before(const struct seek *seek, int64_t start);
/* The last place that is played by then; the first when there is none.  There must be one. */
const struct place *seek_at(const struct seek *seek, double at);
/* From where to play so that what led to `start` is shown: a run's beginning, and no further back than is
 * read in a moment. */
const struct place *seek_entry(const struct seek *seek, int64_t start);

#endif
