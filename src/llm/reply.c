/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "llm/reply.h"

#include <stdlib.h>
#include <string.h>

#include "base/buf.h"
#include "base/error.h"
#include "base/ident.h"
#include "base/json.h"
#include "base/mem.h"
#include "base/utf8.h"
#include "llm/event.h"
#include "llm/halves.h"
#include "llm/think.h"

struct reply_call {
    char *id, *tool; /* tool "": not known yet, and nobody has been told of the call */
    struct buf args;
    struct json_scan scan; /* of args */
    struct halves halves;  /* of what comes of args */
    bool is_closed;
};

struct reply {
    struct event_queue *events;
    char *id; /* NULL until it starts */
    bool is_started, is_over, is_refused;
    bool has_halves;
    struct heard heard;
    struct halves text_halves, refusal_halves, reasoning_halves;
    size_t text_len; /* of all kinds, to be bounded */
    bool splits_think;
    struct think think;
    struct reply_call *calls;
    int call_count;
    rn_usage usage;
    bool has_usage;
    int64_t wait; /* that an error asks for; -1: none does */
};

struct reply *reply_new(struct event_queue *events)
{
    struct reply *reply = xnew(struct reply);
    reply->events = events;
    reply->usage = USAGE_UNKNOWN;
    reply->wait = -1;
    return reply;
}

void reply_free(struct reply *reply)
{
    if (!reply)
        return;
    for (int i = 0; i < reply->call_count; i++) {
        free(reply->calls[i].id);
        free(reply->calls[i].tool);
        buf_clear(&reply->calls[i].args);
    }
    free(reply->calls);
    free(reply->id);
    think_clear(&reply->think);
    free(reply);
}

void reply_expect_halves(struct reply *reply, bool halves)
{
    reply->has_halves = halves;
}

void reply_split_think_tags(struct reply *reply)
{
    reply->splits_think = true;
}

void reply_wait(struct reply *reply, int64_t ms)
{
    reply->wait = ms;
}

int64_t reply_wait_ms(const struct reply *reply)
{
    return reply->wait;
}

bool reply_is_over(const struct reply *reply)
{
    return reply->is_over;
}

const struct heard *reply_listen(struct reply *reply)
{
    reply->heard = (struct heard){0};
    return &reply->heard;
}

static struct event *add(struct reply *reply, enum rn_kind kind)
{
    struct event *event = event_queue_add(reply->events, kind);
    event->pub.id = reply->id ? reply->id : "";
    return event;
}

void reply_start(struct reply *reply, const char *id, const char *model)
{
    if (reply->is_started || reply->is_over)
        return;
    size_t len = strnlen(id, REPLY_ID_MAX);
    reply->is_started = true;
    reply->id = xstrndup(id, len - utf8_cut(id, len));
    struct event *event = add(reply, RN_START);
    event->start.model = event_queue_text(reply->events, model, strlen(model));
}

/* ---- Text ---- */

enum piece_kind { PIECE_TEXT, PIECE_REFUSAL, PIECE_REASONING };

static bool is_too_much(struct reply *reply, size_t len)
{
    reply->text_len += len;
    if (reply->text_len <= REPLY_TEXT_MAX)
        return false;
    reply_fail(reply, RN_ELIMIT, "the answer is longer than 256 MiB", "", 0, false);
    return true;
}

static void emit(struct reply *reply, enum piece_kind kind, const char *text, size_t len)
{
    if (len == 0 || is_too_much(reply, len))
        return;
    struct event *event = add(reply, kind == PIECE_REASONING ? RN_REASONING : RN_AI);
    const char *kept = event_queue_text(reply->events, text, len);
    if (kind == PIECE_REASONING) {
        event->pub.text = kept;
        event->pub.text_len = len;
    } else {
        event->pub.content = kept;
        event->pub.content_len = len;
        event->pub.refusal = kind == PIECE_REFUSAL;
    }
}

