/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "session/recall.h"

#include <stdlib.h>
#include <string.h>

#include "base/buf.h"
#include "base/json.h"
#include "base/mailbox.h"
#include "base/mem.h"
#include "llm/conversation.h"
#include "llm/event.h"
#include "llm/source.h"

struct recall {
    struct source source;
    struct event_queue *queue;
    struct mailbox
        *box; /* only to be readable; NULL: no descriptor was left, and nothing is told */
    bool is_cancelled;
};

/* ---- Messages to events ---- */

static const char *keep(struct recall *recall, const json_t *message, const char *key, size_t *len)
{
    const json_t *text = json_object_get(message, key);
    *len = json_string_length(text);
    return event_queue_text(recall->queue, *len ? json_string_value(text) : "", *len);
}

static void add_text(struct recall *recall, enum rn_kind kind, const json_t *message,
                     const char *key)
{
    size_t len;
    if (!*json_get_text(message, key))
        return;
    rn_event *event = &event_queue_add(recall->queue, kind)->pub;
    const char *text = keep(recall, message, key, &len);
    if (kind == RN_AI) {
        event->content = text;
        event->content_len = len;
    } else {
        event->text = text;
        event->text_len = len;
    }
}

static void add_call(struct recall *recall, const json_t *call)
{
    size_t len;
    struct buf args = BUF_INIT;
    rn_event *event = &event_queue_add(recall->queue, RN_TOOL)->pub;
    event->id = keep(recall, call, "id", &len);
    event->tool = keep(recall, call, "tool", &len);
    event->invalid = json_is_true(json_object_get(call, "invalid"));
    if (event->invalid)
        buf_adds(&args, json_get_text(call, "args_raw"));
    else
        json_add_value(&args, json_object_get(call, "args"));
    event->args = event_queue_text(recall->queue, buf_str(&args), args.len);
    buf_clear(&args);
}

static void add_result(struct recall *recall, const json_t *message)
{
    size_t len;
    rn_event *event = &event_queue_add(recall->queue, RN_RESULT)->pub;
    event->id = keep(recall, message, "id", &len);
    event->tool = keep(recall, message, "tool", &len);
    event->status = keep(recall, message, "status", &len);
    event->output = keep(recall, message, "output", &event->output_len);
}

static void add_finish(struct recall *recall, const json_t *message)
{
    size_t len;
    struct event *event = event_queue_add(recall->queue, RN_FINISH);
    const char *reason = keep(recall, message, "reason", &len);
    event->finish.partial = json_is_true(json_object_get(message, "partial"));
    event->finish.reason = len > 0 ? reason : event->finish.partial ? "interrupted" : "other";
    event->finish.ttft_ms = 0;
}

static void add_answer(struct recall *recall, const json_t *message)
{
    size_t i;
    const json_t *call, *calls = json_object_get(message, "calls");
    add_text(recall, RN_REASONING, message, "reasoning");
    add_text(recall, RN_AI, message, "content");
    json_array_foreach (calls, i, call)
        add_call(recall, call);
    if (json_array_size(calls) == 0 || json_is_true(json_object_get(message, "partial")))
        add_finish(recall, message);
}

static void add_message(struct recall *recall, const json_t *message)
{
    const char *role = json_get_text(message, "role");
    if (strcmp(role, "user") == 0)
        add_text(recall, RN_USER, message, "content");
    else if (strcmp(role, "tool") == 0)
        add_result(recall, message);
    else
        add_answer(recall, message);
}

static void add_messages(struct recall *recall, const json_t *messages)
{
    size_t count = json_array_size(messages), first = count > RECALL_MAX ? count - RECALL_MAX : 0;
    size_t i = first;
    while (i < count && strcmp(json_get_text(json_array_get(messages, i), "role"), "user") != 0)
        i++;
    for (i = i < count ? i : first; i < count; i++)
        add_message(recall, json_array_get(messages, i));
}

/* ---- The source ---- */

static int recall_next(struct source *source, const rn_event **event)
{
    struct recall *recall = (struct recall *)source;
    struct event *next = recall->is_cancelled ? NULL : event_queue_next(recall->queue);
    if (next)
        *event = &next->pub;
    return next ? RN_EVENT : RN_DONE;
}

static int recall_fd(const struct source *source)
{
    const struct recall *recall = (const struct recall *)source;
    return recall->box ? mailbox_fd(recall->box) : -1;
}

static void recall_wake(struct source *source)
{
    const struct recall *recall = (const struct recall *)source;
    if (recall->box)
        mailbox_wake(recall->box);
}

static void recall_cancel(struct source *source)
{
    ((struct recall *)source)->is_cancelled = true;
}

static void recall_free(struct source *source)
{
    struct recall *recall = (struct recall *)source;
    event_queue_free(recall->queue);
    mailbox_free(recall->box);
    free(recall);
}

static const struct source_kind recall_kind = {
    .next = recall_next,
    .fd = recall_fd,
    .wake = recall_wake,
    .cancel = recall_cancel,
    .free = recall_free,
};

rn_stream *session_recall(const rn_conversation *conversation)
{
    struct recall *recall = xnew(struct recall);
    recall->source.kind = &recall_kind;
    recall->queue = event_queue_new();
    recall->box = mailbox_new(1);
    recall->is_cancelled = !recall->box;
    add_messages(recall, conversation->messages);
    recall_wake(&recall->source);
    return stream_new(&recall->source, ~0u);
}
