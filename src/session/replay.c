/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * A session as a source of events: each as its line stands in the file, at the pace of its `t`.  The
 * session's own records are passed over, nothing is made up: a run without finish just ends.  But where the
 * file cannot be read on, an error says so.  Which comes after which session/tangle.h says.
 *
 * The head moves through playing time (session/playtime.h) as the clock does, `speed` times as fast, and an
 * event is due when the head has come to it.  To seek is to begin to read elsewhere, at a run's beginning,
 * and to rush: what stands before the place is due at once.
 *
 * The mailbox brings the timers' mail and is the descriptor to wait on.  A pipe that has no line yet
 * is watched beside it; while a timer runs it is not, since what waits in it would wake the reader for
 * nothing.
 */
#include "session/replay.h"

#include <errno.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/error.h"
#include "base/mailbox.h"
#include "base/mem.h"
#include "io/io.h"
#include "io/worker.h"
#include "llm/event.h"
#include "llm/source.h"
#include "session/playtime.h"
#include "session/reader.h"
#include "session/seek.h"
#include "session/tangle.h"

enum {
    LATE_MAX_MS = 1000,                /* a reader that was away longer goes on from where it was */
    WAIT_MAX_MS = 24 * 60 * 60 * 1000, /* one timer's; what is due later gets another */
};

struct replay {
    struct source source;
    struct session_reader *lines;
    struct event_reader *reader;
    struct tangle tangle;
    struct event event;
    struct error error; /* why the file cannot be read on, */
    bool has_failed;    /* which has been told */
    int64_t start;      /* where its line stands in what is told, */
    int64_t given;      /* and that of the one handed out last; -1: none has been; */
    double played;      /* and when that was played, */
    double clock;       /* silences as they were */
    bool has_event;     /* it waits to be due */
    bool is_at_end;     /* there are no more */
    bool stays, is_cancelled;

    struct playtime playtime;
    double until;       /* nothing that is played later; negative: all is */
    double speed;       /* 0: at once */
    double head, since; /* where it was, and when, by clock_ms() */
    bool is_paused;
    bool wants_single;  /* one event, although it is paused */
    int64_t rush_start; /* what is told before this, */
    double rush_at;     /* or is played before, is due at once */

    rn_io *io;
    bool owns_io;
    uint64_t timer; /* 0: none runs */
    struct mailbox *box;
    bool is_silent; /* the mailbox was emptied, and nobody told that there is more */
    int both;       /* epoll: the mailbox and what is read; -1: only the mailbox */
    bool is_watching;
};

/* ---- Waiting ---- */

static void watch_input(struct replay *replay, bool on)
{
    struct epoll_event event = {.events = EPOLLIN};
    if (on == replay->is_watching)
        return;
    replay->is_watching = on;
    epoll_ctl(replay->both, on ? EPOLL_CTL_ADD : EPOLL_CTL_DEL, session_reader_fd(replay->lines),
              &event);
}

static void start_timer(struct replay *replay, double ms)
{
    if (replay->timer)
        return;
    if (!replay->io) {
        replay->io = rn_io_new();
        replay->owns_io = true;
    }
    int64_t wait = ms < WAIT_MAX_MS ? (int64_t)ceil(ms) : WAIT_MAX_MS;
    replay->timer = worker_timer(io_worker(replay->io), wait, replay->box);
}

static void stop_timer(struct replay *replay)
{
    if (replay->timer)
        worker_drop(io_worker(replay->io), replay->timer);
    replay->timer = 0;
}

/* False when there was none: then the descriptor is silent. */
static bool take_mail(struct replay *replay)
{
    bool was_full;
    struct mail *mail = mailbox_take(replay->box, &was_full);
    bool came = mail != NULL;
    while (mail) {
        struct mail *next = mail->next;
        if (mail->from == replay->timer)
            replay->timer = 0;
        mail_free(mail);
        mail = next;
    }
    return came;
}

/* ---- The head ---- */

static double head_at(const struct replay *replay)
{
    double passed = (double)clock_ms() - replay->since;
    return replay->is_paused ? replay->head : replay->head + passed * replay->speed;
}

static void move_head(struct replay *replay, double at)
{
    replay->head = at;
    replay->since = (double)clock_ms();
}

static bool is_rushed(const struct replay *replay)
{
    return replay->start < replay->rush_start || replay->playtime.at < replay->rush_at;
}