static void emit_alone(struct reply *reply, enum piece_kind kind, struct halves *halves)
{
    struct buf alone = BUF_INIT;
    halves_end(halves, &alone);
    emit(reply, kind, buf_str(&alone), alone.len);
    buf_clear(&alone);
}

static void emit_joined(struct reply *reply, enum piece_kind kind, struct halves *halves,
                        const char *text, size_t len)
{
    if (len == 0)
        return;
    if (!reply->has_halves) {
        emit_alone(reply, kind, halves);
        emit(reply, kind, text, len);
        return;
    }
    struct buf joined = BUF_INIT;
    halves_join(halves, &joined, text, len);
    emit(reply, kind, buf_str(&joined), joined.len);
    buf_clear(&joined);
}

static void emit_split(struct reply *reply, const char *text, size_t len, bool is_end)
{
    struct buf thinking = BUF_INIT, answer = BUF_INIT;
    think_split(&reply->think, text, len, &thinking, &answer);
    if (is_end)
        think_end(&reply->think, &thinking, &answer);
    emit_joined(reply, PIECE_REASONING, &reply->reasoning_halves, buf_str(&thinking), thinking.len);
    emit_joined(reply, PIECE_TEXT, &reply->text_halves, buf_str(&answer), answer.len);
    buf_clear(&thinking);
    buf_clear(&answer);
}

/* False when there is nothing to say. */
static bool hears(struct reply *reply, reply_say_fn *say, const char *text, size_t len)
{
    if (reply->is_over || len == 0)
        return false;
    if (reply->heard.count++ == 0)
        reply->heard.said = (struct said){say, event_queue_text(reply->events, text, len), len};
    return true;
}

void reply_text(struct reply *reply, const char *text, size_t len)
{
    if (!hears(reply, reply_text, text, len))
        return;
    if (reply->splits_think)
        emit_split(reply, text, len, false);
    else
        emit_joined(reply, PIECE_TEXT, &reply->text_halves, text, len);
}

void reply_refusal(struct reply *reply, const char *text, size_t len)
{
    if (!hears(reply, reply_refusal, text, len))
        return;
    reply->is_refused = true;
    emit_joined(reply, PIECE_REFUSAL, &reply->refusal_halves, text, len);
}

void reply_reasoning(struct reply *reply, const char *text, size_t len)
{
    if (hears(reply, reply_reasoning, text, len))
        emit_joined(reply, PIECE_REASONING, &reply->reasoning_halves, text, len);
}

bool reply_string(struct reply *reply, const json_t *value, reply_say_fn *say)
{
    if (json_string_length(value) == 0)
        return false;
    say(reply, json_string_value(value), json_string_length(value));
    return true;
}

/* What was held back while more could come. */
static void flush_text(struct reply *reply)
{
    if (reply->splits_think)
        emit_split(reply, "", 0, true);
    emit_alone(reply, PIECE_REASONING, &reply->reasoning_halves);
    emit_alone(reply, PIECE_TEXT, &reply->text_halves);
    emit_alone(reply, PIECE_REFUSAL, &reply->refusal_halves);
}

static void add_opaque(struct reply *reply, const json_t *data, const rn_opaque *about)
{
    struct buf text = BUF_INIT;
    reply->heard.count++;
    json_add_value(&text, data);
    if (!reply->is_over && !is_too_much(reply, text.len)) {
        struct event *event = add(reply, RN_OPAQUE);
        event->pub.id = "";
        event->opaque.field = event_queue_text(reply->events, about->field, strlen(about->field));
        event->opaque.data = event_queue_text(reply->events, text.data, text.len);
        event->opaque.call = event_queue_text(reply->events, about->call, strlen(about->call));
        event->opaque.item = event_queue_text(reply->events, about->item, strlen(about->item));
        event->opaque.index = about->index;
    }
    buf_clear(&text);
}

