/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * A walk back through the prompts: which one is in the line, and the user's own draft, which waits
 * meanwhile.  readline's own walk is not used (see bindings.h).
 */
#ifndef TUI_PAST_H
#define TUI_PAST_H

#include <stdbool.h>
#include <stddef.h>

struct history;

struct past {           /* zero stands at the draft; the history is borrowed */
    const struct history *history;
    size_t back;        /* the line is the prompt of so many ago; 0: it is the draft */
    char *draft;        /* while back is not 0 */
};

/* What is to be in the line after the step, NULL when there is nowhere to go; borrowed until the next
 * step.  `line` is what is in it now. */
const char *past_older(struct past *past, const char *line);
const char *past_newer(struct past *past, const char *line);
const char *past_oldest(struct past *past, const char *line);
const char *past_newest(struct past *past, const char *line);   /* the draft */
/* The next that begins with the same `len` bytes as the line. */
const char *past_older_alike(struct past *past, const char *line, size_t len);
const char *past_newer_alike(struct past *past, const char *line, size_t len);
/* The prompt with this index in the history. */
const char *past_at(struct past *past, const char *line, size_t index);
/* The line is the user's own again, and the draft forgotten. */
void past_end(struct past *past);

#endif
