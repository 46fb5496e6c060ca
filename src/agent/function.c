/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "agent/function.h"

#include <stdarg.h>

#include "agent/agent.h"
#include "agent/task.h"
#include "base/clock.h"
#include "runnel.h"

struct rn_task {
    struct task *task;
    const atomic_bool *is_unwanted;
};

void function_run(struct task *task, const atomic_bool *is_unwanted)
{
    struct rn_task handle = {.task = task, .is_unwanted = is_unwanted};
    const rn_tool *tool = &task->tool->pub;
    int failed = tool->run(&handle, task_args(task), tool->user);
    const char *badly = rn_task_cancelled(&handle) ? "cancelled" : "error";
    task_result(task, failed ? badly : "ok", clock_ms());
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
    output_add(&handle->task->output, text.data, text.len);
    buf_clear(&text);
}

void rn_task_progress(rn_task *handle, double fraction, const char *format, ...)
{
    struct buf text = BUF_INIT;
    va_list args;
    va_start(args, format);
    buf_vaddf(&text, format, args);
    va_end(args);
    task_progress(handle->task, fraction, text.data, text.len, clock_ms());
    buf_clear(&text);
}

bool rn_task_cancelled(const rn_task *handle)
{
    return atomic_load(handle->is_unwanted);
}
