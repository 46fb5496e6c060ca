/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * One loop: wait for the terminal, for signals and for the chat; take what there is, and paint at most
 * once a turn.  While text floods in, the keys are looked at every millisecond.
 */
#include "tui/tui.h"

#include <errno.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/signalfd.h>
#include <unistd.h>

#include "base/buf.h"
#include "base/clock.h"
#include "base/error.h"
#include "base/fd.h"
#include "base/mem.h"
#include "chat/chat.h"
#include "chat/command.h"
#include "config/settings.h"
#include "tui/editor.h"
#include "tui/history.h"
#include "tui/input.h"
#include "tui/keys.h"
#include "tui/pace.h"
#include "tui/queue.h"
#include "tui/screen.h"
#include "tui/status.h"
#include "tui/story.h"
#include "tui/terminal.h"
#include "tui/transcript.h"
#include "tui/view.h"

enum {
    DRAIN_MS = 1,
    READ_SIZE = 4096,
    SIGNAL_EXIT = 128,
};

struct tui {
    struct chat *chat;
    struct history *history;
    struct keys *keys;
    struct queue queue;
    struct view view;
    struct pace pace;
    int64_t keys_due, status_due;   /* -1: never */
    bool may_quit;                  /* Ctrl-C was the last key, at an empty line */
    bool leaving;
    int exit_status;
};

/* ---- What is said in the transcript */

static void say(struct tui *tui, enum entry_kind kind, const char *text)
{
    transcript_add(tui->view.transcript, kind, text, strlen(text));
    transcript_close(tui->view.transcript);
    pace_want(&tui->pace, clock_ms());
}

static void show_names(struct tui *tui)
{
    struct chat *chat = tui->chat;
    status_names(tui->view.status, chat_mode(chat), chat_model(chat), chat_session(chat),
                 chat_is_guide(chat));
    tui->view.status_changed = true;
}

static void show_warning(struct tui *tui)
{
    const char *warning = chat_warning(tui->chat);
    if (warning)
        say(tui, ENTRY_ERROR, warning);
}

/* ---- Runs */

static void begin_run(struct tui *tui)
{
    meter_begin(&tui->view.meter, clock_ms());
    transcript_end(tui->view.transcript);
    show_names(tui);
}

static void send_prompt(struct tui *tui, const char *prompt)
{
    struct error error = ERROR_INIT;
    if (chat_send(tui->chat, prompt, &error) < 0)
        say(tui, ENTRY_ERROR, error.text);
    else
        begin_run(tui);
}

static bool has_failed(struct chat *chat)
{
    const rn_message *answer = chat_answer(chat);
    return answer && answer->status != RN_OK && answer->status != RN_ECANCELLED;
}

/* After a failure the prompt that waits is likely to fail too: it goes back to who wrote it. */
static void send_queued(struct tui *tui)
{
    if (has_failed(tui->chat) && input_is_empty(tui->view.input)) {
        char *prompt = queue_take_last(&tui->queue);
        if (prompt)
            input_set(tui->view.input, prompt);
        free(prompt);
    } else if (!has_failed(tui->chat)) {
        char *prompt = queue_take_first(&tui->queue);
        if (prompt)
            send_prompt(tui, prompt);
        free(prompt);
    }
    tui->view.input_changed = true;
}

static void end_run(struct tui *tui, int64_t now)
{
    transcript_close(tui->view.transcript);
    meter_end(&tui->view.meter, now);
    show_names(tui);
    show_warning(tui);
    if (tui->queue.count > 0)
        send_queued(tui);
}

static void on_event(struct tui *tui, const rn_event *event, int64_t now)
{
    struct meter *meter = &tui->view.meter;
    enum phase before = meter->phase;
    meter_event(meter, event, now);
    story_event(tui->view.transcript, event, chat_model(tui->chat));
    if (meter->phase != before)
        tui->view.status_changed = true;
}

static void plan_status(struct tui *tui, int64_t now)
{
    int64_t due = status_due(&tui->view.meter, now);
    if (due < 0 || tui->status_due < 0 || due < tui->status_due)
        tui->status_due = due;
}

/* Take what has come, but not for so long that a key would have to wait. */
static void drain(struct tui *tui)
{
    if (!chat_busy(tui->chat))
        return;
    int64_t begun = clock_ms(), now = begun;
    const rn_event *event;
    int step = RN_EVENT;
    while (step == RN_EVENT && now - begun < DRAIN_MS) {
        step = chat_step(tui->chat, &event);
        if (step == RN_AGAIN)
            break;
        if (step == RN_EVENT)
            on_event(tui, event, now);
        else
            end_run(tui, now);
        pace_want(&tui->pace, now);
        now = clock_ms();
    }
    show_warning(tui);
    plan_status(tui, now);
}

