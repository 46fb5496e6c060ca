/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "tui/compare.h"

#include <errno.h>
#include <poll.h>
#include <signal.h>
#include <string.h>
#include <sys/signalfd.h>
#include <unistd.h>

#include "base/buf.h"
#include "base/clock.h"
#include "base/error.h"
#include "base/fd.h"
#include "chat/appearance.h"
#include "chat/race.h"
#include "chat/report.h"
#include "config/settings.h"
#include "text/theme.h"
#include "tui/compare_panes.h"
#include "tui/keys.h"
#include "tui/pace.h"
#include "tui/screen.h"
#include "tui/terminal.h"

enum {
    TICK_MS = 100, /* of the clocks */
    PAGE_OVERLAP = 2,
    READ_SIZE = 4096,
    KEYBOARD = RACE_LANES,
    SIGNALS,
    WAITS,
};

struct compare {
    struct race *race;
    struct screen *screen;
    struct keys *keys;
    struct panes panes;
    struct pace pace;
    int64_t keys_due, tick_due; /* -1: never */
    bool is_leaving, is_picked; /* the chosen one */
    int stopped;                /* the signal that ends it; 0: none */
};

/* ---- Keys ---- */

static void choose_next(struct compare *compare)
{
    compare->panes.chosen = (compare->panes.chosen + 1) % compare->race->count;
}

static void choose_last(struct compare *compare)
{
    size_t count = compare->race->count;
    compare->panes.chosen = (compare->panes.chosen + count - 1) % count;
}

/* By its number. */
static void choose(struct compare *compare, char digit)
{
    if (digit >= '1' && (size_t)(digit - '1') < compare->race->count)
        compare->panes.chosen = (size_t)(digit - '1');
}

static struct pane *chosen(struct compare *compare)
{
    return &compare->panes.all[compare->panes.chosen];
}

static void stop_chosen(struct compare *compare)
{
    lane_stop(&compare->race->lanes[compare->panes.chosen]);
}

static void leave(struct compare *compare)
{
    compare->is_leaving = true;
}

static void pick_chosen(struct compare *compare)
{
    compare->is_picked = panes_can_pick(&compare->panes);
    if (compare->is_picked)
        leave(compare);
}

/* Whoever wants it all stopped wants to see what had come. */
static void interrupt(struct compare *compare)
{
    if (race_is_busy(compare->race))
        race_stop(compare->race);
    else
        leave(compare);
}

static void repaint(struct compare *compare)
{
    screen_repaint(compare->screen);
}

static void stop_process(struct compare *compare)
{
    screen_leave(compare->screen);
    terminal_lend();
    terminal_stop();
    terminal_reclaim();
    screen_back(compare->screen);
}

static long page(struct compare *compare)
{
    long rows = chosen(compare)->body - PAGE_OVERLAP;
    return rows > 1 ? rows : 1;
}

static void page_up(struct compare *compare)
{
    pane_scroll(chosen(compare), -page(compare));
}

static void page_down(struct compare *compare)
{
    pane_scroll(chosen(compare), page(compare));
}

static void row_up(struct compare *compare)
{
    pane_scroll(chosen(compare), -1);
}

static void row_down(struct compare *compare)
{
    pane_scroll(chosen(compare), 1);
}

static const struct {
    const char *bytes;
    void (*act)(struct compare *compare);
} actions[] = {
    {"\t", choose_next},  {"\033[Z", choose_last}, {"s", stop_chosen},   {"q", leave},
    {"\004", leave},      {"\003", interrupt},     {"\014", repaint},    {"\032", stop_process},
    {"\033[5~", page_up}, {"\033[6~", page_down},  {" ", page_down},     {"\033[A", row_up},
    {"\033OA", row_up},   {"\033[B", row_down},    {"\033OB", row_down}, {"k", row_up},
    {"j", row_down},      {"\r", pick_chosen},     {"\n", pick_chosen},
};

static void on_key(struct compare *compare, const struct key *key)
{
    bool is_word = key->kind == KEY_CHAR || key->kind == KEY_SEQUENCE;
    if (key->kind == KEY_WHEEL)
        pane_scroll(chosen(compare), key->rows);
    else if (key->kind == KEY_ESCAPE)
        interrupt(compare);
    else if (key->kind == KEY_CHAR && key->len == 1)
        choose(compare, *key->bytes);
    for (size_t i = 0; is_word && i < sizeof(actions) / sizeof(*actions); i++)
        if (strcmp(key->bytes, actions[i].bytes) == 0)
            actions[i].act(compare);
    pace_hurry(&compare->pace, clock_ms());
}

static void take_keys(struct compare *compare)
{
    struct key key;
    while (!compare->is_leaving && keys_next(compare->keys, &key))
        on_key(compare, &key);
    int wait = keys_wait(compare->keys);
    compare->keys_due = wait < 0 ? -1 : clock_ms() + wait;
}

static void on_terminal(struct compare *compare)
{
    char bytes[READ_SIZE];
    ssize_t n = read(STDIN_FILENO, bytes, sizeof(bytes));
    if (n > 0)
        keys_feed(compare->keys, bytes, (size_t)n);
    else if (n == 0 || (errno != EINTR && errno != EAGAIN))
        leave(compare);
    take_keys(compare);
}