void reply_opaque(struct reply *reply, const char *field, const json_t *data, const char *call)
{
    add_opaque(reply, data, &(rn_opaque){.field = field, .call = call, .item = "", .index = -1});
}

void reply_opaque_block(struct reply *reply, const char *field, const json_t *data, int64_t index)
{
    add_opaque(reply, data, &(rn_opaque){.field = field, .call = "", .item = "", .index = index});
}

void reply_opaque_item(struct reply *reply, const char *field, const json_t *data, const char *item)
{
    add_opaque(reply, data, &(rn_opaque){.field = field, .call = "", .item = item, .index = -1});
}

/* ---- Tool calls ---- */

/* Nine letters and digits: the one form of id that no server rejects (Mistral takes no other).  It
 * must be unique over a conversation, because it is sent back. */
static char *make_id(void)
{
    enum { ID_LEN = 9 };
    char *id = xcalloc(ID_LEN + 1, 1);
    ident_random(id, ID_LEN);
    return id;
}

static bool is_taken(const struct reply *reply, const char *id)
{
    for (int i = 0; i < reply->call_count; i++)
        if (strcmp(reply->calls[i].id, id) == 0)
            return true;
    return false;
}

static void emit_delta(struct reply *reply, const struct reply_call *call, const char *args,
                       size_t len)
{
    struct event *event = add(reply, RN_TOOL_DELTA);
    event->pub.id = call->id;
    event->pub.tool = call->tool;
    event->pub.args = event_queue_text(reply->events, args, len);
}

int reply_call_open(struct reply *reply, const char *id, const char *tool)
{
    reply->heard.count++;
    if (reply->is_over || is_too_much(reply, strlen(id) + strlen(tool)))
        return -1;
    if (reply->call_count == REPLY_CALLS_MAX) {
        reply_fail(reply, RN_ELIMIT, "the model made more than 128 tool calls at once", "", 0,
                   false);
        return -1;
    }
    size_t count = (size_t)reply->call_count + 1;
    reply->calls = xrealloc(reply->calls, count * sizeof(*reply->calls));
    struct reply_call *call = &reply->calls[reply->call_count];
    bool is_own = *id && !is_taken(reply, id);
    *call = (struct reply_call){.id = is_own ? xstrdup(id) : make_id(), .tool = xstrdup(tool)};
    if (*tool)
        emit_delta(reply, call, "", 0);
    return reply->call_count++;
}

bool reply_call_has_tool(const struct reply *reply, int number)
{
    return *reply->calls[number].tool;
}

static void replace_text(char **text, const char *by)
{
    free(*text);
    *text = xstrdup(by);
}

void reply_call_name(struct reply *reply, int number, const char *id, const char *tool)
{
    struct reply_call *call = &reply->calls[number];
    reply->heard.count++;
    if (is_too_much(reply, strlen(id) + strlen(tool)))
        return;
    if (*id && !is_taken(reply, id))
        replace_text(&call->id, id);
    replace_text(&call->tool, tool);
    emit_delta(reply, call, "", 0);
    if (call->args.len > 0)
        emit_delta(reply, call, call->args.data, call->args.len);
}

static void add_args(struct reply *reply, struct reply_call *call, const char *fragment, size_t len)
{
    size_t before = call->args.len;
    if (reply->has_halves || halves_wait(&call->halves))
        halves_join(&call->halves, &call->args, fragment, len);
    else
        buf_add(&call->args, fragment, len);
    json_scan(&call->scan, buf_str(&call->args) + before, call->args.len - before);
    if (*call->tool && call->args.len > before)
        emit_delta(reply, call, call->args.data + before, call->args.len - before);
}

void reply_call_args(struct reply *reply, int number, const char *fragment, size_t len)
{
    struct reply_call *call = &reply->calls[number];
    reply->heard.count++;
    if (reply->is_over || len == 0 || is_too_much(reply, len))
        return;
    if (call->args.len + len > REPLY_ARGS_MAX)
        reply_fail(reply, RN_ELIMIT, "a tool call's arguments are longer than 16 MiB", "", 0,
                   false);
    else
        add_args(reply, call, fragment, len);
}

