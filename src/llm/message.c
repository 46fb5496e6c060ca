/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "llm/message.h"

#include <stdatomic.h>
#include <stdlib.h>
#include <string.h>

#include "base/arena.h"
#include "base/buf.h"
#include "base/error.h"
#include "base/json.h"
#include "base/mem.h"
#include "llm/event.h"

/* Where a step begins in what all steps add up to, and what followed what the model said. */
struct part {
    unsigned step;
    size_t content, reasoning, call, opaque;
    json_t *results; /* object: call id to message */
    json_t *said;    /* array of messages */
};

struct message {
    rn_message pub;      /* first: a public message is one of these */
    atomic_uint holders; /* what rn_collect returned may be freed on another thread */
    struct arena names;  /* every string that comes once */
    struct buf content, reasoning;
    rn_call *calls;
    json_t *opaque; /* array, as in a conversation, with places from the run's beginning */
    const char *provider;
    struct part *parts; /* of each step, at least one */
    size_t part_count;
    unsigned step;
    rn_usage level;   /* of this step */
    rn_usage earlier; /* of the steps before it */
};

static void begin_part(struct message *message, unsigned step)
{
    size_t count = message->part_count + 1;
    message->parts = xrealloc(message->parts, count * sizeof(*message->parts));
    message->parts[message->part_count++] =
        (struct part){.step = step,
                      .content = message->content.len,
                      .reasoning = message->reasoning.len,
                      .call = message->pub.call_count,
                      .opaque = json_array_size(message->opaque),
                      .results = json_object(),
                      .said = json_array()};
}

static struct part *last_part(const struct message *message)
{
    return &message->parts[message->part_count - 1];
}

struct message *message_new(void)
{
    struct message *message = xnew(struct message);
    atomic_init(&message->holders, 1);
    message->opaque = json_array();
    begin_part(message, 0);
    message->level = message->earlier = USAGE_UNKNOWN;
    message->provider = "";
    message->pub = (rn_message){.run = "",
                                .id = "",
                                .model = "",
                                .content = "",
                                .reasoning = "",
                                .reason = "",
                                .error = "",
                                .ms = -1,
                                .ttft_ms = -1,
                                .usage = USAGE_UNKNOWN};
    return message;
}

void message_free(struct message *message)
{
    if (!message || atomic_fetch_sub(&message->holders, 1) > 1)
        return;
    arena_clear(&message->names);
    buf_clear(&message->content);
    buf_clear(&message->reasoning);
    free(message->calls);
    for (size_t i = 0; i < message->part_count; i++) {
        json_decref(message->parts[i].results);
        json_decref(message->parts[i].said);
    }
    free(message->parts);
    json_decref(message->opaque);
    free(message);
}

void rn_message_free(rn_message *message)
{
    message_free((struct message *)message);
}

rn_message *message_hold(struct message *message)
{
    atomic_fetch_add(&message->holders, 1);
    return &message->pub;
}

const rn_message *message_public(const struct message *message)
{
    return &message->pub;
}

static const char *keep(struct message *message, const char *text)
{
    return *text ? arena_text(&message->names, text, strlen(text)) : "";
}

/* ---- Usage: levels within a step, sums across steps ---- */

static int64_t sum(int64_t a, int64_t b)
{
    if (a < 0 || b < 0)
        return a < 0 ? b : a;
    return a > INT64_MAX - b ? INT64_MAX : a + b;
}

rn_usage usage_sum(const rn_usage *a, const rn_usage *b)
{
    rn_usage total = {.input = sum(a->input, b->input),
                      .output = sum(a->output, b->output),
                      .cached = sum(a->cached, b->cached),
                      .cache_write = sum(a->cache_write, b->cache_write),
                      .reasoning = sum(a->reasoning, b->reasoning),
                      .estimated = a->estimated || b->estimated};
    total.cost = a->cost < 0 ? b->cost : b->cost < 0 ? a->cost : a->cost + b->cost;
    return total;
}

