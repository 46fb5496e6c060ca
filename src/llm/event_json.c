/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * The event as JSON.  It is written without a tree, because it is written for every piece.
 */
#include "llm/event.h"

#include <string.h>

#include "base/buf.h"
#include "base/json.h"

enum { EVENT_VERSION = 1 };

static const char *const mode_names[] = {[RN_STREAM] = "stream", [RN_INVOKE] = "invoke"};

static void add_text(struct buf *out, const char *key, const char *text)
{
    json_add_key(out, key);
    json_add_string(out, text, strlen(text));
}

/* Only when there is something to say. */
static void add_some(struct buf *out, const char *key, const char *text)
{
    if (*text)
        add_text(out, key, text);
}

static void add_number(struct buf *out, const char *key, int64_t number)
{
    json_add_key(out, key);
    buf_addf(out, "%lld", (long long)number);
}

static void add_known(struct buf *out, const char *key, int64_t number)
{
    if (number >= 0)
        add_number(out, key, number);
}

static void add_flag(struct buf *out, const char *key, bool flag)
{
    json_add_key(out, key);
    buf_adds(out, flag ? "true" : "false");
}

static void add_raw(struct buf *out, const char *key, const char *json)
{
    json_add_key(out, key);
    buf_adds(out, json);
}

static void add_start(struct buf *out, const rn_event *event)
{
    const rn_start *start = event->start;
    if (!*start->run) { /* a decoder's, of one model call */
        add_some(out, "model", start->model);
        return;
    }
    add_number(out, "v", EVENT_VERSION);
    add_text(out, "run", start->run);
    add_some(out, "parent", start->parent);
    add_text(out, "time", start->time);
    add_text(out, "mode", mode_names[start->mode]);
    add_text(out, "provider", start->provider);
    add_text(out, "model", start->model);
    add_some(out, "system", start->system);
    add_raw(out, "input", start->input);
    add_raw(out, "tools", start->tools);
}

static void add_tool(struct buf *out, const rn_event *event)
{
    add_text(out, "tool", event->tool);
    if (event->invalid) {
        add_text(out, "args_raw", event->args);
        add_flag(out, "invalid", true);
    } else {
        add_raw(out, "args", *event->args ? event->args : "{}");
    }
}

static void add_approval(struct buf *out, const rn_event *event)
{
    add_text(out, "tool", event->tool);
    add_raw(out, "args", *event->args ? event->args : "{}");
    add_text(out, "state", event->status);
    add_some(out, "by", event->by);
    if (*event->new_args)
        add_raw(out, "new_args", event->new_args);
    add_some(out, "why", event->text);
}

static void add_progress(struct buf *out, const rn_event *event)
{
    add_text(out, "tool", event->tool);
    add_text(out, "text", event->text);
    if (event->fraction >= 0) {
        json_add_key(out, "fraction");
        json_add_real(out, event->fraction);
    }
}

static void add_result(struct buf *out, const rn_event *event)
{
    add_text(out, "tool", event->tool);
    json_add_key(out, "output");
    json_add_string(out, event->output, event->output_len);
    add_text(out, "status", event->status);
    add_known(out, "ms", event->ms);
}

static void add_usage(struct buf *out, const rn_usage *usage)
{
    add_known(out, "input", usage->input);
    add_known(out, "output", usage->output);
    add_known(out, "cached", usage->cached);
    add_known(out, "cache_write", usage->cache_write);
    add_known(out, "reasoning", usage->reasoning);
    if (usage->cost >= 0) {
        json_add_key(out, "cost");
        json_add_real(out, usage->cost);
    }
    if (usage->estimated)
        add_flag(out, "estimated", true);
}

static void add_retry(struct buf *out, const rn_event *event)
{
    add_number(out, "attempt", event->retry->attempt);
    add_number(out, "max", event->retry->max);
    add_number(out, "delay_ms", event->retry->delay_ms);
    add_text(out, "reason", event->text);
    if (event->retry->http)
        add_number(out, "http", event->retry->http);
}

