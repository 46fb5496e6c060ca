/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "tui/compare_panes.h"

#include <string.h>

#include "base/buf.h"
#include "base/filter.h"
#include "chat/report.h"
#include "text/cell.h"
#include "tui/screen.h"

enum {
    PANE_COLUMNS = 40, /* panes with less are stacked, */
    PANE_ROWS = 4,     /* and with less than these there is room for one */
    GAP = 3,           /* columns between two of them */
    TOP = 1,           /* the prompt; */
    LOW = 10,          /* a screen with fewer rows has the keys alone, */
    LOWEST = 3,        /* and not even those */
};

void panes_open(struct panes *panes, const struct race *race, struct screen *screen, bool can_pick)
{
    *panes = (struct panes){.race = race, .screen = screen, .can_pick = can_pick};
    for (size_t i = 0; i < race->count; i++)
        pane_open(&panes->all[i], race, i);
}

void panes_clear(struct panes *panes)
{
    for (size_t i = 0; i < panes->race->count; i++)
        pane_clear(&panes->all[i]);
    strip_clear(&panes->strip);
}

bool panes_can_pick(const struct panes *panes)
{
    return panes->can_pick && lane_has_answer(&panes->race->lanes[panes->chosen]);
}

/* ---- Where they stand ---- */

/* As many side by side as there is room for, and no row of them much emptier than the others. */
static void divide(struct panes *panes)
{
    int count = (int)panes->shown;
    int most = screen_columns(panes->screen) / PANE_COLUMNS;
    most = most < 1 ? 1 : most > count ? count : most;
    panes->down = (count + most - 1) / most;
    panes->across = (count + panes->down - 1) / panes->down;
}

static int height(const struct panes *panes)
{
    return panes->rows > 0 ? panes->rows : screen_rows(panes->screen);
}

static int rows_for_all(const struct panes *panes)
{
    int rows = height(panes) - panes->top - panes->bottom;
    return rows > 0 ? rows : 0;
}

static void lay_out(struct panes *panes)
{
    int rows = height(panes), hints = panes->rows == 0 && rows >= LOWEST;
    panes->top = rows >= LOW ? TOP : 0;
    panes->bottom = (rows >= LOW) + hints;
    panes->first = 0;
    panes->shown = panes->race->count;
    divide(panes);
    if (rows_for_all(panes) >= panes->down * PANE_ROWS)
        return;
    panes->first = panes->chosen;
    panes->shown = 1;
    divide(panes);
}

/* Where a share begins when so much is divided among so many. */
static int share(int all, int parts, int nth)
{
    return all * nth / parts;
}

/* How many are side by side in a band: the last may have fewer than the others, and they are wider. */
static int across(const struct panes *panes, int band)
{
    int left = (int)panes->shown - band * panes->across;
    return left < panes->across ? left : panes->across;
}

static int pane_columns(const struct panes *panes, int band, int column)
{
    int count = across(panes, band);
    int all = screen_columns(panes->screen) - GAP * (count - 1);
    return share(all, count, column + 1) - share(all, count, column);
}

static struct pane *pane_at(struct panes *panes, int band, int column)
{
    return &panes->all[panes->first + (size_t)(band * panes->across + column)];
}

/* ---- Painting ---- */

static void paint_band_row(struct panes *panes, int band, int row, int at, int64_t now)
{
    struct line line;
    strip_reset(&panes->strip);
    for (int column = 0; column < across(panes, band); column++) {
        struct pane *pane = pane_at(panes, band, column);
        if (column > 0)
            strip_adds(&panes->strip, STYLE_RULE, pane_has_rule(pane, row) ? "─┼─" : " │ ", GAP);
        pane_row(pane, row, pane == &panes->all[panes->chosen], now, &panes->strip);
    }
    strip_line(&panes->strip, &line);
    screen_put(panes->screen, at, &line);
}

