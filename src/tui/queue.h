/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * The prompts that wait for the answer before them to end.
 */
#ifndef TUI_QUEUE_H
#define TUI_QUEUE_H

#include <stddef.h>

struct panel;

struct queue { /* zero is an empty one */
    char **prompts;
    size_t count;
};

void queue_clear(struct queue *queue);
void queue_add(struct queue *queue, const char *prompt);
void queue_put_first(struct queue *queue, const char *prompt);
/* The first or the last, which then waits no more: the caller's, NULL when none is there. */
char *queue_take_first(struct queue *queue);
char *queue_take_last(struct queue *queue);
void queue_panel(const struct queue *queue, struct panel *panel, int width);

#endif