/* Each is due its gap after the one before was due, not after it was taken: so the time that the reader
 * needs is not added up.  A run's first event comes at once. */
static bool is_due_by_clock(struct replay *replay)
{
    double at = replay->playtime.at, wait = (at - head_at(replay)) / replay->speed;
    if (wait > 0)
        start_timer(replay, wait);
    else if (wait < -LATE_MAX_MS || replay->event.pub.kind == RN_START)
        move_head(replay, at);
    return wait <= 0;
}

static bool is_due(struct replay *replay)
{
    bool is_sent = is_rushed(replay) || replay->wants_single;
    if (replay->is_paused && !is_sent)
        return false;
    if (!is_sent && replay->speed > 0)
        return is_due_by_clock(replay);
    move_head(replay, fmax(replay->playtime.at, replay->rush_at));
    return true;
}

/* ---- Events ---- */

/* The one event that is none of the file's. */
static int fail(struct replay *replay, int why)
{
    errno = why;
    error_errno(&replay->error, RN_EIO, "the session cannot be read to its end");
    event_init(&replay->event, RN_ERROR);
    replay->event.error.code = RN_EIO;
    replay->event.pub.text = replay->error.text;
    replay->event.pub.text_len = strlen(replay->error.text);
    replay->has_failed = replay->has_event = true;
    replay->start = replay->tangle.told;
    return RN_EVENT;
}

static int read_event(struct replay *replay)
{
    struct told told;
    struct error ignored;
    int status;
    while ((status = tangle_step(&replay->tangle, replay->lines, &told)) == RN_EVENT) {
        playtime_add(&replay->playtime, &told.cue); /* as seek.c does, which does not look closer */
        if (event_read(replay->reader, told.line.data, told.line.len, &replay->event, &ignored) <
                0 ||
            session_is_record(replay->event.pub.type))
            continue;
        replay->has_event = true;
        replay->start = told.start;
        break;
    }
    watch_input(replay, status == RN_AGAIN);
    int why = status == RN_DONE ? session_reader_error(replay->lines) : 0;
    return why && !replay->has_failed ? fail(replay, why) : status;
}

static int at_end(struct replay *replay)
{
    double at = replay->playtime.at;
    if (!replay->is_at_end)
        move_head(replay, replay->until >= 0 ? fmin(replay->until, at) : at);
    replay->is_at_end = true;
    replay->wants_single = false;
    return replay->stays ? RN_AGAIN : RN_DONE;
}

static int advance(struct replay *replay)
{
    int status = RN_EVENT;
    if (replay->is_cancelled)
        return RN_DONE;
    if (!replay->is_at_end && !replay->has_event)
        status = read_event(replay);
    if (replay->is_at_end || status == RN_DONE ||
        (replay->has_event && replay->until >= 0 && replay->playtime.at > replay->until))
        return at_end(replay);
    return status == RN_EVENT && !is_due(replay) ? RN_AGAIN : status;
}

static int replay_next(struct source *source, const rn_event **event)
{
    struct replay *replay = (struct replay *)source;
    int status;
    while ((status = advance(replay)) == RN_AGAIN) {
        if (!take_mail(replay)) {
            replay->is_silent = true;
            return RN_AGAIN;
        }
    }
    if (replay->is_silent) {
        mailbox_wake(replay->box);
        replay->is_silent = false;
    }
    if (status == RN_EVENT) {
        *event = &replay->event.pub;
        replay->given = replay->start;
        replay->played = replay->playtime.at;
        replay->clock = replay->playtime.now;
        stop_timer(replay);
        replay->wants_single = false;
    }
    replay->has_event = false;
    return status;
}

static int replay_fd(const struct source *source)
{
    const struct replay *replay = (const struct replay *)source;
    if (replay->both >= 0)
        return replay->both;
    return replay->box ? mailbox_fd(replay->box) : -1;
}

static void replay_wake(struct source *source)
{
    const struct replay *replay = (const struct replay *)source;
    if (replay->box)
        mailbox_wake(replay->box);
}

static void replay_cancel(struct source *source)
{
    struct replay *replay = (struct replay *)source;
    stop_timer(replay);
    watch_input(replay, false);
    replay->is_cancelled = true;
}

static void replay_free(struct source *source)
{
    struct replay *replay = (struct replay *)source;
    stop_timer(replay);
    if (replay->owns_io)
        rn_io_free(replay->io);
    mailbox_free(replay->box);
    if (replay->both >= 0)
        close(replay->both);
    session_reader_free(replay->lines);
    event_reader_free(replay->reader);
    tangle_clear(&replay->tangle);
    free(replay);
}

