/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * The event as JSON, written and read.  What is written without a tree is fast; what is read back is
 * a tree that the reader keeps until the next line.
 */
#include "llm/event.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/arena.h"
#include "base/buf.h"
#include "base/error.h"
#include "base/json.h"
#include "base/mem.h"

enum { EVENT_VERSION = 1 };

static const char *const mode_names[] = {[RN_STREAM] = "stream", [RN_INVOKE] = "invoke"};

/* ---- Writing ---- */

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
    add_some(out, "why", event->text);
}

static void add_progress(struct buf *out, const rn_event *event)
{
    add_text(out, "tool", event->tool);
    add_text(out, "text", event->text);
    if (event->fraction >= 0) {
        json_add_key(out, "fraction");
        buf_addf(out, "%.4g", event->fraction);
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
        buf_addf(out, "%.10g", usage->cost);
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
}

static void add_opaque(struct buf *out, const rn_event *event)
{
    add_text(out, "field", event->opaque->field);
    add_raw(out, "data", event->opaque->data);
    add_some(out, "call", event->opaque->call);
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

/* ---- Reading ---- */

struct event_reader {
    json_t *tree;
    struct arena arena;
};

struct event_reader *event_reader_new(void)
{
    return xnew(struct event_reader);
}

void event_reader_free(struct event_reader *reader)
{
    if (!reader)
        return;
    json_decref(reader->tree);
    arena_clear(&reader->arena);
    free(reader);
}

static int64_t get_number(const json_t *object, const char *key, int64_t otherwise)
{
    const json_t *value = json_object_get(object, key);
    if (json_is_integer(value))
        return json_integer_value(value);
    double real = json_is_real(value) ? json_real_value(value) : NAN;
    return fabs(real) < 1e15 ? (int64_t)real : otherwise;
}

static bool get_flag(const json_t *object, const char *key)
{
    return json_is_true(json_object_get(object, key));
}

/* A value as JSON text. */
static const char *get_raw(struct event_reader *reader, const char *key, const char *otherwise)
{
    const json_t *value = json_object_get(reader->tree, key);
    struct buf text = BUF_INIT;
    if (!value)
        return otherwise;
    json_add_value(&text, value);
    const char *kept = arena_text(&reader->arena, buf_str(&text), text.len);
    buf_clear(&text);
    return kept;
}

static const char *get_bytes(const json_t *object, const char *key, size_t *len)
{
    const json_t *value = json_object_get(object, key);
    *len = json_string_length(value);
    return json_is_string(value) ? json_string_value(value) : "";
}

/* The text of the last user's message among a start's input. */
static const char *get_prompt(const json_t *input, size_t *len)
{
    for (size_t i = json_array_size(input); i-- > 0;) {
        const json_t *message = json_array_get(input, i);
        if (strcmp(json_get_text(message, "role"), "user") == 0)
            return get_bytes(message, "content", len);
    }
    *len = 0;
    return "";
}

static void read_start(struct event_reader *reader, struct event *event)
{
    const json_t *tree = reader->tree;
    event->start.run = json_get_text(tree, "run");
    event->start.parent = json_get_text(tree, "parent");
    event->start.time = json_get_text(tree, "time");
    event->start.provider = json_get_text(tree, "provider");
    event->start.model = json_get_text(tree, "model");
    event->start.system = json_get_text(tree, "system");
    event->start.input = get_raw(reader, "input", "[]");
    event->start.tools = get_raw(reader, "tools", "[]");
    event->start.mode =
        strcmp(json_get_text(tree, "mode"), mode_names[RN_INVOKE]) == 0 ? RN_INVOKE : RN_STREAM;
    event->public.text = get_prompt(json_object_get(tree, "input"), &event->public.text_len);
}

static void read_usage(const json_t *tree, rn_usage *usage)
{
    const json_t *cost = json_object_get(tree, "cost");
    usage->input = get_number(tree, "input", -1);
    usage->output = get_number(tree, "output", -1);
    usage->cached = get_number(tree, "cached", -1);
    usage->cache_write = get_number(tree, "cache_write", -1);
    usage->reasoning = get_number(tree, "reasoning", -1);
    usage->cost = json_is_number(cost) ? json_number_value(cost) : -1;
    usage->estimated = get_flag(tree, "estimated");
}

static void read_error(const json_t *tree, struct event *event)
{
    const char *code = json_get_text(tree, "code");
    event->public.text = get_bytes(tree, "message", &event->public.text_len);
    event->error.code = RN_EPROVIDER;
    for (int status = RN_ECANCELLED; status >= RN_EIO; status--)
        if (strcmp(code, rn_status_name(status)) == 0)
            event->error.code = (enum rn_status)status;
    event->error.http = (int)get_number(tree, "http", 0);
    event->error.provider_code = json_get_text(tree, "provider_code");
    event->error.retryable = get_flag(tree, "retryable");
}

static void read_finish(const json_t *tree, struct event *event)
{
    const json_t *timing = json_object_get(tree, "timing");
    event->finish.reason = json_get_text(tree, "reason");
    event->finish.raw = json_get_text(tree, "raw");
    event->finish.partial = get_flag(tree, "partial");
    event->finish.steps = (unsigned)get_number(tree, "steps", 0);
    event->finish.ms = get_number(tree, "ms", -1);
    event->finish.ttft_ms = get_number(tree, "ttft_ms", -1);
    event->finish.timing.resolve = get_number(timing, "resolve", -1);
    event->finish.timing.connect = get_number(timing, "connect", -1);
    event->finish.timing.tls = get_number(timing, "tls", -1);
    event->finish.timing.first_byte = get_number(timing, "first_byte", -1);
    read_usage(json_object_get(tree, "usage"), &event->total);
}

static void read_tool(struct event_reader *reader, rn_event *event)
{
    event->invalid = get_flag(reader->tree, "invalid");
    event->args = event->invalid ? json_get_text(reader->tree, "args_raw")
                                 : get_raw(reader, "args", "{}");
}

static void read_fields(struct event_reader *reader, struct event *event)
{
    const json_t *tree = reader->tree;
    rn_event *public = &event->public;
    public->tool = json_get_text(tree, "tool");
    switch (public->kind) {
    case RN_START:
        read_start(reader, event);
        break;
    case RN_AI:
        public->content = get_bytes(tree, "content", &public->content_len);
        public->refusal = get_flag(tree, "refusal");
        break;
    case RN_PROGRESS: {
        const json_t *fraction = json_object_get(tree, "fraction");
        public->fraction = json_is_number(fraction) ? json_number_value(fraction) : -1;
        public->text = get_bytes(tree, "text", &public->text_len);
        break;
    }
    case RN_REASONING:
        public->text = get_bytes(tree, "text", &public->text_len);
        break;
    case RN_TOOL_DELTA:
        public->args = json_get_text(tree, "args");
        break;
    case RN_TOOL:
        read_tool(reader, public);
        break;
    case RN_APPROVAL:
        public->args = get_raw(reader, "args", "{}");
        public->status = json_get_text(tree, "state");
        public->by = json_get_text(tree, "by");
        public->text = get_bytes(tree, "why", &public->text_len);
        break;
    case RN_RESULT:
        public->output = get_bytes(tree, "output", &public->output_len);
        public->status = json_get_text(tree, "status");
        public->ms = get_number(tree, "ms", -1);
        break;
    case RN_USER:
        public->text = get_bytes(tree, "content", &public->text_len);
        break;
    case RN_OPAQUE:
        event->opaque.field = json_get_text(tree, "field");
        event->opaque.data = get_raw(reader, "data", "null");
        event->opaque.call = json_get_text(tree, "call");
        break;
    case RN_USAGE:
        read_usage(tree, &event->usage);
        break;
    case RN_RETRY:
        event->retry.attempt = (unsigned)get_number(tree, "attempt", 0);
        event->retry.max = (unsigned)get_number(tree, "max", 0);
        event->retry.delay_ms = get_number(tree, "delay_ms", 0);
        event->retry.http = (int)get_number(tree, "http", 0);
        public->text = get_bytes(tree, "reason", &public->text_len);
        break;
    case RN_ERROR:
        read_error(tree, event);
        break;
    case RN_FINISH:
        read_finish(tree, event);
        break;
    case RN_UNKNOWN:
        break;
    }
}

int event_read(struct event_reader *reader, const char *line, size_t len, struct event *event,
               struct error *error)
{
    bool mended;
    json_decref(reader->tree);
    arena_reset(&reader->arena);
    reader->tree = json_read(line, len, &mended, error);
    if (!reader->tree)
        return -1;
    const char *type = json_get_text(reader->tree, "type");
    if (!*type)
        return error_set(error, RN_EPROTOCOL, "no event: a JSON object with a \"type\" was expected");
    event_init(event, event_kind(type));
    event->public.type = type;
    event->public.seq = (uint64_t)get_number(reader->tree, "seq", 0);
    event->public.t = get_number(reader->tree, "t", -1);
    event->public.step = (unsigned)get_number(reader->tree, "step", 0);
    event->public.run = json_get_text(reader->tree, "run");
    event->public.id = json_get_text(reader->tree, "id");
    event->public.json = arena_text(&reader->arena, line, len);
    read_fields(reader, event);
    return 0;
}
