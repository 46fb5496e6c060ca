/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * The tool calls of one step, from the moment the model has made them until each has its result:
 * judged, asked for, carried out side by side.  What happens becomes events in a queue.
 */
#ifndef AGENT_TASKS_H
#define AGENT_TASKS_H

#include <stdatomic.h>
#include <stdbool.h>
#include <stddef.h>

#include "runnel.h"

struct event_queue;
struct mail;
struct mailbox;
struct rn_agent;
struct tasks;
struct worker;

/* All is borrowed.  `is_unwanted`: the run has been cancelled. */
struct tasks *tasks_new(const struct rn_agent *agent, struct worker *worker, struct mailbox *box,
                        struct event_queue *events, const atomic_bool *is_unwanted);
void tasks_free(struct tasks *tasks);   /* ends what still runs */

/* A call the model has made: its tool event. */
void tasks_add(struct tasks *tasks, const rn_event *call);
size_t tasks_count(const struct tasks *tasks);
/* The model's turn is over: each call is judged. */
void tasks_begin(struct tasks *tasks);
/* Carry on: starts the commands that can start, and else runs one function.  False when there is nothing
 * to do until mail or an answer comes. */
bool tasks_work(struct tasks *tasks);
bool tasks_mail(struct tasks *tasks, const struct mail *mail);  /* false: it is none of theirs */
/* The reader of the mailbox has made room. */
void tasks_resume(struct tasks *tasks);
int tasks_respond(struct tasks *tasks, const char *id, enum rn_policy decision, const char *args,
                  const char *why);
bool tasks_done(const struct tasks *tasks);     /* each has its result */
/* Give each that has none a result: of this (static) status, and why it did not run, or that it was
 * stopped. */
void tasks_refuse(struct tasks *tasks, const char *status, const char *why);
/* Ready for the next step. */
void tasks_reset(struct tasks *tasks);

#endif
