/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "tui/status.h"

#include <locale.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "base/buf.h"
#include "text/cell.h"
#include "text/line.h"
#include "tui/meter.h"

static void add_line(struct status *status, const struct meter *meter, int64_t now, int width,
                     struct buf *out)
{
    struct line line;
    status_line(status, meter, now, width, &line);
    for (size_t i = 0; i < line.count; i++)
        buf_add(out, line.spans[i].text, line.spans[i].len);
}

static void assert_line(struct status *status, const struct meter *meter, int64_t now,
                        const char *want)
{
    struct buf out = BUF_INIT;
    add_line(status, meter, now, cell_columns(want, strlen(want)), &out);
    assert_string_equal(buf_str(&out), want);
    buf_clear(&out);
}

static struct status *named(enum rn_mode mode)
{
    struct status *status = status_new();
    status_names(status, mode, "ollama:llama3.2", "abc", false);
    return status;
}

static void send(struct meter *meter, rn_event event, int64_t now)
{
    event.t = now - meter->begun;
    event.content = event.content ? event.content : "";
    event.content_len = strlen(event.content);
    event.text = event.text ? event.text : "";
    event.text_len = strlen(event.text);
    event.args = event.args ? event.args : "";
    event.id = event.id ? event.id : "";
    event.status = event.status ? event.status : "";
    meter_event(meter, &event, now);
}

#define SEND(meter, now, ...) send(meter, (rn_event){__VA_ARGS__}, now)

static void test_stream(void **state)
{
    (void)state;
    struct status *status = named(RN_STREAM);
    struct meter meter = {0};
    assert_line(status, &meter, 0, "─ ready ─────── stream · ollama:llama3.2 · abc ─");

    meter_begin(&meter, 1000);
    assert_line(status, &meter, 1200, "─ connecting · 0.2 s ── stream · ollama:llama3.2 · abc ─");
    SEND(&meter, 1300, .kind = RN_START);
    assert_line(status, &meter, 2300, "─ waiting · 1.0 s ── stream · ollama:llama3.2 · abc ─");
    SEND(&meter, 1800, .kind = RN_REASONING, .text = "Let me see.");
    assert_line(
        status, &meter, 1800,
        "─ thinking · 0.5 s · first after 0.50 s · ~2 out ── stream · ollama:llama3.2 · abc ─");
    SEND(&meter, 2800, .kind = RN_AI, .content = "It is so: forty signs are ten tokens....");
    assert_line(status, &meter, 2800,
                "─ answering · 1.5 s · first after 0.50 s · ~12 tok/s · ~12 out ── stream · "
                "ollama:llama3.2 · abc ─");
    rn_usage usage = {.input = 1234, .output = 20};
    SEND(&meter, 2900, .kind = RN_USAGE, .step = 1, .usage = &usage);
    rn_finish finish = {.reason = "stop", .ms = 1600, .ttft_ms = 490};
    SEND(&meter, 2900, .kind = RN_FINISH, .finish = &finish, .usage = &usage);
    assert_line(status, &meter, 999999,
                "─ ready · 1.6 s · first after 0.49 s · 20 tok/s · 1,234 in, 20 out ── stream · "
                "ollama:llama3.2 · abc ─");
    status_free(status);
}

static void test_invoke(void **state)
{
    (void)state;
    struct status *status = named(RN_INVOKE);
    struct meter meter = {0};
    SEND(&meter, 0, .kind = RN_START);
    assert_line(status, &meter, 12000,
                "─ waiting for the whole answer · 12 s ── invoke · ollama:llama3.2 · abc ─");
    rn_usage usage = {.input = 10, .output = 100};
    rn_finish finish = {.reason = "stop", .ms = 20000, .ttft_ms = 20000};
    SEND(&meter, 20000, .kind = RN_AI, .content = "All of it.");
    SEND(&meter, 20000, .kind = RN_FINISH, .finish = &finish, .usage = &usage);
    assert_line(status, &meter, 20000,
                "─ ready · 20 s · first after 20.00 s · 5.0 tok/s · 10 in, 100 out ── invoke · "
                "ollama:llama3.2 · abc ─");
    status_free(status);
}

