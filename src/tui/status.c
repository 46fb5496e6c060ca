/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "tui/status.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "base/buf.h"
#include "base/filter.h"
#include "base/mem.h"
#include "text/cell.h"
#include "text/figures.h"
#include "text/line.h"
#include "tui/meter.h"

enum {
    TICK_MS = 250,
    CLOCK_FROM_MS = 100, /* a clock that has only begun has nothing to tell */
    NAME_COLUMNS = 48,
};

/* In the order in which they stand; the first ones to the left. */
enum part {
    SCROLLED,
    PHASE,
    SILENCE,
    ELAPSED,
    FIRST,
    RATE,
    TOKENS,
    COST,
    LEFT_PARTS,
    MODE = LEFT_PARTS,
    MODEL,
    SESSION,
    BAR,
    PARTS
};

struct status {
    enum rn_mode mode;
    bool simulated, scrolled;
    size_t unread;
    char *model, *session, *bar;
    struct buf parts[PARTS];
    struct buf rule;
};

struct status *status_new(void)
{
    struct status *status = xnew(struct status);
    status_names(status, RN_STREAM, "", "", false);
    return status;
}

void status_free(struct status *status)
{
    if (!status)
        return;
    for (int i = 0; i < PARTS; i++)
        buf_clear(&status->parts[i]);
    buf_clear(&status->rule);
    free(status->model);
    free(status->session);
    free(status->bar);
    free(status);
}

static void set_name(char **name, const char *value)
{
    struct buf filtered = BUF_INIT;
    filter_line(&filtered, value, strlen(value));
    free(*name);
    *name = xstrndup(buf_str(&filtered), cell_fit(buf_str(&filtered), filtered.len, NAME_COLUMNS));
    buf_clear(&filtered);
}

void status_names(struct status *status, enum rn_mode mode, const char *model, const char *session,
                  bool simulated)
{
    status->mode = mode;
    status->simulated = simulated;
    set_name(&status->model, model);
    set_name(&status->session, session);
}

void status_play(struct status *status, const char *bar)
{
    free(status->bar);
    status->bar = *bar ? xstrdup(bar) : NULL;
}

void status_scrolled(struct status *status, bool scrolled, size_t unread)
{
    status->scrolled = scrolled;
    status->unread = unread;
}

int64_t status_due(const struct meter *meter, int64_t now)
{
    if (meter->phase == IDLE)
        return -1;
    if (meter->phase == RETRYING || meter_has_running(meter) || meter_flows(meter, now))
        return now + TICK_MS;
    return now + 1000 - (now - meter->begun) % 1000;
}

/* ---- What the parts say */

static void add_scrolled(const struct status *status, struct buf *text)
{
    if (!status->scrolled)
        return;
    buf_adds(text, "↓ ");
    if (status->unread > 0) {
        figures_count(text, (int64_t)status->unread);
        buf_adds(text, status->unread == 1 ? " new line" : " new lines");
    } else {
        buf_adds(text, "more below");
    }
}

static void add_tool(const struct meter *meter, int64_t now, struct buf *text)
{
    const struct meter_tool *tool = meter_tool(meter);
    if (meter->phase == ASKING) {
        buf_addf(text, "asks: %s", tool->name);
        return;
    }
    if (meter->tool_count > 1)
        buf_addf(text, "%zu tools", meter->tool_count);
    else
        buf_addf(text, "tool %s", tool->name);
    if (now - tool->began < CLOCK_FROM_MS)
        return;
    buf_adds(text, " for ");
    figures_duration(text, now - tool->began);
}

static void add_phase(const struct status *status, const struct meter *meter, int64_t now,
                      struct buf *text)
{
    static const char *const words[] = {
        [IDLE] = "ready",
        [CONNECTING] = "connecting",
        [WAITING] = "waiting",
        [THINKING] = "thinking",
        [ANSWERING] = "answering",
        [CALLING] = "writing a tool call",
        [ASKING] = "",
        [USING] = "",
        [RETRYING] = "retrying",
    };
    buf_adds(text, words[meter->phase]);
    if (meter->phase == ASKING || meter->phase == USING)
        add_tool(meter, now, text);
    if (meter->phase == RETRYING && meter->retry_at > now)
        buf_addf(text, " in %" PRId64 " s", (meter->retry_at - now + 999) / 1000);
    if (meter->phase == WAITING && status->mode == RN_INVOKE)
        buf_adds(text, " for the whole answer");
}

static void add_rate(const struct status *status, const struct meter *meter, struct buf *text)
{
    bool estimated;
    double rate = meter_rate(meter, &estimated);
    if (rate <= 0)
        return;
    buf_addf(text, rate < 10 ? "%s%.1f tok/s" : "%s%.0f tok/s", estimated ? "~" : "", rate);
    if (status->simulated)
        buf_adds(text, " simulated");
}

static void add_tokens(struct buf *text, int64_t tokens, bool estimated, const char *which)
{
    if (tokens <= 0)
        return;
    buf_addf(text, "%s%s", text->len ? ", " : "", estimated ? "~" : "");
    figures_count(text, tokens);
    buf_adds(text, which);
}

