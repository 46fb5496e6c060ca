/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * One call of a tool, from its tool event to its result: what the model asked for, what has come of it,
 * and the events that tell of it, which go into the queue of the run.  `t` of an event in that queue is
 * the clock_ms() at which it happened.
 */
#ifndef AGENT_TASK_H
#define AGENT_TASK_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "agent/command.h"
#include "agent/output.h"
#include "base/buf.h"
#include "runnel.h"

struct event_queue;
struct tool;

enum task_state {
    TASK_NEW,     /* not judged yet */
    TASK_ASKED,   /* waits to be allowed */
    TASK_READY,   /* may run */
    TASK_RUNNING,
    TASK_DONE,    /* has its result */
};

struct task {
    enum task_state state;
    char *id, *name, *args;
    bool is_invalid;
    const struct tool *tool; /* NULL: the agent has none of this name */
    char *changed_args;      /* what the user made of the arguments; NULL: they stand */
    struct event_queue *events;
    struct command command; /* of a tool that is one */
    int64_t began;
    struct output output;
    struct buf remarks; /* ours for the model, on lines of their own behind the output */
    unsigned progress_count;
    int64_t last_progress;
};

void task_init(struct task *task, const rn_event *call, const struct tool *tool,
               struct event_queue *events);
void task_clear(struct task *task);
const char *task_args(const struct task *task); /* what it runs with */
/* Tell the model something about the call. */
void task_remark(struct task *task, const char *format, ...) __attribute__((format(printf, 2, 3)));

/* Each adds its event, which happens at `now`.  `status` and `by` are static. */
void task_approval(struct task *task, const char *status, const char *by, const char *why, int64_t now);
void task_progress(struct task *task, double fraction, const char *text, size_t len, int64_t now);
/* The task is done. */
void task_result(struct task *task, const char *status, int64_t now);

#endif