/* ---- Lines */

static void run_command(struct tui *tui, const char *line)
{
    struct buf text = BUF_INIT;
    struct error error = ERROR_INIT;
    int effects = command_run(tui->chat, line, &text, &error);
    if (effects < 0) {
        say(tui, ENTRY_ERROR, error.text);
        effects = 0;
    }
    if (effects & COMMAND_CLEAR)
        transcript_clear(tui->view.transcript);
    if (effects & COMMAND_SAY)
        say(tui, ENTRY_NOTE, buf_str(&text));
    if (effects & COMMAND_RUN)
        begin_run(tui);
    if (effects & COMMAND_QUIT)
        tui->leaving = true;
    show_names(tui);
    show_warning(tui);
    transcript_end(tui->view.transcript);
    buf_clear(&text);
}

/* A test asks in this way for what is on the screen, and knows by the file that all before is done. */
static bool save_screen(struct tui *tui, const char *line)
{
    static const char command[] = "/screen ";
    struct error error = ERROR_INIT;
    if (strncmp(line, command, sizeof(command) - 1) != 0)
        return false;
    view_paint(&tui->view, clock_ms());
    if (screen_save(tui->view.screen, line + sizeof(command) - 1, &error) < 0)
        say(tui, ENTRY_ERROR, error.text);
    return true;
}

static void remember(struct tui *tui, const char *line)
{
    struct error error = ERROR_INIT;
    if (history_add(tui->history, line, &error) < 0)
        say(tui, ENTRY_ERROR, error.text);
}

static void on_line(struct tui *tui, const char *line)
{
    if (line[strspn(line, " \t\n")] == '\0' || save_screen(tui, line))
        return;
    remember(tui, line);
    if (command_is(line))
        run_command(tui, line);
    else if (chat_busy(tui->chat))
        queue_add(&tui->queue, line);
    else
        send_prompt(tui, line);
}

/* ---- Keys */

static void lend(struct tui *tui)
{
    screen_leave(tui->view.screen);
    terminal_lend();
}

static void reclaim(struct tui *tui)
{
    terminal_reclaim();
    screen_back(tui->view.screen);
    tui->view.status_changed = true;
}

static void edit_in_editor(struct tui *tui)
{
    struct error error = ERROR_INIT;
    lend(tui);
    char *text = editor_run(input_text(tui->view.input), &error);
    reclaim(tui);
    if (text)
        input_set(tui->view.input, text);
    else
        say(tui, ENTRY_ERROR, error.text);
    free(text);
}

static void stop_process(struct tui *tui)
{
    lend(tui);
    terminal_stop();
    reclaim(tui);
}

static void page_up(struct tui *tui)
{
    int rows = tui->view.height - 2;
    transcript_scroll(tui->view.transcript, rows > 1 ? -rows : -1);
}

static void page_down(struct tui *tui)
{
    int rows = tui->view.height - 2;
    transcript_scroll(tui->view.transcript, rows > 1 ? rows : 1);
}

static void go_home(struct tui *tui)
{
    transcript_home(tui->view.transcript);
}

static void go_to_end(struct tui *tui)
{
    transcript_end(tui->view.transcript);
}

static void go_to_earlier(struct tui *tui)
{
    transcript_jump(tui->view.transcript, true);
}

static void go_to_later(struct tui *tui)
{
    transcript_jump(tui->view.transcript, false);
}

static void toggle_mode(struct tui *tui)
{
    chat_set_mode(tui->chat, chat_mode(tui->chat) == RN_STREAM ? RN_INVOKE : RN_STREAM);
    show_names(tui);
}

static void repaint(struct tui *tui)
{
    screen_repaint(tui->view.screen);
}

static void on_interrupt(struct tui *tui)
{
    bool again = tui->may_quit;
    tui->may_quit = false;
    input_close_list(tui->view.input);
    if (input_cancel(tui->view.input))
        return;
    if (chat_busy(tui->chat))
        chat_stop(tui->chat);
    else if (!input_is_empty(tui->view.input))
        input_set(tui->view.input, "");
    else if (again)
        tui->leaving = true;
    else
        tui->may_quit = true;
}

