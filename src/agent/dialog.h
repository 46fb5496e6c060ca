/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * The conversation of a run while it grows: what had been said before, then step by step what the model
 * said, what its tools gave, what the user put in.  It is folded from the events of the run, so that the
 * model is told what the reader was told.
 */
#ifndef AGENT_DIALOG_H
#define AGENT_DIALOG_H

#include <stdbool.h>

#include "runnel.h"

struct dialog;
struct event_queue;

/* The conversation is copied; the system prompt is for one that has none (NULL: none). */
struct dialog *dialog_new(const rn_conversation *conversation, const char *system);
void dialog_free(struct dialog *dialog);

/* An event that the reader is given. */
void dialog_event(struct dialog *dialog, const rn_event *event);
/* As it was when the last step was over. */
const rn_conversation *dialog_conversation(const struct dialog *dialog);
/* A step is over, and all its events are given. */
void dialog_close_step(struct dialog *dialog);

/* Keep what the user says until there is a place for it. */
void dialog_say(struct dialog *dialog, const char *text);
bool dialog_has_said(const struct dialog *dialog);
/* Here it is: its events. */
void dialog_tell(struct dialog *dialog, struct event_queue *queue);

#endif
