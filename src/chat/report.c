/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "chat/report.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/buf.h"
#include "base/filter.h"
#include "base/mem.h"
#include "base/quantile.h"
#include "chat/column.h"
#include "chat/race.h"
#include "text/cell.h"
#include "text/figures.h"

/* ---- What is typical ---- */

/* The fields of a score that are measured. */
static const size_t measures[] = {offsetof(struct score, ttft_ms), offsetof(struct score, ms),
                                  offsetof(struct score, tokens), offsetof(struct score, rate),
                                  offsetof(struct score, cost)};

enum { MEASURES = sizeof(measures) / sizeof(measures[0]) };

static double *measure(struct score *score, size_t which)
{
    void *place = (char *)score + measures[which];
    return place;
}

/* One measure of all answers that have it, `values` having room for all. */
static void spread_measure(struct spread *spread, struct score *scores, size_t count, size_t which,
                           double *values)
{
    size_t known = 0;
    for (size_t i = 0; i < count; i++)
        if (*measure(&scores[i], which) >= 0)
            values[known++] = *measure(&scores[i], which);
    quantile_sort(values, known);
    *measure(&spread->median, which) = known > 0 ? quantile_median(values, known) : -1;
    *measure(&spread->least, which) = known > 0 ? values[0] : -1;
    *measure(&spread->most, which) = known > 0 ? values[known - 1] : -1;
}

struct spread report_spread(const struct lane *lane)
{
    struct spread spread = {0};
    struct score *scores = xcalloc(lane->count + 1, sizeof(*scores));
    double *values = xcalloc(lane->count + 1, sizeof(*values));
    for (size_t i = 0; i < lane->count; i++) {
        if (!score_can(lane->answers[i]))
            continue;
        scores[spread.measured] = score_of(lane->answers[i], lane->mode);
        spread.median.estimated |= scores[spread.measured++].estimated;
    }
    for (size_t which = 0; which < MEASURES; which++)
        spread_measure(&spread, scores, spread.measured, which, values);
    spread.least.estimated = spread.most.estimated = spread.median.estimated;
    free(values);
    free(scores);
    return spread;
}

/* ---- How it went ---- */

static const rn_message *last_answer(const struct race *race, size_t lane)
{
    const struct lane *one = &race->lanes[lane];
    return one->count > 0 ? one->answers[one->count - 1] : NULL;
}

static bool is_same(const rn_message *a, const rn_message *b)
{
    return a->content_len == b->content_len && memcmp(a->content, b->content, a->content_len) == 0;
}

bool report_is_equal(const struct race *race)
{
    for (size_t i = 0; i < race->count; i++)
        if (!last_answer(race, i) || !is_same(last_answer(race, 0), last_answer(race, i)))
            return false;
    return race->count > 0;
}

bool report_is_good(const struct race *race)
{
    for (size_t i = 0; i < race->count; i++)
        if (!last_answer(race, i) || last_answer(race, i)->status != RN_OK)
            return false;
    return true;
}

/* ---- The table ---- */

enum { FIGURE = 11, LABEL_MIN = 8 }; /* columns */

static int label_columns(const struct race *race)
{
    int widest = LABEL_MIN;
    for (size_t i = 0; i < race->count; i++) {
        const char *label = race_label(race, i);
        int columns = cell_columns(label, strlen(label));
        widest = columns > widest ? columns : widest;
    }
    return widest;
}

static void add_label(struct buf *out, const char *label, int columns)
{
    filter_line(out, label, strlen(label));
    for (int at = cell_columns(label, strlen(label)); at < columns; at++)
        buf_addc(out, ' ');
}

static void add_seconds(struct buf *out, double ms)
{
    struct buf figure = BUF_INIT;
    if (ms >= 0)
        buf_addf(&figure, "%.2f s", ms / 1000);
    column_add(out, FIGURE, &figure);
}

static void add_tokens(struct buf *out, double tokens, const char *sign)
{
    struct buf figure = BUF_INIT;
    if (tokens >= 0) {
        buf_adds(&figure, sign);
        figures_count(&figure, llround(tokens));
    }
    column_add(out, FIGURE, &figure);
}

static void add_rate(struct buf *out, double rate, const char *sign)
{
    struct buf figure = BUF_INIT;
    if (rate >= 0)
        buf_addf(&figure, "%s%.1f", sign, rate);
    column_add(out, FIGURE, &figure);
}

static void add_score(struct buf *out, const char *label, int columns, const struct score *score)
{
    const char *sign = score->estimated ? "~" : "";
    add_label(out, label, columns);
    add_seconds(out, score->ttft_ms);
    add_seconds(out, score->ms);
    add_tokens(out, score->tokens, sign);
    add_rate(out, score->rate, sign);
    column_cost(out, FIGURE, score->cost);
}

static void add_error(struct buf *out, const char *error)
{
    filter_line(out, error, strlen(error));
    buf_addc(out, '\n');
}