static void on_escape(struct tui *tui, const struct key *key)
{
    if (input_takes_escape(tui->view.input))
        input_key(tui->view.input, key);
    else if (!input_close_list(tui->view.input) && !input_cancel(tui->view.input))
        chat_stop(tui->chat);
}

/* The keys that are the screen's, not the line's. */
static const struct {
    const char *bytes;
    void (*act)(struct tui *tui);
} actions[] = {
    {"\003", on_interrupt},          {"\014", repaint},           {"\032", stop_process},
    {"\033[5~", page_up},            {"\033[6~", page_down},      {"\033[1;5H", go_home},
    {"\033[1;5F", go_to_end},        {"\033[7^", go_home},        {"\033[8^", go_to_end},
    {"\033[1;3A", go_to_earlier},    {"\033[1;3B", go_to_later},  {"\033t", toggle_mode},
};

static bool act(struct tui *tui, const struct key *key)
{
    if (key->kind != KEY_CHAR && key->kind != KEY_SEQUENCE)
        return false;
    for (size_t i = 0; i < sizeof(actions) / sizeof(*actions); i++) {
        if (strcmp(key->bytes, actions[i].bytes) == 0 && key->len == strlen(actions[i].bytes)) {
            actions[i].act(tui);
            return true;
        }
    }
    return false;
}

static bool take_back_queued(struct tui *tui, const struct key *key)
{
    bool up = strcmp(key->bytes, "\033[A") == 0 || strcmp(key->bytes, "\033OA") == 0;
    if (!up || tui->queue.count == 0 || !input_is_empty(tui->view.input))
        return false;
    char *prompt = queue_take_last(&tui->queue);
    input_set(tui->view.input, prompt);
    free(prompt);
    return true;
}

static void key_to_line(struct tui *tui, const struct key *key)
{
    if (key->kind == KEY_CHAR && key->bytes[0] == '\004' && input_is_empty(tui->view.input)) {
        tui->leaving = true;
        return;
    }
    if (take_back_queued(tui, key))
        return;
    input_key(tui->view.input, key);
    char *line = input_take(tui->view.input);
    if (line)
        on_line(tui, line);
    free(line);
    if (input_wants_editor(tui->view.input))
        edit_in_editor(tui);
    if (input_ended(tui->view.input))
        tui->leaving = true;
}

static void on_key(struct tui *tui, const struct key *key)
{
    if (key->kind != KEY_CHAR || key->bytes[0] != '\003')
        tui->may_quit = false;
    tui->view.input_changed = true;
    if (key->kind == KEY_WHEEL)
        transcript_scroll(tui->view.transcript, key->rows);
    else if (key->kind == KEY_ESCAPE)
        on_escape(tui, key);
    else if (!act(tui, key))
        key_to_line(tui, key);
    pace_hurry(&tui->pace, clock_ms());
}

static void take_keys(struct tui *tui)
{
    struct key key;
    while (!tui->leaving && keys_next(tui->keys, &key))
        on_key(tui, &key);
    int wait = keys_wait(tui->keys);
    tui->keys_due = wait < 0 ? -1 : clock_ms() + wait;
}

static void leave(struct tui *tui, int signal)
{
    tui->leaving = true;
    tui->exit_status = signal ? SIGNAL_EXIT + signal : 0;
}

static void on_terminal(struct tui *tui)
{
    char bytes[READ_SIZE];
    ssize_t n = read(STDIN_FILENO, bytes, sizeof(bytes));
    if (n > 0)
        keys_feed(tui->keys, bytes, (size_t)n);
    else if (n == 0 || (errno != EINTR && errno != EAGAIN))
        leave(tui, SIGHUP);
    take_keys(tui);
}

/* ---- Signals */

static void on_resize(struct tui *tui)
{
    if (!screen_fit(tui->view.screen))
        return;
    tui->view.input_changed = true;
    pace_hurry(&tui->pace, clock_ms());
}

static void on_continue(struct tui *tui)
{
    terminal_reclaim();
    screen_back(tui->view.screen);
    tui->view.input_changed = true;
    pace_hurry(&tui->pace, clock_ms());
}

static void on_signal(struct tui *tui, int signal)
{
    switch (signal) {
    case SIGWINCH:
        on_resize(tui);
        break;
    case SIGCONT:
        on_continue(tui);
        break;
    case SIGINT:
        on_interrupt(tui);
        tui->view.input_changed = true;
        pace_hurry(&tui->pace, clock_ms());
        break;
    default:
        leave(tui, signal);
        break;
    }
}

