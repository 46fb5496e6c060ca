/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "chat/playback.h"

#include <ctype.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "session/replay.h"
#include "session/seek.h"

enum { SOON_MS = 1000, MINUTES_MAX = 60 * 24 * 365 };

static const double speeds[] = {0.25, 0.5, 1, 1.5, 2, 4, 8, 16, 64};

enum { SPEEDS = sizeof(speeds) / sizeof(*speeds) };

struct playback {
    struct replay *replay; /* the stream's */
    struct seek seek;
    bool can_seek; /* it is a file that has places */
    int64_t aim;   /* the line it was sent to, which may not have been shown yet; -1: none */
    double speed;
    bool is_paused, wants_chat;
    unsigned singles;   /* events that are still to come by one key each */
    char *begun, *done; /* runs */
};

struct playback *playback_new(rn_io *io, int fd, const struct replay_options *options,
                              rn_stream **stream)
{
    struct playback *playback = xnew(struct playback);
    *stream = replay_open(io, fd, options, &playback->replay);
    playback->can_seek = replay_scan(playback->replay, &playback->seek) == 0;
    playback->aim = -1;
    playback->speed = options->speed;
    playback->is_paused = options->is_paused;
    return playback;
}

void playback_free(struct playback *playback)
{
    if (!playback)
        return;
    seek_clear(&playback->seek);
    free(playback->begun);
    free(playback->done);
    free(playback);
}

/* An event names its run where several go on at once; else it is the run that began last. */
static void note_run(struct playback *playback, const rn_event *event)
{
    if (event->kind == RN_START) {
        free(playback->begun);
        playback->begun = xstrdup(event->start->run);
    } else if (event->kind == RN_FINISH) {
        free(playback->done);
        playback->done = xstrdup(*event->run ? event->run : playback->begun);
    }
}

bool playback_is_empty(const struct playback *playback)
{
    return playback->can_seek && playback->seek.count == 0;
}

void playback_event(struct playback *playback, const rn_event *event)
{
    note_run(playback, event);
    if (playback->singles > 0 && --playback->singles > 0)
        replay_single(playback->replay);
}

struct playback_look playback_look(const struct playback *playback)
{
    return (struct playback_look){.at = replay_at(playback->replay),
                                  .length = playback->seek.length,
                                  .speed = playback->speed,
                                  .is_paused = playback->is_paused,
                                  .is_at_end = replay_is_at_end(playback->replay)};
}

bool playback_moves(const struct playback *playback)
{
    return !playback->is_paused && !replay_is_at_end(playback->replay);
}

bool playback_is_over(const struct playback *playback)
{
    return replay_is_at_end(playback->replay) &&
           replay_played(playback->replay) >= playback->seek.length;
}

int64_t playback_clock(const struct playback *playback)
{
    double since = replay_at(playback->replay) - replay_played(playback->replay);
    return (int64_t)(replay_clock(playback->replay) + fmax(since, 0));
}

int64_t playback_event_clock(const struct playback *playback)
{
    return (int64_t)replay_clock(playback->replay);
}

/* ---- Pace ---- */

static void pause_or_not(struct playback *playback, bool is_paused)
{
    playback->is_paused = is_paused;
    playback->singles = 0;
    replay_pause(playback->replay, is_paused);
}

void playback_pause(struct playback *playback)
{
    pause_or_not(playback, !playback->is_paused);
}

void playback_single(struct playback *playback)
{
    unsigned singles = playback->singles;
    pause_or_not(playback, true);
    playback->singles = singles + 1;
    replay_single(playback->replay);
}

/* What goes at once cannot go faster, and slower than that is the fastest pace. */
void playback_change_speed(struct playback *playback, bool faster)
{
    double now = playback->speed > 0 ? playback->speed : INFINITY;
    size_t i = 0;
    while (i < SPEEDS && (faster ? speeds[i] <= now : speeds[i] < now))
        i++;
    if (faster && i < SPEEDS)
        playback->speed = speeds[i];
    else if (!faster && i > 0)
        playback->speed = speeds[i - 1];
    replay_set_speed(playback->replay, playback->speed);
}