/* Why the last answer is not all that there could be. */
static void add_end(struct buf *out, const rn_message *answer)
{
    if (strcmp(answer->reason, "stop") != 0)
        buf_addf(out, "  %s", answer->reason);
    buf_addc(out, '\n');
    if (answer->status != RN_OK && *answer->error)
        add_error(out, answer->error);
}

static void add_failed(struct buf *out, const char *label, int columns, const rn_message *answer)
{
    add_label(out, label, columns);
    buf_adds(out, "  ");
    if (answer && *answer->error)
        add_error(out, answer->error);
    else
        buf_addf(out, "%s\n", answer ? answer->reason : "not asked");
}

/* How many, and why the last of them did. */
static void add_failures(const struct lane *lane, size_t count, struct buf *out)
{
    const char *why = "";
    for (size_t i = 0; i < lane->count; i++)
        if (!score_can(lane->answers[i]))
            why = lane->answers[i]->error;
    buf_addf(out, "  %zu of %zu failed%s", count, lane->count, *why ? ": " : "");
    add_error(out, why);
}

static void add_lane(const struct race *race, size_t which, int columns, struct buf *out)
{
    const struct lane *lane = &race->lanes[which];
    const rn_message *answer = last_answer(race, which);
    struct spread spread = report_spread(lane);
    if (spread.measured == 0) {
        add_failed(out, race_label(race, which), columns, answer);
        return;
    }
    add_score(out, race_label(race, which), columns, &spread.median);
    if (lane->count == 1) {
        add_end(out, answer);
        return;
    }
    buf_addc(out, '\n');
    add_score(out, "  least", columns, &spread.least);
    buf_addc(out, '\n');
    add_score(out, "  most", columns, &spread.most);
    buf_addc(out, '\n');
    if (spread.measured < lane->count)
        add_failures(lane, lane->count - spread.measured, out);
}

/* ---- What it comes to ---- */

static void tell_first_words(const struct race *race, struct buf *out)
{
    if (race->count != 2 || !race_is_of_modes(race))
        return;
    struct spread stream = report_spread(&race->lanes[0]);
    struct spread invoke = report_spread(&race->lanes[1]);
    double first = stream.median.ttft_ms, whole = invoke.median.ttft_ms;
    if (stream.measured == 0 || invoke.measured == 0 || first < 0 || whole < 0)
        return;
    buf_addf(out, "The first words: after %.2f s with stream, %.2f s with invoke.", first / 1000,
             whole / 1000);
}

/* A stream that is none. */
static void tell_held(const struct race *race, size_t lane, struct buf *out)
{
    const char *label = race_label(race, lane);
    filter_line(out, label, strlen(label));
    buf_adds(out, ": ");
    burst_tell(&race->lanes[lane].burst, out);
    buf_adds(out, "; something on the way holds them back (runnel doctor).");
}

void report_verdict(const struct race *race, struct buf *out)
{
    for (size_t i = 0; i < race->count; i++) {
        if (lane_is_held(&race->lanes[i])) {
            tell_held(race, i, out);
            return;
        }
    }
    tell_first_words(race, out);
}

static bool has_texts(const struct race *race)
{
    size_t texts = 0;
    for (size_t i = 0; i < race->count; i++)
        texts += lane_has_answer(&race->lanes[i]);
    return texts > 1;
}

static void add_notes(const struct race *race, struct buf *out)
{
    struct buf notes = BUF_INIT;
    tell_first_words(race, &notes);
    if (notes.len > 0)
        buf_addc(&notes, '\n');
    for (size_t i = 0; i < race->count; i++) {
        if (lane_is_held(&race->lanes[i])) {
            tell_held(race, i, &notes);
            buf_addc(&notes, '\n');
        }
    }
    if (has_texts(race))
        buf_adds(&notes,
                 report_is_equal(race) ? "The texts are equal.\n" : "The texts are not equal.\n");
    if (race_has_guide(race))
        buf_adds(&notes, "The guide's pace is simulated: its times are figures of a simulation.\n");
    if (notes.len > 0)
        buf_addf(out, "\n%s", notes.data);
    buf_clear(&notes);
}

void report_table(const struct race *race, struct buf *out)
{
    static const char *const headings[] = {"first text", "all", "tokens", "tokens/s", "cost"};
    int columns = label_columns(race);
    size_t rounds = race->lanes[0].count;
    if (race_is_of_modes(race))
        add_error(out, lane_model(&race->lanes[0]));
    if (rounds > 1)
        buf_addf(out, "medians of %zu rounds\n", rounds);
    add_label(out, "", columns);
    for (size_t i = 0; i < sizeof(headings) / sizeof(headings[0]); i++)
        buf_addf(out, "%*s", FIGURE, headings[i]);
    buf_addc(out, '\n');
    for (size_t i = 0; i < race->count; i++)
        add_lane(race, i, columns, out);
    add_notes(race, out);
}
