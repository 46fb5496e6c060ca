/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "tui/player.h"

#include <inttypes.h>
#include <string.h>

#include "base/clock.h"
#include "chat/chat.h"
#include "chat/playback.h"
#include "tui/desk.h"
#include "tui/input.h"
#include "tui/keys.h"
#include "tui/status.h"

enum { TICK_MS = 250, BAR_COLUMNS = 16, TIME_MAX = 16, BACKSPACE = 8, DELETE = 127 };

static const char end_hint[] =
    "The end.  c: continue from here, in a chat · left: back · g: go to a time · q: leave";

void player_clear(struct player *player)
{
    buf_clear(&player->bar);
    buf_clear(&player->time);
}

/* ---- Keys */

/* What is told anew is told from a run's beginning. */
static void follow(struct desk *desk, enum playback_move move)
{
    if (move == PLAYBACK_ANEW)
        talk_tell_anew(&desk->talk);
    desk->player.has_ended = false;
}

static void continue_chat(struct desk *desk, struct playback *playback)
{
    if (*playback_run(playback)) {
        playback_want_chat(playback);
        desk_leave(desk, 0);
    } else {
        talk_error(&desk->talk, "nothing can be continued yet: no answer has been shown whole");
    }
}

static void ask_time(struct desk *desk)
{
    desk->player.asks_time = true;
    buf_reset(&desk->player.time);
}

static void take_time(struct desk *desk, struct playback *playback)
{
    int64_t ms = playback_read_time(buf_str(&desk->player.time));
    desk->player.asks_time = false;
    if (ms >= 0)
        follow(desk, playback_go(playback, ms));
    else if (desk->player.time.len > 0)
        talk_error(&desk->talk, "a time is SECONDS, MINUTES:SECONDS or HOURS:MINUTES:SECONDS");
}

static void type_time(struct desk *desk, struct playback *playback, const struct key *key)
{
    struct buf *time = &desk->player.time;
    char typed = key->kind == KEY_CHAR && key->len == 1 ? key->bytes[0] : '\0';
    if (typed == '\r' || typed == '\n')
        take_time(desk, playback);
    else if ((typed == BACKSPACE || typed == DELETE) && time->len > 0)
        buf_drop_end(time, 1);
    else if (typed && strchr("0123456789:.", typed) && time->len < TIME_MAX)
        buf_addc(time, typed);
}

static bool is_sequence(const struct key *key, const char *one, const char *other)
{
    return key->kind == KEY_SEQUENCE &&
           (strcmp(key->bytes, one) == 0 || strcmp(key->bytes, other) == 0);
}

static bool on_arrow(struct desk *desk, struct playback *playback, const struct key *key)
{
    if (is_sequence(key, "\033[C", "\033OC"))
        follow(desk, playback_next(playback));
    else if (is_sequence(key, "\033[D", "\033OD"))
        follow(desk, playback_previous(playback));
    else if (is_sequence(key, "\033[A", "\033OA"))
        playback_change_speed(playback, true);
    else if (is_sequence(key, "\033[B", "\033OB"))
        playback_change_speed(playback, false);
    else
        return false;
    return true;
}

static bool on_char(struct desk *desk, struct playback *playback, char typed)
{
    switch (typed) {
    case ' ':
        playback_pause(playback);
        return true;
    case '.':
        playback_single(playback);
        return true;
    case 'g':
        ask_time(desk);
        return true;
    case 'c':
        continue_chat(desk, playback);
        return true;
    case 'q':
        desk_leave(desk, 0);
        return true;
    default: /* a slash begins a command, of which /find is one; else nothing is written here */
        return typed >= ' ' && typed != '/';
    }
}

bool player_key(struct desk *desk, const struct key *key)
{
    struct playback *playback = chat_playback(desk->talk.chat);
    if (!playback || !input_is_empty(desk->view.input))
        return false;
    desk->player.due = 0;
    if (desk->player.asks_time)
        type_time(desk, playback, key);
    else if (!on_arrow(desk, playback, key))
        return key->kind == KEY_CHAR && key->len == 1 && on_char(desk, playback, key->bytes[0]);
    return true;
}

bool player_escape(struct desk *desk)
{
    bool asked = desk->player.asks_time;
    desk->player.asks_time = false;
    desk->player.due = 0;
    return asked;
}

/* ---- The time bar */

static void add_time(struct buf *bar, double ms)
{
    int64_t seconds = (int64_t)(ms / 1000);
    if (seconds >= 3600)
        buf_addf(bar, "%" PRId64 ":%02" PRId64, seconds / 3600, seconds / 60 % 60);
    else
        buf_addf(bar, "%" PRId64, seconds / 60);
    buf_addf(bar, ":%02" PRId64, seconds % 60);
}

static void add_track(struct buf *bar, const struct playback_look *look)
{
    int played = look->length > 0 ? (int)(look->at / look->length * BAR_COLUMNS) : 0;
    buf_addc(bar, ' ');
    for (int i = 0; i < BAR_COLUMNS; i++)
        buf_adds(bar, i < played ? "━" : "┄");
    buf_addc(bar, ' ');
    add_time(bar, look->length);
}

static void write_bar(struct player *player, const struct playback_look *look)
{
    struct buf *bar = &player->bar;
    buf_reset(bar);
    if (player->asks_time) {
        buf_addf(bar, "go to %s_ (minutes:seconds)", buf_str(&player->time));
        return;
    }
    buf_adds(bar, look->is_at_end ? "end " : look->is_paused ? "paused " : "");
    add_time(bar, look->at);
    if (look->length > 0)
        add_track(bar, look);
    if (look->speed > 0 && look->speed != 1)
        buf_addf(bar, " x%g", look->speed);
}

void player_show(struct desk *desk, int64_t now)
{
    struct player *player = &desk->player;
    const struct playback *playback = chat_playback(desk->talk.chat);
    if ((!playback && !player->is_shown) || (playback && now < player->due))
        return;
    player->is_shown = playback != NULL;
    player->due = now + TICK_MS;
    if (playback) {
        struct playback_look look = playback_look(playback);
        write_bar(player, &look);
        if (look.is_at_end && !player->has_ended) {
            player->has_ended = true;
            desk->view.hint = end_hint;
            desk->view.input_changed = true;
        }
    }
    status_play(desk->talk.status, playback ? player->bar.data : "");
    desk->view.status_changed = true;
    pace_want(&desk->pace, now);
}

int64_t player_due(const struct desk *desk)
{
    const struct playback *playback = chat_playback(desk->talk.chat);
    if (!playback)
        return -1;
    struct playback_look look = playback_look(playback);
    bool moves = look.is_at_end ? !desk->player.has_ended : !look.is_paused;
    return moves || desk->player.due == 0 || !desk->player.is_shown ? desk->player.due : -1;
}