/* ---- Going elsewhere ---- */

static enum playback_move go(struct playback *playback, int64_t start, double at)
{
    const struct place *entry = seek_entry(&playback->seek, start);
    int64_t given = replay_start(playback->replay);
    bool is_onward = given >= entry->start && start >= given && !replay_is_at_end(playback->replay);
    if (!is_onward && replay_begin(playback->replay, entry) < 0)
        return PLAYBACK_STAYS;
    playback->aim = start;
    playback->singles = 0;
    replay_rush(playback->replay, start + 1, at);
    return is_onward ? PLAYBACK_ONWARD : PLAYBACK_ANEW;
}

static int64_t position(const struct playback *playback)
{
    int64_t given = replay_start(playback->replay);
    return given > playback->aim ? given : playback->aim;
}

static size_t place_of(const struct playback *playback)
{
    const struct place *place = seek_before(&playback->seek, position(playback));
    return (size_t)(place - playback->seek.places);
}

static enum playback_move go_to_end(struct playback *playback)
{
    if (replay_is_at_end(playback->replay))
        return PLAYBACK_STAYS;
    playback->singles = 0;
    replay_rush(playback->replay, INT64_MAX, playback->seek.length);
    return PLAYBACK_ONWARD;
}

enum playback_move playback_next(struct playback *playback)
{
    const struct seek *seek = &playback->seek;
    if (seek->count == 0 || replay_is_at_end(playback->replay))
        return PLAYBACK_STAYS;
    size_t next = position(playback) < 0 ? 0 : place_of(playback) + 1;
    if (next < seek->count)
        return go(playback, seek->places[next].start, seek->places[next].at);
    return go_to_end(playback);
}

enum playback_move playback_previous(struct playback *playback)
{
    const struct seek *seek = &playback->seek;
    if (seek->count == 0)
        return PLAYBACK_STAYS;
    size_t i = place_of(playback);
    double soon = SOON_MS * fmax(1, playback->speed);
    bool is_at_its_beginning = replay_at(playback->replay) < seek->places[i].at + soon;
    if (is_at_its_beginning && i > 0 && !replay_is_at_end(playback->replay))
        i--;
    return go(playback, seek->places[i].start, seek->places[i].at);
}

enum playback_move playback_go(struct playback *playback, int64_t ms)
{
    if (playback->seek.count == 0)
        return PLAYBACK_STAYS;
    if ((double)ms >= playback->seek.length)
        return go_to_end(playback);
    return go(playback, seek_at(&playback->seek, (double)ms)->start, (double)ms);
}

enum playback_move playback_again(struct playback *playback)
{
    if (playback->speed <= 0) /* who has had it at once wants to see it now */
        playback->speed = 1;
    replay_set_speed(playback->replay, playback->speed);
    pause_or_not(playback, false);
    return playback_go(playback, 0);
}

int64_t playback_read_time(const char *text)
{
    int64_t minutes = 0;
    const char *at = text;
    for (const char *colon; (colon = strchr(at, ':')); at = colon + 1) {
        char *rest;
        long part = strtol(at, &rest, 10);
        if (!isdigit((unsigned char)*at) || rest != colon || part > MINUTES_MAX)
            return -1;
        minutes = (minutes + part) * (strchr(colon + 1, ':') ? 60 : 1);
        if (minutes > MINUTES_MAX)
            return -1;
    }
    char *rest;
    double seconds = strtod(at, &rest);
    bool is_number = isdigit((unsigned char)*at) && strspn(at, "0123456789.") == strlen(at);
    if (!is_number || *rest || seconds > MINUTES_MAX * 60.0)
        return -1;
    return minutes * 60000 + (int64_t)(seconds * 1000);
}

/* ---- A chat from here ---- */

void playback_want_chat(struct playback *playback)
{
    playback->wants_chat = true;
}

bool playback_wants_chat(const struct playback *playback)
{
    return playback->wants_chat;
}

const char *playback_run(const struct playback *playback)
{
    const char *run = replay_is_at_end(playback->replay) ? playback->begun : playback->done;
    return run ? run : "";
}
