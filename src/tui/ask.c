/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "tui/ask.h"

#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "chat/chat.h"

/* ---- The questions */

static void free_asked(struct asked *asked)
{
    free(asked->id);
    free(asked->tool);
    free(asked->args);
    free(asked->why);
    free(asked->preview);
    free(asked->pattern);
}

void ask_clear(struct ask *ask)
{
    for (size_t i = 0; i < ask->count; i++)
        free_asked(&ask->items[i]);
    free(ask->items);
    free(ask->draft);
    styled_clear(&ask->body);
    styled_clear(&ask->head);
    styled_clear(&ask->keys);
    wrap_clear(&ask->wrap);
    *ask = (struct ask){0};
}

bool ask_is_open(const struct ask *ask)
{
    return ask->count > 0;
}

const struct asked *ask_first(const struct ask *ask)
{
    return &ask->items[0];
}

void ask_guard(struct ask *ask, int64_t now)
{
    ask->is_ready = false;
    ask->quiet_since = now;
}

/* Another one stands first. */
static void begin(struct ask *ask, int64_t now)
{
    ask_guard(ask, now);
    ask->mode = ASK_KEY;
    ask->trouble = NULL;
    ask->first = 0;
    ask->is_written = false;
}

void ask_add(struct ask *ask, const rn_event *approval, const struct question *question,
             int64_t now)
{
    ask->items = xrealloc(ask->items, (ask->count + 1) * sizeof(*ask->items));
    ask->items[ask->count++] = (struct asked){
        .id = xstrdup(approval->id),
        .tool = xstrdup(approval->tool),
        .args = xstrdup(approval->args),
        .why = xstrdup(question->why),
        .preview = xstrdup(question->preview ? question->preview : ""),
        .pattern = xstrdup(question->pattern),
        .tells_all = question->tells_all,
    };
    if (ask->count == 1)
        begin(ask, now);
}

void ask_drop(struct ask *ask, const char *id, int64_t now)
{
    size_t i = 0;
    while (i < ask->count && strcmp(ask->items[i].id, id) != 0)
        i++;
    if (i == ask->count)
        return;
    free_asked(&ask->items[i]);
    memmove(ask->items + i, ask->items + i + 1, (--ask->count - i) * sizeof(*ask->items));
    if (i == 0)
        begin(ask, now);
}

/* ---- When it may be answered */

void ask_disturb(struct ask *ask, int64_t now)
{
    ask->quiet_since = now;
}

int64_t ask_due(const struct ask *ask)
{
    return ask_is_open(ask) && !ask->is_ready ? ask->quiet_since + ASK_QUIET_MS : -1;
}

void ask_tick(struct ask *ask, int64_t now)
{
    int64_t due = ask_due(ask);
    if (due >= 0 && now >= due)
        ask->is_ready = true;
}

void ask_set_mode(struct ask *ask, enum ask_mode mode, const char *trouble)
{
    ask->mode = mode;
    ask->trouble = trouble;
}
