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
#include "chat/history.h"
#include "config/settings.h"
#include "tui/dialog.h"
#include "tui/editor.h"
#include "tui/input.h"
#include "tui/keys.h"
#include "tui/pace.h"
#include "tui/screen.h"
#include "tui/talk.h"
#include "tui/terminal.h"
#include "tui/transcript.h"
#include "tui/view.h"

enum {
    READ_SIZE = 4096,
    SIGNAL_EXIT = 128,
};

struct tui {
    struct talk talk;
    struct view view;
    struct keys *keys;
    struct pace pace;
    int64_t keys_due; /* -1: never */
    bool leaving;
    int exit_status;
};

static void put_in_line(struct tui *tui, char *text)
{
    input_set(tui->view.input, text);
    tui->view.input_changed = true;
    free(text);
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
    ask_guard(&tui->talk.ask, clock_ms());
}

static void edit_in_editor(struct tui *tui)
{
    struct error error = ERROR_INIT;
    lend(tui);
    char *text = editor_run(input_text(tui->view.input), &error);
    reclaim(tui);
    if (text)
        put_in_line(tui, text);
    else
        talk_error(&tui->talk, error.text);
}

static void stop_process(struct tui *tui)
{
    lend(tui);
    terminal_stop();
    reclaim(tui);
}

/* A long question comes before the transcript. */
static void page_up(struct tui *tui)
{
    int rows = tui->view.height - 2;
    if (ask_scroll(&tui->talk.ask, -1))
        return;
    transcript_scroll(tui->talk.transcript, rows > 1 ? -rows : -1);
}

static void page_down(struct tui *tui)
{
    int rows = tui->view.height - 2;
    if (ask_scroll(&tui->talk.ask, 1))
        return;
    transcript_scroll(tui->talk.transcript, rows > 1 ? rows : 1);
}

static void go_home(struct tui *tui)
{
    transcript_home(tui->talk.transcript);
}

static void go_to_end(struct tui *tui)
{
    transcript_end(tui->talk.transcript);
}

static void go_to_earlier(struct tui *tui)
{
    transcript_jump(tui->talk.transcript, true);
}

static void go_to_later(struct tui *tui)
{
    transcript_jump(tui->talk.transcript, false);
}

static void toggle_mode(struct tui *tui)
{
    talk_toggle_mode(&tui->talk);
}

static void fold(struct tui *tui)
{
    talk_fold(&tui->talk);
}

static void repaint(struct tui *tui)
{
    screen_repaint(tui->view.screen);
}

static const char quit_hint[] = "Ctrl-C again quits";

static void on_interrupt(struct tui *tui)
{
    bool again = tui->view.hint;
    tui->view.hint = NULL;
    input_close_list(tui->view.input);
    if (input_cancel(tui->view.input))
        return;
    if (chat_busy(tui->talk.chat))
        talk_stop(&tui->talk);
    else if (!input_is_empty(tui->view.input))
        input_set(tui->view.input, "");
    else if (again)
        tui->leaving = true;
    else
        tui->view.hint = quit_hint;
}

static void on_escape(struct tui *tui, const struct key *key)
{
    if (dialog_escape(&tui->talk, tui->view.input, clock_ms()))
        return;
    if (input_takes_escape(tui->view.input))
        input_key(tui->view.input, key);
    else if (!input_close_list(tui->view.input) && !input_cancel(tui->view.input))
        talk_stop(&tui->talk);
}

/* The keys that are the screen's, not the line's. */
static const struct {
    const char *bytes;
    void (*act)(struct tui *tui);
} actions[] = {
    {"\003", on_interrupt},
    {"\014", repaint},
    {"\032", stop_process},
    {"\033[5~", page_up},
    {"\033[6~", page_down},
    {"\033[1;5H", go_home},
    {"\033[1;5F", go_to_end},
    {"\033[7^", go_home},
    {"\033[8^", go_to_end},
    {"\033[1;3A", go_to_earlier},
    {"\033[1;3B", go_to_later},
    {"\033t", toggle_mode},
    {"\033o", fold},
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
    if (!up || tui->talk.queue.count == 0 || !input_is_empty(tui->view.input) ||
        ask_is_open(&tui->talk.ask))
        return false;
    put_in_line(tui, talk_take_back(&tui->talk));
    return true;
}

/* A test asks in this way for what is on the screen. */
static bool save_screen(struct tui *tui, const char *line)
{
    static const char command[] = "/screen ";
    struct error error = ERROR_INIT;
    if (strncmp(line, command, sizeof(command) - 1) != 0)
        return false;
    view_paint(&tui->view, clock_ms());
    if (screen_save(tui->view.screen, line + sizeof(command) - 1, &error) < 0)
        talk_error(&tui->talk, error.text);
    return true;
}

static void on_line(struct tui *tui, const char *line)
{
    bool is_blank = line[strspn(line, " \t\n")] == '\0';
    if (dialog_line(&tui->talk, tui->view.input, line, clock_ms()))
        return;
    if (!is_blank && !save_screen(tui, line))
        talk_line(&tui->talk, line);
}

