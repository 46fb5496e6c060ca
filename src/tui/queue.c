/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "tui/queue.h"

#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "tui/panel.h"

enum { SHOWN = 4 };

void queue_clear(struct queue *queue)
{
    for (size_t i = 0; i < queue->count; i++)
        free(queue->prompts[i]);
    free(queue->prompts);
    *queue = (struct queue){0};
}

void queue_add(struct queue *queue, const char *prompt)
{
    queue->prompts = xrealloc(queue->prompts, (queue->count + 1) * sizeof(*queue->prompts));
    queue->prompts[queue->count++] = xstrdup(prompt);
}

void queue_put_first(struct queue *queue, const char *prompt)
{
    queue_add(queue, prompt);
    char *first = queue->prompts[queue->count - 1];
    memmove(queue->prompts + 1, queue->prompts, (queue->count - 1) * sizeof(*queue->prompts));
    queue->prompts[0] = first;
}

char *queue_take_first(struct queue *queue)
{
    if (queue->count == 0)
        return NULL;
    char *prompt = queue->prompts[0];
    queue->count--;
    memmove(queue->prompts, queue->prompts + 1, queue->count * sizeof(*queue->prompts));
    return prompt;
}

char *queue_take_last(struct queue *queue)
{
    return queue->count > 0 ? queue->prompts[--queue->count] : NULL;
}

/* The last ones, since they are what Up takes back; there is to be room for completions too. */
void queue_panel(const struct queue *queue, struct panel *panel, int width)
{
    size_t first = queue->count > SHOWN ? queue->count - (SHOWN - 1) : 0;
    if (first > 0) {
        char *before = xasprintf("next: %zu prompts, and then", first);
        panel_add(panel, "", before, false, width);
        free(before);
    }
    for (size_t i = first; i < queue->count; i++)
        panel_add(panel,
                  i + 1 < queue->count ? "next: " : "next (Up takes it back): ", queue->prompts[i],
                  false, width);
}
