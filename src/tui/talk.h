/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * The talk: what the user says, what the chat answers, and how both are told.  It knows neither keys
 * nor the screen; what has changed it notes as news, for the loop to act on.
 */
#ifndef TUI_TALK_H
#define TUI_TALK_H

#include <stdbool.h>
#include <stdint.h>

#include "tui/ask.h"
#include "tui/meter.h"
#include "tui/player_panes.h"
#include "tui/queue.h"
#include "tui/story.h"

struct chat;
struct history;
struct status;
struct talk;
struct transcript;

enum news {             /* as bits */
    NEWS_TEXT = 1,      /* the transcript has changed */
    NEWS_STATUS = 2,    /* the status line has */
    NEWS_QUEUE = 4,     /* the prompts that wait have */
    NEWS_RETURN = 8,    /* a prompt that waits should go back into the line: see talk_take_back */
    NEWS_LEAVE = 16,
    NEWS_ASK = 32,      /* what is asked has */
    NEWS_EFFECT = 64,   /* a command wants something of the screen: see effects.h */
    NEWS_ANSWER = 128,  /* an answer is there, and nothing follows it */
    NEWS_QUESTION = 256, /* a new question is asked */
};

struct talk {           /* the chat and the history are borrowed */
    struct chat *chat;
    struct history *history;
    struct transcript *transcript;
    struct status *status;
    struct meter meter;
    struct story story;
    struct player_panes panes; /* of a comparison that is played back */
    struct ask ask;
    struct queue queue; /* prompts that wait */
    struct queue said;  /* those that the run has been told, and has not taken yet */
    char *model;        /* the run's: "ollama:llama3.2" */
    int64_t status_due; /* when the status line changes by itself; -1: never */
    int effects;        /* what commands want of the screen: COMMAND_* */
    char *effect_text;  /* what the last of them wrote; NULL without effects */
    unsigned news;
};

void talk_open(struct talk *talk, struct chat *chat, struct history *history);
void talk_close(struct talk *talk);

void talk_note(struct talk *talk, const char *text);
void talk_error(struct talk *talk, const char *text);
/* The first screen is there: what may be found out about models now is. */
void talk_look_around(struct talk *talk);
/* What wakes the loop for what was found out; -1: nothing. */
int talk_scout_fd(const struct talk *talk);
/* Answer with the model that is offered; nothing when none is. */
void talk_take_offer(struct talk *talk);
/* The user has entered a line: a command, or a prompt to send or to queue. */
void talk_line(struct talk *talk, const char *line);
/* Take the chat's events, for at most about a millisecond, of a replay half a second. */
void talk_drain(struct talk *talk);
/* What has been told is told anew, from a run's beginning. */
void talk_tell_anew(struct talk *talk);
/* What was told gives way to the conversation of the chat. */
void talk_return(struct talk *talk);
/* The time by which the run is measured: `now`, and in a replay the replay's, which may stand still. */
int64_t talk_clock(const struct talk *talk, int64_t now);
/* The status line's time has come. */
void talk_tick(struct talk *talk, int64_t now);
/* The question may be answered from now on. */
void talk_ready(struct talk *talk, int64_t now);
void talk_stop(struct talk *talk);
/* Fold or unfold what a tool gave. */
void talk_fold(struct talk *talk);
void talk_toggle_mode(struct talk *talk);

/* Answers to the question that is asked.  Those that go for more than this call go for the questions that
 * wait, too. */
enum allowance { ALLOW_ONCE, ALLOW_TOOL, ALLOW_LIKE_THIS };
void talk_allow(struct talk *talk, enum allowance allowance, int64_t now);
/* With other arguments; -1 when they are no JSON object: it is still asked then. */
int talk_allow_with(struct talk *talk, const char *args, int64_t now);
void talk_deny(struct talk *talk, const char *why, int64_t now);

/* The prompt that was queued last: the caller's; NULL when none waits. */
char *talk_take_back(struct talk *talk);

#endif
