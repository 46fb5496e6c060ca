/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * What the user is asked: may this call run?  The questions wait in the order in which they came, the
 * first one is shown.  All of what would run is in it, and nothing in it hides; what has no room is
 * scrolled.
 *
 * What was typed before the question could be read is no answer to it: it takes no key until nothing
 * has been typed for a while.  It knows no clock: all times are given, in milliseconds.
 */
#ifndef TUI_ASK_H
#define TUI_ASK_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "runnel.h"
#include "text/styled.h"
#include "text/wrap.h"

struct line;
struct question;

enum { ASK_QUIET_MS = 300 };

/* Whether it is to be answered by a key, or a line is being typed for it. */
enum ask_mode { ASK_KEY, ASK_WHY, ASK_EDIT };

struct asked {
    char *id, *tool, *args;
    char *why, *preview;
    char *pattern;  /* NULL: there is none */
    bool tells_all; /* the preview leaves nothing of the arguments unsaid */
};

struct ask { /* zero asks nothing */
    struct asked *items;
    size_t count;
    enum ask_mode mode;
    bool is_ready;       /* it takes keys */
    int64_t quiet_since; /* the last key, or when it appeared */
    const char *trouble; /* with what was typed for it; NULL: none */
    char *draft;         /* what was in the line before, while one is typed for it */

    bool is_written; /* the body is the first question's */
    struct styled body;
    struct wrap wrap;
    struct styled head, keys;
    size_t first; /* row of the body that is shown */
    int rows, columns;
};

void ask_clear(struct ask *ask);
/* A question more: `approval` asks it, `question` says what the chat knows of it. */
void ask_add(struct ask *ask, const rn_event *approval, const struct question *question,
             int64_t now);
/* This one is answered, or nobody waits for the answer any more. */
void ask_drop(struct ask *ask, const char *id, int64_t now);

bool ask_is_open(const struct ask *ask);
const struct asked *ask_first(const struct ask *ask); /* the one that is shown */

/* A key has been typed, and was for something else. */
void ask_disturb(struct ask *ask, int64_t now);
/* What is typed may have been typed before the question could be seen. */
void ask_guard(struct ask *ask, int64_t now);
/* When it becomes ready; -1: it is, or nothing is asked. */
int64_t ask_due(const struct ask *ask);
void ask_tick(struct ask *ask, int64_t now);
void ask_set_mode(struct ask *ask, enum ask_mode mode, const char *trouble);

/* Lay it out in a window of so many columns; returns its rows, at most `max_rows`. */
int ask_lay_out(struct ask *ask, int columns, int max_rows);
/* Whether all that is asked can be seen, if need be by scrolling. */
bool ask_is_legible(const struct ask *ask);
/* False when it is no longer than its window. */
bool ask_scroll(struct ask *ask, int pages);
void ask_line(const struct ask *ask, int row, struct line *line);
/* Where the cursor stands while a key is awaited. */
void ask_cursor(const struct ask *ask, int *row, int *column);

#endif
