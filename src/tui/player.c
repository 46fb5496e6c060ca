/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "tui/player.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "base/mem.h"
#include "chat/chat.h"
#include "chat/encore.h"
#include "chat/playback.h"
#include "tui/desk.h"
#include "tui/input.h"
#include "tui/keys.h"
#include "tui/screen.h"
#include "tui/status.h"
#include "tui/transcript.h"

enum {
    TICK_MS = 250,
    TRACK_SHARE = 5, /* of the screen's columns, */
    TRACK_MIN = 6,   /* if that is as many: else there is none, */
    TRACK_MAX = 40,
    LENGTH_MIN = 30, /* and on a screen with fewer not even the time of the end */
    HINT_MIN = 8,    /* rows of a screen on which the keys are told to begin with */
    TIME_MAX = 16,
    BACKSPACE = 8,
    DELETE = 127
};

struct hints {
    const char *keys, *end, *nothing_sent;
};

static const struct hints alone = {
    .keys = "space pauses, arrows seek and set the pace, . steps, g goes to a time, q quits",
    .end = "The end.  c continues from here, left goes back, space plays it again, q quits",
    .nothing_sent = "nothing is sent in a replay: c continues from here, in a chat",
};

static const struct hints within_chat = {
    .keys = "space pauses, arrows seek and set the pace, . steps, g goes to a time, q: chat",
    .end = "The end.  q goes to the chat, left goes back, space plays it again",
    .nothing_sent = "nothing is sent in a replay: q goes to the chat",
};

static const struct hints *hints(const struct desk *desk)
{
    return encore_path(desk->talk.chat) ? &within_chat : &alone;
}

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
    if (move == PLAYBACK_STAYS)
        return;
    transcript_end(desk->talk.transcript);
    talk_drain(&desk->talk); /* so that nothing is painted between here and there */
}

static void pause_or_go_on(struct desk *desk, struct playback *playback)
{
    if (playback_look(playback).is_at_end)
        follow(desk, playback_again(playback));
    else
        playback_pause(playback);
}

/* To the chat behind it, where there is one. */
static void leave(struct desk *desk)
{
    if (!encore_path(desk->talk.chat)) {
        desk_leave(desk, 0);
        return;
    }
    encore_end(desk->talk.chat);
    talk_return(&desk->talk);
}

/* As if the user had typed it. */
static void resume(struct desk *desk)
{
    char *line = xasprintf("/resume %s", encore_path(desk->talk.chat));
    leave(desk);
    talk_line(&desk->talk, line);
    free(line);
}

