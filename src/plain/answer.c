/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * One answer, as it comes.  Nothing here blocks but poll(2): an interrupt is heard while the reader of
 * stdout is slow, and a reader that goes away is noticed while the model is silent.
 */
#include "plain/plain.h"

#include <errno.h>
#include <poll.h>
#include <signal.h>
#include <string.h>
#include <sys/signalfd.h>
#include <unistd.h>

#include "base/buf.h"
#include "chat/chat.h"
#include "plain/sink.h"
#include "plain/tell.h"

enum { EXIT_ANSWERED, EXIT_FAILED, EXIT_USAGE, EXIT_PARTIAL, EXIT_REFUSED };

struct answer {
    struct chat *chat;
    enum plain_format format;
    bool is_played; /* of a session: with its prompts */
    struct sink sink;
    int signals; /* a signalfd */
    int stopped; /* the signal that stopped it; 0: none */
    bool gives_up; /* a second one: do not even wait for stdout */
};

/* ---- Events ---- */

static void add_prompt(struct sink *sink, const rn_event *start)
{
    const char *text = start->text;
    while (*text) {
        size_t len = strcspn(text, "\n");
        sink_text(sink, "> ", 2);
        sink_text(sink, text, len);
        sink_text(sink, "\n", 1);
        text += len + (text[len] == '\n');
    }
    sink_text(sink, "\n", 1);
}

static void add_text(struct answer *answer, const rn_event *event)
{
    struct sink *sink = &answer->sink;
    sink_text(sink, event->content, event->content_len);
    if (event->kind == RN_ERROR)
        sink_end_text(sink);
    if (!answer->is_played)
        return;
    if (event->kind == RN_START)
        add_prompt(sink, event);
    if (event->kind == RN_FINISH) {
        sink_end_text(sink);
        sink_text(sink, "\n", 1);
    }
}

static void add(struct answer *answer, const rn_event *event)
{
    if (answer->format == PLAIN_EVENTS)
        sink_event(&answer->sink, event);
    else if (answer->format == PLAIN_TEXT)
        add_text(answer, event);
    if (event->kind == RN_RETRY)
        tell_retry(event);
    if (event->kind == RN_ERROR) {
        if (answer->sink.is_terminal)
            sink_write(&answer->sink); /* so that it stands before the error */
        tell_error(answer->chat, event);
    }
}

static void end(struct answer *answer)
{
    const rn_message *message = chat_answer(answer->chat);
    if (answer->format == PLAIN_JSON)
        sink_message(&answer->sink, message);
    else if (answer->format == PLAIN_TEXT)
        sink_end_text(&answer->sink);
}

/* ---- Waiting ---- */

static void on_signal(struct answer *answer)
{
    struct signalfd_siginfo info;
    if (read(answer->signals, &info, sizeof(info)) != (ssize_t)sizeof(info))
        return;
    answer->gives_up = answer->stopped != 0;
    answer->stopped = (int)info.ssi_signo;
    chat_stop(answer->chat);
}

static void wait_for(struct answer *answer, bool for_chat)
{
    bool waits = sink_waits(&answer->sink);
    struct pollfd fds[] = {
        {.fd = for_chat ? chat_fd(answer->chat) : -1, .events = POLLIN},
        {.fd = answer->signals, .events = POLLIN},
        {.fd = answer->sink.is_gone ? -1 : answer->sink.fd, .events = waits ? POLLOUT : 0},
    };
    if (poll(fds, 3, -1) < 0)
        return;
    if (fds[1].revents)
        on_signal(answer);
    if (fds[2].revents & POLLERR && !waits) {
        answer->sink.is_gone = true;
        answer->sink.why = EPIPE;
    } else if (fds[2].revents && waits) {
        sink_write(&answer->sink);
    }
    if (answer->sink.is_gone)
        chat_stop(answer->chat);
}

static void run(struct answer *answer)
{
    const rn_event *event;
    int result;
    while ((result = chat_step(answer->chat, &event)) != RN_DONE) {
        if (result == RN_EVENT)
            add(answer, event);
        tell_warning(answer->chat);
        if (result == RN_AGAIN || answer->sink.waiting.len > SINK_ENOUGH)
            wait_for(answer, result == RN_AGAIN);
    }
    end(answer);
    tell_warning(answer->chat);
    while (sink_waits(&answer->sink) && !answer->gives_up)
        wait_for(answer, false);
}

/* ---- How it ended ---- */

static bool is(const char *a, const char *b)
{
    return strcmp(a, b) == 0;
}

static int status_of(const rn_message *message)
{
    if (is(message->reason, "length") || (is(message->reason, "truncated") && message->content_len))
        return EXIT_PARTIAL;
    if (is(message->reason, "refusal") || is(message->reason, "content_filter"))
        return EXIT_REFUSED;
    if (message->status == RN_ECONFIG)
        return EXIT_USAGE;
    if (message->status == RN_ECANCELLED)
        return 128 + SIGINT;
    return message->status < 0 ? EXIT_FAILED : EXIT_ANSWERED;
}

static int exit_status(const struct answer *answer)
{
    if (answer->sink.is_gone && answer->sink.why == EPIPE)
        return 128 + SIGPIPE;
    if (answer->sink.is_gone) {
        tell("the answer cannot be written: %s", strerror(answer->sink.why));
        return EXIT_FAILED;
    }
    if (answer->stopped)
        return 128 + answer->stopped;
    if (answer->is_played)
        return EXIT_ANSWERED;
    return status_of(chat_answer(answer->chat));
}

static int follow(struct chat *chat, enum plain_format format, bool is_played)
{
    struct answer answer = {.chat = chat, .format = format, .is_played = is_played};
    sigset_t stops, before;
    sigemptyset(&stops);
    sigaddset(&stops, SIGINT);
    sigaddset(&stops, SIGTERM);
    sigaddset(&stops, SIGHUP);
    sigprocmask(SIG_BLOCK, &stops, &before);
    answer.signals = signalfd(-1, &stops, SFD_CLOEXEC | SFD_NONBLOCK);
    sink_open(&answer.sink, STDOUT_FILENO);
    run(&answer);
    int status = exit_status(&answer);
    sink_clear(&answer.sink);
    close(answer.signals);
    sigprocmask(SIG_SETMASK, &before, NULL);
    return status;
}

int plain_answer(struct chat *chat, enum plain_format format)
{
    return follow(chat, format, false);
}

int plain_play(struct chat *chat, enum plain_format format)
{
    return follow(chat, format, true);
}
