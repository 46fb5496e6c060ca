/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * The events of a session in the order in which they are told.  Programs are told them as they stand.  People
 * are told of runs that went on side by side, of which each line names its run, one after the other: the
 * lines of those whose turn has not come are set aside.  What names no run belongs to the one that began
 * last.
 */
#ifndef SESSION_TANGLE_H
#define SESSION_TANGLE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "session/cue.h"
#include "session/reader.h"

struct strand;

/* An event's line; the bytes last until the next one. */
struct told {
    struct session_line line;
    struct cue cue;
    int64_t start; /* where it stands in what is told, in bytes */
};

struct tangle { /* zero is an empty one */
    bool keeps_order; /* as they stand */
    int64_t told;     /* bytes */

    struct strand *strands; /* what is set aside, by runs, in the order in which they began */
    size_t count;
    size_t bytes;    /* of all of them */
    char *run;       /* whose turn it is; NULL: nobody's */
    bool is_partial; /* it was begun in the middle: the rest of an earlier run may come */
    bool is_over;    /* nothing comes for those that were begun: each gives way to the next */
};

/* The next event: RN_EVENT; RN_AGAIN when the reader has none yet; RN_DONE at the end. */
int tangle_step(struct tangle *tangle, struct session_reader *reader, struct told *told);
/* Reading goes on elsewhere, where a run begins; what comes next is told from `start` on. */
void tangle_restart(struct tangle *tangle, int64_t start);
void tangle_clear(struct tangle *tangle);

#endif
