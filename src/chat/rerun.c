/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * All lanes of a comparison are asked before the first event of any is read, so their starts stand one after
 * the other.  So do those of a run that was killed at its very beginning and of one that tried again: what
 * tells the two apart is the time.
 */
#include "chat/rerun.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "base/mem.h"
#include "chat/choose.h"
#include "session/relay.h"

enum { TOGETHER_MS = 1000 };

/* ---- Which run began last ---- */

static void forget(struct rerun *rerun)
{
    free(rerun->run);
    free(rerun->provider);
    free(rerun->model);
    free(rerun->time);
    free(rerun->prompt);
    rerun->run = rerun->provider = rerun->model = rerun->time = rerun->prompt = NULL;
    rerun->is_fresh = false;
}

static void remember(struct rerun *rerun, const rn_event *event)
{
    const rn_start *start = event->start;
    forget(rerun);
    rerun->run = xstrdup(start->run);
    rerun->provider = xstrdup(start->provider);
    rerun->model = xstrdup(start->model);
    rerun->time = xstrdup(start->time);
    rerun->prompt = xstrdup(event->text);
    rerun->mode = start->mode;
    rerun->is_fresh = true;
}

/* RFC 3339, as we write it: "2026-01-31T14:25:30.104Z".  What is no such time is all the same moment. */
static int64_t read_time(const char *text)
{
    struct tm time = {0};
    int ms = 0;
    const char *rest = strptime(text, "%Y-%m-%dT%H:%M:%S", &time);
    if (!rest)
        return 0;
    sscanf(rest, ".%3d", &ms);
    return (int64_t)timegm(&time) * 1000 + ms;
}

static bool began_together(const struct rerun *rerun, const rn_event *event)
{
    if (!rerun->run || strcmp(rerun->prompt, event->text) != 0)
        return false;
    int64_t apart = read_time(event->start->time) - read_time(rerun->time);
    return apart > -TOGETHER_MS && apart < TOGETHER_MS;
}

/* ---- Lanes ---- */

static void give(struct rerun *rerun, size_t nth, const rn_event *event)
{
    struct lane *lane = &rerun->race->lanes[nth];
    const rn_event *taken;
    relay_give(rerun->relays[nth], event);
    while (lane_step(lane, &taken) == RN_EVENT)
        ;
}

static void add_lane(struct rerun *rerun, const rn_event *event, int64_t now)
{
    const rn_start *start = event->start;
    size_t nth = rerun->race->count++;
    rerun->runs[nth] = xstrdup(start->run);
    rerun->race->lanes[nth] = (struct lane){
        .answerer = {.choice = {.provider = xstrdup(start->provider),
                                .model = xstrdup(start->model)},
                     .label = choose_label(start->provider, start->model)},
        .mode = start->mode,
        .stream = relay_open(&rerun->relays[nth]),
        .begun = now,
    };
    give(rerun, nth, event);
}

static void begin(struct rerun *rerun, int64_t now)
{
    struct race_options options = {.prompt = rerun->asked = xstrdup(rerun->prompt), .rounds = 1};
    rn_start start = {.run = rerun->run,
                      .parent = "",
                      .time = rerun->time,
                      .provider = rerun->provider,
                      .model = rerun->model,
                      .system = "",
                      .input = "[]",
                      .tools = "[]",
                      .mode = rerun->mode};
    rn_event event = {.kind = RN_START,
                      .type = "start",
                      .run = "",
                      .id = "",
                      .text = rerun->prompt,
                      .start = &start,
                      .json = ""};
    rerun->race = race_new(&options);
    rerun->race->round = 1;
    add_lane(rerun, &event, now);
}

static bool find_lane(const struct rerun *rerun, const char *run, size_t *lane)
{
    size_t count = rerun->race ? rerun->race->count : 0;
    for (*lane = 0; *lane < count; ++*lane)
        if (strcmp(rerun->runs[*lane], run) == 0)
            return true;
    return false;
}

/* ---- Events ---- */

static enum rerun_part on_start(struct rerun *rerun, const rn_event *event, int64_t now,
                                size_t *lane)
{
    bool is_played = rerun->race && race_is_busy(rerun->race);
    bool has_room = !rerun->race || rerun->race->count < RACE_LANES;
    if (!has_room || !began_together(rerun, event) || !(is_played || rerun->is_fresh)) {
        remember(rerun, event);
        return RERUN_NO_PART;
    }
    if (!is_played)
        begin(rerun, now);
    *lane = rerun->race->count;
    add_lane(rerun, event, now);
    return is_played ? RERUN_PART : RERUN_BEGINS;
}

enum rerun_part rerun_event(struct rerun *rerun, const rn_event *event, int64_t now, size_t *lane)
{
    if (event->kind == RN_START)
        return on_start(rerun, event, now, lane);
    rerun->is_fresh = false;
    if (!find_lane(rerun, event->run, lane))
        return RERUN_NO_PART;
    give(rerun, *lane, event);
    return RERUN_PART;
}

void rerun_end(struct rerun *rerun)
{
    race_free(rerun->race);
    free(rerun->asked);
    rerun->race = NULL;
    rerun->asked = NULL;
    for (size_t i = 0; i < RACE_LANES; i++) {
        free(rerun->runs[i]);
        rerun->runs[i] = NULL;
    }
}

void rerun_clear(struct rerun *rerun)
{
    rerun_end(rerun);
    forget(rerun);
}
