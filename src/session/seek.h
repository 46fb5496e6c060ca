/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Where in a session what is: the places at which its messages begin, and when each is played
 * (session/playtime.h), in the order in which they are told (session/tangle.h).
 */
#ifndef SESSION_SEEK_H
#define SESSION_SEEK_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "session/playtime.h"

struct session_reader;

struct place {
    int64_t start;   /* where its line stands in what is told, */
    int64_t offset;  /* and in the file */
    double at;
    bool begins_run; /* while no other goes on: whoever begins to read there misses nothing */
};

struct seek { /* zero is an empty one */
    struct place *places;
    size_t count, cap;
    double length; /* playing time of all */
};

/* Read it from the beginning to the end, and go back to the beginning: -1 when it is no file that has
 * places. */
int seek_scan(struct seek *seek, struct session_reader *reader, double max_gap, bool keeps_order);
void seek_clear(struct seek *seek);
/* The last place at or before this one; the first when there is none.  There must be one. */
const struct place *seek_before(const struct seek *seek, int64_t start);
/* The last place that is played by then; the first when there is none.  There must be one. */
const struct place *seek_at(const struct seek *seek, double at);
/* From where to play so that what led to `start` is shown: a run's beginning, and no further back than is
 * read in a moment. */
const struct place *seek_entry(const struct seek *seek, int64_t start);

#endif
