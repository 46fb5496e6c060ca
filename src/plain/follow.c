/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "plain/follow.h"

#include <errno.h>
#include <poll.h>
#include <string.h>
#include <sys/signalfd.h>
#include <unistd.h>

#include "chat/chat.h"
#include "plain/tell.h"

void follow_begin(struct follow *follow, struct chat *chat)
{
    sigset_t stops;
    *follow = (struct follow){.chat = chat};
    sigemptyset(&stops);
    sigaddset(&stops, SIGINT);
    sigaddset(&stops, SIGTERM);
    sigaddset(&stops, SIGHUP);
    sigprocmask(SIG_BLOCK, &stops, &follow->mask);
    follow->signals = signalfd(-1, &stops, SFD_CLOEXEC | SFD_NONBLOCK);
    sink_open(&follow->sink, STDOUT_FILENO);
    tell_warning(chat); /* of what is about to happen */
}

/* ---- Waiting ---- */

static void on_signal(struct follow *follow)
{
    struct signalfd_siginfo info;
    if (read(follow->signals, &info, sizeof(info)) != (ssize_t)sizeof(info))
        return;
    follow->gives_up = follow->stopped != 0;
    follow->stopped = (int)info.ssi_signo;
    chat_stop(follow->chat);
}

/* A pipe whose reader is gone says so even when nothing is asked of it. */
static void on_stdout(struct follow *follow, short events)
{
    struct sink *sink = &follow->sink;
    if (sink_waiting(sink) > 0) {
        sink_write(sink);
    } else if (events & (POLLERR | POLLHUP | POLLNVAL)) {
        sink->is_gone = true;
        sink->why = EPIPE;
    }
    if (sink->is_gone)
        chat_stop(follow->chat);
}

/* For stdout, a signal, or news of the chat; false when none came in time. */
static bool wait_for(struct follow *follow, int chat_fd, int timeout_ms)
{
    const struct sink *sink = &follow->sink;
    struct pollfd fds[] = {
        {.fd = chat_fd, .events = POLLIN},
        {.fd = follow->signals, .events = POLLIN},
        {.fd = sink->is_gone ? -1 : sink->fd, .events = sink_waiting(sink) > 0 ? POLLOUT : 0},
    };
    int ready = poll(fds, sizeof(fds) / sizeof(fds[0]), timeout_ms);
    if (ready < 0)
        return errno == EINTR;
    if (fds[1].revents)
        on_signal(follow);
    if (fds[2].revents)
        on_stdout(follow, fds[2].revents);
    return ready > 0;
}

/* ---- Events ---- */

/* A reader who is slow makes the model wait, but not the user who wants it stopped. */
static void write_enough(struct follow *follow)
{
    while (sink_waiting(&follow->sink) > SINK_ENOUGH && !follow->stopped)
        wait_for(follow, -1, -1);
}

const rn_event *follow_next(struct follow *follow)
{
    const rn_event *event;
    int result;
    write_enough(follow);
    while ((result = chat_step(follow->chat, &event)) == RN_AGAIN)
        wait_for(follow, chat_fd(follow->chat), -1);
    return result == RN_EVENT ? event : NULL;
}

/* Whoever gives up gets what can be had at once. */
void follow_flush(struct follow *follow)
{
    while (sink_waiting(&follow->sink) > 0 && wait_for(follow, -1, follow->gives_up ? 0 : -1))
        ;
}

static int status_of(const struct follow *follow)
{
    const struct sink *sink = &follow->sink;
    if (sink->is_gone && sink->why == EPIPE)
        return 128 + SIGPIPE;
    if (sink->is_gone) {
        tell("the answer cannot be written: %s", strerror(sink->why));
        return 1;
    }
    return follow->stopped ? 128 + follow->stopped : 0;
}

int follow_end(struct follow *follow)
{
    follow_flush(follow);
    tell_warning(follow->chat);
    int status = status_of(follow);
    sink_clear(&follow->sink);
    close(follow->signals);
    sigprocmask(SIG_SETMASK, &follow->mask, NULL);
    return status;
}
