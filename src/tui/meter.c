/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "tui/meter.h"

#include <stdio.h>
#include <string.h>

#include "base/buf.h"
#include "base/filter.h"
#include "base/rough.h"
#include "text/cell.h"

enum {
    FLOW_MS = 1000,    /* pieces that are further apart do not flow */
    SILENCE_MS = 3000, /* after so long without one it is worth saying */
    RATE_MS = 250,     /* a rate over a shorter time says nothing */
    TOOL_COLUMNS = 20,
};

void meter_begin(struct meter *meter, int64_t now)
{
    *meter = (struct meter){
        .phase = CONNECTING,
        .has_run = true,
        .begun = now,
        .heard = now,
        .ms = -1,
        .ttft_ms = -1,
        .last_t = -1,
        .usage = {.input = -1, .output = -1},
    };
}

void meter_end(struct meter *meter, int64_t now)
{
    if (meter->phase == IDLE)
        return;
    meter->phase = IDLE;
    if (meter->ms < 0)
        meter->ms = now - meter->begun;
}

/* ---- Steps */

static int64_t sum(int64_t a, int64_t b)
{
    return a < 0 ? b : b < 0 ? a : a + b;
}

static void add_step(rn_usage *before, const rn_usage *usage, int64_t rough)
{
    before->input = sum(before->input, usage->input);
    before->output = sum(before->output, usage->output < 0 ? rough : usage->output);
    before->cost += usage->cost > 0 ? usage->cost : 0;
    before->estimated |= usage->estimated || (usage->output < 0 && rough > 0);
}

/* What comes from here on belongs to this step; 0: to the one that there is. */
static void enter_step(struct meter *meter, unsigned step)
{
    if (step == 0 || step == meter->step)
        return;
    if (meter->step > 0) {
        add_step(&meter->before, &meter->usage, (int64_t)(meter->quarters / 4));
        meter->usage = (rn_usage){.input = -1, .output = -1};
        meter->quarters = 0;
        meter->last_t = -1;
    }
    meter->step = step;
}

/* ---- Events */

static void note_time(struct meter *meter, const rn_event *event)
{
    enter_step(meter, event->step);
    if (meter->last_t >= 0)
        meter->flow_ms += event->t - meter->last_t;
    meter->last_t = event->t;
}

static void on_piece(struct meter *meter, enum phase phase, const rn_event *event)
{
    const char *text = event->kind == RN_AI ? event->content : event->text;
    size_t len = event->kind == RN_AI ? event->content_len : event->text_len;
    note_time(meter, event);
    if (meter->ttft_ms < 0)
        meter->ttft_ms = event->t;
    meter->phase = phase;
    meter->quarters += rough_quarters(text, len);
}

static void on_tool_delta(struct meter *meter, const rn_event *event)
{
    note_time(meter, event);
    meter->phase = CALLING;
    meter->quarters += rough_quarters(event->args, strlen(event->args));
}

/* ---- Calls of tools */

static uint64_t call_of(const char *id)
{
    uint64_t call = 0xCBF29CE484222325u;
    for (; *id; id++)
        call = (call ^ (unsigned char)*id) * 0x100000001B3u;
    return call;
}

static struct meter_tool *find_tool(struct meter *meter, const char *id)
{
    uint64_t call = call_of(id);
    for (size_t i = 0; i < meter->known_count; i++)
        if (meter->tools[i].call == call)
            return &meter->tools[i];
    return NULL;
}

static void set_name(struct meter_tool *tool, const char *name)
{
    struct buf filtered = BUF_INIT;
    filter_line(&filtered, name, strlen(name));
    size_t fits = cell_fit(buf_str(&filtered), filtered.len, TOOL_COLUMNS);
    snprintf(tool->name, sizeof(tool->name), "%.*s", (int)fits, buf_str(&filtered));
    buf_clear(&filtered);
}

static void choose_phase(struct meter *meter)
{
    const struct meter_tool *tool = meter_tool(meter);
    meter->phase = !tool ? WAITING : tool->is_asked ? ASKING : USING;
}

/* They all wait until the last one is written. */
static void on_tool(struct meter *meter, const rn_event *event, int64_t now)
{
    if (meter->known_count < METER_TOOLS) {
        struct meter_tool *tool = &meter->tools[meter->known_count++];
        *tool = (struct meter_tool){.call = call_of(event->id)};
        set_name(tool, event->tool);
    }
    meter->tool_count++;
    note_time(meter, event);
    for (size_t i = 0; i < meter->known_count; i++)
        meter->tools[i].began = now;
    choose_phase(meter);
}

static void on_approval(struct meter *meter, const rn_event *event, int64_t now)
{
    struct meter_tool *tool = find_tool(meter, event->id);
    if (!tool)
        return;
    tool->is_asked = strcmp(event->status, "requested") == 0;
    tool->began = now;
    choose_phase(meter);
}

