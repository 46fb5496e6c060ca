/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "agent/task.h"

#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include "agent/agent.h"
#include "base/mem.h"
#include "base/utf8.h"
#include "llm/event.h"

/* A tool may tell of its progress for ever: after so many events it is one a second. */
enum { PROGRESS_FREE = 1000, PROGRESS_MS = 1000 };

void task_init(struct task *task, const rn_event *call, const struct tool *tool,
               struct event_queue *events)
{
    *task = (struct task){.id = xstrdup(call->id),
                          .name = xstrdup(call->tool),
                          .args = xstrdup(call->args),
                          .is_invalid = call->invalid,
                          .tool = tool,
                          .events = events,
                          .output.limit = tool ? tool->pub.output_max : 0};
}

void task_clear(struct task *task)
{
    free(task->id);
    free(task->name);
    free(task->args);
    free(task->changed_args);
    command_clear(&task->command);
    output_clear(&task->output);
    buf_clear(&task->remarks);
}

const char *task_args(const struct task *task)
{
    return task->changed_args ? task->changed_args : task->args;
}

void task_remark(struct task *task, const char *format, ...)
{
    va_list args;
    va_start(args, format);
    if (task->remarks.len > 0)
        buf_addc(&task->remarks, '\n');
    buf_vaddf(&task->remarks, format, args);
    va_end(args);
}

/* ---- Events ---- */

static const char *keep(struct task *task, const char *text)
{
    return event_queue_text(task->events, text, strlen(text));
}

/* A text that did not come through JSON. */
static void set_text(struct task *task, rn_event *event, const char *text, size_t len)
{
    struct buf clean = BUF_INIT;
    utf8_add_clean(&clean, text, len);
    event->text = event_queue_text(task->events, buf_str(&clean), clean.len);
    event->text_len = clean.len;
    buf_clear(&clean);
}

static rn_event *add_event(struct task *task, enum rn_kind kind, int64_t now)
{
    rn_event *event = &event_queue_add(task->events, kind)->pub;
    event->id = keep(task, task->id);
    event->tool = keep(task, task->name);
    event->t = now;
    return event;
}

void task_approval(struct task *task, const char *status, const char *by, const char *why,
                   int64_t now)
{
    rn_event *event = add_event(task, RN_APPROVAL, now);
    event->args = keep(task, task->args);
    event->new_args = keep(task, task->changed_args ? task->changed_args : "");
    event->status = status;
    event->by = by;
    set_text(task, event, why, strlen(why));
}

void task_progress(struct task *task, double fraction, const char *text, size_t len, int64_t now)
{
    if (task->progress_count >= PROGRESS_FREE && now - task->last_progress < PROGRESS_MS)
        return;
    task->progress_count++;
    task->last_progress = now;
    rn_event *event = add_event(task, RN_PROGRESS, now);
    set_text(task, event, text, len);
    event->fraction = fraction > 1 ? 1 : fraction >= 0 ? fraction : -1; /* also 0 of 0 */
}

/* The output, and what we have to say about it. */
static char *whole_output(const struct task *task, size_t *len)
{
    size_t output_len;
    struct buf text = BUF_INIT;
    char *output = output_text(&task->output, &output_len);
    buf_add(&text, output, output_len);
    if (text.len > 0 && task->remarks.len > 0 && text.data[text.len - 1] != '\n')
        buf_addc(&text, '\n');
    utf8_add_clean(&text, buf_str(&task->remarks), task->remarks.len);
    free(output);
    *len = text.len;
    return buf_take(&text);
}

void task_result(struct task *task, const char *status, int64_t now)
{
    size_t len;
    char *text = whole_output(task, &len);
    rn_event *event = add_event(task, RN_RESULT, now);
    event->output = event_queue_text(task->events, text, len);
    event->output_len = len;
    event->status = status;
    event->ms = task->state == TASK_RUNNING ? now - task->began : 0;
    task->state = TASK_DONE;
    free(text);
}