static const struct source_kind replay_kind = {
    .next = replay_next,
    .fd = replay_fd,
    .wake = replay_wake,
    .cancel = replay_cancel,
    .free = replay_free,
};

/* An epoll that watches the mailbox, where what is read may have to be waited for; a file never. */
static int watch_box(const struct mailbox *box, int fd)
{
    struct stat info;
    struct epoll_event event = {.events = EPOLLIN};
    if (fstat(fd, &info) < 0 || S_ISREG(info.st_mode))
        return -1;
    int both = epoll_create1(EPOLL_CLOEXEC);
    epoll_ctl(both, EPOLL_CTL_ADD, mailbox_fd(box), &event);
    return both;
}

static double max_gap_of(int64_t max_gap_ms)
{
    return max_gap_ms >= 0 ? (double)max_gap_ms : INFINITY;
}

rn_stream *replay_open(rn_io *io, int fd, const struct replay_options *options,
                       struct replay **control)
{
    struct replay *replay = xnew(struct replay);
    replay->source.kind = &replay_kind;
    replay->lines = session_reader_new(fd);
    replay->reader = event_reader_new();
    replay->speed = isfinite(options->speed) && options->speed > 0 ? options->speed : 0;
    replay->playtime.max_gap = max_gap_of(options->max_gap_ms);
    replay->tangle.keeps_order = options->keeps_order;
    replay->until = options->to_ms > 0 ? (double)options->to_ms : -1;
    replay->rush_at = (double)options->from_ms;
    replay->is_paused = options->is_paused;
    replay->stays = options->stays;
    replay->since = (double)clock_ms();
    replay->given = -1;
    replay->io = io;
    replay->box = mailbox_new(1);
    replay->both = replay->box ? watch_box(replay->box, fd) : -1;
    replay->is_cancelled = !replay->box; /* no descriptor is left */
    replay_wake(&replay->source);
    *control = replay;
    return stream_new(&replay->source, ~0u);
}

rn_stream *rn_replay(rn_io *io, int fd, double speed, int64_t max_gap_ms)
{
    struct replay *control;
    struct replay_options options = {.speed = speed, .max_gap_ms = max_gap_ms, .keeps_order = true};
    return replay_open(io, fd, &options, &control);
}

/* ---- Control ---- */

double replay_at(const struct replay *replay)
{
    double at = head_at(replay);
    return replay->is_at_end || replay->speed <= 0 ? replay->head : fmax(at, 0);
}

int64_t replay_start(const struct replay *replay)
{
    return replay->given;
}

double replay_played(const struct replay *replay)
{
    return replay->played;
}

double replay_clock(const struct replay *replay)
{
    return replay->clock;
}

bool replay_is_at_end(const struct replay *replay)
{
    return replay->is_at_end;
}

/* What was waited for is looked at anew. */
static void restart(struct replay *replay)
{
    stop_timer(replay);
    replay_wake(&replay->source);
}

void replay_pause(struct replay *replay, bool is_paused)
{
    move_head(replay, head_at(replay));
    replay->is_paused = is_paused;
    restart(replay);
}

void replay_set_speed(struct replay *replay, double speed)
{
    move_head(replay, head_at(replay));
    replay->speed = speed;
    restart(replay);
}

void replay_single(struct replay *replay)
{
    replay->wants_single = true;
    restart(replay);
}

void replay_rush(struct replay *replay, int64_t start, double at)
{
    replay->rush_start = start;
    replay->rush_at = at;
    move_head(replay, fmax(replay->playtime.at, at));
    restart(replay);
}

int replay_begin(struct replay *replay, const struct place *place)
{
    if (session_reader_seek(replay->lines, place->offset) < 0)
        return -1;
    tangle_restart(&replay->tangle, place->start);
    replay->playtime = (struct playtime){.max_gap = replay->playtime.max_gap, .at = place->at};
    replay->has_event = replay->is_at_end = replay->wants_single = replay->has_failed = false;
    replay->given = -1;
    replay->played = place->at;
    replay->clock = 0;
    move_head(replay, place->at);
    restart(replay);
    return 0;
}

int replay_scan(struct replay *replay, struct seek *seek)
{
    return seek_scan(seek, replay->lines, replay->playtime.max_gap, replay->tangle.keeps_order);
}