static void add_error(struct buf *out, const rn_event *event)
{
    add_text(out, "code", rn_status_name((int)event->error->code));
    add_text(out, "message", event->text);
    if (event->error->http)
        add_number(out, "http", event->error->http);
    add_some(out, "provider_code", event->error->provider_code);
    add_flag(out, "retryable", event->error->retryable);
}

static void add_timing(struct buf *out, const rn_timing *timing)
{
    if (timing->first_byte < 0)
        return;
    add_raw(out, "timing", "{");
    add_known(out, "resolve", timing->resolve);
    add_known(out, "connect", timing->connect);
    add_known(out, "tls", timing->tls);
    add_known(out, "first_byte", timing->first_byte);
    buf_addc(out, '}');
}

static void add_limits(struct buf *out, const rn_limits *limits)
{
    add_raw(out, "limits", "{");
    add_known(out, "requests", limits->requests);
    add_known(out, "tokens", limits->tokens);
    add_known(out, "reset_ms", limits->reset_ms);
    buf_addc(out, '}');
}

static void add_finish(struct buf *out, const rn_event *event)
{
    const rn_finish *finish = event->finish;
    add_text(out, "reason", finish->reason);
    add_some(out, "raw", finish->raw);
    if (event->seq == 0) /* a decoder's */
        return;
    add_flag(out, "partial", finish->partial);
    add_number(out, "steps", finish->steps);
    add_raw(out, "usage", "{");
    add_usage(out, event->usage);
    buf_addc(out, '}');
    add_known(out, "ms", finish->ms);
    add_known(out, "ttft_ms", finish->ttft_ms);
    add_timing(out, &finish->timing);
    if (finish->limits)
        add_limits(out, finish->limits);
}

static void add_opaque(struct buf *out, const rn_event *event)
{
    add_text(out, "field", event->opaque->field);
    add_raw(out, "data", event->opaque->data);
    add_some(out, "call", event->opaque->call);
    add_some(out, "item", event->opaque->item);
    if (event->opaque->index >= 0)
        add_number(out, "index", event->opaque->index);
}

static void add_fields(struct buf *out, const rn_event *event)
{
    switch (event->kind) {
    case RN_START:
        add_start(out, event);
        break;
    case RN_AI:
        json_add_key(out, "content");
        json_add_string(out, event->content, event->content_len);
        if (event->refusal)
            add_flag(out, "refusal", true);
        break;
    case RN_REASONING:
        json_add_key(out, "text");
        json_add_string(out, event->text, event->text_len);
        break;
    case RN_TOOL_DELTA:
        add_text(out, "tool", event->tool);
        add_text(out, "args", event->args);
        break;
    case RN_TOOL:
        add_tool(out, event);
        break;
    case RN_APPROVAL:
        add_approval(out, event);
        break;
    case RN_PROGRESS:
        add_progress(out, event);
        break;
    case RN_RESULT:
        add_result(out, event);
        break;
    case RN_USER:
        json_add_key(out, "content");
        json_add_string(out, event->text, event->text_len);
        break;
    case RN_OPAQUE:
        add_opaque(out, event);
        break;
    case RN_USAGE:
        add_usage(out, event->usage);
        break;
    case RN_RETRY:
        add_retry(out, event);
        break;
    case RN_ERROR:
        add_error(out, event);
        break;
    case RN_FINISH:
        add_finish(out, event);
        break;
    case RN_UNKNOWN:
        break;
    }
}

void event_json(const rn_event *event, struct buf *out)
{
    if (*event->json) {
        buf_adds(out, event->json);
        return;
    }
    buf_adds(out, "{");
    add_text(out, "type", event->type);
    if (event->seq)
        add_number(out, "seq", (int64_t)event->seq);
    add_known(out, "t", event->t);
    if (event->step)
        add_number(out, "step", event->step);
    if (event->kind != RN_START) /* it says so itself */
        add_some(out, "run", event->run);
    add_some(out, "id", event->id);
    add_fields(out, event);
    buf_addc(out, '}');
}

size_t rn_event_json(const rn_event *event, char *line, size_t size)
{
    struct buf out = BUF_INIT;
    event_json(event, &out);
    size_t len = buf_copy(&out, line, size);
    buf_clear(&out);
    return len;
}