static void test_estimates_are_marked(void **state)
{
    (void)state;
    struct status *status = status_new();
    status_names(status, RN_STREAM, "guide", "", true);
    struct meter meter = {0};
    SEND(&meter, 0, .kind = RN_START);
    SEND(&meter, 100, .kind = RN_AI, .content = "1234");
    SEND(&meter, 1100, .kind = RN_AI, .content = "漢字漢字");
    rn_usage usage = {.input = 7, .output = 5, .estimated = true};
    rn_finish finish = {.reason = "stop", .ms = 1100, .ttft_ms = 100};
    SEND(&meter, 1100, .kind = RN_FINISH, .finish = &finish, .usage = &usage);
    assert_line(status, &meter, 2000,
                "─ ready · 1.1 s · first after 0.10 s · ~5.0 tok/s simulated · ~7 in, ~5 out ── "
                "stream · guide ─");
    status_free(status);
}

static void test_usage_of_steps(void **state)
{
    (void)state;
    struct meter meter = {0};
    rn_usage first = {.input = 10, .output = 1}, level = {.input = -1, .output = 5};
    rn_usage second = {.input = 20, .output = 7};
    bool estimated;
    SEND(&meter, 0, .kind = RN_START);
    SEND(&meter, 0, .kind = RN_USAGE, .step = 1, .usage = &first);
    SEND(&meter, 0, .kind = RN_USAGE, .step = 1, .usage = &level);
    assert_int_equal(meter_input(&meter, &estimated), 10);
    assert_int_equal(meter_output(&meter, &estimated), 5);
    SEND(&meter, 0, .kind = RN_USAGE, .step = 2, .usage = &second);
    assert_int_equal(meter_input(&meter, &estimated), 30);
    assert_int_equal(meter_output(&meter, &estimated), 12);
    assert_false(estimated);
}

/* Neither the time of a tool nor that of the user's answer makes a model slower. */
static void test_rate_of_steps(void **state)
{
    (void)state;
    struct meter meter = {0};
    rn_usage first = {.input = 10, .output = 20}, run = {.input = 30, .output = 60};
    rn_finish finish = {.reason = "stop", .ms = 90000, .ttft_ms = 1000};
    bool estimated;
    SEND(&meter, 0, .kind = RN_START);
    SEND(&meter, 1000, .kind = RN_AI, .step = 1, .content = "I look.");
    SEND(&meter, 1500, .kind = RN_TOOL_DELTA, .step = 1, .tool = "f", .args = "{\"name\":");
    SEND(&meter, 2000, .kind = RN_TOOL, .step = 1, .tool = "f", .args = "{\"name\":1}");
    SEND(&meter, 2000, .kind = RN_USAGE, .step = 1, .usage = &first);
    assert_true(meter_rate(&meter, &estimated) == 20);
    assert_false(estimated);
    SEND(&meter, 80000, .kind = RN_RESULT, .step = 1);
    SEND(&meter, 85000, .kind = RN_AI, .step = 2,
         .content = "forty signs are ten tokens, more or less");
    assert_true(meter_rate(&meter, &estimated) == 30);
    assert_int_equal(meter_output(&meter, &estimated), 30);
    assert_true(estimated);
    SEND(&meter, 86000, .kind = RN_AI, .step = 2, .content = "");
    SEND(&meter, 90000, .kind = RN_FINISH, .finish = &finish, .usage = &run);
    assert_true(meter_rate(&meter, &estimated) == 30);
    assert_false(estimated);
}

/* The cost of steps adds up, and nothing is said of one that nobody knows. */
static void test_cost(void **state)
{
    (void)state;
    struct status *status = named(RN_STREAM);
    struct meter meter = {0};
    rn_usage first = {.input = 10, .output = 1, .cost = 0.01},
             unknown = {.input = 1, .output = 1, .cost = -1};
    rn_usage second = {.input = 20, .output = 7, .cost = 0.0025},
             run = {.input = 30, .output = 8, .cost = 0.0125};
    rn_finish finish = {.reason = "stop", .ms = 1600, .ttft_ms = 490};
    SEND(&meter, 0, .kind = RN_START);
    SEND(&meter, 0, .kind = RN_USAGE, .step = 1, .usage = &unknown);
    assert_true(meter_cost(&meter) == 0);
    SEND(&meter, 0, .kind = RN_START);
    SEND(&meter, 0, .kind = RN_USAGE, .step = 1, .usage = &first);
    SEND(&meter, 0, .kind = RN_USAGE, .step = 2, .usage = &second);
    assert_true(meter_cost(&meter) > 0.0124 && meter_cost(&meter) < 0.0126);
    SEND(&meter, 0, .kind = RN_FINISH, .finish = &finish, .usage = &run);
    assert_line(status, &meter, 0,
                "─ ready · 1.6 s · first after 0.49 s · 30 in, 8 out · $0.0125 ── stream · "
                "ollama:llama3.2 · abc ─");
    status_free(status);
}

