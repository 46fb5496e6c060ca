/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * A chat without a screen.  readline has the terminal while a prompt is typed, the answer has it while
 * it comes; every event is a line of text, so that a screen reader says it.
 */
#include "plain/plain.h"

#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/signalfd.h>
#include <unistd.h>

#include <readline/history.h>
#include <readline/readline.h>

#include "base/buf.h"
#include "base/error.h"
#include "base/fd.h"
#include "base/filter.h"
#include "chat/chat.h"
#include "chat/command.h"
#include "plain/sink.h"
#include "plain/tell.h"

static const char prompt[] = "> ";

/* ---- Typing ---- */

/* readline's hook takes no argument, so these two are the file's. */
static volatile sig_atomic_t interrupted;
static bool wants_out;

static void on_interrupt(int signal)
{
    (void)signal;
    interrupted = 1;
}

/* Ctrl-C drops the line; at an empty line the second one in a row leaves. */
static int on_signal_while_typing(void)
{
    static bool was_empty;
    if (!interrupted)
        return 0;
    interrupted = 0;
    if (rl_end == 0 && was_empty) {
        wants_out = true;
        rl_done = 1;
        return 0;
    }
    was_empty = rl_end == 0;
    rl_replace_line("", 0);
    rl_crlf();
    rl_on_new_line();
    rl_redisplay();
    return 0;
}

static const struct chat *completing;

static char *complete(const char *word, int nth)
{
    static size_t next;
    (void)word;
    if (nth == 0)
        next = 0;
    char line[256];
    snprintf(line, sizeof(line), "%.*s", rl_point, rl_line_buffer);
    return command_complete(completing, line, next++);
}

static char **complete_line(const char *word, int start, int end)
{
    (void)start, (void)end;
    rl_attempted_completion_over = rl_line_buffer[0] == '/';
    return rl_line_buffer[0] == '/' ? rl_completion_matches(word, complete) : NULL;
}

static void prepare_typing(const struct chat *chat)
{
    struct sigaction action = {.sa_handler = on_interrupt};
    sigaction(SIGINT, &action, NULL);
    completing = chat;
    rl_readline_name = "runnel";
    rl_signal_event_hook = on_signal_while_typing;
    rl_attempted_completion_function = complete_line;
    rl_completer_word_break_characters = " \t\n";
}

/* ---- The answer ---- */

static void write_out(struct sink *sink)
{
    if (sink->waiting.len > 0 && fd_write_all(sink->fd, sink->waiting.data, sink->waiting.len) < 0)
        sink->is_gone = true;
    buf_reset(&sink->waiting);
}

static void say(const char *text)
{
    struct sink sink;
    sink_open(&sink, STDOUT_FILENO);
    sink_text(&sink, text, strlen(text));
    sink_end_text(&sink);
    write_out(&sink);
    sink_clear(&sink);
}

/* How the run went, in a line. */
static void say_finish(struct sink *sink, const rn_event *event)
{
    const rn_finish *finish = event->finish;
    struct buf line = BUF_INIT;
    sink_end_text(sink);
    buf_addf(&line, "[%s, %.1f s", finish->reason, (double)finish->ms / 1000);
    if (event->usage->output >= 0)
        buf_addf(&line, ", %lld tokens", (long long)event->usage->output);
    buf_adds(&line, finish->partial ? ", partial]\n" : "]\n");
    sink_text(sink, line.data, line.len);
    buf_clear(&line);
}

static void show(struct chat *chat, struct sink *sink, const rn_event *event)
{
    switch (event->kind) {
    case RN_AI:
        sink_text(sink, event->content, event->content_len);
        break;
    case RN_RETRY:
        tell_retry(event);
        break;
    case RN_ERROR:
        sink_end_text(sink);
        write_out(sink);
        tell_error(chat, event);
        break;
    case RN_FINISH:
        say_finish(sink, event);
        break;
    default:
        break;
    }
}

static void stop_at_signal(struct chat *chat, int signals)
{
    struct signalfd_siginfo info;
    while (read(signals, &info, sizeof(info)) == (ssize_t)sizeof(info))
        chat_stop(chat);
}

static void follow(struct chat *chat)
{
    const rn_event *event;
    struct sink sink;
    sigset_t stop, before;
    int result;
    sigemptyset(&stop);
    sigaddset(&stop, SIGINT);
    sigprocmask(SIG_BLOCK, &stop, &before);
    int signals = signalfd(-1, &stop, SFD_CLOEXEC | SFD_NONBLOCK);
    sink_open(&sink, STDOUT_FILENO);
    while ((result = chat_step(chat, &event)) != RN_DONE && !sink.is_gone) {
        if (result == RN_EVENT) {
            show(chat, &sink, event);
            continue;
        }
        write_out(&sink);
        struct pollfd fds[] = {{.fd = chat_fd(chat), .events = POLLIN},
                               {.fd = signals, .events = POLLIN}};
        poll(fds, 2, -1);
        stop_at_signal(chat, signals);
    }
    write_out(&sink);
    sink_clear(&sink);
    close(signals);
    sigprocmask(SIG_SETMASK, &before, NULL);
    tell_warning(chat);
}

/* ---- The loop ---- */

/* False when it is time to leave. */
static bool on_command(struct chat *chat, const char *line)
{
    struct buf text = BUF_INIT;
    struct error error;
    int effect = command_run(chat, line, &text, &error);
    if (effect < 0)
        tell("%s", error.text);
    else if (effect & COMMAND_SAY)
        say(buf_str(&text));
    if (effect > 0 && effect & COMMAND_CLEAR)
        say("[a new conversation]");
    buf_clear(&text);
    return effect < 0 || !(effect & COMMAND_QUIT);
}

static bool on_line(struct chat *chat, const char *line)
{
    struct error error;
    if (!*line)
        return true;
    add_history(line);
    if (command_is(line))
        return on_command(chat, line);
    if (chat_send(chat, line, &error) < 0)
        tell("%s", error.text);
    return true;
}

int plain_loop(struct chat *chat, const struct settings *settings, const char *greeting)
{
    (void)settings;
    bool goes_on = true;
    prepare_typing(chat);
    say(greeting);
    follow(chat); /* what is played back, if anything */
    while (goes_on && !wants_out) {
        char *line = readline(prompt);
        if (!line)
            break;
        goes_on = on_line(chat, line);
        free(line);
        follow(chat);
    }
    return 0;
}
