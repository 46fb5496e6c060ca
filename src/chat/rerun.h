/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * A comparison that is played again: a race (chat/race.h) whose lanes a session tells instead of models.  Fed
 * with the events of a replay in the order in which they stand in the file, it knows which of them are a
 * comparison's: those of runs that were asked the same at the same moment.
 */
#ifndef CHAT_RERUN_H
#define CHAT_RERUN_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "chat/race.h"
#include "runnel.h"

struct relay;

struct rerun { /* zero is one of nothing */
    struct race *race; /* NULL: none is played; */
    char *asked;       /* what it asks */
    char *runs[RACE_LANES];
    struct relay *relays[RACE_LANES];

    /* Of the run that began last, or the first of the comparison: */
    char *run, *provider, *model, *time, *prompt;
    enum rn_mode mode;
    bool is_fresh; /* nothing has come of it yet */
};

enum rerun_part {
    RERUN_NO_PART, /* it is to be told as any other; if a comparison is played, that is over (rerun_end) */
    RERUN_BEGINS,  /* with it a comparison has begun: its lanes so far are there */
    RERUN_PART,    /* it was this lane's */
};

/* `now`: by the clock of the lanes (struct lane). */
enum rerun_part rerun_event(struct rerun *rerun, const rn_event *event, int64_t now, size_t *lane);
/* No more is told of the comparison. */
void rerun_end(struct rerun *rerun);
void rerun_clear(struct rerun *rerun);

#endif
