/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "tui/pace.h"

/* Pieces further apart than this are no flood: each is painted as it comes. */
enum { PAUSE_MS = 4 };

void pace_want(struct pace *pace, int64_t now)
{
    if (pace->wanted)
        return;
    pace->wanted = true;
    pace->due = now - pace->painted >= PAUSE_MS ? now : pace->painted + pace->frame_ms;
}

void pace_hurry(struct pace *pace, int64_t now)
{
    pace->wanted = true;
    pace->due = now;
}

bool pace_is_due(const struct pace *pace, int64_t now)
{
    return pace->wanted && now >= pace->due;
}

void pace_painted(struct pace *pace, int64_t now)
{
    pace->wanted = false;
    pace->painted = now;
}