static void continue_chat(struct desk *desk, struct playback *playback)
{
    if (encore_is_own(desk->talk.chat)) {
        leave(desk);
    } else if (encore_path(desk->talk.chat)) {
        resume(desk);
    } else if (*playback_run(playback)) {
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

/* Control characters that mean nothing for a time are for whoever else wants them. */
static bool type_time(struct desk *desk, struct playback *playback, const struct key *key)
{
    struct buf *time = &desk->player.time;
    char typed = key->kind == KEY_CHAR && key->len == 1 ? key->bytes[0] : '\0';
    if (typed == '\r' || typed == '\n')
        take_time(desk, playback);
    else if ((typed == BACKSPACE || typed == DELETE) && time->len > 0)
        buf_drop_end(time, 1);
    else if (typed && strchr("0123456789:.", typed) && time->len < TIME_MAX)
        buf_addc(time, typed);
    return typed == '\0' || typed >= ' ' || strchr("\r\n\b", typed);
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
        pause_or_go_on(desk, playback);
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
        leave(desk);
        return true;
    default:
        return false;
    }
}

static bool is_text(const struct key *key)
{
    return key->kind == KEY_PASTE || (key->kind == KEY_CHAR && (unsigned char)*key->bytes >= ' ');
}

/* A slash begins a command, of which /find is one; else nothing is written here. */
static bool refuse(struct desk *desk, const struct key *key)
{
    bool is_refused = is_text(key) && *key->bytes != '/';
    if (is_refused)
        desk->view.hint = key->kind == KEY_PASTE ? hints(desk)->nothing_sent : hints(desk)->keys;
    return is_refused;
}

/* What has become of such a command may be none any more. */
static bool refuse_line(struct desk *desk, const struct key *key)
{
    bool is_end = key->kind == KEY_CHAR && (*key->bytes == '\r' || *key->bytes == '\n');
    if (!is_end || *input_text(desk->view.input) == '/')
        return false;
    desk->view.hint = hints(desk)->nothing_sent;
    return true;
}

bool player_key(struct desk *desk, const struct key *key)
{
    struct playback *playback = chat_playback(desk->talk.chat);
    if (!playback)
        return false;
    if (!input_is_empty(desk->view.input))
        return refuse_line(desk, key);
    if (player_panes_key(&desk->talk.panes, key))
        return true;
    if (desk->player.asks_time)
        return type_time(desk, playback, key);
    if (!on_arrow(desk, playback, key))
        return (key->kind == KEY_CHAR && key->len == 1 && on_char(desk, playback, *key->bytes)) ||
               refuse(desk, key);
    return true;
}

/* Somebody who wants it stopped wants to see what there is. */
bool player_pause(struct desk *desk)
{
    struct playback *playback = chat_playback(desk->talk.chat);
    bool asked = desk->player.asks_time, moves = playback && playback_moves(playback);
    desk->player.asks_time = false;
    if (moves && !asked)
        playback_pause(playback);
    return asked || moves;
}

bool player_escape(struct desk *desk)
{
    return input_is_empty(desk->view.input) && player_pause(desk);
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

static void add_track(struct buf *bar, const struct playback_look *look, int columns)
{
    int track = columns / TRACK_SHARE < TRACK_MAX ? columns / TRACK_SHARE : TRACK_MAX;
    int played = (int)(look->at / look->length * track);
    bool is_drawn = track >= TRACK_MIN;
    buf_adds(bar, is_drawn ? " " : "/");
    for (int i = 0; is_drawn && i < track; i++)
        buf_adds(bar, i < played ? "━" : "┄");
    buf_adds(bar, is_drawn ? " " : "");
    add_time(bar, look->length);
}

static void write_bar(const struct desk *desk, const struct playback_look *look, struct buf *bar)
{
    int columns = screen_columns(desk->view.screen);
    if (desk->player.asks_time) {
        buf_addf(bar, "go to %s_", buf_str(&desk->player.time));
        buf_adds(bar, columns >= LENGTH_MIN ? " (minutes:seconds)" : "");
        return;
    }
    buf_adds(bar, look->is_at_end ? "end " : look->is_paused ? "paused " : "");
    add_time(bar, look->at);
    if (look->length > 0 && columns >= LENGTH_MIN)
        add_track(bar, look, columns);
    if (look->speed > 0 && look->speed != 1)
        buf_addf(bar, " x%g", look->speed);
}

static void show_bar(struct desk *desk, const struct playback_look *look)
{
    struct buf bar = BUF_INIT;
    write_bar(desk, look, &bar);
    if (strcmp(bar.data, buf_str(&desk->player.bar)) != 0) {
        buf_reset(&desk->player.bar);
        buf_adds(&desk->player.bar, bar.data);
        status_play(desk->talk.status, bar.data);
        desk->view.status_changed = true;
    }
    buf_clear(&bar);
}

/* The keys are told to begin with; the end when it comes, and whenever nothing else is. */
static void show_hint(struct desk *desk, const struct playback_look *look)
{
    const char *before = desk->view.hint;
    if (look->is_at_end && (!before || !desk->player.has_ended))
        desk->view.hint = hints(desk)->end;
    else if (!desk->player.has_begun && screen_rows(desk->view.screen) >= HINT_MIN)
        desk->view.hint = hints(desk)->keys;
    else if (!look->is_at_end && before == hints(desk)->end)
        desk->view.hint = NULL;
    desk->view.input_changed |= desk->view.hint != before;
    desk->player.has_begun = true;
    desk->player.has_ended = look->is_at_end;
}

/* The chat goes on. */
static void put_away(struct desk *desk, int64_t now)
{
    struct player *player = &desk->player;
    if (!player->has_begun)
        return;
    player_clear(player);
    *player = (struct player){0};
    status_play(desk->talk.status, "");
    desk->view.hint = NULL;
    desk->view.status_changed = desk->view.input_changed = true;
    pace_want(&desk->pace, now);
}

void player_show(struct desk *desk, int64_t now)
{
    const struct playback *playback = chat_playback(desk->talk.chat);
    if (!playback) {
        put_away(desk, now);
        return;
    }
    struct playback_look look = playback_look(playback);
    if (now >= desk->player.due)
        desk->player.due = now + TICK_MS;
    show_hint(desk, &look);
    show_bar(desk, &look);
    if (desk->view.status_changed || desk->view.input_changed)
        pace_want(&desk->pace, now);
}

int64_t player_due(const struct desk *desk)
{
    const struct playback *playback = chat_playback(desk->talk.chat);
    return playback && playback_moves(playback) ? desk->player.due : -1;
}
