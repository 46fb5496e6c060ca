/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "agent/tasks.h"

#include <jansson.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include "agent/agent.h"
#include "agent/output.h"
#include "base/buf.h"
#include "base/clock.h"
#include "base/json.h"
#include "base/mailbox.h"
#include "base/mem.h"
#include "base/utf8.h"
#include "io/process.h"
#include "io/worker.h"
#include "llm/event.h"

enum {
    RUNNING_MAX = 8,
    NOTE_MAX = 4096,     /* of a progress line */
    PROGRESS_MAX = 1000, /* events of one task: a tool may print for ever */
};

enum task_state { TASK_NEW, TASK_ASKED, TASK_READY, TASK_RUNNING, TASK_DONE };

struct task {
    enum task_state state;
    char *id, *name, *args;
    bool is_invalid;
    const struct tool *tool; /* NULL: the agent has none of this name */
    char *changed_args;      /* what the user made of the arguments; NULL: they stand */
    uint64_t process;
    int64_t began;
    struct output output, errors;
    struct buf note; /* a line of stderr that has not ended yet */
    unsigned progress_count;
};

struct tasks {
    const struct rn_agent *agent;
    struct worker *worker;
    struct mailbox *box;
    struct event_queue *events;
    const atomic_bool *is_unwanted;
    struct task *items;
    size_t count, running;
};

struct rn_task {
    struct tasks *tasks;
    struct task *task;
};

struct tasks *tasks_new(const struct rn_agent *agent, struct worker *worker, struct mailbox *box,
                        struct event_queue *events, const atomic_bool *is_unwanted)
{
    struct tasks *tasks = xnew(struct tasks);
    tasks->agent = agent;
    tasks->worker = worker;
    tasks->box = box;
    tasks->events = events;
    tasks->is_unwanted = is_unwanted;
    return tasks;
}

void tasks_reset(struct tasks *tasks)
{
    for (size_t i = 0; i < tasks->count; i++) {
        struct task *task = &tasks->items[i];
        if (task->process)
            worker_drop(tasks->worker, task->process);
        free(task->id);
        free(task->name);
        free(task->args);
        free(task->changed_args);
        output_clear(&task->output);
        output_clear(&task->errors);
        buf_clear(&task->note);
    }
    free(tasks->items);
    tasks->items = NULL;
    tasks->count = tasks->running = 0;
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
    struct task *task = &tasks->items[tasks->count++];
    *task = (struct task){.id = xstrdup(call->id),
                          .name = xstrdup(call->tool),
                          .args = xstrdup(call->args),
                          .is_invalid = call->invalid,
                          .tool = agent_tool(tasks->agent, call->tool)};
    task->output.limit = task->tool ? task->tool->public.output_max : NOTE_MAX;
    task->errors.limit = NOTE_MAX;
}

size_t tasks_count(const struct tasks *tasks)
{
    return tasks->count;
}

bool tasks_done(const struct tasks *tasks)
{
    for (size_t i = 0; i < tasks->count; i++)
        if (tasks->items[i].state != TASK_DONE)
            return false;
    return true;
}

/* ---- Events ---- */

static const char *keep(struct tasks *tasks, const char *text)
{
    return event_queue_text(tasks->events, text, strlen(text));
}

static rn_event *add_event(struct tasks *tasks, const struct task *task, enum rn_kind kind)
{
    rn_event *event = &event_queue_add(tasks->events, kind)->public;
    event->id = keep(tasks, task->id);
    event->tool = keep(tasks, task->name);
    return event;
}

static const char *args_of(const struct task *task)
{
    return task->changed_args ? task->changed_args : task->args;
}

static void add_approval(struct tasks *tasks, const struct task *task, const char *state,
                         const char *by, const char *why)
{
    rn_event *event = add_event(tasks, task, RN_APPROVAL);
    event->args = keep(tasks, task->args);
    event->new_args = task->changed_args ? keep(tasks, task->changed_args) : "";
    event->status = state;
    event->by = by;
    event->text = keep(tasks, why);
    event->text_len = strlen(why);
}

static void add_progress(struct tasks *tasks, struct task *task, double fraction, const char *text,
                         size_t len)
{
    struct buf clean = BUF_INIT;
    if (task->progress_count++ >= PROGRESS_MAX)
        return;
    utf8_add_clean(&clean, text, len);
    rn_event *event = add_event(tasks, task, RN_PROGRESS);
    event->text = event_queue_text(tasks->events, buf_str(&clean), clean.len);
    event->text_len = clean.len;
    event->fraction = fraction;
    buf_clear(&clean);
}

