/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "plain/compare.h"

#include <errno.h>
#include <poll.h>
#include <signal.h>
#include <string.h>
#include <sys/signalfd.h>
#include <unistd.h>

#include "base/buf.h"
#include "base/error.h"
#include "chat/race.h"
#include "chat/report.h"
#include "plain/sink.h"
#include "plain/tell.h"

enum { SIGNALS = RACE_LANES, STDOUT, WAITS };

struct watch {
    struct race *race;
    struct sink sink;
    int stopped;   /* the signal that stopped it; 0: none */
    bool gives_up; /* a second one came */
    int signals;   /* a signalfd */
    sigset_t mask; /* of before */
};

static void watch_begin(struct watch *watch, struct race *race)
{
    sigset_t stops;
    *watch = (struct watch){.race = race};
    sigemptyset(&stops);
    sigaddset(&stops, SIGINT);
    sigaddset(&stops, SIGTERM);
    sigaddset(&stops, SIGHUP);
    sigprocmask(SIG_BLOCK, &stops, &watch->mask);
    watch->signals = signalfd(-1, &stops, SFD_CLOEXEC | SFD_NONBLOCK);
    sink_open(&watch->sink, STDOUT_FILENO);
}

static void on_signal(struct watch *watch)
{
    struct signalfd_siginfo info;
    if (read(watch->signals, &info, sizeof(info)) != (ssize_t)sizeof(info))
        return;
    watch->gives_up = watch->stopped != 0;
    watch->stopped = (int)info.ssi_signo;
    race_stop(watch->race);
}

/* A pipe whose reader is gone says so even when nothing is asked of it. */
static void on_stdout(struct watch *watch)
{
    struct sink *sink = &watch->sink;
    if (sink_waiting(sink) > 0) {
        sink_write(sink);
    } else {
        sink->is_gone = true;
        sink->why = EPIPE;
    }
    if (sink->is_gone)
        race_stop(watch->race);
}

/* For a signal, stdout, and unless only these are wanted the lanes. */
static void wait_for(struct watch *watch, bool lanes)
{
    struct pollfd fds[WAITS];
    const struct sink *sink = &watch->sink;
    for (size_t i = 0; i < RACE_LANES; i++)
        fds[i] = (struct pollfd){.fd = -1};
    if (lanes)
        race_poll(watch->race, fds);
    fds[SIGNALS] = (struct pollfd){.fd = watch->signals, .events = POLLIN};
    fds[STDOUT] = (struct pollfd){.fd = sink->is_gone ? -1 : sink->fd,
                                  .events = sink_waiting(sink) > 0 ? POLLOUT : 0};
    if (poll(fds, WAITS, -1) < 0)
        return;
    if (fds[SIGNALS].revents)
        on_signal(watch);
    if (fds[STDOUT].revents)
        on_stdout(watch);
}

static void flush(struct watch *watch)
{
    while (sink_waiting(&watch->sink) > 0 && !watch->gives_up)
        wait_for(watch, false);
}

static void follow(struct watch *watch, enum plain_format format)
{
    size_t lane;
    rn_event event;
    int result;
    while ((result = race_step(watch->race, &lane, &event)) != RN_DONE) {
        if (result == RN_EVENT && format == PLAIN_EVENTS)
            sink_event(&watch->sink, &event);
        else if (result == RN_AGAIN)
            wait_for(watch, true);
        while (sink_waiting(&watch->sink) > SINK_ENOUGH && !watch->stopped)
            wait_for(watch, false);
    }
}

static void add_report(struct watch *watch, enum plain_format format)
{
    struct buf text = BUF_INIT;
    if (format == PLAIN_JSON)
        report_json(watch->race, &text);
    else if (format == PLAIN_TEXT)
        report_table(watch->race, &text);
    sink_text(&watch->sink, buf_str(&text), text.len);
    buf_clear(&text);
}

static int status_of(const struct watch *watch)
{
    const struct sink *sink = &watch->sink;
    if (sink->is_gone && sink->why == EPIPE)
        return 128 + SIGPIPE;
    if (sink->is_gone)
        tell("stdout cannot be written: %s", strerror(sink->why));
    if (sink->is_gone)
        return 1;
    if (watch->stopped)
        return 128 + watch->stopped;
    return report_is_good(watch->race) ? 0 : 1;
}

int plain_compare(struct race *race, enum plain_format format)
{
    struct watch watch;
    watch_begin(&watch, race);
    follow(&watch, format);
    add_report(&watch, format);
    flush(&watch);
    int status = status_of(&watch);
    sink_clear(&watch.sink);
    close(watch.signals);
    sigprocmask(SIG_SETMASK, &watch.mask, NULL);
    return status;
}