static void add_usage(struct message *message, const rn_event *event)
{
    if (event->step != message->step) {
        message->earlier = message->pub.usage;
        message->level = USAGE_UNKNOWN;
        message->step = event->step;
    }
    usage_replace(&message->level, event->usage);
    message->pub.usage = usage_sum(&message->earlier, &message->level);
}

/* ---- The rest ---- */

static void add_piece(struct buf *whole, const char *piece, size_t len, const char **text,
                      size_t *text_len)
{
    buf_add(whole, piece, len);
    *text = whole->data;
    *text_len = whole->len;
}

static void add_call(struct message *message, const rn_event *event)
{
    size_t count = message->pub.call_count;
    message->calls = xrealloc(message->calls, (count + 1) * sizeof(*message->calls));
    message->calls[count] = (rn_call){.id = keep(message, event->id),
                                      .tool = keep(message, event->tool),
                                      .args = keep(message, event->args),
                                      .invalid = event->invalid};
    message->pub.calls = message->calls;
    message->pub.call_count++;
}

static json_t *place_json(size_t reasoning, size_t content, size_t calls)
{
    return json_pack("[I, I, I]", (json_int_t)reasoning, (json_int_t)content, (json_int_t)calls);
}

static void add_opaque(struct message *message, const rn_opaque *opaque)
{
    json_t *entry = json_pack("{s:o}", "field", json_text(opaque->field));
    struct error ignored;
    json_t *data = json_read(opaque->data, strlen(opaque->data), NULL, &ignored);
    json_object_set_new(entry, "data", data ? data : json_null());
    if (*opaque->call)
        json_object_set_new(entry, "call", json_text(opaque->call));
    if (*opaque->item)
        json_object_set_new(entry, "item", json_text(opaque->item));
    if (opaque->index >= 0)
        json_object_set_new(entry, "index", json_integer(opaque->index));
    if (!*opaque->call)
        json_object_set_new(
            entry, "at",
            place_json(message->reasoning.len, message->content.len, message->pub.call_count));
    json_array_append_new(message->opaque, entry);
}

static void add_start(struct message *message, const rn_start *start)
{
    message->pub.run = keep(message, start->run);
    message->pub.model = keep(message, start->model);
    message->provider = keep(message, start->provider);
}

static void add_finish(struct message *message, const rn_event *event)
{
    message->pub.reason = keep(message, event->finish->reason);
    message->pub.partial = event->finish->partial;
    message->pub.steps = event->finish->steps;
    message->pub.ms = event->finish->ms;
    message->pub.ttft_ms = event->finish->ttft_ms;
    usage_replace(&message->pub.usage, event->usage);
    if (strcmp(event->finish->reason, "cancelled") == 0)
        message->pub.status = RN_ECANCELLED;
}

static json_t *result_json(const char *id, const char *tool, const char *output, size_t len,
                           const char *status)
{
    return json_pack("{s:s, s:o, s:o, s:o, s:o}", "role", "tool", "id", json_text(id), "tool",
                     json_text(tool), "output", json_stringn_nocheck(output, len), "status",
                     json_text(status));
}

static void add_result(struct message *message, const rn_event *event)
{
    json_object_set_new_nocheck(
        last_part(message)->results, event->id,
        result_json(event->id, event->tool, event->output, event->output_len, event->status));
}

static void add_said(struct message *message, const rn_event *event)
{
    json_array_append_new(last_part(message)->said,
                          json_pack("{s:s, s:o}", "role", "user", "content",
                                    json_stringn_nocheck(event->text, event->text_len)));
}

/* The first piece of a step begins its part; where steps have no number, the first after results. */
static bool begins_part(const struct part *part, const rn_event *event)
{
    if (part->step > 0 && event->step > 0)
        return event->step > part->step;
    return json_object_size(part->results) > 0 || json_array_size(part->said) > 0;
}

static void note_step(struct message *message, const rn_event *event)
{
    enum { PIECES = RN_AI | RN_REASONING | RN_TOOL | RN_OPAQUE };
    if (!(event->kind & PIECES))
        return;
    if (begins_part(last_part(message), event))
        begin_part(message, event->step);
    else if (last_part(message)->step == 0)
        last_part(message)->step = event->step;
}