static void test_phases(void **state)
{
    (void)state;
    struct status *status = named(RN_STREAM);
    struct meter meter = {0};
    rn_retry retry = {.attempt = 2, .max = 3, .delay_ms = 3000};
    SEND(&meter, 0, .kind = RN_START);
    SEND(&meter, 1000, .kind = RN_RETRY, .retry = &retry);
    assert_line(status, &meter, 1000,
                "─ retrying in 3 s · 1.0 s ── stream · ollama:llama3.2 · abc ─");
    assert_line(status, &meter, 3500,
                "─ retrying in 1 s · 3.5 s ── stream · ollama:llama3.2 · abc ─");
    assert_line(status, &meter, 4000, "─ retrying · 4.0 s ── stream · ollama:llama3.2 · abc ─");
    SEND(&meter, 5000, .kind = RN_TOOL, .tool = "read\033file");
    assert_line(status, &meter, 65000,
                "─ tool read␛file for 1 min 00 s · 1 min 05 s ── stream · ollama:llama3.2 · abc ─");
    SEND(&meter, 66000, .kind = RN_RESULT);
    assert_line(status, &meter, 66000,
                "─ waiting · 1 min 06 s ── stream · ollama:llama3.2 · abc ─");
    assert_line(status, &meter, 69500,
                "─ waiting · silent for 3 s · 1 min 09 s ── stream · ollama:llama3.2 · abc ─");
    SEND(&meter, 70000, .kind = RN_AI, .content = "");
    assert_line(status, &meter, 82900,
                "─ answering · silent for 12 s · 1 min 22 s · first after 70.00 s ── stream · "
                "ollama:llama3.2 · abc ─");
    meter_end(&meter, 83000);
    assert_line(status, &meter, 99999,
                "─ ready · 1 min 23 s · first after 70.00 s ── stream · ollama:llama3.2 · abc ─");
    status_free(status);
}

static void test_tools(void **state)
{
    (void)state;
    struct status *status = named(RN_STREAM);
    struct meter meter = {0};
    SEND(&meter, 0, .kind = RN_START);
    SEND(&meter, 500, .kind = RN_TOOL_DELTA, .tool = "shell");
    assert_line(status, &meter, 500,
                "─ writing a tool call · 0.5 s ── stream · ollama:llama3.2 · abc ─");
    SEND(&meter, 1000, .kind = RN_TOOL, .id = "a", .tool = "shell");
    SEND(&meter, 2000, .kind = RN_TOOL, .id = "b", .tool = "read_file");
    assert_line(status, &meter, 2500,
                "─ 2 tools for 0.5 s · 2.5 s ── stream · ollama:llama3.2 · abc ─");
    SEND(&meter, 3000, .kind = RN_APPROVAL, .id = "b", .status = "requested");
    assert_line(status, &meter, 3000,
                "─ asks: read_file · 3.0 s ── stream · ollama:llama3.2 · abc ─");
    assert_int_equal(status_due(&meter, 3000), 3250); /* the other one runs */
    SEND(&meter, 3500, .kind = RN_RESULT, .id = "a");
    assert_line(status, &meter, 3500,
                "─ asks: read_file · 3.5 s ── stream · ollama:llama3.2 · abc ─");
    assert_int_equal(status_due(&meter, 3500), 4000);
    SEND(&meter, 4000, .kind = RN_APPROVAL, .id = "b", .status = "allowed");
    assert_line(status, &meter, 5000,
                "─ tool read_file for 1.0 s · 5.0 s ── stream · ollama:llama3.2 · abc ─");
    SEND(&meter, 6000, .kind = RN_RESULT, .id = "b");
    assert_line(status, &meter, 6000, "─ waiting · 6.0 s ── stream · ollama:llama3.2 · abc ─");
    status_free(status);
}

