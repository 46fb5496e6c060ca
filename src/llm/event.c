/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * The event's names, and the queue that decoders fill.
 */
#include "llm/event.h"

#include <stdlib.h>
#include <string.h>

#include "base/arena.h"
#include "base/mem.h"

static const struct {
    enum rn_kind kind;
    const char *type;
} types[] = {
    {RN_AI, "ai"},
    {RN_REASONING, "reasoning"},
    {RN_TOOL, "tool"},
    {RN_RESULT, "result"},
    {RN_START, "start"},
    {RN_TOOL_DELTA, "tool_delta"},
    {RN_APPROVAL, "approval"},
    {RN_PROGRESS, "progress"},
    {RN_USER, "user"},
    {RN_OPAQUE, "opaque"},
    {RN_USAGE, "usage"},
    {RN_RETRY, "retry"},
    {RN_ERROR, "error"},
    {RN_FINISH, "finish"},
};

enum { TYPE_COUNT = sizeof(types) / sizeof(types[0]) };

const char *event_type(enum rn_kind kind)
{
    for (size_t i = 0; i < TYPE_COUNT; i++)
        if (types[i].kind == kind)
            return types[i].type;
    return "";
}

enum rn_kind event_kind(const char *type)
{
    for (size_t i = 0; i < TYPE_COUNT; i++)
        if (strcmp(types[i].type, type) == 0)
            return types[i].kind;
    return RN_UNKNOWN;
}

static const rn_event blank = {
    .type = "",
    .t = -1,
    .run = "",
    .id = "",
    .content = "",
    .text = "",
    .tool = "",
    .args = "",
    .output = "",
    .status = "",
    .by = "",
    .new_args = "",
    .ms = -1,
    .fraction = -1,
    .json = "",
};

static const rn_timing no_timing = {.resolve = -1, .connect = -1, .tls = -1, .first_byte = -1};

static void replace(int64_t *level, int64_t value)
{
    if (value >= 0)
        *level = value;
}

void usage_replace(rn_usage *level, const rn_usage *now)
{
    replace(&level->input, now->input);
    replace(&level->output, now->output);
    replace(&level->cached, now->cached);
    replace(&level->cache_write, now->cache_write);
    replace(&level->reasoning, now->reasoning);
    if (now->cost >= 0)
        level->cost = now->cost;
    level->estimated = now->estimated;
}

void event_init(struct event *event, enum rn_kind kind)
{
    event->pub = blank;
    event->pub.kind = kind;
    event->pub.type = event_type(kind);
    switch (kind) {
    case RN_START:
        event->start = (rn_start){.run = "",
                                  .parent = "",
                                  .time = "",
                                  .provider = "",
                                  .model = "",
                                  .system = "",
                                  .input = "[]",
                                  .tools = "[]"};
        event->pub.start = &event->start;
        break;
    case RN_USAGE:
        event->usage = USAGE_UNKNOWN;
        event->pub.usage = &event->usage;
        break;
    case RN_RETRY:
        event->retry = (rn_retry){0};
        event->pub.retry = &event->retry;
        break;
    case RN_ERROR:
        event->error = (rn_failure){.provider_code = ""};
        event->pub.error = &event->error;
        break;
    case RN_OPAQUE:
        event->opaque =
            (rn_opaque){.field = "", .data = "null", .call = "", .item = "", .index = -1};
        event->pub.opaque = &event->opaque;
        break;
    case RN_FINISH:
        event->finish =
            (rn_finish){.reason = "", .raw = "", .ms = -1, .ttft_ms = -1, .timing = no_timing};
        event->total = USAGE_UNKNOWN;
        event->pub.finish = &event->finish;
        event->pub.usage = &event->total;
        break;
    default:
        break;
    }
}

/* ---- The queue: its events and their strings live in one arena, which starts afresh whenever the
 * queue has been emptied ---- */

struct node {
    struct event event;
    struct node *next;
};

struct event_queue {
    struct arena arena;
    struct node *first, **last;
};

struct event_queue *event_queue_new(void)
{
    struct event_queue *queue = xnew(struct event_queue);
    queue->last = &queue->first;
    return queue;
}

void event_queue_free(struct event_queue *queue)
{
    if (!queue)
        return;
    arena_clear(&queue->arena);
    free(queue);
}

struct event *event_queue_add(struct event_queue *queue, enum rn_kind kind)
{
    struct node *node = arena_add(&queue->arena, sizeof(*node));
    event_init(&node->event, kind);
    node->next = NULL;
    *queue->last = node;
    queue->last = &node->next;
    return &node->event;
}

const char *event_queue_text(struct event_queue *queue, const char *bytes, size_t len)
{
    return len > 0 ? arena_text(&queue->arena, bytes, len) : "";
}

struct event *event_queue_next(struct event_queue *queue)
{
    struct node *node = queue->first;
    if (!node) {
        arena_reset(&queue->arena);
        return NULL;
    }
    queue->first = node->next;
    if (!queue->first)
        queue->last = &queue->first;
    return &node->event;
}