void message_add(struct message *message, const rn_event *event)
{
    note_step(message, event);
    if (*event->id && !*message->pub.id && event->kind & (RN_AI | RN_REASONING))
        message->pub.id = keep(message, event->id);
    switch (event->kind) {
    case RN_START:
        add_start(message, event->start);
        break;
    case RN_AI:
        add_piece(&message->content, event->content, event->content_len, &message->pub.content,
                  &message->pub.content_len);
        message->pub.refusal |= event->refusal;
        break;
    case RN_REASONING:
        add_piece(&message->reasoning, event->text, event->text_len, &message->pub.reasoning,
                  &message->pub.reasoning_len);
        break;
    case RN_TOOL:
        add_call(message, event);
        break;
    case RN_OPAQUE:
        add_opaque(message, event->opaque);
        break;
    case RN_RESULT:
        add_result(message, event);
        break;
    case RN_USER:
        add_said(message, event);
        break;
    case RN_USAGE:
        add_usage(message, event);
        break;
    case RN_ERROR:
        message->pub.status = (int)event->error->code;
        message->pub.error = keep(message, event->text);
        break;
    case RN_FINISH:
        add_finish(message, event);
        break;
    default:
        break;
    }
}

/* ---- As JSON ---- */

static void set_text(json_t *object, const char *key, const char *text, size_t len)
{
    if (len > 0)
        json_object_set_new(object, key, json_stringn_nocheck(text, len));
}

static json_t *call_json(const rn_call *call)
{
    struct error ignored;
    json_t *entry =
        json_pack("{s:o, s:o}", "id", json_text(call->id), "tool", json_text(call->tool));
    json_t *args = call->invalid ? NULL : json_read(call->args, strlen(call->args), NULL, &ignored);
    if (args) {
        json_object_set_new(entry, "args", args);
    } else {
        json_object_set_new(entry, "args_raw", json_text(call->args));
        json_object_set_new(entry, "invalid", json_true());
    }
    return entry;
}

/* Part of all that was said, as one message. */
struct span {
    size_t content, content_end;
    size_t reasoning, reasoning_end;
    size_t call, call_end;
    size_t opaque, opaque_end;
    bool is_last;
};

static json_t *calls_json(const rn_message *answer, const struct span *span)
{
    json_t *calls = json_array();
    for (size_t i = span->call; i < span->call_end; i++)
        json_array_append_new(calls, call_json(&answer->calls[i]));
    return calls;
}

/* The entry, its place counted from where the span begins. */
static json_t *moved(const json_t *entry, const struct span *span)
{
    json_t *copy = json_copy((json_t *)entry);
    const json_t *at = json_object_get(entry, "at");
    json_int_t reasoning, content, calls;
    if (json_unpack((json_t *)at, "[I, I, I]", &reasoning, &content, &calls) == 0)
        json_object_set_new(copy, "at",
                            place_json((size_t)reasoning - span->reasoning,
                                       (size_t)content - span->content,
                                       (size_t)calls - span->call));
    return copy;
}

static json_t *opaque_json(const struct message *message, const struct span *span)
{
    json_t *list = json_array();
    for (size_t i = span->opaque; i < span->opaque_end; i++)
        json_array_append_new(list, moved(json_array_get(message->opaque, i), span));
    return list;
}

static json_t *span_json(const struct message *message, const struct span *span)
{
    const rn_message *answer = &message->pub;
    json_t *json = json_pack("{s:s}", "role", "assistant");
    json_object_set_new(
        json, "content",
        json_stringn_nocheck(answer->content + span->content, span->content_end - span->content));
    set_text(json, "reasoning", answer->reasoning + span->reasoning,
             span->reasoning_end - span->reasoning);
    if (answer->refusal && span->is_last)
        json_object_set_new(json, "refusal", json_true());
    if (answer->partial && span->is_last)
        json_object_set_new(json, "partial", json_true());
    if (span->call < span->call_end)
        json_object_set_new(json, "calls", calls_json(answer, span));
    if (span->opaque < span->opaque_end)
        json_object_set_new(json, "opaque", opaque_json(message, span));
    set_text(json, "provider", message->provider, strlen(message->provider));
    set_text(json, "model", answer->model, strlen(answer->model));
    if (span->is_last)
        set_text(json, "reason", answer->reason, strlen(answer->reason));
    set_text(json, "run", answer->run, strlen(answer->run));
    return json;
}

