/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "plain/speak.h"

#include <string.h>

#include "base/buf.h"
#include "chat/attach.h"
#include "chat/chat.h"
#include "plain/sink.h"
#include "text/figures.h"

enum { LINES_SHOWN = 5 };

static void end_line(struct sink *sink, struct buf *line)
{
    buf_addc(line, '\n');
    sink_end_text(sink);
    sink_text(sink, line->data, line->len);
    buf_clear(line);
}

void speak_finish(struct sink *sink, const rn_event *event)
{
    const rn_finish *finish = event->finish;
    struct buf line = BUF_INIT;
    buf_addf(&line, "[%s, %.1f s", finish->reason, (double)finish->ms / 1000);
    if (event->usage->output >= 0)
        buf_addf(&line, ", %lld tokens", (long long)event->usage->output);
    if (event->usage->cost > 0) {
        buf_adds(&line, ", ");
        figures_cost(&line, event->usage->cost);
    }
    buf_adds(&line, finish->partial ? ", partial]" : "]");
    end_line(sink, &line);
}

void speak_attached(struct sink *sink, const rn_event *start)
{
    struct buf line = BUF_INIT;
    attach_show_input(start, &line);
    if (line.len > 0)
        end_line(sink, &line);
}

/* The first lines of what a tool gave. */
static void add_output(struct buf *line, const rn_event *event)
{
    const char *at = event->output;
    int shown = 0;
    for (; *at && shown < LINES_SHOWN; shown++) {
        size_t len = strcspn(at, "\n");
        buf_addf(line, "\n  %.*s", (int)len, at);
        at += len + (at[len] == '\n');
    }
    size_t more = 0;
    for (; *at; at++)
        more += *at == '\n';
    if (shown == LINES_SHOWN && more > 0)
        buf_addf(line, "\n  [%zu more lines]", more);
}

static void add_approval(struct buf *line, const rn_event *event)
{
    bool by_user = strcmp(event->by, "user") == 0;
    buf_addf(line, "[%s: %s%s%s%s]", event->tool, event->status, by_user ? " by you" : "",
             *event->text ? ": " : "", event->text);
}

void speak_tool(struct sink *sink, const rn_event *event)
{
    struct buf line = BUF_INIT;
    switch (event->kind) {
    case RN_TOOL:
        buf_addf(&line, "[tool %s %s]", event->tool, event->args);
        break;
    case RN_PROGRESS:
        buf_addf(&line, "[%s: %s]", event->tool, event->text);
        break;
    case RN_APPROVAL:
        add_approval(&line, event);
        break;
    case RN_RESULT:
        buf_addf(&line, "[result of %s: %s, %.1f s]", event->tool, event->status,
                 (double)event->ms / 1000);
        add_output(&line, event);
        break;
    default:
        return;
    }
    end_line(sink, &line);
}

static bool is_ascii(const char *text)
{
    for (; *text; text++)
        if ((unsigned char)*text >= 0x80)
            return false;
    return true;
}

void speak_question(struct sink *sink, const rn_event *approval, const struct question *question)
{
    struct buf line = BUF_INIT;
    buf_addf(&line, "[may %s run? %s]", approval->tool, question->why);
    if (!question->tells_all)
        buf_addf(&line, "\n%s", approval->args);
    if (*question->preview)
        buf_addf(&line, "\n%s", question->preview);
    if (!is_ascii(approval->args) || !is_ascii(question->preview))
        buf_adds(&line, "\n[there are characters here that are not ASCII: some look like others]");
    end_line(sink, &line);
}
