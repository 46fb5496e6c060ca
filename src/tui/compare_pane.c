/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "tui/compare_pane.h"

#include <string.h>

#include "base/buf.h"
#include "base/filter.h"
#include "chat/race.h"
#include "chat/report.h"
#include "text/cell.h"
#include "text/figures.h"
#include "text/markdown.h"
#include "tui/strip.h"

/* From the top: the head, the text, a rule, two rows of figures; a low pane has only some of them. */
enum { HEAD = 1, FIGURES = 2, FOOT = 1 + FIGURES, FOOT_MIN = 8 };

enum { NAME_MIN = 6 }; /* columns: a narrow pane says who it is rather than how far */

void pane_open(struct pane *pane, const struct race *race, size_t lane)
{
    *pane = (struct pane){.race = race, .lane = lane, .first_ms = -1};
}

void pane_clear(struct pane *pane)
{
    markdown_free(pane->markdown);
    styled_clear(&pane->notice);
    wrap_clear(&pane->wrap);
}

/* ---- What comes ---- */

static void begin(struct pane *pane)
{
    markdown_free(pane->markdown);
    pane->markdown = markdown_new();
    styled_reset(&pane->notice);
    wrap_reset(&pane->wrap);
    pane->is_scrolled = pane->is_thinking = false;
    pane->first_ms = -1;
}

static void add_notice(struct pane *pane, const char *text, size_t len)
{
    styled_turn(&pane->notice, STYLE_ERROR);
    filter_text(&pane->notice.text, text, len);
}

static void note_piece(struct pane *pane, const rn_event *event)
{
    pane->is_thinking = event->kind == RN_REASONING;
    if (pane->first_ms < 0)
        pane->first_ms = event->t;
}

void pane_event(struct pane *pane, const rn_event *event)
{
    if (event->kind == RN_START)
        begin(pane);
    if (event->kind == RN_AI)
        markdown_add(pane->markdown, event->content, event->content_len);
    if (event->kind & (RN_AI | RN_REASONING))
        note_piece(pane, event);
    if (event->kind == RN_ERROR)
        add_notice(pane, event->text, event->text_len);
    if (event->kind == RN_FINISH)
        markdown_end(pane->markdown);
}

/* ---- Rows of text ---- */

static size_t text_rows(const struct pane *pane)
{
    return pane->markdown ? markdown_rows(pane->markdown) : 0;
}

static size_t last_top(const struct pane *pane)
{
    size_t body = (size_t)pane->body;
    return pane->rows > body ? pane->rows - body : 0;
}

void pane_lay_out(struct pane *pane, int width, int height)
{
    const struct buf *notice = &pane->notice.text;
    pane->width = width;
    pane->height = height;
    pane->body = height - HEAD - (height >= FOOT_MIN ? FOOT : 0);
    if (pane->body < 0)
        pane->body = 0;
    if (pane->markdown)
        markdown_update(pane->markdown, width);
    wrap_update(&pane->wrap, buf_str(notice), notice->len, width);
    pane->rows = text_rows(pane) + pane->wrap.solid;
    if (!pane->is_scrolled || pane->top > last_top(pane))
        pane->top = last_top(pane);
}

void pane_scroll(struct pane *pane, long rows)
{
    long top = (long)pane->top + rows, last = (long)last_top(pane);
    pane->top = (size_t)(top < 0 ? 0 : top > last ? last : top);
    pane->is_scrolled = pane->top < last_top(pane);
}

static void add_text(struct pane *pane, size_t row, struct strip *strip)
{
    struct line line = {0};
    size_t above = text_rows(pane), start, end;
    if (row < above) {
        markdown_line(pane->markdown, row, &line);
    } else if (row < pane->rows) {
        start = pane->wrap.starts[row - above];
        end = wrap_end(&pane->wrap, buf_str(&pane->notice.text), row - above);
        styled_line(&pane->notice, start, end, false, &line);
    }
    strip_add(strip, &line, pane->width);
}

/* ---- The clock ---- */

static int64_t elapsed(const struct lane *lane, int64_t now)
{
    return lane->stream ? now - lane->begun : lane->count > 0 ? lane_answer(lane)->ms : 0;
}

static void add_centred(struct strip *strip, enum style style, const struct buf *text, int columns)
{
    struct buf row = BUF_INIT;
    int room = columns - cell_columns(buf_str(text), text->len);
    for (int i = 0; i < room / 2; i++)
        buf_addc(&row, ' ');
    buf_add(&row, buf_str(text), text->len);
    strip_adds(strip, style, row.data, columns);
    buf_clear(&row);
}

