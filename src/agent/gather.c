/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "agent/gather.h"

#include "llm/event.h"

bool gather_ends(const struct gather *gather, const rn_event *event)
{
    enum { BESIDE = RN_REASONING | RN_TOOL_DELTA | RN_OPAQUE };
    bool goes_on = event->kind == RN_AI && event->refusal == gather->refusal;
    return gather->text.len > 0 && !goes_on && !(event->kind & BESIDE);
}

bool gather_piece(struct gather *gather, const rn_event *event)
{
    if (event->kind != RN_AI)
        return false;
    if (gather->text.len == 0) {
        buf_reset(&gather->id);
        buf_adds(&gather->id, event->id);
        gather->refusal = event->refusal;
    }
    buf_add(&gather->text, event->content, event->content_len);
    return true;
}

void gather_flush(struct gather *gather, struct event_queue *queue, int64_t now)
{
    if (gather->text.len == 0)
        return;
    rn_event *event = &event_queue_add(queue, RN_AI)->pub;
    event->id = event_queue_text(queue, gather->id.data, gather->id.len);
    event->refusal = gather->refusal;
    event->content = event_queue_text(queue, gather->text.data, gather->text.len);
    event->content_len = gather->text.len;
    event->t = now;
    buf_reset(&gather->text);
}

void gather_clear(struct gather *gather)
{
    buf_clear(&gather->text);
    buf_clear(&gather->id);
}
