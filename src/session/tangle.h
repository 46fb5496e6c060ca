/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Runs that went on side by side, of which each line names its run, told one after the other: the lines of
 * those whose turn has not come are set aside.  What names no run belongs to the one that began last.
 */
#ifndef SESSION_TANGLE_H
#define SESSION_TANGLE_H

#include <stdbool.h>
#include <stddef.h>

#include "session/reader.h"

struct strand;

struct tangle { /* zero is an empty one */
    struct strand *strands; /* what is set aside, by runs, in the order in which they began */
    size_t count;
    size_t bytes;    /* of all of them */
    char *run;       /* whose turn it is; NULL: nobody's */
    bool is_partial; /* it was begun in the middle: the rest of an earlier run may come */
    bool is_over;    /* nothing comes for those that were begun: each gives way to the next */
};

/* What this event's line is: a run's beginning, its end. */
struct tangled {
    const char *run; /* "": none is named */
    bool begins, ends;
};

/* True when the line, which has been read, is kept for later. */
bool tangle_hold(struct tangle *tangle, const struct tangled *tangled,
                 const struct session_line *line);
/* The next line of those that were set aside, when it is its turn; it lasts until the next call. */
bool tangle_take(struct tangle *tangle, struct session_line *line);
/* Tell of a line that was not held, or was taken. */
void tangle_pass(struct tangle *tangle, const struct tangled *tangled);
/* No more is read; true when something is set aside still. */
bool tangle_end(struct tangle *tangle);
/* Reading goes on elsewhere. */
void tangle_restart(struct tangle *tangle);
void tangle_clear(struct tangle *tangle);

#endif
