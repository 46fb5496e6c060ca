/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "session/relay.h"

#include <stdlib.h>

#include "base/mem.h"
#include "llm/source.h"

struct relay {
    struct source source;
    const rn_event *event; /* that has been given and not been taken; NULL: none */
    bool is_over;
};

static int relay_next(struct source *source, const rn_event **event)
{
    struct relay *relay = (struct relay *)source;
    if (!relay->event)
        return relay->is_over ? RN_DONE : RN_AGAIN;
    *event = relay->event;
    relay->is_over = relay->event->kind == RN_FINISH;
    relay->event = NULL;
    return RN_EVENT;
}

/* Whoever gives the events knows when there is one. */
static int relay_fd(const struct source *source)
{
    (void)source;
    return -1;
}

static void relay_wake(struct source *source)
{
    (void)source;
}

static void relay_cancel(struct source *source)
{
    struct relay *relay = (struct relay *)source;
    relay->event = NULL;
    relay->is_over = true;
}

static void relay_free(struct source *source)
{
    free(source);
}

static const struct source_kind relay_kind = {
    .next = relay_next,
    .fd = relay_fd,
    .wake = relay_wake,
    .cancel = relay_cancel,
    .free = relay_free,
};

rn_stream *relay_open(struct relay **relay)
{
    *relay = xnew(struct relay);
    (*relay)->source.kind = &relay_kind;
    return stream_new(&(*relay)->source, 0);
}

void relay_give(struct relay *relay, const rn_event *event)
{
    relay->event = event;
}
