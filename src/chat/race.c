/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "chat/race.h"

#include <stdlib.h>
#include <string.h>

#include "base/error.h"
#include "base/mem.h"
#include "config/settings.h"
#include "session/journal.h"
#include "session/store.h"

struct race *race_new(const struct race_options *options)
{
    struct race *race = xnew(struct race);
    race->options = *options;
    race->journal = options->journal;
    return race;
}

static void warn(struct race *race, const struct error *error)
{
    if (!race->warning)
        race->warning = xnew(struct error);
    *race->warning = *error;
}

void race_free(struct race *race)
{
    if (!race)
        return;
    race_halt(race);
    for (size_t i = 0; i < race->count; i++)
        lane_clear(&race->lanes[i]);
    if (race->owns_journal)
        journal_free(race->journal);
    free(race->warning);
    free(race);
}

/* A race that cannot be saved is run all the same. */
static void open_journal(struct race *race, const struct settings *settings)
{
    struct error error;
    if (race->options.asked || !settings_flag(settings, "chat", "save"))
        return;
    const char *given = settings_get(settings, "chat", "sessions");
    char *dir = given ? xstrdup(given) : store_dir(&error);
    if (dir)
        race->journal = journal_new(dir, race->options.name);
    else
        warn(race, &error);
    race->owns_journal = race->journal;
    free(dir);
}

int race_add(struct race *race, struct settings *settings, enum rn_mode mode, struct error *error)
{
    const struct race_options *options = &race->options;
    if (race->count == RACE_LANES)
        return error_set(error, RN_ECONFIG, "no more than %d can be compared", RACE_LANES);
    struct lane *lane = &race->lanes[race->count++];
    *lane = (struct lane){.mode = mode,
                          .answerer = {.settings = settings,
                                       .io = options->io,
                                       .record_fd = options->record_fd,
                                       .extra = options->extra,
                                       .schema = options->schema}};
    if (race->count == 1)
        open_journal(race, settings);
    return lane_open(lane, options->asked, options->prompt, error);
}

/* ---- Rounds ---- */

/* All are ready before the first is asked, so that none has a start. */
static int begin_round(struct race *race, struct error *error)
{
    for (size_t i = 0; i < race->count; i++)
        if (lane_wake(&race->lanes[i], error) < 0)
            return -1;
    for (size_t i = 0; i < race->count; i++)
        lane_start(&race->lanes[i]);
    race->round++;
    return 0;
}

int race_start(struct race *race, struct error *error)
{
    return begin_round(race, error);
}

static bool begin_next_round(struct race *race)
{
    struct error error;
    if (race->is_stopped || race->round == 0 || race->round >= race->options.rounds)
        return false;
    if (begin_round(race, &error) == 0)
        return true;
    warn(race, &error);
    race->is_stopped = true;
    return false;
}

/* ---- Events ---- */

static void keep(struct race *race, struct lane *lane, const rn_event *event)
{
    struct error error;
    if (!race->journal)
        return;
    if (journal_event(race->journal, event, &error) < 0)
        warn(race, &error);
    if (event->kind == RN_FINISH &&
        journal_message(race->journal, rn_snapshot(lane->stream), &error) < 0)
        warn(race, &error);
}

static void flush(struct race *race)
{
    struct error error;
    if (race->journal && journal_flush(race->journal, &error) < 0)
        warn(race, &error);
}

/* The start has its run by itself. */
static rn_event with_run(const struct lane *lane, const rn_event *event)
{
    rn_event named = *event;
    if (event->kind != RN_START)
        named.run = rn_snapshot(lane->stream)->run;
    return named;
}

/* Each lane has its turn: one that never pauses does not keep the others from being heard. */
static int step_lanes(struct race *race, size_t *which, rn_event *event)
{
    int all = RN_DONE;
    for (size_t i = 0; i < race->count; i++) {
        size_t at = race->turn++ % race->count;
        struct lane *lane = &race->lanes[at];
        const rn_event *next;
        int result = lane_step(lane, &next);
        if (result == RN_EVENT) {
            *which = at;
            *event = with_run(lane, next);
            keep(race, lane, event);
            return RN_EVENT;
        }
        if (result == RN_AGAIN)
            all = RN_AGAIN;
    }
    return all;
}

int race_step(struct race *race, size_t *lane, rn_event *event)
{
    int result;
    do
        result = step_lanes(race, lane, event);
    while (result == RN_DONE && begin_next_round(race));
    if (result != RN_EVENT)
        flush(race);
    return result;
}

void race_poll(const struct race *race, struct pollfd fds[RACE_LANES])
{
    for (size_t i = 0; i < race->count; i++) {
        rn_stream *stream = race->lanes[i].stream;
        fds[i] = (struct pollfd){.fd = stream ? rn_fd(stream) : -1, .events = POLLIN};
    }
}

bool race_is_busy(const struct race *race)
{
    for (size_t i = 0; i < race->count; i++)
        if (race->lanes[i].stream)
            return true;
    return false;
}

void race_stop(struct race *race)
{
    race->is_stopped = true;
    for (size_t i = 0; i < race->count; i++)
        lane_stop(&race->lanes[i]);
}

void race_halt(struct race *race)
{
    size_t lane;
    rn_event event;
    race_stop(race);
    while (race_step(race, &lane, &event) == RN_EVENT)
        ;
}

/* ---- What it is like ---- */

bool race_has_guide(const struct race *race)
{
    for (size_t i = 0; i < race->count; i++)
        if (answerer_is_guide(&race->lanes[i].answerer))
            return true;
    return false;
}

bool race_is_of_modes(const struct race *race)
{
    for (size_t i = 0; i < race->count; i++)
        if (race->lanes[i].mode != race->lanes[0].mode)
            return true;
    return false;
}

const char *race_label(const struct race *race, size_t lane)
{
    const struct lane *one = &race->lanes[lane];
    return race_is_of_modes(race) ? lane_mode_name(one) : lane_model(one);
}
