/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "chat/tally.h"

static const rn_usage unknown = {
    .input = -1, .output = -1, .cached = -1, .cache_write = -1, .reasoning = -1, .cost = -1};

void tally_begin(struct tally *tally, bool is_part)
{
    *tally = (struct tally){.all = unknown, .last = unknown, .step = unknown, .is_part = is_part};
}

static void add(int64_t *level, int64_t value)
{
    if (value >= 0)
        *level = *level < 0 ? value : *level + value;
}

static void add_usage(rn_usage *sum, const rn_usage *usage)
{
    add(&sum->input, usage->input);
    add(&sum->output, usage->output);
    add(&sum->cached, usage->cached);
    add(&sum->cache_write, usage->cache_write);
    add(&sum->reasoning, usage->reasoning);
    if (usage->cost >= 0)
        sum->cost = sum->cost < 0 ? usage->cost : sum->cost + usage->cost;
    sum->estimated |= usage->estimated;
}

void tally_answer(struct tally *tally, const rn_usage *usage)
{
    tally->answers++;
    tally->last = *usage;
    tally->uncounted += usage->input < 0 && usage->output < 0;
    tally->unpriced += usage->cost < 0;
    add_usage(&tally->all, usage);
}

void tally_event(struct tally *tally, const rn_event *event)
{
    timing_event(&tally->timing, event);
    if (event->kind == RN_USAGE)
        tally->step = *event->usage;
    if (event->kind == RN_FINISH)
        tally_answer(tally, event->usage);
}
