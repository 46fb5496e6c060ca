/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "agent/envelope.h"

#include <stdlib.h>
#include <string.h>

#include "base/buf.h"
#include "base/ident.h"
#include "base/json.h"
#include "base/mem.h"
#include "llm/call.h"
#include "llm/conversation.h"

static char *unseen(const rn_conversation *conversation)
{
    struct buf text = BUF_INIT;
    size_t first = conversation_unseen(conversation);
    buf_adds(&text, "[");
    for (size_t i = first; i < json_array_size(conversation->messages); i++) {
        buf_adds(&text, i > first ? "," : "");
        json_add_value(&text, json_array_get(conversation->messages, i));
    }
    buf_adds(&text, "]");
    return buf_take(&text);
}

static char *names(const json_t *offer)
{
    struct buf text = BUF_INIT;
    json_t *list = json_array(), *tool;
    size_t i;
    json_array_foreach (offer, i, tool)
        json_array_append(list, json_object_get(tool, "name"));
    json_add_value(&text, list);
    json_decref(list);
    return buf_take(&text);
}

void envelope_init(struct envelope *envelope, const rn_conversation *conversation,
                   const json_t *offer, enum rn_mode mode)
{
    *envelope = (struct envelope){
        .mode = mode,
        .began = clock_ms(),
        .ttft = -1,
        .reason = "cancelled",
        .is_partial = true,
        .usage = USAGE_UNKNOWN,
        .timing = {.resolve = -1, .connect = -1, .tls = -1, .first_byte = -1},
    };
    ident_random(envelope->id, RUN_ID_LENGTH);
    clock_rfc3339(envelope->time);
    envelope->parent = xstrdup(conversation_parent(conversation));
    envelope->system = xstrdup(conversation->system ? conversation->system : "");
    envelope->input = unseen(conversation);
    envelope->prompt = xstrdup(rn_conversation_prompt(conversation));
    envelope->tools = names(offer);
    envelope->raw = xstrdup("");
}

void envelope_clear(struct envelope *envelope)
{
    free(envelope->parent);
    free(envelope->system);
    free(envelope->input);
    free(envelope->prompt);
    free(envelope->tools);
    free(envelope->raw);
}

void envelope_stamp(struct envelope *envelope, rn_event *event, int64_t time)
{
    enum {
        PIECES = RN_AI | RN_REASONING | RN_TOOL,
        OUTSIDE = RN_START | RN_USER | RN_ERROR | RN_FINISH,
    };
    if (time - envelope->began > envelope->t)
        envelope->t = time - envelope->began;
    event->t = envelope->t;
    if (event->kind != RN_TOOL_DELTA)
        event->seq = ++envelope->seq;
    if (!(event->kind & OUTSIDE))
        event->step = envelope->step;
    if (envelope->ttft < 0 && event->kind & PIECES)
        envelope->ttft = envelope->t;
}

void envelope_take(struct envelope *envelope, const struct call *call)
{
    const rn_limits *limits = call_limits(call);
    envelope->timing = call_timing(call);
    envelope->has_limits = limits;
    if (limits)
        envelope->limits = *limits;
}

void envelope_start(const struct envelope *envelope, struct event *event, const char *provider,
                    const char *model)
{
    event_init(event, RN_START);
    event->start = (rn_start){.run = envelope->id,
                              .parent = envelope->parent,
                              .time = envelope->time,
                              .provider = provider,
                              .model = model,
                              .system = envelope->system,
                              .input = envelope->input,
                              .tools = envelope->tools,
                              .mode = envelope->mode};
    event->pub.text = envelope->prompt;
    event->pub.text_len = strlen(envelope->prompt);
}

void envelope_finish(const struct envelope *envelope, struct event *event)
{
    event_init(event, RN_FINISH);
    event->total = envelope->usage;
    event->finish = (rn_finish){.reason = envelope->reason,
                                .raw = envelope->raw,
                                .partial = envelope->is_partial,
                                .steps = envelope->step,
                                .ttft_ms = envelope->ttft,
                                .timing = envelope->timing};
    event->limits = envelope->limits;
    event->finish.limits = envelope->has_limits ? &event->limits : NULL;
}
