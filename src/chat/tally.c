/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "chat/tally.h"

#include <stdlib.h>
#include <sys/stat.h>

#include "base/mem.h"

static const rn_usage unknown = {
    .input = -1, .output = -1, .cached = -1, .cache_write = -1, .reasoning = -1, .cost = -1};

void tally_begin(struct tally *tally, const char *session)
{
    struct stat info;
    char *earlier = xstrdup(session);
    tally_clear(tally);
    spent_begin(&tally->sitting);
    tally->last = tally->step = unknown;
    tally->earlier = earlier;
    tally->end = earlier && stat(earlier, &info) == 0 ? info.st_size : 0;
}

void tally_clear(struct tally *tally)
{
    free(tally->earlier);
    *tally = (struct tally){0};
}

void tally_answer(struct tally *tally, const rn_usage *usage)
{
    tally->last = *usage;
    spent_answer(&tally->sitting, usage);
}

void tally_event(struct tally *tally, const rn_event *event)
{
    timing_event(&tally->timing, event);
    if (event->kind == RN_USAGE)
        tally->step = *event->usage;
    if (event->kind == RN_FINISH)
        tally_answer(tally, event->usage);
}

void tally_leave(struct tally *tally)
{
    tally->step = unknown;
}

int tally_all(const struct tally *tally, struct spent *all, struct error *error)
{
    *all = tally->sitting;
    if (!tally->earlier)
        return 0;
    struct spent earlier;
    spent_begin(&earlier);
    if (spent_read(&earlier, tally->earlier, tally->end, error) < 0)
        return -1;
    spent_add(all, &earlier);
    return 0;
}