static void take_signals(struct tui *tui)
{
    struct signalfd_siginfo info;
    while (read(terminal_signals(), &info, sizeof(info)) == sizeof(info))
        on_signal(tui, (int)info.ssi_signo);
}

/* ---- The loop */

static int sooner(int timeout, int64_t due, int64_t now)
{
    if (due < 0)
        return timeout;
    int64_t left = due > now ? due - now : 0;
    return timeout < 0 || left < timeout ? (int)left : timeout;
}

static void wait_for_news(struct tui *tui)
{
    struct pollfd fds[] = {
        {.fd = STDIN_FILENO, .events = POLLIN},
        {.fd = terminal_signals(), .events = POLLIN},
        {.fd = chat_fd(tui->chat), .events = POLLIN},
    };
    int64_t now = clock_ms();
    int timeout = sooner(-1, tui->keys_due, now);
    timeout = sooner(timeout, tui->status_due, now);
    timeout = sooner(timeout, tui->pace.wanted ? tui->pace.due : -1, now);
    if (poll(fds, sizeof(fds) / sizeof(*fds), timeout) < 0)
        return;
    if (fds[1].revents)
        take_signals(tui);
    if (fds[0].revents)
        on_terminal(tui);
}

static void take_turn(struct tui *tui)
{
    wait_for_news(tui);
    int64_t now = clock_ms();
    if (tui->keys_due >= 0 && now >= tui->keys_due) {
        keys_timeout(tui->keys);
        take_keys(tui);
    }
    drain(tui);
    if (tui->status_due >= 0 && now >= tui->status_due) {
        tui->status_due = status_due(&tui->view.meter, now);
        tui->view.status_changed = true;
        pace_want(&tui->pace, now);
    }
    now = clock_ms();
    if (!tui->leaving && pace_is_due(&tui->pace, now)) {
        view_paint(&tui->view, now);
        pace_painted(&tui->pace, now);
    }
}

/* ---- Beginning and end */

static struct history *open_history(const struct settings *settings, struct error *error)
{
    const char *given = settings_get(settings, "screen", "history");
    long max = settings_number(settings, "screen", "history_size");
    char *path = given ? xstrdup(given) : history_path();
    struct history *history = history_open(path, (size_t)max, error);
    free(path);
    return history;
}

static void open_parts(struct tui *tui, const struct settings *settings, const char *greeting)
{
    struct error error = ERROR_INIT;
    struct view *view = &tui->view;
    tui->history = open_history(settings, &error);
    tui->keys = keys_new((int)settings_number(settings, "screen", "esc_delay"));
    tui->pace.frame_ms = (int)settings_number(settings, "screen", "frame");
    view->transcript = transcript_new();
    view->status = status_new();
    view->input = input_new(tui->chat, tui->history);
    view->queue = &tui->queue;
    view->input_changed = true;
    show_names(tui);
    say(tui, ENTRY_NOTE, greeting);
    if (error.code)
        say(tui, ENTRY_ERROR, error.text);
    if (chat_busy(tui->chat))
        begin_run(tui);
}

static void close_parts(struct tui *tui)
{
    view_clear(&tui->view);
    input_free(tui->view.input);
    status_free(tui->view.status);
    transcript_free(tui->view.transcript);
    keys_free(tui->keys);
    history_free(tui->history);
    queue_clear(&tui->queue);
}

/* What stays in the terminal's own scrollback. */
static void leave_text(const struct tui *tui, const char *how_much)
{
    struct buf text = BUF_INIT;
    if (strcmp(how_much, "none") != 0)
        transcript_text(tui->view.transcript, strcmp(how_much, "all") == 0, &text);
    fd_write_all(STDOUT_FILENO, buf_str(&text), text.len);
    buf_clear(&text);
}

int tui_run(struct chat *chat, const struct settings *settings, const char *greeting,
            struct error *error)
{
    struct tui tui = {.chat = chat, .keys_due = -1, .status_due = -1};
    if (terminal_take(error) < 0)
        return -1;
    tui.view.screen = screen_new(error);
    if (!tui.view.screen) {
        terminal_give_back();
        return -1;
    }
    terminal_begin();
    open_parts(&tui, settings, greeting);
    while (!tui.leaving)
        take_turn(&tui);
    screen_free(tui.view.screen);
    terminal_give_back();
    if (tui.exit_status == 0)
        leave_text(&tui, settings_get(settings, "screen", "leave"));
    close_parts(&tui);
    return tui.exit_status;
}
