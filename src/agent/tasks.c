/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "agent/tasks.h"

#include <jansson.h>
#include <stdlib.h>
#include <string.h>

#include "agent/agent.h"
#include "agent/command.h"
#include "agent/function.h"
#include "agent/task.h"
#include "base/buf.h"
#include "base/clock.h"
#include "base/error.h"
#include "base/json.h"
#include "base/mailbox.h"
#include "base/mem.h"
#include "io/worker.h"

enum { RUNNING_MAX = 8 };

struct tasks {
    const struct rn_agent *agent;
    struct worker *worker;
    struct mailbox *box;
    struct event_queue *events;
    const atomic_bool *is_unwanted;
    struct task *items;
    size_t count;
};

struct tasks *tasks_new(const struct rn_agent *agent, struct worker *worker, struct mailbox *box,
                        struct event_queue *events, const atomic_bool *is_unwanted)
{
    struct tasks *tasks = xnew(struct tasks);
    *tasks = (struct tasks){
        .agent = agent, .worker = worker, .box = box, .events = events, .is_unwanted = is_unwanted};
    return tasks;
}

void tasks_reset(struct tasks *tasks)
{
    for (size_t i = 0; i < tasks->count; i++) {
        command_stop(&tasks->items[i], tasks->worker);
        task_clear(&tasks->items[i]);
    }
    free(tasks->items);
    tasks->items = NULL;
    tasks->count = 0;
}

void tasks_free(struct tasks *tasks)
{
    if (!tasks)
        return;
    tasks_reset(tasks);
    free(tasks);
}

void tasks_add(struct tasks *tasks, const rn_event *call)
{
    tasks->items = xrealloc(tasks->items, (tasks->count + 1) * sizeof(*tasks->items));
    task_init(&tasks->items[tasks->count++], call, agent_tool(tasks->agent, call->tool),
              tasks->events);
}

size_t tasks_count(const struct tasks *tasks)
{
    return tasks->count;
}

static size_t count_in(const struct tasks *tasks, enum task_state state)
{
    size_t count = 0;
    for (size_t i = 0; i < tasks->count; i++)
        count += tasks->items[i].state == state;
    return count;
}

bool tasks_done(const struct tasks *tasks)
{
    return count_in(tasks, TASK_DONE) == tasks->count;
}

void tasks_refuse(struct tasks *tasks, const char *status, const char *why)
{
    for (size_t i = 0; i < tasks->count; i++) {
        struct task *task = &tasks->items[i];
        if (task->state == TASK_DONE)
            continue;
        command_stop(task, tasks->worker);
        task_remark(task, "%s",
                    task->state == TASK_RUNNING
                        ? "[stopped before it had finished; it may have had effects]"
                        : why);
        task_result(task, status, clock_ms());
    }
}

/* ---- May it run? ---- */

static void refuse_unknown(const struct tasks *tasks, struct task *task)
{
    const struct rn_agent *agent = tasks->agent;
    struct buf names = BUF_INIT;
    for (size_t i = 0; i < agent->tool_count; i++)
        buf_addf(&names, "%s%s", i > 0 ? ", " : "", agent->tools[i].pub.name);
    if (names.len > 0)
        task_remark(task, "There is no tool named %.64s. The tools are: %s.", task->name,
                    buf_str(&names));
    else
        task_remark(task, "There are no tools here.");
    buf_clear(&names);
    task_result(task, "error", clock_ms());
}

static void refuse_invalid(struct task *task)
{
    task_remark(task, "The arguments are no JSON object, so nothing was run. Send one object that "
                      "fits the tool's schema.");
    task_result(task, "error", clock_ms());
}

static void refuse_denied(struct task *task)
{
    task_approval(task, "denied", "policy", "", clock_ms());
    task_remark(task,
                "This call is not allowed here. Do without it, or tell the user what you need.");
    task_result(task, "denied", clock_ms());
}

static enum rn_policy policy_for(const struct tasks *tasks, const struct task *task)
{
    const rn_agent_options *options = &tasks->agent->options;
    return options->policy ? options->policy(task->name, task->args, options->policy_user)
                           : RN_ALLOW;
}

static void ask(struct task *task)
{
    task->state = TASK_ASKED;
    task_approval(task, "requested", "", "", clock_ms());
}

