/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "chat/timing.h"

#include <inttypes.h>
#include <string.h>

#include "base/buf.h"
#include "base/quantile.h"
#include "text/figures.h"
#include "text/spark.h"

enum {
    BAR = 32,    /* columns of the waterfall, */
    SPARKS = 60, /* and of the gaps */
    SECOND = 1000,
    STALL_MS = 500,  /* a gap that is noticed, */
    STALL_RATIO = 8, /* if it is so much longer than is usual in this answer */
};

/* ---- What is kept ---- */

static void begin_request(struct timing *timing, unsigned step, int64_t begun)
{
    timing->step = step;
    timing->begun = begun;
    timing->thought = timing->answered = timing->last_piece = -1;
    timing->pieces = 0;
    timing->burst = (struct burst){0};
}

static void begin_run(struct timing *timing, const rn_event *event)
{
    timing->has_ended = false;
    timing->failure = RN_OK;
    timing->mode = event->start->mode;
    timing->latest = event->t;
    begin_request(timing, 1, 0);
}

static void note_gap(struct timing *timing, int64_t t)
{
    int64_t gap = t - timing->last_piece;
    if (timing->pieces > 0 && timing->pieces <= TIMING_GAPS)
        timing->gaps[timing->pieces - 1] = gap < INT32_MAX ? (int32_t)gap : INT32_MAX;
    timing->pieces++;
    timing->last_piece = t;
}

static void note_piece(struct timing *timing, const rn_event *event)
{
    int64_t *first = event->kind == RN_REASONING ? &timing->thought : &timing->answered;
    if (*first < 0)
        *first = event->t;
    note_gap(timing, event->t);
    burst_add(&timing->burst, event->t - timing->begun);
}

static void note_finish(struct timing *timing, const rn_finish *finish)
{
    timing->has_ended = true;
    timing->is_stopped = finish->reason && strcmp(finish->reason, "cancelled") == 0;
    timing->request = finish->timing;
    timing->ms = finish->ms;
}

void timing_event(struct timing *timing, const rn_event *event)
{
    if (event->kind == RN_START)
        begin_run(timing, event);
    else if (event->kind == RN_RETRY)
        begin_request(timing, event->step, event->t + event->retry->delay_ms);
    else if (event->step > timing->step) /* it was sent when the last result was there */
        begin_request(timing, event->step, timing->latest);
    if (event->kind & (RN_AI | RN_REASONING))
        note_piece(timing, event);
    if (event->kind == RN_ERROR)
        timing->failure = event->error->code;
    if (event->kind == RN_FINISH)
        note_finish(timing, event->finish);
    timing->latest = event->t;
}

/* ---- The waterfall ---- */

struct fall {
    struct buf *out;
    int64_t all, at; /* how long the run is; where the next row begins */
};

static void add_times(struct buf *out, const char *sign, int64_t count)
{
    for (int64_t i = 0; i < count; i++)
        buf_adds(out, sign);
}

/* From where the row before ended; nothing when it did not happen, or not any later. */
static void add_row(struct fall *fall, const char *name, int64_t until)
{
    if (until < fall->at)
        return;
    int64_t left = fall->at * BAR / fall->all, right = until * BAR / fall->all;
    buf_addf(fall->out, "  %-12s%9" PRId64 " ms  ", name, until - fall->at);
    add_times(fall->out, " ", left);
    if (right > left)
        add_times(fall->out, "█", right - left);
    else
        buf_adds(fall->out, "▏");
    buf_addc(fall->out, '\n');
    fall->at = until;
}

static int64_t since(const struct timing *timing, int64_t ms)
{
    return ms < 0 ? -1 : timing->begun + ms;
}

static int64_t first_piece(const struct timing *timing)
{
    return timing->thought >= 0 ? timing->thought : timing->answered;
}

static void tell_fall(const struct timing *timing, struct buf *out)
{
    const rn_timing *request = &timing->request;
    struct fall fall = {.out = out, .all = timing->ms > 0 ? timing->ms : 1};
    if (timing->begun > 0)
        add_row(&fall, "before it", timing->begun);
    add_row(&fall, "resolve", since(timing, request->resolve));
    add_row(&fall, "connect", since(timing, request->connect));
    add_row(&fall, "TLS", since(timing, request->tls));
    add_row(&fall, "first byte", since(timing, request->first_byte));
    add_row(&fall, "first token", first_piece(timing));
    if (timing->thought >= 0)
        add_row(&fall, "thinking", timing->answered >= 0 ? timing->answered : timing->last_piece);
    if (timing->answered >= 0)
        add_row(&fall, "answering", timing->last_piece);
    add_row(&fall,
            timing->failure      ? "failure"
            : timing->is_stopped ? "stopped"
                                 : "end",
            timing->ms);
}

