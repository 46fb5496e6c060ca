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
#include "base/filter.h"
#include "base/mem.h"
#include "chat/chat.h"
#include "chat/history.h"
#include "config/settings.h"
#include "tui/desk.h"
#include "tui/dialog.h"
#include "tui/effects.h"
#include "tui/input.h"
#include "tui/keys.h"
#include "tui/leave.h"
#include "tui/player.h"
#include "tui/reading.h"
#include "tui/screen.h"
#include "tui/shortcuts.h"
#include "tui/terminal.h"
#include "tui/transcript.h"
#include "tui/typing.h"

enum { READ_SIZE = 4096 };

/* ---- The terminal */

static void take_keys(struct desk *desk)
{
    struct key key;
    while (!desk->leaving && keys_next(desk->keys, &key))
        typing_key(desk, &key);
    int wait = keys_wait(desk->keys);
    desk->keys_due = wait < 0 ? -1 : clock_ms() + wait;
}

static void on_terminal(struct desk *desk)
{
    char bytes[READ_SIZE];
    ssize_t n = read(STDIN_FILENO, bytes, sizeof(bytes));
    if (n > 0)
        keys_feed(desk->keys, bytes, (size_t)n);
    else if (n == 0 || (errno != EINTR && errno != EAGAIN))
        desk_leave(desk, SIGHUP);
    take_keys(desk);
}

/* ---- Signals */

static void on_resize(struct desk *desk)
{
    screen_fit(desk->view.screen);
    desk->view.input_changed = true;
    pace_hurry(&desk->pace, clock_ms());
}

static void on_continue(struct desk *desk)
{
    terminal_reclaim();
    screen_back(desk->view.screen);
    ask_guard(&desk->talk.ask, clock_ms());
    desk->view.input_changed = true;
    pace_hurry(&desk->pace, clock_ms());
}

static void on_signal(struct desk *desk, int signal)
{
    switch (signal) {
    case SIGWINCH:
        on_resize(desk);
        break;
    case SIGCONT:
        on_continue(desk);
        break;
    case SIGINT:
        shortcut_interrupt(desk);
        desk->view.input_changed = true;
        pace_hurry(&desk->pace, clock_ms());
        break;
    default:
        desk_leave(desk, signal);
        break;
    }
}

static void take_signals(struct desk *desk)
{
    struct signalfd_siginfo info;
    while (read(terminal_signals(), &info, sizeof(info)) == sizeof(info))
        on_signal(desk, (int)info.ssi_signo);
}

/* ---- The loop: whoever has a descriptor or a time to wait for has a line in wait_for_news */

static int sooner(int timeout, int64_t due, int64_t now)
{
    if (due < 0)
        return timeout;
    int64_t left = due > now ? due - now : 0;
    return timeout < 0 || left < timeout ? (int)left : timeout;
}

static void wait_for_news(struct desk *desk)
{
    struct pollfd fds[] = {
        {.fd = STDIN_FILENO, .events = POLLIN},
        {.fd = terminal_signals(), .events = POLLIN},
        {.fd = chat_fd(desk->talk.chat), .events = POLLIN},
        {.fd = talk_scout_fd(&desk->talk), .events = POLLIN},
        {.fd = copy_fd(&desk->copy), .events = POLLIN},
    };
    int64_t now = clock_ms();
    int timeout = sooner(-1, desk->keys_due, now);
    timeout = sooner(timeout, desk->talk.status_due, now);
    timeout = sooner(timeout, ask_due(&desk->talk.ask), now);
    timeout = sooner(timeout, player_due(desk), now);
    timeout = sooner(timeout, desk->pace.wanted ? desk->pace.due : -1, now);
    if (poll(fds, sizeof(fds) / sizeof(*fds), timeout) < 0)
        return;
    if (fds[1].revents)
        take_signals(desk);
    if (fds[0].revents)
        on_terminal(desk);
    if (fds[4].revents)
        reading_settle(desk);
}

/* A name is the config's or the user's word, never a model's; it is filtered all the same. */
static void show_title(const struct desk *desk)
{
    struct buf title = BUF_INIT;
    const char *model = chat_model(desk->talk.chat);
    buf_adds(&title, "runnel - ");
    filter_line(&title, model, strlen(model));
    terminal_title(title.data);
    buf_clear(&title);
}

/* Whoever has stopped an answer knows that it has ended. */
static bool is_to_ring(const struct desk *desk, unsigned news, int64_t now)
{
    const rn_message *answer = news & NEWS_ANSWER ? chat_answer(desk->talk.chat) : NULL;
    if ((news & NEWS_QUESTION) && bell_for_question(&desk->bell))
        return true;
    return answer && answer->status != RN_ECANCELLED &&
           bell_for_answer(&desk->bell, meter_elapsed(&desk->talk.meter, now));
}

