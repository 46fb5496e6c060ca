/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "tui/player_panes.h"

#include <string.h>

#include "base/buf.h"
#include "chat/report.h"
#include "tui/keys.h"
#include "tui/story.h"
#include "tui/transcript.h"

enum { PAGE_OVERLAP = 2 };

/* ---- What is told ---- */

static void open_panes(struct player_panes *player_panes, struct story *story)
{
    panes_open(&player_panes->panes, player_panes->rerun.race, NULL, false);
    for (size_t i = 0; i < player_panes->rerun.race->count; i++)
        pane_event(&player_panes->panes.all[i], &(rn_event){.kind = RN_START});
    player_panes->is_open = true;
    story->goes_on = false; /* what it has been told of the first lane is the prompt of them all */
}

/* As a live one leaves it. */
static void tell_table(const struct race *race, struct transcript *transcript)
{
    struct buf text = BUF_INIT;
    buf_addf(&text, "Compared: %s\n\n", race->options.prompt);
    report_table(race, &text);
    transcript_add(transcript, ENTRY_NOTE, text.data, text.len);
    transcript_close(transcript);
    buf_clear(&text);
}

static void close_panes(struct player_panes *player_panes)
{
    if (player_panes->is_open)
        panes_clear(&player_panes->panes);
    player_panes->is_open = false;
}

void player_panes_clear(struct player_panes *player_panes)
{
    close_panes(player_panes);
    rerun_clear(&player_panes->rerun);
}

void player_panes_halt(struct player_panes *player_panes)
{
    if (player_panes->is_open)
        race_halt(player_panes->rerun.race);
}

bool player_panes_go_on(const struct player_panes *player_panes)
{
    return player_panes->is_open && race_is_busy(player_panes->rerun.race);
}

bool player_panes_event(struct player_panes *player_panes, const rn_event *event,
                        struct story *story, int64_t clock)
{
    size_t lane;
    enum rerun_part part = rerun_event(&player_panes->rerun, event, clock, &lane);
    if (part == RERUN_NO_PART) {
        player_panes_halt(player_panes);
        if (player_panes->is_open)
            tell_table(player_panes->rerun.race, story->transcript);
        close_panes(player_panes);
        rerun_end(&player_panes->rerun);
        return false;
    }
    if (part == RERUN_BEGINS) {
        open_panes(player_panes, story);
        return true;
    }
    struct pane *pane = &player_panes->panes.all[lane];
    if (event->kind == RN_START) /* one lane more */
        pane_open(pane, player_panes->rerun.race, lane);
    pane_event(pane, event);
    return true;
}

/* ---- On the screen ---- */

static void scroll(struct player_panes *player_panes, long rows)
{
    pane_scroll(&player_panes->panes.all[player_panes->panes.chosen], rows);
}

static long page(const struct player_panes *player_panes)
{
    long rows = player_panes->panes.all[player_panes->panes.chosen].body - PAGE_OVERLAP;
    return rows > 1 ? rows : 1;
}

bool player_panes_key(struct player_panes *player_panes, const struct key *key)
{
    struct panes *panes = &player_panes->panes;
    if (!player_panes->is_open)
        return false;
    if (key->kind == KEY_WHEEL)
        scroll(player_panes, key->rows);
    else if (key->kind == KEY_CHAR && *key->bytes == '\t')
        panes->chosen = (panes->chosen + 1) % panes->race->count;
    else if (key->kind == KEY_SEQUENCE && strcmp(key->bytes, "\033[5~") == 0)
        scroll(player_panes, -page(player_panes));
    else if (key->kind == KEY_SEQUENCE && strcmp(key->bytes, "\033[6~") == 0)
        scroll(player_panes, page(player_panes));
    else
        return false;
    return true;
}

void player_panes_paint(struct player_panes *player_panes, struct screen *screen, int rows,
                        int64_t clock)
{
    player_panes->panes.screen = screen;
    player_panes->panes.rows = rows;
    panes_put(&player_panes->panes, clock);
}