static void finish(struct tasks *tasks, struct task *task, const char *status)
{
    size_t len;
    char *text = output_text(&task->output, &len);
    rn_event *event = add_event(tasks, task, RN_RESULT);
    event->output = event_queue_text(tasks->events, text, len);
    event->output_len = len;
    event->status = status;
    event->ms = task->began ? clock_ms() - task->began : 0;
    free(text);
    if (task->state == TASK_RUNNING)
        tasks->running--;
    task->state = TASK_DONE;
}

static void say(struct task *task, const char *format, ...) __attribute__((format(printf, 2, 3)));

/* Add a remark of ours for the model, on a line of its own. */
static void say(struct task *task, const char *format, ...)
{
    struct buf text = BUF_INIT;
    va_list args;
    va_start(args, format);
    buf_vaddf(&text, format, args);
    va_end(args);
    if (task->output.head.len > 0)
        output_add(&task->output, "\n", 1);
    output_add(&task->output, text.data, text.len);
    buf_clear(&text);
}

void tasks_refuse(struct tasks *tasks, const char *status, const char *why)
{
    for (size_t i = 0; i < tasks->count; i++) {
        struct task *task = &tasks->items[i];
        if (task->state == TASK_DONE)
            continue;
        if (task->process)
            worker_drop(tasks->worker, task->process);
        task->process = 0;
        say(task, "%s",
            task->state == TASK_RUNNING ? "[stopped before it had finished; it may have had effects]"
                                        : why);
        finish(tasks, task, status);
    }
}

/* ---- May it run? ---- */

static void refuse_unknown(struct tasks *tasks, struct task *task)
{
    say(task, "There is no tool named %s. The tools are:", task->name);
    for (size_t i = 0; i < tasks->agent->tool_count; i++)
        say(task, "%s", tasks->agent->tools[i].public.name);
    finish(tasks, task, "error");
}

static void judge(struct tasks *tasks, struct task *task)
{
    const rn_agent_options *options = &tasks->agent->options;
    if (!task->tool) {
        refuse_unknown(tasks, task);
        return;
    }
    if (task->is_invalid) {
        say(task, "The arguments are no JSON object, so nothing was run. Send one object that fits "
                  "the tool's schema.");
        finish(tasks, task, "error");
        return;
    }
    enum rn_policy policy =
        options->policy ? options->policy(task->name, task->args, options->policy_user) : RN_ALLOW;
    if (policy == RN_ALLOW) {
        task->state = TASK_READY;
    } else if (policy == RN_ASK) {
        task->state = TASK_ASKED;
        add_approval(tasks, task, "requested", "", "");
    } else {
        add_approval(tasks, task, "denied", "policy", "");
        say(task, "This call is not allowed here. Do without it, or tell the user what you need.");
        finish(tasks, task, "denied");
    }
}

void tasks_begin(struct tasks *tasks)
{
    for (size_t i = 0; i < tasks->count; i++)
        if (tasks->items[i].state == TASK_NEW)
            judge(tasks, &tasks->items[i]);
}

static struct task *find_asked(struct tasks *tasks, const char *id)
{
    for (size_t i = 0; i < tasks->count; i++)
        if (tasks->items[i].state == TASK_ASKED && strcmp(tasks->items[i].id, id) == 0)
            return &tasks->items[i];
    return NULL;
}

static bool is_object(const char *text)
{
    json_t *tree = json_loads(text, JSON_ALLOW_NUL, NULL);
    bool is = json_is_object(tree);
    json_decref(tree);
    return is;
}

int tasks_respond(struct tasks *tasks, const char *id, enum rn_policy decision, const char *args,
                  const char *why)
{
    struct task *task = find_asked(tasks, id);
    if (!task || (args && !is_object(args)))
        return -1;
    if (decision == RN_ALLOW) {
        task->changed_args = xstrdup(args);
        task->state = TASK_READY;
        add_approval(tasks, task, "allowed", "user", "");
        return 0;
    }
    add_approval(tasks, task, "denied", "user", why ? why : "");
    say(task, "The user did not allow this call%s%s", why && *why ? ": " : ".", why ? why : "");
    finish(tasks, task, "denied");
    return 0;
}

/* ---- A function ---- */

static void run_function(struct tasks *tasks, struct task *task)
{
    struct rn_task handle = {.tasks = tasks, .task = task};
    const rn_tool *tool = &task->tool->public;
    int failed = tool->run(&handle, args_of(task), tool->user);
    finish(tasks, task, failed ? "error" : "ok");
}

const char *rn_task_id(const rn_task *handle)
{
    return handle->task->id;
}

