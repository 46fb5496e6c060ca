/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * A call of a tool as the transcript shows it: as it is being written, asked about, running, and with
 * what came of it.  Fed with the events that have its id, it tells what it looks like now.  A long
 * result is folded: its first lines are shown, the others counted.
 */
#ifndef TUI_TOOL_CALL_H
#define TUI_TOOL_CALL_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/buf.h"
#include "runnel.h"
#include "text/brief.h"
#include "text/styled.h"

enum tool_call_state {
    TOOL_CALL_WRITTEN, /* it is being written */
    TOOL_CALL_WAITING, /* for what comes before it runs */
    TOOL_CALL_ASKED,   /* for the user's word */
    TOOL_CALL_RUNNING,
    TOOL_CALL_ENDED,
    TOOL_CALL_LOST, /* the run has ended without a result */
};

struct tool_call {
    enum tool_call_state state;
    char *id;
    char *name; /* filtered */
    struct brief brief;
    struct styled head; /* the arguments in brief */
    char *args;         /* whole: JSON; NULL while they are being written, or when they are none */
    char *verdict;      /* of an approval: "allowed by you", filtered; NULL: none was needed */
    char *new_args;     /* what the user made of them; NULL: they stand */

    int64_t began;       /* when it could run, by our clock */
    struct buf progress; /* the latest, filtered */
    double fraction;

    char *status; /* of the result, with its output, not filtered */
    struct buf output;
    int64_t ms;

    bool is_unfolded;
    bool is_changed; /* since it was last shown */
    size_t entry;    /* the transcript's */
};

/* By the first event of a call, which is to be handed on to tool_call_event too. */
struct tool_call *tool_call_new(const rn_event *first, size_t entry);
void tool_call_free(struct tool_call *call);

bool tool_call_is_over(const struct tool_call *call);
void tool_call_event(struct tool_call *call, const rn_event *event, int64_t now);
/* Nothing keeps it from running any more. */
void tool_call_begin(struct tool_call *call);
/* The run is over. */
void tool_call_end(struct tool_call *call);

/* What it looks like now; what grows while it works is kept to so many columns. */
void tool_call_show(struct tool_call *call, int64_t now, int columns, struct styled *shown);

#endif
