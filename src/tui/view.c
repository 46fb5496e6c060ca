/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "tui/view.h"

#include <stdlib.h>

#include "base/mem.h"
#include "text/line.h"
#include "tui/ask.h"
#include "tui/chooser.h"
#include "tui/input.h"
#include "tui/screen.h"
#include "tui/status.h"
#include "tui/talk.h"
#include "tui/transcript.h"

enum {
    STATUS_MIN = 3,  /* a screen of fewer rows has no status line; */
    ASK_MIN = 8,     /* none while something is asked, which then takes all there is; */
    PANEL_MIN = 6,   /* a panel of one row only, in the place of the status line; */
    SPACE_MIN = 12,  /* no empty row above the status line */
    INPUT_SHARE = 3, /* the input grows to a third of the screen, */
    ASK_SHARE = 4,   /* and of a larger one a question leaves a quarter to the transcript */
};

void view_clear(struct view *view)
{
    panel_clear(&view->panel);
    free(view->rows);
    free(view->keys);
}

/* A question needs its place: it is to be read whole. */
static void lay_out_ask(struct view *view, int rows, int columns)
{
    int left = rows - view->input_rows - view->has_status - view->has_space;
    int most = rows < ASK_MIN ? left : left - rows / ASK_SHARE;
    view->ask_rows = ask_lay_out(&view->talk->ask, columns, most);
}

static void lay_out_chooser(struct view *view, int rows, int columns)
{
    int left = rows - view->input_rows - view->has_status;
    view->chooser_rows = 0;
    if (!view->chooser->is_open || view->ask_rows > 0 || left < 1)
        return;
    view->has_space = false;
    view->chooser_rows = chooser_lay_out(view->chooser, columns, left);
}

static void fill_panel(struct view *view, int columns)
{
    panel_reset(&view->panel);
    if (view->ask_rows > 0 || view->chooser_rows > 0)
        return;
    if (view->hint)
        panel_add(&view->panel, "", view->hint, false, columns);
    queue_panel(&view->talk->queue, &view->panel, columns);
    input_panel(view->input, &view->panel, columns);
}

/* Returns how many rows are left to the transcript. */
static int lay_out_panel(struct view *view, int rows, int columns, int left)
{
    bool is_small = rows < PANEL_MIN;
    fill_panel(view, columns);
    if (is_small && view->panel.count > 0) {
        left += view->has_status;
        view->has_status = false;
    }
    int most = is_small ? left > 0 : left - 1;
    panel_fit(&view->panel, most > 0 ? (size_t)most : 0);
    return left - (int)view->panel.count;
}

/* From the bottom up: the input takes what it needs, the transcript what is left. */
static void lay_out(struct view *view)
{
    int rows = screen_rows(view->screen), columns = screen_columns(view->screen);
    int share = rows / INPUT_SHARE;
    view->input_rows = input_lay_out(view->input, columns, share < 1 ? 1 : share);
    view->has_status = rows >= (ask_is_open(&view->talk->ask) ? ASK_MIN : STATUS_MIN);
    view->has_space = rows >= SPACE_MIN;
    lay_out_ask(view, rows, columns);
    lay_out_chooser(view, rows, columns);
    int left = rows - view->ask_rows - view->chooser_rows - view->input_rows - view->has_status -
               view->has_space;
    view->height = lay_out_panel(view, rows, columns, left);
    transcript_resize(view->talk->transcript, columns, view->height);
    view->rows = xrealloc(view->rows, (size_t)rows * sizeof(*view->rows));
    view->keys = xrealloc(view->keys, (size_t)rows * sizeof(*view->keys));
}

static void paint_transcript(struct view *view)
{
    struct transcript *transcript = view->talk->transcript;
    transcript_rows(transcript, view->rows);
    for (int i = 0; i < view->height; i++)
        view->keys[i] = view->rows[i].key;
    screen_scroll(view->screen, 0, view->keys, view->height);
    for (int i = 0; i < view->height; i++) {
        if (!screen_is_stale(view->screen, i, view->keys[i]))
            continue;
        struct line line;
        transcript_line(transcript, &view->rows[i], &line);
        screen_draw(view->screen, i, &line);
    }
}

static void paint_status(struct view *view, int64_t now)
{
    struct line line;
    struct talk *talk = view->talk;
    status_scrolled(talk->status, !transcript_follows(talk->transcript),
                    transcript_unread(talk->transcript));
    status_line(talk->status, &talk->meter, talk_clock(talk, now), screen_columns(view->screen),
                &line);
    screen_put(view->screen, view->height + view->has_space, &line);
}

static void paint_input(struct view *view)
{
    struct line line = {0};
    int row = view->height;
    if (view->has_space)
        screen_put(view->screen, row++, &line);
    row += view->has_status;
    for (int i = 0; i < view->ask_rows; i++) {
        ask_line(&view->talk->ask, i, &line);
        screen_put(view->screen, row++, &line);
    }
    for (int i = 0; i < view->chooser_rows; i++) {
        chooser_line(view->chooser, i, &line);
        screen_put(view->screen, row++, &line);
    }
    for (size_t i = 0; i < view->panel.count; i++) {
        panel_line(&view->panel, i, &line);
        screen_put(view->screen, row++, &line);
    }
    for (int i = 0; i < view->input_rows; i++) {
        input_line(view->input, i, &line);
        screen_put(view->screen, row++, &line);
    }
}

void view_paint(struct view *view, int64_t now)
{
    if (view->input_changed)
        lay_out(view);
    if (view->talk->panes.is_open)
        player_panes_paint(&view->talk->panes, view->screen, view->height,
                           talk_clock(view->talk, now));
    else
        paint_transcript(view);
    if (view->has_status && (view->status_changed || view->input_changed))
        paint_status(view, now);
    if (view->input_changed)
        paint_input(view);
    view->input_changed = view->status_changed = false;

    int row, column, top = screen_rows(view->screen) - view->input_rows;
    if (view->ask_rows > 0 && view->talk->ask.mode == ASK_KEY) {
        ask_cursor(&view->talk->ask, &row, &column);
        top -= view->ask_rows;
    } else if (view->chooser_rows > 0) {
        chooser_cursor(view->chooser, &row, &column);
        top -= view->chooser_rows;
    } else {
        input_cursor(view->input, &row, &column);
    }
    screen_paint(view->screen, top + row, column);
}
