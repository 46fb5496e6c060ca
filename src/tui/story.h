/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * What is told of a chat in the transcript: which entry an event becomes, and what becomes of it.
 */
#ifndef TUI_STORY_H
#define TUI_STORY_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <time.h>

#include "runnel.h"
#include "text/styled.h"
#include "tui/entry.h"
#include "tui/thought.h"

struct tool_call;
struct transcript;

struct story {
    struct transcript *transcript; /* borrowed */
    struct tool_call **calls;      /* in the transcript, the oldest first */
    size_t count, cap;
    size_t first; /* of the run that goes on */
    struct styled shown;
    struct thought thought;
    time_t began;        /* the run, by the wall clock */
    bool goes_on;        /* it has not finished; */
    enum rn_mode mode;   /* its mode, */
    bool is_named;       /* and it has been told which it is */
    bool keeps_thoughts; /* unfolded when they are done */
    bool tells_times;
    char told[ENTRY_TIME]; /* the last one */
};

void story_clear(struct story *story); /* the transcript too */
/* `model` is the chat's label: it is named where something went wrong. */
void story_event(struct story *story, const rn_event *event, const char *model, int64_t now);
/* The run is over, with or without a finish. */
void story_end(struct story *story);
/* No more comes of a run that a replay tells; true when it had not finished, which is told. */
bool story_break_off(struct story *story);
/* Bring the entries of calls up to date: at once those of which there is news, with `is_tick` also those
 * that only the time has changed.  False when all was as before. */
bool story_show(struct story *story, bool is_tick, int64_t now);
/* Fold or unfold the thought or call in view, the last one where there are several; without one the last
 * call of all. */
void story_fold(struct story *story, int64_t now);
/* Fold all of them; unfold them if all are folded. */
void story_fold_all(struct story *story, int64_t now);

#endif
