/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "tui/tool_call.h"

#include <stdlib.h>
#include <string.h>

#include "base/filter.h"
#include "base/mem.h"
#include "text/cell.h"

enum { NAME_COLUMNS = 64, INVALID_COLUMNS = 200, VERDICT_COLUMNS = 400 };

static char *filtered(const char *text, int columns)
{
    struct buf line = BUF_INIT;
    filter_line(&line, text, strlen(text));
    buf_drop_end(&line, line.len - cell_fit(buf_str(&line), line.len, columns));
    return buf_take(&line);
}

struct tool_call *tool_call_new(const rn_event *first, size_t entry)
{
    struct tool_call *call = xnew(struct tool_call);
    call->id = xstrdup(first->id);
    call->name = filtered(first->tool, NAME_COLUMNS);
    call->entry = entry;
    call->fraction = -1;
    call->is_changed = true;
    return call;
}

void tool_call_free(struct tool_call *call)
{
    if (!call)
        return;
    free(call->id);
    free(call->name);
    free(call->args);
    free(call->verdict);
    free(call->new_args);
    free(call->status);
    brief_clear(&call->brief);
    styled_clear(&call->head);
    buf_clear(&call->progress);
    buf_clear(&call->output);
    free(call);
}

bool tool_call_is_over(const struct tool_call *call)
{
    return call->state >= TOOL_CALL_ENDED;
}

static void on_delta(struct tool_call *call, const rn_event *event)
{
    size_t len = strlen(event->args);
    brief_add(&call->brief, &call->head, event->args, len);
}

/* What the model has written instead of arguments. */
static void show_invalid(struct tool_call *call, const char *args)
{
    char *text = filtered(args, INVALID_COLUMNS);
    styled_adds(&call->head, STYLE_TEXT, text);
    styled_adds(&call->head, STYLE_WARNING, " (not valid)");
    free(text);
}

/* It is whole now, and written anew from the beginning: the pieces may have been left out. */
static void on_tool(struct tool_call *call, const rn_event *event, int64_t now)
{
    brief_clear(&call->brief);
    styled_reset(&call->head);
    free(call->args);
    call->args = NULL;
    if (event->invalid) {
        show_invalid(call, event->args);
    } else {
        call->args = xstrdup(event->args);
        brief_add(&call->brief, &call->head, event->args, strlen(event->args));
    }
    call->state = TOOL_CALL_WAITING;
    call->began = now;
}

static void set_verdict(struct tool_call *call, const rn_event *event)
{
    struct buf text = BUF_INIT;
    bool is_user = strcmp(event->by, "user") == 0;
    bool is_denial = strcmp(event->status, "denied") == 0;
    buf_addf(&text, "%s by %s", is_denial ? "denied" : "allowed", is_user ? "you" : "the rules");
    if (event->text_len > 0)
        buf_addf(&text, ": %s", event->text);
    free(call->verdict);
    call->verdict = filtered(text.data, VERDICT_COLUMNS);
    buf_clear(&text);
}

static void on_approval(struct tool_call *call, const rn_event *event, int64_t now)
{
    if (strcmp(event->status, "requested") == 0) {
        call->state = TOOL_CALL_ASKED;
        return;
    }
    set_verdict(call, event);
    if (*event->new_args) {
        free(call->new_args);
        call->new_args = xstrdup(event->new_args);
    }
    call->began = now;
    tool_call_begin(call);
}

static void on_progress(struct tool_call *call, const rn_event *event)
{
    buf_reset(&call->progress);
    filter_line(&call->progress, event->text, event->text_len);
    call->fraction = event->fraction;
}

static void on_result(struct tool_call *call, const rn_event *event)
{
    call->status = xstrdup(event->status);
    buf_add(&call->output, event->output, event->output_len);
    call->ms = event->ms;
    call->state = TOOL_CALL_ENDED;
}

void tool_call_event(struct tool_call *call, const rn_event *event, int64_t now)
{
    call->is_changed |= event->kind != RN_PROGRESS; /* that waits for the clock */
    if (event->kind == RN_TOOL_DELTA)
        on_delta(call, event);
    else if (event->kind == RN_TOOL)
        on_tool(call, event, now);
    else if (event->kind == RN_APPROVAL)
        on_approval(call, event, now);
    else if (event->kind == RN_PROGRESS)
        on_progress(call, event);
    else if (event->kind == RN_RESULT)
        on_result(call, event);
    if (event->kind == RN_PROGRESS && call->state == TOOL_CALL_WAITING)
        tool_call_begin(call);
}

void tool_call_begin(struct tool_call *call)
{
    call->state = TOOL_CALL_RUNNING;
    call->is_changed = true;
}

void tool_call_end(struct tool_call *call)
{
    if (!tool_call_is_over(call)) {
        call->state = TOOL_CALL_LOST;
        call->is_changed = true;
    }
}