const char *reply_call_id(const struct reply *reply, int call)
{
    return reply->calls[call].id;
}

int reply_call_count(const struct reply *reply)
{
    return reply->call_count;
}

bool reply_call_complete(const struct reply *reply, int number)
{
    const struct reply_call *call = &reply->calls[number];
    return call->args.len > 0 && json_scan_is_whole(&call->scan);
}

/* The arguments as one compact object, as the model wrote it; NULL when they are none. */
static const char *whole_args(struct reply *reply, const struct buf *args)
{
    bool mended;
    struct error error;
    if (args->len == 0)
        return "{}";
    json_t *value = json_read(args->data, args->len, &mended, &error);
    const char *kept = NULL;
    if (json_is_object(value)) {
        struct buf text = BUF_INIT, whole = BUF_INIT;
        struct halves halves = {0};
        if (mended) {
            json_add_value(&text, value);
            halves_join(&halves, &whole, text.data, text.len);
        } else {
            json_add_compact(&whole, args->data, args->len);
        }
        kept = event_queue_text(reply->events, whole.data, whole.len);
        buf_clear(&text);
        buf_clear(&whole);
    }
    json_decref(value);
    return kept;
}

void reply_call_close(struct reply *reply, int number)
{
    struct reply_call *call = &reply->calls[number];
    if (reply->is_over || call->is_closed)
        return;
    call->is_closed = true;
    if (!*call->tool) /* nothing but a name makes it a call */
        return;
    halves_end(&call->halves, &call->args);
    struct event *event = add(reply, RN_TOOL);
    const char *args = whole_args(reply, &call->args);
    event->pub.id = call->id;
    event->pub.tool = call->tool;
    event->pub.invalid = !args;
    event->pub.args =
        args ? args : event_queue_text(reply->events, call->args.data, call->args.len);
}

/* ---- Usage and the end ---- */

void reply_usage(struct reply *reply, const rn_usage *usage)
{
    usage_replace(&reply->usage, usage);
    reply->has_usage = true;
}

static bool has_calls(const struct reply *reply)
{
    for (int i = 0; i < reply->call_count; i++)
        if (reply_call_has_tool(reply, i))
            return true;
    return false;
}

void reply_finish(struct reply *reply, const char *reason, const char *raw)
{
    if (!reply->is_over)
        flush_text(reply); /* which may be too much */
    if (reply->is_over)
        return;
    for (int i = 0; i < reply->call_count; i++)
        reply_call_close(reply, i);
    if (reply->has_usage) {
        struct event *event = add(reply, RN_USAGE);
        event->pub.id = "";
        event->usage = reply->usage;
    }
    if (!reason || strcmp(reason, "stop") == 0)
        reason = has_calls(reply) ? "tool_calls" : reply->is_refused ? "refusal" : "stop";
    struct event *event = add(reply, RN_FINISH);
    event->pub.id = "";
    event->finish.reason = reason;
    event->finish.raw = event_queue_text(reply->events, raw, strlen(raw));
    reply->is_over = true;
}

void reply_fail(struct reply *reply, enum rn_status code, const char *message,
                const char *provider_code, int http, bool retryable)
{
    if (reply->is_over)
        return;
    reply->is_over = true; /* before the flush: an answer too long must not fail twice */
    flush_text(reply);
    struct event *event = add(reply, RN_ERROR);
    event->pub.id = "";
    event->pub.text_len = strlen(message);
    event->pub.text = event_queue_text(reply->events, message, strlen(message));
    event->error.code = code;
    event->error.http = http;
    event->error.provider_code =
        event_queue_text(reply->events, provider_code, strlen(provider_code));
    event->error.retryable = retryable;
}
