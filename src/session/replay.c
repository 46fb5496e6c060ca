/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * A session as a source of events: each as its line stands in the file, at the pace of its `t`.  The
 * session's own records are passed over, nothing is made up: a run without finish just ends.
 *
 * The mailbox brings the timers' mail and is the descriptor to wait on.  A pipe that has no line yet
 * is watched beside it; while a timer runs it is not, since what waits in it would wake the reader for
 * nothing.
 */
#include <math.h>
#include <stdlib.h>
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
#include "session/reader.h"

enum {
    LATE_MAX_MS = 1000,                /* a reader that was away longer goes on from where it was */
    WAIT_MAX_MS = 24 * 60 * 60 * 1000, /* one timer's; what is due later gets another */
};

struct replay {
    struct source source;
    struct session_reader *lines;
    struct event_reader *reader;
    struct event event;
    bool has_event; /* it waits to be due */
    bool ended;

    double speed;   /* 0: at once */
    double max_gap; /* ms */
    double due;     /* clock_ms() at which the event is due */
    double t;       /* the latest of this run */
    bool has_begun;

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

/* ---- Pace ---- */

/* A run's first event comes at once.  From then on each is due its gap after the one before was due,
 * not after it was taken: so the time that the reader needs is not added up. */
static void set_due(struct replay *replay)
{
    double now = (double)clock_ms(), t = (double)replay->event.public.t;
    double gap = t - replay->t;
    if (!replay->has_begun || replay->event.public.kind == RN_START) {
        replay->has_begun = true;
        replay->t = t;
        replay->due = now;
    } else if (gap > 0) {
        replay->t = t;
        replay->due += fmin(gap, replay->max_gap) / replay->speed;
    }
    if (now - replay->due > LATE_MAX_MS)
        replay->due = now;
}

static bool is_due(struct replay *replay)
{
    double wait = replay->speed > 0 ? replay->due - (double)clock_ms() : 0;
    if (wait > 0)
        start_timer(replay, wait);
    else
        stop_timer(replay);
    return wait <= 0;
}

/* ---- Events ---- */

static int read_event(struct replay *replay)
{
    struct session_line line;
    struct error ignored;
    int status;
    while ((status = session_reader_step(replay->lines, &line)) == RN_EVENT) {
        if (event_read(replay->reader, line.data, line.len, &replay->event, &ignored) < 0 ||
            session_is_record(replay->event.public.type))
            continue;
        replay->has_event = true;
        if (replay->speed > 0)
            set_due(replay);
        break;
    }
    watch_input(replay, status == RN_AGAIN);
    return status;
}

static int advance(struct replay *replay)
{
    int status = RN_EVENT;
    if (!replay->ended && !replay->has_event)
        status = read_event(replay);
    if (status == RN_DONE)
        replay->ended = true;
    if (replay->ended)
        return RN_DONE;
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
    if (status == RN_EVENT)
        *event = &replay->event.public;
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
    replay->ended = true;
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

rn_stream *rn_replay(rn_io *io, int fd, double speed, int64_t max_gap_ms)
{
    struct replay *replay = xnew(struct replay);
    replay->source.kind = &replay_kind;
    replay->lines = session_reader_new(fd);
    replay->reader = event_reader_new();
    replay->speed = speed > 0 ? speed : 0;
    replay->max_gap = max_gap_ms >= 0 ? (double)max_gap_ms : INFINITY;
    replay->io = io;
    replay->box = mailbox_new(1);
    replay->both = replay->box ? watch_box(replay->box, fd) : -1;
    replay->ended = !replay->box; /* no descriptor is left */
    replay_wake(&replay->source);
    return stream_new(&replay->source, ~0u);
}