static void on_signal(struct compare *compare, int signal)
{
    if (signal == SIGWINCH) {
        screen_fit(compare->screen);
    } else if (signal == SIGCONT) {
        terminal_reclaim();
        screen_back(compare->screen);
    } else if (signal == SIGINT) {
        interrupt(compare);
    } else {
        compare->stopped = signal;
        leave(compare);
    }
    pace_hurry(&compare->pace, clock_ms());
}

static void take_signals(struct compare *compare)
{
    struct signalfd_siginfo info;
    while (read(terminal_signals(), &info, sizeof(info)) == sizeof(info))
        on_signal(compare, (int)info.ssi_signo);
}

/* ---- The loop ---- */

static void drain(struct compare *compare)
{
    size_t lane;
    rn_event event;
    while (race_step(compare->race, &lane, &event) == RN_EVENT) {
        pane_event(&compare->panes.all[lane], &event);
        pace_want(&compare->pace, clock_ms());
        if (pace_is_due(&compare->pace, clock_ms()))
            return; /* in a flood, too, there are frames and keys */
    }
}

static int sooner(int timeout, int64_t due, int64_t now)
{
    if (due < 0)
        return timeout;
    int64_t left = due > now ? due - now : 0;
    return timeout < 0 || left < timeout ? (int)left : timeout;
}

static void wait_for_news(struct compare *compare)
{
    struct pollfd fds[WAITS];
    int64_t now = clock_ms();
    int timeout = sooner(-1, compare->keys_due, now);
    timeout = sooner(timeout, compare->tick_due, now);
    timeout = sooner(timeout, compare->pace.wanted ? compare->pace.due : -1, now);
    for (size_t i = 0; i < RACE_LANES; i++)
        fds[i] = (struct pollfd){.fd = -1};
    race_poll(compare->race, fds);
    fds[KEYBOARD] = (struct pollfd){.fd = STDIN_FILENO, .events = POLLIN};
    fds[SIGNALS] = (struct pollfd){.fd = terminal_signals(), .events = POLLIN};
    if (poll(fds, WAITS, timeout) < 0)
        return;
    if (fds[SIGNALS].revents)
        take_signals(compare);
    if (fds[KEYBOARD].revents)
        on_terminal(compare);
}

/* While the clocks run, and once more when they have stopped. */
static void tick(struct compare *compare, int64_t now)
{
    bool is_busy = race_is_busy(compare->race);
    if (compare->tick_due >= 0 && (now >= compare->tick_due || !is_busy))
        pace_want(&compare->pace, now);
    if (!is_busy)
        compare->tick_due = -1;
    else if (now >= compare->tick_due)
        compare->tick_due = now + TICK_MS;
}

static void take_turn(struct compare *compare)
{
    wait_for_news(compare);
    int64_t now = clock_ms();
    if (compare->keys_due >= 0 && now >= compare->keys_due) {
        keys_timeout(compare->keys);
        take_keys(compare);
    }
    drain(compare);
    now = clock_ms();
    tick(compare, now);
    if (!compare->is_leaving && pace_is_due(&compare->pace, now)) {
        panes_paint(&compare->panes, now);
        pace_painted(&compare->pace, now);
    }
}

/* ---- Beginning and end ---- */

/* A look that cannot be had is no reason not to compare: there is one to begin with. */
static void take_theme(struct screen *screen, const struct settings *settings)
{
    struct theme theme;
    struct error ignored;
    if (appearance_theme(settings, NULL, screen_colors(screen), &theme, &ignored) == 0)
        screen_theme(screen, &theme);
}

static void run(struct compare *compare, bool can_pick, const struct settings *settings)
{
    take_theme(compare->screen, settings);
    compare->keys = keys_new((int)settings_number(settings, "screen", "esc_delay"));
    compare->pace.frame_ms = (int)settings_number(settings, "screen", "frame");
    panes_open(&compare->panes, compare->race, compare->screen, can_pick);
    pace_hurry(&compare->pace, clock_ms());
    while (!compare->is_leaving)
        take_turn(compare);
    panes_clear(&compare->panes);
    keys_free(compare->keys);
}

/* What was still on its way is stopped, and told as such. */
static void leave_table(struct race *race)
{
    struct buf text = BUF_INIT;
    race_halt(race);
    report_table(race, &text);
    fd_write_all(STDOUT_FILENO, text.data, text.len);
    buf_clear(&text);
}

int tui_compare_within(struct race *race, struct screen *screen, const struct settings *settings,
                       size_t *picked)
{
    struct compare compare = {.race = race, .screen = screen, .keys_due = -1, .tick_due = -1};
    run(&compare, true, settings);
    screen_repaint(screen);
    *picked = compare.is_picked ? compare.panes.chosen + 1 : 0;
    return compare.stopped;
}

int tui_compare(struct race *race, const struct settings *settings, struct error *error)
{
    struct compare compare = {.race = race, .keys_due = -1, .tick_due = -1};
    if (terminal_take(error) < 0)
        return -1;
    compare.screen = screen_new(error);
    if (compare.screen && race_start(race, error) < 0) {
        screen_free(compare.screen);
        compare.screen = NULL;
    }
    if (!compare.screen) {
        terminal_give_back();
        return -1;
    }
    terminal_begin();
    run(&compare, false, settings);
    terminal_end();
    screen_free(compare.screen);
    terminal_give_back();
    leave_table(race);
    if (compare.stopped)
        return 128 + compare.stopped;
    return report_is_good(race) ? 0 : 1;
}