static void key_to_line(struct tui *tui, const struct key *key)
{
    struct input *input = tui->view.input;
    if (dialog_key(&tui->talk, input, key, clock_ms()))
        return;
    if (key->kind == KEY_CHAR && key->bytes[0] == '\004' && input_is_empty(input)) {
        tui->leaving = true;
        return;
    }
    if (take_back_queued(tui, key))
        return;
    input_key(input, key);
    char *line = input_take(input);
    if (line)
        on_line(tui, line);
    free(line);
    if (input_wants_editor(input))
        edit_in_editor(tui);
    if (input_ended(input))
        tui->leaving = true;
}

static void on_key(struct tui *tui, const struct key *key)
{
    if (key->kind != KEY_CHAR || key->bytes[0] != '\003')
        tui->view.hint = NULL;
    tui->view.input_changed = true;
    if (key->kind == KEY_WHEEL)
        transcript_scroll(tui->talk.transcript, key->rows);
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
    ask_guard(&tui->talk.ask, clock_ms());
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
        {.fd = chat_fd(tui->talk.chat), .events = POLLIN},
    };
    int64_t now = clock_ms();
    int timeout = sooner(-1, tui->keys_due, now);
    timeout = sooner(timeout, tui->talk.status_due, now);
    timeout = sooner(timeout, ask_due(&tui->talk.ask), now);
    timeout = sooner(timeout, tui->pace.wanted ? tui->pace.due : -1, now);
    if (poll(fds, sizeof(fds) / sizeof(*fds), timeout) < 0)
        return;
    if (fds[1].revents)
        take_signals(tui);
    if (fds[0].revents)
        on_terminal(tui);
}

static void take_news(struct tui *tui, int64_t now)
{
    unsigned news = tui->talk.news;
    if (news == 0)
        return;
    tui->talk.news = 0;
    tui->view.status_changed |= (news & NEWS_STATUS) != 0;
    tui->view.input_changed |= (news & (NEWS_QUEUE | NEWS_ASK)) != 0;
    dialog_settle(&tui->talk, tui->view.input);
    if ((news & NEWS_RETURN) && input_is_empty(tui->view.input))
        put_in_line(tui, talk_take_back(&tui->talk));
    if (news & NEWS_LEAVE)
        tui->leaving = true;
    pace_want(&tui->pace, now);
}

static void take_turn(struct tui *tui)
{
    wait_for_news(tui);
    int64_t now = clock_ms();
    if (tui->keys_due >= 0 && now >= tui->keys_due) {
        keys_timeout(tui->keys);
        take_keys(tui);
    }
    talk_drain(&tui->talk);
    if (tui->talk.status_due >= 0 && now >= tui->talk.status_due)
        talk_tick(&tui->talk, now);
    int64_t ask = ask_due(&tui->talk.ask);
    if (ask >= 0 && now >= ask)
        talk_ready(&tui->talk, now);
    now = clock_ms();
    take_news(tui, now);
    if (!tui->leaving && pace_is_due(&tui->pace, now)) {
        view_paint(&tui->view, now);
        pace_painted(&tui->pace, now);
    }
}

/* ---- Beginning and end */

/* What stays in the terminal's own scrollback. */
static void leave_text(const struct tui *tui, const char *how_much)
{
    struct buf text = BUF_INIT;
    if (strcmp(how_much, "none") != 0)
        transcript_text(tui->talk.transcript, strcmp(how_much, "all") == 0, &text);
    fd_write_all(STDOUT_FILENO, buf_str(&text), text.len);
    buf_clear(&text);
}

static void run(struct tui *tui, struct chat *chat, const struct settings *settings,
                const char *greeting)
{
    struct error error = ERROR_INIT;
    struct history *history = history_of(settings, &error);
    talk_open(&tui->talk, chat, history);
    talk_note(&tui->talk, greeting);
    if (error.code)
        talk_error(&tui->talk, error.text);
    tui->keys = keys_new((int)settings_number(settings, "screen", "esc_delay"));
    tui->pace.frame_ms = (int)settings_number(settings, "screen", "frame");
    tui->view.talk = &tui->talk;
    tui->view.input = input_new(chat, history);
    tui->view.input_changed = true;
    pace_hurry(&tui->pace, clock_ms());
    while (!tui->leaving)
        take_turn(tui);
    screen_free(tui->view.screen);
    terminal_give_back();
    if (tui->exit_status == 0)
        leave_text(tui, settings_get(settings, "screen", "leave"));
    view_clear(&tui->view);
    input_free(tui->view.input);
    keys_free(tui->keys);
    talk_close(&tui->talk);
    history_free(history);
}

int tui_run(struct chat *chat, const struct settings *settings, const char *greeting,
            struct error *error)
{
    struct tui tui = {.keys_due = -1};
    if (terminal_take(error) < 0)
        return -1;
    tui.view.screen = screen_new(error);
    if (!tui.view.screen) {
        terminal_give_back();
        return -1;
    }
    terminal_begin();
    run(&tui, chat, settings, greeting);
    return tui.exit_status;
}
