/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * A pane of a comparison: what one lane is called, its text as it comes, or a clock while there is
 * none, and its figures.  No terminal is in here.
 */
#ifndef TUI_COMPARE_PANE_H
#define TUI_COMPARE_PANE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "runnel.h"
#include "text/styled.h"
#include "text/wrap.h"

struct markdown;
struct race;
struct strip;

struct pane {
    const struct race *race; /* borrowed */
    size_t lane;
    struct markdown *markdown; /* NULL before the first round */
    struct styled notice;      /* what went wrong, below the text; */
    struct wrap wrap;          /* its rows */
    bool is_thinking;
    int64_t first_ms; /* when its first piece came; -1: none yet */
    int width, height; /* all of it, */
    int body;          /* and the rows for the text */
    size_t rows, top;  /* of the text: all of them, the first that is seen */
    bool is_scrolled;  /* it does not follow the end */
};

void pane_open(struct pane *pane, const struct race *race, size_t lane);
void pane_clear(struct pane *pane);
void pane_event(struct pane *pane, const rn_event *event);

/* Before it is painted: lay out what is new. */
void pane_lay_out(struct pane *pane, int width, int height);
/* Whether this row is the rule above its figures. */
bool pane_has_rule(const struct pane *pane, int row);
/* Add a row of it to the strip, as wide as the pane is. */
void pane_row(struct pane *pane, int row, bool is_chosen, int64_t now, struct strip *strip);
void pane_scroll(struct pane *pane, long rows); /* negative: back */

#endif