static void judge(const struct tasks *tasks, struct task *task)
{
    if (!task->tool) {
        refuse_unknown(tasks, task);
    } else if (task->is_invalid) {
        refuse_invalid(task);
    } else {
        switch (policy_for(tasks, task)) {
        case RN_ALLOW:
            task->state = TASK_READY;
            break;
        case RN_ASK:
            ask(task);
            break;
        default:
            refuse_denied(task);
        }
    }
}

void tasks_begin(struct tasks *tasks)
{
    for (size_t i = 0; i < tasks->count; i++)
        judge(tasks, &tasks->items[i]);
}

/* ---- The user's answer ---- */

static struct task *find_asked(const struct tasks *tasks, const char *id)
{
    for (size_t i = 0; i < tasks->count; i++)
        if (tasks->items[i].state == TASK_ASKED && strcmp(tasks->items[i].id, id) == 0)
            return &tasks->items[i];
    return NULL;
}

/* An object on one line, as it was written; NULL when it is none. */
static char *read_object(const char *text)
{
    struct error ignored;
    struct buf line = BUF_INIT;
    bool mended;
    json_t *tree = json_read(text, strlen(text), &mended, &ignored);
    bool is_object = json_is_object(tree) && !mended;
    if (is_object)
        json_add_compact(&line, text, strlen(text));
    json_decref(tree);
    return is_object ? buf_take(&line) : NULL;
}

/* The model takes its own arguments for the ones that were run, unless it is told. */
static int allow(struct task *task, const char *args, const char *why)
{
    char *changed = args ? read_object(args) : NULL;
    if (args && !changed)
        return -1;
    task->changed_args = changed;
    task->state = TASK_READY;
    if (changed)
        task_remark(task, "[the user has changed the arguments to %s]", changed);
    task_approval(task, "allowed", "user", why, clock_ms());
    return 0;
}

static int deny(struct task *task, const char *why)
{
    task_approval(task, "denied", "user", why, clock_ms());
    task_remark(task, "The user did not allow this call%s%s", *why ? ": " : ".", why);
    task_result(task, "denied", clock_ms());
    return 0;
}

int tasks_respond(struct tasks *tasks, const char *id, enum rn_policy decision, const char *args,
                  const char *why)
{
    struct task *task = find_asked(tasks, id);
    why = why ? why : "";
    if (task && decision == RN_ALLOW)
        return allow(task, args, why);
    return task && decision == RN_DENY ? deny(task, why) : -1;
}

/* ---- Carrying them out ---- */

bool tasks_mail(struct tasks *tasks, const struct mail *mail)
{
    for (size_t i = 0; i < tasks->count; i++) {
        uint64_t process = tasks->items[i].command.process;
        if (process == 0 || process != mail->from)
            continue;
        command_mail(&tasks->items[i], mail);
        return true;
    }
    return false;
}

void tasks_resume(struct tasks *tasks)
{
    for (size_t i = 0; i < tasks->count; i++)
        if (tasks->items[i].command.process)
            worker_resume(tasks->worker, tasks->items[i].command.process);
}

static void begin(struct task *task)
{
    task->state = TASK_RUNNING;
    task->began = clock_ms();
}

static void start_commands(struct tasks *tasks)
{
    size_t running = count_in(tasks, TASK_RUNNING);
    for (size_t i = 0; i < tasks->count && running < RUNNING_MAX; i++) {
        struct task *task = &tasks->items[i];
        if (task->state != TASK_READY || task->tool->pub.run)
            continue;
        begin(task);
        command_start(task, tasks->worker, tasks->box);
        running++;
    }
}

/* One at a time, so that its result is told before the next one is called; and once the commands have
 * begun, so that they need not wait for it. */
static bool run_function(struct tasks *tasks)
{
    for (size_t i = 0; i < tasks->count; i++) {
        struct task *task = &tasks->items[i];
        if (task->state != TASK_READY || !task->tool->pub.run)
            continue;
        begin(task);
        function_run(task, tasks->is_unwanted);
        return true;
    }
    return false;
}

bool tasks_work(struct tasks *tasks)
{
    start_commands(tasks);
    return run_function(tasks);
}
