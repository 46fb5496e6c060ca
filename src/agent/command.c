/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "agent/command.h"

#include <string.h>

#include "agent/agent.h"
#include "agent/task.h"
#include "base/mailbox.h"
#include "base/utf8.h"
#include "io/process.h"
#include "io/worker.h"

enum { NOTE_MAX = 4096 };

void command_start(struct task *task, struct worker *worker, struct mailbox *box)
{
    const rn_tool *tool = &task->tool->pub;
    const char *args = task_args(task);
    struct process_spec spec = {.command = tool->command,
                                .environment = tool->environment,
                                .input = args,
                                .input_len = strlen(args),
                                .limit_ms = tool->timeout_ms};
    task->command.process = worker_process(worker, &spec, box);
}

void command_stop(struct task *task, struct worker *worker)
{
    if (task->command.process)
        worker_drop(worker, task->command.process);
    task->command.process = 0;
}

void command_clear(struct command *command)
{
    buf_clear(&command->line);
    buf_clear(&command->reason);
}

/* ---- stderr ---- */

/* A line ends at a carriage return too: so those are written that overwrite one another. */
static bool ends_line(char c)
{
    return c == '\n' || c == '\r';
}

/* False for a blank one, which tells nothing. */
static bool end_line(struct command *command)
{
    struct buf *line = &command->line;
    bool is_blank = strspn(buf_str(line), " \t") == line->len;
    if (!is_blank) {
        buf_reset(&command->reason);
        buf_add(&command->reason, line->data, line->len - utf8_cut(line->data, line->len));
    }
    buf_reset(line);
    return !is_blank;
}

/* Of a line that is too long the beginning is kept. */
static void add_bytes(struct buf *line, const char *bytes, size_t len)
{
    size_t room = NOTE_MAX - line->len;
    buf_add(line, bytes, len < room ? len : room);
}

/* True when a line has ended. */
static bool add_lines(struct command *command, const char *bytes, size_t len)
{
    bool has_ended = false;
    for (size_t begin = 0, end; begin < len; begin = end + 1) {
        for (end = begin; end < len && !ends_line(bytes[end]); end++)
            continue;
        add_bytes(&command->line, bytes + begin, end - begin);
        if (end < len)
            has_ended |= end_line(command);
    }
    return has_ended;
}

/* Of the lines that came together the last one tells how far it is. */
static void on_note(struct task *task, const struct mail *mail)
{
    const struct buf *reason = &task->command.reason;
    if (add_lines(&task->command, mail->data.data, mail->data.len))
        task_progress(task, -1, reason->data, reason->len, mail->time);
}

/* ---- The end ---- */

static bool is_silent(const struct task *task)
{
    return task->output.head.len == 0;
}

/* A tool that has failed with status 1 and said something has said what there is to say. */
static void explain(struct task *task, const struct process_end *end)
{
    const struct buf *reason = &task->command.reason;
    end_line(&task->command);
    bool has_said = !is_silent(task) || reason->len > 0;
    if (is_silent(task) && reason->len > 0)
        task_remark(task, "%s", reason->data);
    if (end->signal)
        task_remark(task, "[ended by signal %d (%s)]", end->signal, strsignal(end->signal));
    else if (end->status != 1 || !has_said)
        task_remark(task, "[exit status %d]", end->status);
}

static void on_end(struct task *task, const struct mail *mail)
{
    const struct process_end *end = mail->more;
    bool is_well = mail->code == RN_OK && end->signal == 0 && end->status == 0;
    task->command.process = 0;
    if (mail->code != RN_OK)
        task_remark(task, "[%s]", buf_str(&mail->data));
    else if (!is_well)
        explain(task, end);
    task_result(task, is_well ? "ok" : "error", mail->time);
}

void command_mail(struct task *task, const struct mail *mail)
{
    if (mail->kind == MAIL_BYTES)
        output_add(&task->output, mail->data.data, mail->data.len);
    else if (mail->kind == MAIL_NOTE)
        on_note(task, mail);
    else if (mail->kind == MAIL_END)
        on_end(task, mail);
}
