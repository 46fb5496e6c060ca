/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * What is told of a chat in the transcript: which entry an event becomes, and what becomes of it.
 */
#ifndef TUI_STORY_H
#define TUI_STORY_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "runnel.h"
#include "text/styled.h"

struct tool_call;
struct transcript;

struct story {
    struct transcript *transcript; /* borrowed */
    struct tool_call **calls;      /* in the transcript, the oldest first */
    size_t count, cap;
    size_t first; /* of the run that goes on */
    struct styled shown;
};

void story_clear(struct story *story); /* the transcript too */
/* `model` is the chat's label: it is named where something went wrong. */
void story_event(struct story *story, const rn_event *event, const char *model, int64_t now);
/* The run is over, with or without a finish. */
void story_end(struct story *story);
/* Bring the entries of calls up to date: at once those of which there is news, with `is_tick` also those
 * that only the time has changed.  False when all was as before. */
bool story_show(struct story *story, bool is_tick, int64_t now);
/* Fold or unfold the call in view, the last one where there are several, or the last of all. */
void story_fold(struct story *story, int64_t now);

#endif
