/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * A session that is played back, and sent to and fro.  The stream is the chat's (chat_play_back), and so
 * is the playback from then on: it ends with the stream.
 */
#ifndef CHAT_PLAYBACK_H
#define CHAT_PLAYBACK_H

#include <stdbool.h>
#include <stdint.h>

#include "runnel.h"

struct playback;
struct replay_options;

/* Takes the descriptor.  One that is no file can be played, and only onward. */
struct playback *playback_new(rn_io *io, int fd, const struct replay_options *options,
                              rn_stream **stream);
void playback_free(struct playback *playback);
bool playback_is_empty(const struct playback *playback); /* there is nothing to play in the file */
/* What is shown now. */
void playback_event(struct playback *playback, const rn_event *event);

struct playback_look {
    double at, length; /* ms of playing time; a length of 0 is not known */
    double speed;      /* 0: at once */
    bool is_paused, is_at_end;
};

struct playback_look playback_look(const struct playback *playback);
/* A clock by which what is played takes as long as it took then, in ms: it stands while the playback does,
 * and leaps over what was cut out of a silence. */
int64_t playback_clock(const struct playback *playback);
/* What it showed when the event came that is shown last. */
int64_t playback_event_clock(const struct playback *playback);
/* Whether time passes: not while it is paused, nor at the end. */
bool playback_moves(const struct playback *playback);
/* All that is in the session has been played. */
bool playback_is_over(const struct playback *playback);

void playback_pause(struct playback *playback); /* or go on */
/* One event, and then it is paused; asked for again before it has come, two, and so on. */
void playback_single(struct playback *playback);
void playback_change_speed(struct playback *playback, bool faster);

/* What has become of what is shown: it stays as it is, it goes on, or all is told anew. */
enum playback_move { PLAYBACK_STAYS, PLAYBACK_ONWARD, PLAYBACK_ANEW };

/* Go to where the next message begins, or this one, or, soon after it has, the one before. */
enum playback_move playback_next(struct playback *playback);
enum playback_move playback_previous(struct playback *playback);
enum playback_move playback_go(struct playback *playback, int64_t ms);
enum playback_move playback_again(struct playback *playback); /* from the beginning, and not paused */
/* "90", "1:30", "1:00:05.5": milliseconds; -1 when it is no time. */
int64_t playback_read_time(const char *text);

/* The user wants to go on from here, in a chat. */
void playback_want_chat(struct playback *playback);
bool playback_wants_chat(const struct playback *playback);
/* The run last shown whole (at the end also one that was broken off); "" when there is none. */
const char *playback_run(const struct playback *playback);

#endif
