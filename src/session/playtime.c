/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "session/playtime.h"

#include <math.h>
#include <string.h>

struct playtime_run *playtime_run(struct playtime *playtime, const struct cue *cue)
{
    size_t i = playtime->count;
    if (!*cue->run)
        return i > 0 ? &playtime->runs[i - 1] : NULL;
    while (i-- > 0)
        if (strcmp(playtime->runs[i].name, cue->run) == 0)
            return &playtime->runs[i];
    return NULL;
}

bool playtime_is_between(const struct playtime *playtime)
{
    bool is_between = true;
    for (size_t i = 0; i < playtime->count; i++)
        is_between &= playtime->runs[i].is_over;
    return is_between || playtime->is_alone;
}

static struct playtime_run *begin(struct playtime *playtime, const struct cue *cue)
{
    if (playtime_is_between(playtime))
        playtime->count = 0;
    if (playtime->count == PLAYTIME_RUNS)
        memmove(playtime->runs, playtime->runs + 1, --playtime->count * sizeof(*playtime->runs));
    struct playtime_run *run = &playtime->runs[playtime->count++];
    *run = (struct playtime_run){.began = playtime->now - fmax((double)cue->t, 0)};
    memcpy(run->name, cue->run, sizeof(run->name));
    playtime->is_alone = false;
    return run;
}

double playtime_add(struct playtime *playtime, const struct cue *cue)
{
    bool begins = cue_begins(cue);
    struct playtime_run *run = begins ? NULL : playtime_run(playtime, cue);
    if (!run)
        run = begin(playtime, cue);
    playtime->is_alone |= !begins && !*cue->run;
    double now = cue->t >= 0 ? run->began + (double)cue->t : playtime->now;
    if (now > playtime->now) {
        playtime->at += fmin(now - playtime->now, playtime->max_gap);
        playtime->now = now;
    }
    run->is_over |= cue_ends(cue);
    return playtime->at;
}