/* The panes that stand side by side. */
static void paint_band(struct panes *panes, int band, int64_t now)
{
    int all = rows_for_all(panes);
    int top = share(all, panes->down, band), height = share(all, panes->down, band + 1) - top;
    for (int column = 0; column < across(panes, band); column++)
        pane_lay_out(pane_at(panes, band, column), pane_columns(panes, band, column), height);
    for (int row = 0; row < height; row++)
        paint_band_row(panes, band, row, panes->top + top + row, now);
}

static void put(struct panes *panes, int row, enum style style, const struct buf *text)
{
    struct line line;
    strip_reset(&panes->strip);
    strip_adds(&panes->strip, style, buf_str(text), screen_columns(panes->screen));
    strip_line(&panes->strip, &line);
    screen_put(panes->screen, row, &line);
}

/* What does not fit ends in a sign that says so. */
static void cut(struct buf *text, int columns)
{
    size_t fits = cell_fit(buf_str(text), text->len, columns);
    if (fits == text->len)
        return;
    fits = cell_fit(text->data, text->len, columns - 1);
    buf_drop_end(text, text->len - fits);
    buf_adds(text, "…");
}

static void paint_prompt(struct panes *panes)
{
    struct buf text = BUF_INIT;
    const struct race *race = panes->race;
    const char *prompt = race->options.prompt;
    if (race_is_of_modes(race)) {
        const char *model = lane_model(&race->lanes[0]);
        filter_line(&text, model, strlen(model));
        buf_adds(&text, race_has_guide(race) ? " (its pace is simulated): " : ": ");
    }
    filter_line(&text, prompt, strlen(prompt));
    cut(&text, screen_columns(panes->screen));
    put(panes, 0, STYLE_USER, &text);
    buf_clear(&text);
}

/* ---- Below the panes ---- */

static void paint_outcome(struct panes *panes)
{
    const struct race *race = panes->race;
    struct buf text = BUF_INIT;
    if (!race_is_busy(race))
        report_verdict(race, &text);
    else if (race->options.rounds > 1)
        buf_addf(&text, "round %u of %u", race->round, race->options.rounds);
    put(panes, height(panes) - panes->bottom, STYLE_TEXT, &text);
    buf_clear(&text);
}

/* Add one more, if there is still room for it. */
static void add_hint(struct buf *hints, int columns, const char *hint)
{
    const char *comma = hints->len > 0 ? ", " : "";
    int before = cell_columns(buf_str(hints), hints->len);
    if (before + (int)strlen(comma) + cell_columns(hint, strlen(hint)) <= columns)
        buf_addf(hints, "%s%s", comma, hint);
}

/* Returns the columns they take. */
static int paint_hints(struct panes *panes)
{
    int columns = screen_columns(panes->screen);
    struct buf hints = BUF_INIT, of_chosen = BUF_INIT;
    size_t nth = panes->chosen + 1;
    if (panes->race->lanes[panes->chosen].stream)
        buf_addf(&of_chosen, "s stops %zu", nth);
    else if (panes_can_pick(panes))
        buf_addf(&of_chosen, "Enter picks %zu", nth);
    add_hint(&hints, columns, "q quits");
    add_hint(&hints, columns, "Tab chooses");
    if (of_chosen.len > 0)
        add_hint(&hints, columns, of_chosen.data);
    add_hint(&hints, columns, "arrows scroll");
    put(panes, screen_rows(panes->screen) - 1, STYLE_FAINT, &hints);
    int taken = cell_columns(buf_str(&hints), hints.len);
    buf_clear(&of_chosen);
    buf_clear(&hints);
    return taken;
}

void panes_put(struct panes *panes, int64_t now)
{
    lay_out(panes);
    if (panes->top > 0)
        paint_prompt(panes);
    for (int band = 0; band < panes->down; band++)
        paint_band(panes, band, now);
    if (height(panes) >= LOW)
        paint_outcome(panes);
}

void panes_paint(struct panes *panes, int64_t now)
{
    panes_put(panes, now);
    int cursor = panes->bottom > 0 ? paint_hints(panes) + 1 : 0,
        last = screen_columns(panes->screen) - 1;
    screen_paint(panes->screen, screen_rows(panes->screen) - 1, cursor < last ? cursor : last);
}