/* In the middle of a pane that has no text yet. */
static void add_clock(const struct pane *pane, int row, int64_t now, struct strip *strip)
{
    const struct lane *lane = &pane->race->lanes[pane->lane];
    struct buf text = BUF_INIT;
    int middle = (pane->body - 1) / 2;
    if (row == middle)
        figures_clock(&text, elapsed(lane, now));
    else if (row == middle + 1)
        buf_adds(&text, pane->is_thinking ? "thinking" : "nothing to read yet");
    add_centred(strip, row == middle ? STYLE_ACCENT : STYLE_FAINT, &text, pane->width);
    buf_clear(&text);
}

/* ---- Head and foot ---- */

static const char *state_of(const struct pane *pane, const struct lane *lane)
{
    if (!lane->stream && lane->count == 0)
        return "";
    if (!lane->stream)
        return lane_answer(lane)->status < 0 ? lane_answer(lane)->reason : "done";
    if (pane->rows > 0)
        return "streaming";
    return pane->is_thinking ? "thinking" : "waiting";
}

static enum style state_style(const struct lane *lane)
{
    if (lane->stream || lane->count == 0)
        return STYLE_ACCENT;
    return lane_answer(lane)->status < 0 ? STYLE_WARNING : STYLE_GOOD;
}

static void add_head(const struct pane *pane, bool is_chosen, struct strip *strip)
{
    const struct lane *lane = &pane->race->lanes[pane->lane];
    const char *label = race_label(pane->race, pane->lane);
    struct buf name = BUF_INIT, state = BUF_INIT;
    buf_addf(&name, "%s%zu ", is_chosen ? "▸ " : "  ", pane->lane + 1);
    filter_line(&name, label, strlen(label));
    if (answerer_is_guide(&lane->answerer) && !race_is_of_modes(pane->race))
        buf_adds(&name, " (simulated)");
    buf_addc(&state, ' ');
    filter_line(&state, state_of(pane, lane), strlen(state_of(pane, lane)));
    int left = pane->width - cell_columns(state.data, state.len);
    if (left < NAME_MIN)
        left = pane->width;
    strip_adds(strip, is_chosen ? STYLE_CHOSEN : STYLE_FAINT, name.data, left);
    strip_adds(strip, state_style(lane), state.data, pane->width - left);
    buf_clear(&name);
    buf_clear(&state);
}

static void add_seconds(struct buf *text, const char *label, double ms)
{
    if (ms >= 0)
        buf_addf(text, "%s%s %.2f s", text->len > 0 ? "   " : "", label, ms / 1000);
}

static void tell_times(const struct pane *pane, const struct lane *lane, int64_t now,
                       struct buf *text)
{
    add_seconds(text, "first text", (double)pane->first_ms);
    add_seconds(text, lane->stream ? "so far" : "all", (double)elapsed(lane, now));
    if (lane->count > 1 && !lane->stream)
        buf_addf(text, "   (of %zu)", lane->count);
}

/* Once it has ended: what the provider has counted is known only then. */
static void tell_amounts(const struct pane *pane, const struct lane *lane, struct buf *text)
{
    if (lane->stream || lane->count == 0)
        return;
    struct score score = score_of(lane_answer(lane), lane->mode);
    const char *sign = score.estimated ? "~" : "";
    if (score.tokens >= 0) {
        buf_adds(text, sign);
        figures_count(text, (int64_t)score.tokens);
        buf_adds(text, " tokens");
    }
    if (score.rate >= 0)
        buf_addf(text, "   %s%.1f/s", sign, score.rate);
    if (score.cost >= 0) {
        buf_adds(text, "   ");
        figures_cost(text, score.cost);
    }
    if (!race_is_busy(pane->race) && report_is_equal(pane->race))
        buf_addf(text, "%sequal", text->len > 0 ? "   " : "");
}

static void add_foot(const struct pane *pane, int row, int64_t now, struct strip *strip)
{
    const struct lane *lane = &pane->race->lanes[pane->lane];
    struct buf text = BUF_INIT;
    if (row == 0)
        for (int i = 0; i < pane->width; i++)
            buf_adds(&text, "─");
    else if (row == 1)
        tell_times(pane, lane, now, &text);
    else
        tell_amounts(pane, lane, &text);
    strip_adds(strip, row == 0 ? STYLE_RULE : STYLE_FAINT, buf_str(&text), pane->width);
    buf_clear(&text);
}

bool pane_has_rule(const struct pane *pane, int row)
{
    return row == HEAD + pane->body;
}

void pane_row(struct pane *pane, int row, bool is_chosen, int64_t now, struct strip *strip)
{
    bool is_running = pane->race->lanes[pane->lane].stream;
    if (row < HEAD)
        add_head(pane, is_chosen, strip);
    else if (row >= HEAD + pane->body)
        add_foot(pane, row - HEAD - pane->body, now, strip);
    else if (pane->rows == 0 && is_running)
        add_clock(pane, row - HEAD, now, strip);
    else
        add_text(pane, pane->top + (size_t)(row - HEAD), strip);
}