static void add_traffic(const struct meter *meter, struct buf *text)
{
    bool estimated;
    int64_t tokens = meter_input(meter, &estimated);
    add_tokens(text, tokens, estimated, " in");
    tokens = meter_output(meter, &estimated);
    add_tokens(text, tokens, estimated, " out");
}

static void write_parts(struct status *status, const struct meter *meter, int64_t now)
{
    for (int i = 0; i < PARTS; i++)
        buf_reset(&status->parts[i]);
    add_scrolled(status, &status->parts[SCROLLED]);
    add_phase(status, meter, now, &status->parts[PHASE]);
    if (*status->model)
        buf_adds(&status->parts[MODE], status->mode == RN_INVOKE ? "invoke" : "stream");
    buf_adds(&status->parts[MODEL], status->model);
    buf_adds(&status->parts[SESSION], status->session);
    if (status->bar)
        buf_adds(&status->parts[BAR], status->bar);
    if (!meter->has_run)
        return;
    if (meter->phase == IDLE || meter_elapsed(meter, now) >= CLOCK_FROM_MS)
        figures_duration(&status->parts[ELAPSED], meter_elapsed(meter, now));
    if (meter_silence(meter, now) > 0)
        buf_addf(&status->parts[SILENCE], "silent for %" PRId64 " s",
                 meter_silence(meter, now) / 1000);
    if (meter->ttft_ms >= 0) {
        buf_addf(&status->parts[FIRST], "first after %.2f s", (double)meter->ttft_ms / 1000);
        add_rate(status, meter, &status->parts[RATE]);
        add_traffic(meter, &status->parts[TOKENS]);
        if (meter_cost(meter) > 0)
            figures_cost(&status->parts[COST], meter_cost(meter));
    }
}

/* ---- How they stand on the line: "─ ready · 3.2 s ──────── stream · model ─" */

static const char dash[] = "─", dot[] = " · ";

enum { DASH = sizeof(dash) - 1, DOT_COLUMNS = 3 };

static int part_columns(const struct status *status, int part)
{
    const struct buf *text = &status->parts[part];
    return text->len ? cell_columns(text->data, text->len) : 0;
}

/* The parts from one to another with a space at both ends, 0 when there are none. */
static int columns_of(const struct status *status, int from, int to)
{
    int columns = 0;
    for (int i = from; i < to; i++)
        if (status->parts[i].len > 0)
            columns += part_columns(status, i) + DOT_COLUMNS;
    return columns > 0 ? columns - DOT_COLUMNS + 2 : 0;
}

/* What matters least goes first.  While a run goes on that is what will still be there when it is over; at
 * rest it is how it went, beside what it has taken. */
static const enum part least_of_run[] = {SESSION, FIRST,   MODE,  COST, TOKENS,  MODEL,
                                         RATE,    ELAPSED, PHASE, BAR,  SILENCE, SCROLLED};
static const enum part least_at_rest[] = {SESSION, FIRST, MODE,  RATE, ELAPSED, TOKENS,
                                          COST,    MODEL, PHASE, BAR,  SILENCE, SCROLLED};

static void drop_parts(struct status *status, const struct meter *meter, int width)
{
    const enum part *least = meter->phase == IDLE ? least_at_rest : least_of_run;
    for (size_t i = 0; i < sizeof(least_of_run) / sizeof(*least_of_run); i++) {
        if (columns_of(status, 0, LEFT_PARTS) + columns_of(status, LEFT_PARTS, PARTS) + 3 <= width)
            return;
        buf_reset(&status->parts[least[i]]);
    }
}

static enum style style_of(int part, enum phase phase)
{
    if (part == PHASE && phase == ASKING)
        return STYLE_WARNING;
    if (part == BAR)
        return STYLE_TEXT;
    bool is_loud = part == SCROLLED || part == SILENCE || (part == PHASE && phase != IDLE);
    return is_loud ? STYLE_ACCENT : STYLE_FAINT;
}

static void add_parts(const struct status *status, const struct meter *meter, int from, int to,
                      struct line *line)
{
    bool begun = false;
    for (int i = from; i < to; i++) {
        if (status->parts[i].len == 0)
            continue;
        line_add(line, STYLE_RULE, begun ? dot : " ", begun ? sizeof(dot) - 1 : 1);
        line_add(line, style_of(i, meter->phase), status->parts[i].data, status->parts[i].len);
        begun = true;
    }
    line_add(line, STYLE_RULE, " ", begun);
}

void status_line(struct status *status, const struct meter *meter, int64_t now, int width,
                 struct line *line)
{
    write_parts(status, meter, now);
    drop_parts(status, meter, width);
    buf_reset(&status->rule);
    for (int i = 0; i < width; i++)
        buf_adds(&status->rule, dash);

    const char *rule = buf_str(&status->rule);
    int between =
        width - 2 - columns_of(status, 0, LEFT_PARTS) - columns_of(status, LEFT_PARTS, PARTS);
    *line = (struct line){0};
    line_add(line, STYLE_RULE, rule, DASH);
    add_parts(status, meter, 0, LEFT_PARTS, line);
    line_add(line, STYLE_RULE, rule, between > 0 ? (size_t)between * DASH : 0);
    add_parts(status, meter, LEFT_PARTS, PARTS, line);
    line_add(line, STYLE_RULE, rule, width > 1 ? DASH : 0);
}
