/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * The event read back from JSON.  What it points to is in a tree that the reader keeps until the next
 * line.  Lines come from files that anybody may have written: whatever they hold gives an event that
 * is safe to use.
 */
#include "llm/event.h"

#include <limits.h>
#include <stdlib.h>
#include <string.h>

#include "base/arena.h"
#include "base/buf.h"
#include "base/error.h"
#include "base/json.h"
#include "base/mem.h"

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

/* A number that counts something; 0 when it cannot be one. */
static int64_t get_count(const json_t *object, const char *key, int64_t most)
{
    int64_t number = json_get_number(object, key, 0);
    return number >= 0 && number <= most ? number : 0;
}

/* A level or a time; -1 when it is not known. */
static int64_t get_level(const json_t *object, const char *key)
{
    int64_t number = json_get_number(object, key, -1);
    return number >= 0 ? number : -1;
}

static double get_real(const json_t *object, const char *key)
{
    const json_t *value = json_object_get(object, key);
    return json_is_number(value) ? json_number_value(value) : -1;
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
    event->start.mode = strcmp(json_get_text(tree, "mode"), "invoke") == 0 ? RN_INVOKE : RN_STREAM;
    event->pub.text = get_prompt(json_object_get(tree, "input"), &event->pub.text_len);
}

static void read_usage(const json_t *tree, rn_usage *usage)
{
    usage->input = get_level(tree, "input");
    usage->output = get_level(tree, "output");
    usage->cached = get_level(tree, "cached");
    usage->cache_write = get_level(tree, "cache_write");
    usage->reasoning = get_level(tree, "reasoning");
    usage->cost = get_real(tree, "cost");
    usage->estimated = get_flag(tree, "estimated");
}

static void read_error(const json_t *tree, struct event *event)
{
    const char *code = json_get_text(tree, "code");
    event->pub.text = get_bytes(tree, "message", &event->pub.text_len);
    event->error.code = RN_EPROVIDER;
    for (int status = RN_ECANCELLED; status >= RN_EIO; status--)
        if (strcmp(code, rn_status_name(status)) == 0)
            event->error.code = (enum rn_status)status;
    event->error.http = (int)get_count(tree, "http", 999);
    event->error.provider_code = json_get_text(tree, "provider_code");
    event->error.retryable = get_flag(tree, "retryable");
}

static void read_limits(const json_t *limits, struct event *event)
{
    if (!json_is_object(limits))
        return;
    event->limits = (rn_limits){.requests = get_level(limits, "requests"),
                                .tokens = get_level(limits, "tokens"),
                                .reset_ms = get_level(limits, "reset_ms")};
    event->finish.limits = &event->limits;
}

static void read_finish(const json_t *tree, struct event *event)
{
    const json_t *timing = json_object_get(tree, "timing");
    event->finish.reason = json_get_text(tree, "reason");
    event->finish.raw = json_get_text(tree, "raw");
    event->finish.partial = get_flag(tree, "partial");
    event->finish.steps = (unsigned)get_count(tree, "steps", INT_MAX);
    event->finish.ms = get_level(tree, "ms");
    event->finish.ttft_ms = get_level(tree, "ttft_ms");
    event->finish.timing.resolve = get_level(timing, "resolve");
    event->finish.timing.connect = get_level(timing, "connect");
    event->finish.timing.tls = get_level(timing, "tls");
    event->finish.timing.first_byte = get_level(timing, "first_byte");
    read_usage(json_object_get(tree, "usage"), &event->total);
    read_limits(json_object_get(tree, "limits"), event);
}

static void read_tool(struct event_reader *reader, rn_event *event)
{
    event->invalid = get_flag(reader->tree, "invalid");
    event->args =
        event->invalid ? json_get_text(reader->tree, "args_raw") : get_raw(reader, "args", "{}");
}

static void read_fields(struct event_reader *reader, struct event *event)
{
    const json_t *tree = reader->tree;
    rn_event *pub = &event->pub;
    pub->tool = json_get_text(tree, "tool");
    switch (pub->kind) {
    case RN_START:
        read_start(reader, event);
        break;
    case RN_AI:
        pub->content = get_bytes(tree, "content", &pub->content_len);
        pub->refusal = get_flag(tree, "refusal");
        break;
    case RN_PROGRESS:
        pub->fraction = get_real(tree, "fraction");
        pub->text = get_bytes(tree, "text", &pub->text_len);
        break;
    case RN_REASONING:
        pub->text = get_bytes(tree, "text", &pub->text_len);
        break;
    case RN_TOOL_DELTA:
        pub->args = json_get_text(tree, "args");
        break;
    case RN_TOOL:
        read_tool(reader, pub);
        break;
    case RN_APPROVAL:
        pub->args = get_raw(reader, "args", "{}");
        pub->status = json_get_text(tree, "state");
        pub->by = json_get_text(tree, "by");
        pub->new_args = get_raw(reader, "new_args", "");
        pub->text = get_bytes(tree, "why", &pub->text_len);
        break;
    case RN_RESULT:
        pub->output = get_bytes(tree, "output", &pub->output_len);
        pub->status = json_get_text(tree, "status");
        pub->ms = get_level(tree, "ms");
        break;
    case RN_USER:
        pub->text = get_bytes(tree, "content", &pub->text_len);
        break;
    case RN_OPAQUE:
        event->opaque.field = json_get_text(tree, "field");
        event->opaque.data = get_raw(reader, "data", "null");
        event->opaque.call = json_get_text(tree, "call");
        event->opaque.item = json_get_text(tree, "item");
        event->opaque.index = get_level(tree, "index");
        break;
    case RN_USAGE:
        read_usage(tree, &event->usage);
        break;
    case RN_RETRY:
        event->retry.attempt = (unsigned)get_count(tree, "attempt", INT_MAX);
        event->retry.max = (unsigned)get_count(tree, "max", INT_MAX);
        event->retry.delay_ms = get_count(tree, "delay_ms", INT64_MAX);
        event->retry.http = (int)get_count(tree, "http", 999);
        pub->text = get_bytes(tree, "reason", &pub->text_len);
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
    json_decref(reader->tree);
    arena_reset(&reader->arena);
    reader->tree = json_read(line, len, NULL, error);
    if (!reader->tree)
        return -1;
    const char *type = json_get_text(reader->tree, "type");
    if (!*type)
        return error_set(error, RN_EPROTOCOL,
                         "no event: a JSON object with a \"type\" was expected");
    event_init(event, event_kind(type));
    event->pub.type = type;
    event->pub.seq = (uint64_t)get_count(reader->tree, "seq", INT64_MAX);
    event->pub.t = get_level(reader->tree, "t");
    event->pub.step = (unsigned)get_count(reader->tree, "step", INT_MAX);
    event->pub.run = json_get_text(reader->tree, "run");
    event->pub.id = json_get_text(reader->tree, "id");
    event->pub.json = arena_text(&reader->arena, line, len);
    read_fields(reader, event);
    return 0;
}
