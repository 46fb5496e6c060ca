/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * What is told of a chat in the transcript: which entry an event becomes.
 */
#ifndef TUI_STORY_H
#define TUI_STORY_H

#include "runnel.h"

struct transcript;

/* `model` is the chat's label: it is named where something went wrong. */
void story_event(struct transcript *transcript, const rn_event *event, const char *model);

#endif
