/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * A lane of a comparison: one model asked in one mode, once or several times, and what came of it.
 */
#ifndef CHAT_LANE_H
#define CHAT_LANE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "chat/answerer.h"
#include "chat/burst.h"
#include "runnel.h"

struct error;

struct lane {
    struct answerer answerer;
    enum rn_mode mode;
    rn_conversation *conversation;

    rn_stream *stream;    /* NULL: nothing goes on */
    int64_t begun;        /* when it was asked, by clock_ms() */
    rn_message **answers; /* how it went each time */
    size_t count;
    struct burst burst;   /* the pieces of the last answer */
};

/* What an answer took; times in milliseconds. */
struct score {
    double ttft_ms, ms, tokens, rate, cost; /* each negative where it is not known */
    bool estimated;                         /* the tokens */
};

/* The answerer's borrowed parts have been filled in.  What is asked is the end of a conversation, or (NULL)
 * a prompt alone.  -1 with an error when no model can be had. */
int lane_open(struct lane *lane, const rn_conversation *asked, const char *prompt,
              struct error *error);
void lane_clear(struct lane *lane);
/* "ollama:llama3.2" */
const char *lane_model(const struct lane *lane);

/* Start a child where there is to be one: what takes its time before a clock runs. */
int lane_wake(struct lane *lane, struct error *error);
void lane_start(struct lane *lane);
/* As rn_step, without waiting.  At the end the answer is put with the others. */
int lane_step(struct lane *lane, const rn_event **event);
void lane_stop(struct lane *lane);
/* What has come of the run that goes on, else the last answer; NULL before the first. */
const rn_message *lane_answer(const struct lane *lane);
/* It is over, and has a text to go on with. */
bool lane_has_answer(const struct lane *lane);
/* The last answer was streamed, and something on the way has held it back. */
bool lane_is_held(const struct lane *lane);
const char *lane_mode_name(const struct lane *lane);

/* Whether there is anything to measure: an answer, if only a part of it. */
bool score_can(const rn_message *answer);
/* The tokens a second are those after the first piece; of an invoke, which is one piece, all of them
 * since it was asked. */
struct score score_of(const rn_message *answer, enum rn_mode mode);

#endif