static void take_news(struct desk *desk, int64_t now)
{
    unsigned news = desk->talk.news;
    if (news == 0)
        return;
    desk->talk.news = 0;
    desk->view.status_changed |= (news & NEWS_STATUS) != 0;
    desk->view.input_changed |= (news & (NEWS_QUEUE | NEWS_ASK)) != 0;
    dialog_settle(&desk->talk, desk->view.input);
    if ((news & NEWS_RETURN) && input_is_empty(desk->view.input))
        desk_put_in_line(desk, talk_take_back(&desk->talk));
    if ((news & NEWS_STATUS) && desk->wants_title)
        show_title(desk);
    if (is_to_ring(desk, news, now))
        terminal_ring();
    if (news & (NEWS_TEXT | NEWS_ASK))
        reading_refresh(desk);
    if (news & NEWS_EFFECT)
        effects_carry_out(desk);
    if (news & NEWS_LEAVE)
        desk_leave(desk, 0);
    pace_want(&desk->pace, now);
}

static void take_turn(struct desk *desk)
{
    wait_for_news(desk);
    int64_t now = clock_ms();
    if (desk->keys_due >= 0 && now >= desk->keys_due) {
        keys_timeout(desk->keys);
        take_keys(desk);
    }
    if (!pace_is_due(&desk->pace, now)) /* else what there is comes first: somebody pressed a key */
        talk_drain(&desk->talk);
    if (desk->talk.status_due >= 0 && now >= desk->talk.status_due)
        talk_tick(&desk->talk, now);
    int64_t ask = ask_due(&desk->talk.ask);
    if (ask >= 0 && now >= ask)
        talk_ready(&desk->talk, now);
    now = clock_ms();
    take_news(desk, now);
    player_show(desk, now);
    if (!desk->leaving && pace_is_due(&desk->pace, now)) {
        view_paint(&desk->view, now);
        pace_painted(&desk->pace, now);
    }
}

/* ---- Beginning and end */

static void run(struct desk *desk, struct chat *chat, const struct settings *settings,
                const char *greeting, bool chooses)
{
    struct error error = ERROR_INIT;
    struct history *history = history_of(settings, &error);
    talk_open(&desk->talk, chat, history);
    talk_note(&desk->talk, greeting);
    if (error.code)
        talk_error(&desk->talk, error.text);
    desk_take_theme(desk);
    desk->talk.story.keeps_thoughts =
        strcmp(settings_get(settings, "screen", "reasoning"), "show") == 0;
    desk->talk.story.tells_times = settings_flag(settings, "screen", "timestamps");
    desk->keys = keys_new((int)settings_number(settings, "screen", "esc_delay"));
    desk->wants_title = settings_flag(settings, "screen", "title");
    desk->bell = bell_of(settings);
    if (desk->bell.when == BELL_AWAY)
        terminal_watch_focus();
    desk->pace.frame_ms = (int)settings_number(settings, "screen", "frame");
    copy_open(&desk->copy, settings);
    desk->view.talk = &desk->talk;
    desk->view.chooser = &desk->chooser;
    desk->view.input = input_new(chat, history);
    desk->view.input_changed = true;
    if (chooses)
        reading_choose(desk);
    pace_hurry(&desk->pace, clock_ms());
    view_paint(&desk->view, clock_ms());
    talk_look_around(&desk->talk);
    while (!desk->leaving)
        take_turn(desk);
    int colors = screen_colors(desk->view.screen);
    terminal_end();
    screen_free(desk->view.screen);
    terminal_give_back();
    if (desk->exit_status == 0)
        leave_behind(desk->talk.transcript, settings, colors);
    view_clear(&desk->view);
    offer_clear(&desk->offer);
    find_clear(&desk->find);
    pick_clear(&desk->pick);
    chooser_clear(&desk->chooser);
    copy_close(&desk->copy);
    player_clear(&desk->player);
    input_free(desk->view.input);
    keys_free(desk->keys);
    talk_close(&desk->talk);
    history_free(history);
}

int tui_run(struct chat *chat, const struct settings *settings, const char *greeting, bool chooses,
            struct error *error)
{
    struct desk desk = {.keys_due = -1, .settings = settings};
    if (terminal_take(error) < 0)
        return -1;
    desk.view.screen = screen_new(error);
    if (!desk.view.screen) {
        terminal_give_back();
        return -1;
    }
    terminal_begin();
    run(&desk, chat, settings, greeting, chooses);
    return desk.exit_status;
}