/* More than are known by name; the results come in any order, and one of a call that there is not. */
static void test_many_tools(void **state)
{
    (void)state;
    enum { COUNT = METER_TOOLS + 5 };
    struct meter meter = {0};
    char id[COUNT][8];
    SEND(&meter, 0, .kind = RN_START);
    for (int i = 0; i < COUNT; i++) {
        snprintf(id[i], sizeof(id[i]), "%d", i);
        SEND(&meter, 0, .kind = RN_TOOL, .id = id[i], .tool = "tool");
    }
    SEND(&meter, 0, .kind = RN_APPROVAL, .id = id[3], .status = "requested");
    for (int i = 0; i < COUNT; i++) {
        assert_int_equal(meter.phase, i <= 3 * 2 ? ASKING : USING);
        assert_int_equal(meter.tool_count, COUNT - i);
        SEND(&meter, 0, .kind = RN_RESULT, .id = id[i % 2 ? COUNT - 1 - i / 2 : i / 2]);
    }
    assert_int_equal(meter.phase, WAITING);
    SEND(&meter, 0, .kind = RN_RESULT, .id = "none");
    assert_int_equal(meter.tool_count, 0);
    assert_int_equal(meter.phase, WAITING);
}

static void test_scrolled(void **state)
{
    (void)state;
    struct status *status = named(RN_STREAM);
    struct meter meter = {0};
    status_scrolled(status, true, 0);
    assert_line(status, &meter, 0, "─ ↓ more below · ready ── stream · ollama:llama3.2 · abc ─");
    status_scrolled(status, true, 1);
    assert_line(status, &meter, 0, "─ ↓ 1 new line · ready ── stream · ollama:llama3.2 · abc ─");
    status_scrolled(status, true, 12345);
    assert_line(status, &meter, 0,
                "─ ↓ 12,345 new lines · ready ── stream · ollama:llama3.2 · abc ─");
    status_free(status);
}

static void assert_fits(struct status *status, const struct meter *meter, const char *const *lines)
{
    for (; *lines; lines++)
        assert_line(status, meter, 5000, *lines);
}

/* While it answers: that it goes on, how fast, and who; at rest: who, and what it took. */
static void test_widths(void **state)
{
    (void)state;
    static const char *const answering[] = {
        "─ answering ────────",
        "─ answering · 5.0 s · 5.0 tok/s ────────",
        "─ answering · 5.0 s · 5.0 tok/s ────────── ollama:llama3.2 ─",
        "─ answering · 5.0 s · 5.0 tok/s · 1,234 in, 20 out · $0.0125 ─ ollama:llama3.2 ─",
        "─ answering · 5.0 s · first after 0.50 s · 5.0 tok/s"
        " · 1,234 in, 20 out · $0.0125 ───── stream · ollama:llama3.2 · abc ─",
        NULL,
    };
    static const char *const resting[] = {
        "─ ready ────────────",
        "─ ready · $0.0125 ──── ollama:llama3.2 ─",
        "─ ready · 1,234 in, 20 out · $0.0125 ───── ollama:llama3.2 ─",
        "─ ready · 4.6 s · 5.0 tok/s · 1,234 in, 20 out · $0.0125 ───── ollama:llama3.2 ─",
        "─ ready · 4.6 s · first after 0.50 s · 5.0 tok/s"
        " · 1,234 in, 20 out · $0.0125 ───────── stream · ollama:llama3.2 · abc ─",
        NULL,
    };
    struct status *status = named(RN_STREAM);
    struct meter meter = {0};
    rn_usage usage = {.input = 1234, .output = 20, .cost = 0.0125};
    rn_finish finish = {.reason = "stop", .ms = 4600, .ttft_ms = 500};
    SEND(&meter, 0, .kind = RN_START);
    SEND(&meter, 500, .kind = RN_AI, .content = "a");
    SEND(&meter, 4500, .kind = RN_AI, .content = "b");
    SEND(&meter, 4500, .kind = RN_USAGE, .step = 1, .usage = &usage);
    assert_fits(status, &meter, answering);
    SEND(&meter, 4600, .kind = RN_FINISH, .finish = &finish, .usage = &usage);
    assert_fits(status, &meter, resting);
    status_free(status);
}