static void on_result(struct meter *meter, const rn_event *event)
{
    struct meter_tool *tool = find_tool(meter, event->id);
    if (tool) {
        const struct meter_tool *end = meter->tools + meter->known_count--;
        memmove(tool, tool + 1, (size_t)(end - tool - 1) * sizeof(*tool));
    }
    if (tool || meter->tool_count > meter->known_count)
        meter->tool_count--;
    choose_phase(meter);
}

const struct meter_tool *meter_tool(const struct meter *meter)
{
    for (size_t i = 0; i < meter->known_count; i++)
        if (meter->tools[i].is_asked)
            return &meter->tools[i];
    return meter->known_count > 0 ? &meter->tools[0] : NULL;
}

bool meter_has_running(const struct meter *meter)
{
    size_t asked = 0;
    for (size_t i = 0; i < meter->known_count; i++)
        asked += meter->tools[i].is_asked;
    return meter->tool_count > asked;
}

/* ---- Figures of the provider */

/* Usage gives levels within a step, and steps add up. */
static void on_usage(struct meter *meter, const rn_event *event)
{
    enter_step(meter, event->step);
    if (event->usage->input >= 0)
        meter->usage.input = event->usage->input;
    if (event->usage->output >= 0)
        meter->usage.output = event->usage->output;
    if (event->usage->cost >= 0)
        meter->usage.cost = event->usage->cost;
    meter->usage.estimated = event->usage->estimated;
}

static void on_finish(struct meter *meter, const rn_event *event, int64_t now)
{
    meter->ms = event->finish->ms;
    if (event->finish->ttft_ms >= 0)
        meter->ttft_ms = event->finish->ttft_ms;
    if (event->usage && event->usage->output >= 0) {
        meter->before = (rn_usage){0};
        meter->usage = *event->usage;
    }
    meter_end(meter, now);
}

void meter_event(struct meter *meter, const rn_event *event, int64_t now)
{
    switch (event->kind) {
    case RN_START:
        meter_begin(meter, now);
        meter->phase = WAITING;
        break;
    case RN_AI:
        on_piece(meter, ANSWERING, event);
        break;
    case RN_REASONING:
        on_piece(meter, THINKING, event);
        break;
    case RN_TOOL_DELTA:
        on_tool_delta(meter, event);
        break;
    case RN_TOOL:
        on_tool(meter, event, now);
        break;
    case RN_APPROVAL:
        on_approval(meter, event, now);
        break;
    case RN_RESULT:
        on_result(meter, event);
        break;
    case RN_USAGE:
        on_usage(meter, event);
        break;
    case RN_RETRY:
        meter->phase = RETRYING;
        meter->retry_at = now + event->retry->delay_ms;
        break;
    case RN_FINISH:
        on_finish(meter, event, now);
        break;
    default:
        break;
    }
    meter->heard = now;
}

/* ---- Figures */

int64_t meter_elapsed(const struct meter *meter, int64_t now)
{
    return meter->phase == IDLE ? meter->ms : now - meter->begun;
}

static bool is_talking(const struct meter *meter)
{
    return meter->phase == THINKING || meter->phase == ANSWERING || meter->phase == CALLING;
}

bool meter_flows(const struct meter *meter, int64_t now)
{
    return is_talking(meter) && now - meter->heard < FLOW_MS;
}

/* Until the first word the time of the run says it already; a model that was told what its tools gave may
 * fall silent, too. */
int64_t meter_silence(const struct meter *meter, int64_t now)
{
    int64_t silence = now - meter->heard;
    bool has_begun = meter->phase == WAITING && meter->heard - meter->begun >= FLOW_MS;
    return (is_talking(meter) || has_begun) && silence >= SILENCE_MS ? silence : 0;
}

int64_t meter_input(const struct meter *meter, bool *estimated)
{
    *estimated = meter->before.estimated || meter->usage.estimated;
    int64_t tokens = sum(meter->before.input, meter->usage.input);
    return tokens < 0 ? 0 : tokens;
}

int64_t meter_output(const struct meter *meter, bool *estimated)
{
    bool told = meter->usage.output >= 0;
    int64_t tokens = told ? meter->usage.output : (int64_t)(meter->quarters / 4);
    *estimated = !told || meter->before.estimated || meter->usage.estimated;
    return sum(meter->before.output, tokens);
}

double meter_cost(const struct meter *meter)
{
    return meter->before.cost + (meter->usage.cost > 0 ? meter->usage.cost : 0);
}

double meter_rate(const struct meter *meter, bool *estimated)
{
    int64_t tokens = meter_output(meter, estimated);
    int64_t ms = meter->flow_ms;
    /* An answer that comes whole took as long to write as it took to come. */
    if (ms < RATE_MS && meter->step <= 1)
        ms = meter->ms;
    if (meter->ttft_ms < 0 || ms < RATE_MS || tokens <= 0)
        return 0;
    return (double)tokens * 1000 / (double)ms;
}