/* From one part's beginning to another's; to the end where that is the last. */
static struct span span_of(const struct message *message, size_t from, size_t to)
{
    const struct part *begin = &message->parts[from];
    bool is_last = to == message->part_count;
    struct span span = {.content = begin->content,
                        .reasoning = begin->reasoning,
                        .call = begin->call,
                        .opaque = begin->opaque,
                        .content_end = message->content.len,
                        .reasoning_end = message->reasoning.len,
                        .call_end = message->pub.call_count,
                        .opaque_end = json_array_size(message->opaque),
                        .is_last = is_last};
    if (!is_last) {
        const struct part *end = &message->parts[to];
        span.content_end = end->content;
        span.reasoning_end = end->reasoning;
        span.call_end = end->call;
        span.opaque_end = end->opaque;
    }
    return span;
}

json_t *message_json(const rn_message *answer)
{
    const struct message *message = (const struct message *)answer;
    struct span span = span_of(message, 0, message->part_count);
    return span_json(message, &span);
}

static void append_of_run(json_t *history, json_t *message, const char *run)
{
    json_t *copy = json_copy(message);
    set_text(copy, "run", run, strlen(run));
    json_array_append_new(history, copy);
}

/* No server takes a call that stays unanswered: where its result is missing, the run was broken off. */
static void append_result(json_t *history, const json_t *results, const rn_call *call,
                          const char *run)
{
    static const char lost[] = "[no result: the run was broken off; the call may have had effects]";
    json_t *result = json_incref(json_object_get(results, call->id));
    if (!result)
        result = result_json(call->id, call->tool, lost, strlen(lost), "cancelled");
    append_of_run(history, result, run);
    json_decref(result);
}

json_t *message_history(const rn_message *answer)
{
    const struct message *message = (const struct message *)answer;
    json_t *history = json_array(), *said;
    size_t k;
    for (size_t i = 0; i < message->part_count; i++) {
        const struct part *part = &message->parts[i];
        struct span span = span_of(message, i, i + 1);
        json_array_append_new(history, span_json(message, &span));
        for (size_t call = span.call; call < span.call_end; call++)
            append_result(history, part->results, &answer->calls[call], answer->run);
        json_array_foreach (part->said, k, said)
            append_of_run(history, said, answer->run);
    }
    return history;
}

static void set_number(json_t *object, const char *key, int64_t number)
{
    if (number >= 0)
        json_object_set_new(object, key, json_integer(number));
}

static json_t *usage_json(const rn_usage *usage)
{
    json_t *json = json_object();
    set_number(json, "input", usage->input);
    set_number(json, "output", usage->output);
    set_number(json, "cached", usage->cached);
    set_number(json, "cache_write", usage->cache_write);
    set_number(json, "reasoning", usage->reasoning);
    if (usage->cost >= 0)
        json_object_set_new(json, "cost", json_real(usage->cost));
    if (usage->estimated)
        json_object_set_new(json, "estimated", json_true());
    return json;
}

size_t rn_message_json(const rn_message *message, char *line, size_t size)
{
    json_t *json = message_json(message);
    struct buf text = BUF_INIT;
    json_object_set_new(json, "status", json_string(rn_status_name(message->status)));
    set_text(json, "error", message->error, strlen(message->error));
    json_object_set_new(json, "usage", usage_json(&message->usage));
    set_number(json, "ms", message->ms);
    set_number(json, "ttft_ms", message->ttft_ms);
    json_add_value(&text, json);
    size_t len = buf_copy(&text, line, size);
    buf_clear(&text);
    json_decref(json);
    return len;
}