/* ---- The gaps ---- */

struct gaps {
    size_t count;
    double p50, p95, p99, most;
    int32_t stall; /* what is one */
};

static struct gaps measure(const struct timing *timing)
{
    double sorted[TIMING_GAPS];
    struct gaps gaps = {.count = timing->pieces > 0 ? timing->pieces - 1 : 0};
    if (gaps.count > TIMING_GAPS)
        gaps.count = TIMING_GAPS;
    for (size_t i = 0; i < gaps.count; i++)
        sorted[i] = timing->gaps[i];
    quantile_sort(sorted, gaps.count);
    gaps.p50 = quantile(sorted, gaps.count, 0.50);
    gaps.p95 = quantile(sorted, gaps.count, 0.95);
    gaps.p99 = quantile(sorted, gaps.count, 0.99);
    gaps.most = quantile(sorted, gaps.count, 1);
    gaps.stall = STALL_MS;
    if (gaps.p50 * STALL_RATIO > STALL_MS)
        gaps.stall =
            gaps.p50 * STALL_RATIO < INT32_MAX ? (int32_t)gaps.p50 * STALL_RATIO : INT32_MAX;
    return gaps;
}

static void tell_stalls(const struct gaps *gaps, size_t stalls, const struct buf *marks,
                        struct buf *out)
{
    if (stalls > 0)
        buf_addf(out, "  %s\n", marks->data);
    buf_addf(out, "  p50 %.0f ms, p95 %.0f ms, p99 %.0f ms, max %.0f ms; ", gaps->p50, gaps->p95,
             gaps->p99, gaps->most);
    if (stalls > 0)
        buf_addf(out, "%zu stall%s of %" PRId32 " ms or more (^)", stalls, stalls == 1 ? "" : "s",
                 gaps->stall);
    else
        buf_adds(out, "no stall");
}

static void tell_gaps(const struct timing *timing, struct buf *out)
{
    struct gaps gaps = measure(timing);
    struct buf marks = BUF_INIT;
    buf_adds(out, "\nThe gaps between ");
    figures_count(out, (int64_t)timing->pieces);
    buf_adds(out, " pieces");
    if (timing->pieces > TIMING_GAPS)
        buf_addf(out, " (the first %d)", TIMING_GAPS);
    buf_adds(out, "\n  ");
    spark_line(out, timing->gaps, gaps.count, SPARKS, gaps.stall);
    buf_addc(out, '\n');
    size_t stalls = spark_marks(&marks, timing->gaps, gaps.count, SPARKS, gaps.stall);
    tell_stalls(&gaps, stalls, &marks, out);
    if (burst_is_held(&timing->burst)) {
        buf_adds(out, "\nHeld back on the way: ");
        burst_tell(&timing->burst, out);
        buf_adds(out, ". runnel doctor tells more.");
    }
    buf_clear(&marks);
}

static void tell_whole(const struct timing *timing, struct buf *out)
{
    buf_addf(out, "The last answer (%s) %s ", timing->mode == RN_INVOKE ? "invoke" : "stream",
             timing->failure      ? "failed after"
             : timing->is_stopped ? "was stopped after"
                                  : "took");
    if (timing->ms < SECOND)
        buf_addf(out, "%" PRId64 " ms", timing->ms);
    else
        figures_duration(out, timing->ms);
    if (timing->failure)
        buf_addf(out, " (%s): runnel doctor looks for what is wrong",
                 rn_status_name((int)timing->failure));
    buf_addc(out, '\n');
}

void timing_tell(const struct timing *timing, struct buf *out)
{
    if (!timing->has_ended) {
        buf_adds(out, "no answer has come yet: there is nothing to tell of its timing");
        return;
    }
    tell_whole(timing, out);
    tell_fall(timing, out);
    if (timing->pieces > 1)
        tell_gaps(timing, out);
    else if (timing->pieces == 1)
        buf_adds(out, "\nIt came in one piece: there are no gaps.");
    else
        buf_adds(out, "\nNo text came.");
}