void rn_task_output(rn_task *handle, const char *text, size_t len)
{
    output_add(&handle->task->output, text, len);
}

void rn_task_printf(rn_task *handle, const char *format, ...)
{
    struct buf text = BUF_INIT;
    va_list args;
    va_start(args, format);
    buf_vaddf(&text, format, args);
    va_end(args);
    output_add(&handle->task->output, buf_str(&text), text.len);
    buf_clear(&text);
}

void rn_task_progress(rn_task *handle, double fraction, const char *format, ...)
{
    struct buf text = BUF_INIT;
    va_list args;
    va_start(args, format);
    buf_vaddf(&text, format, args);
    va_end(args);
    add_progress(handle->tasks, handle->task, fraction, buf_str(&text), text.len);
    buf_clear(&text);
}

bool rn_task_cancelled(const rn_task *handle)
{
    return atomic_load(handle->tasks->is_unwanted);
}

/* ---- A command ---- */

static void start_command(struct tasks *tasks, struct task *task)
{
    const rn_tool *tool = &task->tool->public;
    const char *args = args_of(task);
    struct process_spec spec = {.command = tool->command,
                                .environment = tool->environment,
                                .input = args,
                                .input_len = strlen(args),
                                .limit_ms = tool->timeout_ms};
    task->process = worker_process(tasks->worker, &spec, tasks->box);
}

/* Of the lines that came together the last one tells how far it is. */
static void on_note(struct tasks *tasks, struct task *task, const struct buf *bytes)
{
    output_add(&task->errors, bytes->data, bytes->len);
    buf_add(&task->note, bytes->data, bytes->len);
    const char *end = memrchr(task->note.data, '\n', task->note.len);
    if (end) {
        const char *line = memrchr(task->note.data, '\n', (size_t)(end - task->note.data));
        line = line ? line + 1 : task->note.data;
        size_t len = (size_t)(end - line);
        if (len > 0)
            add_progress(tasks, task, -1, line, len < NOTE_MAX ? len : NOTE_MAX);
        buf_drop(&task->note, (size_t)(end + 1 - task->note.data));
    }
    if (task->note.len > NOTE_MAX)
        buf_reset(&task->note);
}

/* A tool that failed without a word on stdout has mostly said why on stderr. */
static void add_errors(struct task *task)
{
    size_t len;
    char *text = output_text(&task->errors, &len);
    if (task->output.head.len == 0)
        output_add(&task->output, text, len);
    free(text);
}

static void on_end(struct tasks *tasks, struct task *task, const struct mail *mail)
{
    const struct process_end *end = mail->more;
    task->process = 0;
    if (mail->code != RN_OK) {
        say(task, "[%s]", buf_str(&mail->data));
    } else if (end->signal) {
        add_errors(task);
        say(task, "[ended by signal %d (%s)]", end->signal, strsignal(end->signal));
    } else if (end->status != 0) {
        add_errors(task);
        say(task, "[exit status %d]", end->status);
    }
    bool is_well = mail->code == RN_OK && !end->signal && end->status == 0;
    finish(tasks, task, is_well ? "ok" : "error");
}

bool tasks_mail(struct tasks *tasks, const struct mail *mail)
{
    for (size_t i = 0; i < tasks->count; i++) {
        struct task *task = &tasks->items[i];
        if (!task->process || task->process != mail->from)
            continue;
        if (mail->kind == MAIL_BYTES)
            output_add(&task->output, mail->data.data, mail->data.len);
        else if (mail->kind == MAIL_NOTE)
            on_note(tasks, task, &mail->data);
        else if (mail->kind == MAIL_END)
            on_end(tasks, task, mail);
        return true;
    }
    return false;
}

void tasks_resume(struct tasks *tasks)
{
    for (size_t i = 0; i < tasks->count; i++)
        if (tasks->items[i].process)
            worker_resume(tasks->worker, tasks->items[i].process);
}

/* ---- Carrying on ---- */

static void start(struct tasks *tasks, struct task *task)
{
    task->state = TASK_RUNNING;
    task->began = clock_ms();
    tasks->running++;
    if (task->tool->public.run)
        run_function(tasks, task);
    else
        start_command(tasks, task);
}

bool tasks_work(struct tasks *tasks)
{
    for (size_t i = 0; i < tasks->count && tasks->running < RUNNING_MAX; i++) {
        struct task *task = &tasks->items[i];
        if (task->state != TASK_READY)
            continue;
        start(tasks, task);
        if (task->state == TASK_DONE)
            return true; /* a function: its result is told before the next one is called */
    }
    return false;
}