/* A clock that has only begun is not shown. */
static void test_young_clocks(void **state)
{
    (void)state;
    struct status *status = named(RN_STREAM);
    struct meter meter = {0};
    rn_finish finish = {.reason = "stop", .ms = 0, .ttft_ms = -1};
    SEND(&meter, 0, .kind = RN_START);
    assert_line(status, &meter, 99, "─ waiting ── stream · ollama:llama3.2 · abc ─");
    assert_line(status, &meter, 100, "─ waiting · 0.1 s ── stream · ollama:llama3.2 · abc ─");
    SEND(&meter, 1000, .kind = RN_TOOL, .id = "a", .tool = "shell");
    assert_line(status, &meter, 1099, "─ tool shell · 1.1 s ── stream · ollama:llama3.2 · abc ─");
    assert_line(status, &meter, 1100,
                "─ tool shell for 0.1 s · 1.1 s ── stream · ollama:llama3.2 · abc ─");
    finish.ms = 12;
    SEND(&meter, 1100, .kind = RN_FINISH, .finish = &finish);
    assert_line(status, &meter, 1100, "─ ready · 12 ms ── stream · ollama:llama3.2 · abc ─");
    status_free(status);
}

/* What is left out of a line that grows narrower, in this order. */
static void assert_goes(struct status *status, const struct meter *meter, const char *const *parts)
{
    for (int width = 150; width >= 1; width--) {
        struct buf out = BUF_INIT;
        add_line(status, meter, 5000, width, &out);
        assert_int_equal(cell_columns(buf_str(&out), out.len), width);
        bool kept = false;
        for (const char *const *part = parts; *part; part++) {
            bool there = strstr(buf_str(&out), *part);
            assert_true(there || !kept);
            kept = there;
        }
        assert_true(width < 150 || kept);
        buf_clear(&out);
    }
}

/* From wide to narrow: the line always fits, and what matters least goes first. */
static void test_narrow(void **state)
{
    (void)state;
    struct status *status = named(RN_STREAM);
    struct meter meter = {0};
    rn_usage usage = {.input = 1234, .output = 20, .cost = 0.0125};
    SEND(&meter, 0, .kind = RN_START);
    SEND(&meter, 500, .kind = RN_AI, .content = "a");
    SEND(&meter, 1500, .kind = RN_AI, .content = "b");
    SEND(&meter, 1500, .kind = RN_USAGE, .step = 1, .usage = &usage);
    static const char *const of_run[] = {"abc",    "first after", "stream", "$0.01",     "1,234 in",
                                         "ollama", "tok/s",       "5.0 s",  "answering", NULL};
    static const char *const at_rest[] = {"abc",      "first after", "stream", "tok/s", "4.6 s",
                                          "1,234 in", "$0.01",       "ollama", "ready", NULL};
    assert_goes(status, &meter, of_run);
    rn_finish finish = {.reason = "stop", .ms = 4600, .ttft_ms = 500};
    SEND(&meter, 4600, .kind = RN_FINISH, .finish = &finish, .usage = &usage);
    assert_goes(status, &meter, at_rest);
    status_free(status);
}

static void test_due(void **state)
{
    (void)state;
    struct meter meter = {0};
    rn_retry retry = {.delay_ms = 3000};
    rn_finish finish = {.reason = "stop", .ms = 9000, .ttft_ms = -1};
    assert_int_equal(status_due(&meter, 77), -1);
    SEND(&meter, 100, .kind = RN_START);
    assert_int_equal(status_due(&meter, 100), 1100);
    assert_int_equal(status_due(&meter, 1099), 1100);
    assert_int_equal(status_due(&meter, 1100), 2100);
    SEND(&meter, 1500, .kind = RN_AI, .content = "a");
    assert_int_equal(status_due(&meter, 1500), 1750);
    assert_int_equal(status_due(&meter, 2499), 2749);
    assert_int_equal(status_due(&meter, 2500), 3100); /* it has paused */
    SEND(&meter, 3000, .kind = RN_RETRY, .retry = &retry);
    assert_int_equal(status_due(&meter, 4500), 4750);
    SEND(&meter, 9000, .kind = RN_FINISH, .finish = &finish);
    assert_int_equal(status_due(&meter, 9000), -1);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_stream),
        cmocka_unit_test(test_invoke),
        cmocka_unit_test(test_estimates_are_marked),
        cmocka_unit_test(test_usage_of_steps),
        cmocka_unit_test(test_rate_of_steps),
        cmocka_unit_test(test_cost),
        cmocka_unit_test(test_phases),
        cmocka_unit_test(test_tools),
        cmocka_unit_test(test_many_tools),
        cmocka_unit_test(test_scrolled),
        cmocka_unit_test(test_widths),
        cmocka_unit_test(test_young_clocks),
        cmocka_unit_test(test_narrow),
        cmocka_unit_test(test_due),
    };
    if (!setlocale(LC_ALL, "C.UTF-8"))
        return 1;
    return cmocka_run_group_tests(tests, NULL, NULL);
}
