/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * /timing, on runs that are made by hand.
 */
#include "chat/timing.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "base/buf.h"
#include "base/mem.h"

static const rn_start streamed = {.mode = RN_STREAM}, invoked = {.mode = RN_INVOKE};

static struct timing *begin(const rn_start *start)
{
    struct timing *timing = xnew(struct timing);
    timing_event(timing, &(rn_event){.kind = RN_START, .start = start});
    return timing;
}

static void piece(struct timing *timing, enum rn_kind kind, unsigned step, int64_t t)
{
    timing_event(timing, &(rn_event){.kind = kind, .step = step, .t = t});
}

static void finish(struct timing *timing, rn_timing request, int64_t ms)
{
    rn_finish finish = {.timing = request, .ms = ms};
    timing_event(timing, &(rn_event){.kind = RN_FINISH, .t = ms, .finish = &finish});
}

static void assert_told(struct timing *timing, const char *want)
{
    struct buf out = BUF_INIT;
    timing_tell(timing, &out);
    assert_string_equal(buf_str(&out), want);
    buf_clear(&out);
    free(timing);
}

static void nothing_yet(void **state)
{
    (void)state;
    assert_told(xnew(struct timing),
                "no answer has come yet: there is nothing to tell of its timing");
    assert_told(begin(&streamed), "no answer has come yet: there is nothing to tell of its timing");
}

static void a_whole_waterfall(void **state)
{
    (void)state;
    struct timing *timing = begin(&streamed);
    piece(timing, RN_REASONING, 1, 640);
    piece(timing, RN_REASONING, 1, 740);
    for (int64_t t = 960; t <= 1360; t += 100)
        piece(timing, RN_AI, 1, t);
    piece(timing, RN_AI, 1, 3160);
    finish(timing, (rn_timing){.resolve = 20, .connect = 100, .tls = 320, .first_byte = 600}, 3200);
    assert_told(timing, "The last answer (stream) took 3.2 s\n"
                        "  resolve            20 ms  ▏\n"
                        "  connect            80 ms  █\n"
                        "  TLS               220 ms   ██\n"
                        "  first byte        280 ms     ███\n"
                        "  first token        40 ms        ▏\n"
                        "  thinking          320 ms        ███\n"
                        "  answering        2200 ms           ██████████████████████\n"
                        "  end                40 ms                                 █\n"
                        "\nThe gaps between 8 pieces\n"
                        "  ▆▇▆▆▆▆█\n"
                        "        ^\n"
                        "  p50 100 ms, p95 1800 ms, p99 1800 ms, max 1800 ms; 1 stall of 800 ms or "
                        "more (^)");
}

/* What the server did not do, or the connection had done before, is not in it. */
static void a_connection_that_was_there(void **state)
{
    (void)state;
    struct timing *timing = begin(&streamed);
    piece(timing, RN_AI, 1, 50);
    piece(timing, RN_AI, 1, 75);
    piece(timing, RN_AI, 1, 100);
    finish(timing, (rn_timing){.resolve = -1, .connect = -1, .tls = -1, .first_byte = 50}, 100);
    assert_told(timing, "The last answer (stream) took 100 ms\n"
                        "  first byte         50 ms  ████████████████\n"
                        "  first token         0 ms                  ▏\n"
                        "  answering          50 ms                  ████████████████\n"
                        "  end                 0 ms                                  ▏\n"
                        "\nThe gaps between 3 pieces\n"
                        "  ▅▅\n"
                        "  p50 25 ms, p95 25 ms, p99 25 ms, max 25 ms; no stall");
}

/* Of several requests the last one is told, after what went before it. */
static void a_step_after_a_tool(void **state)
{
    (void)state;
    struct timing *timing = begin(&streamed);
    piece(timing, RN_AI, 1, 10);
    piece(timing, RN_AI, 1, 20);
    piece(timing, RN_RESULT, 1, 400);
    piece(timing, RN_AI, 2, 700);
    finish(timing, (rn_timing){.resolve = -1, .connect = -1, .tls = -1, .first_byte = 200}, 800);
    assert_told(timing, "The last answer (stream) took 800 ms\n"
                        "  before it         400 ms  ████████████████\n"
                        "  first byte        200 ms                  ████████\n"
                        "  first token       100 ms                          ████\n"
                        "  answering           0 ms                              ▏\n"
                        "  end               100 ms                              ████\n"
                        "\nIt came in one piece: there are no gaps.");
}

static void a_request_that_was_sent_again(void **state)
{
    (void)state;
    struct timing *timing = begin(&invoked);
    rn_retry retry = {.delay_ms = 300};
    timing_event(timing, &(rn_event){.kind = RN_RETRY, .step = 1, .t = 100, .retry = &retry});
    finish(timing, (rn_timing){.resolve = -1, .connect = -1, .tls = -1, .first_byte = -1}, 800);
    assert_told(timing, "The last answer (invoke) took 800 ms\n"
                        "  before it         400 ms  ████████████████\n"
                        "  end               400 ms                  ████████████████\n"
                        "\nNo text came.");
}

static void what_failed_or_was_stopped_is_told_so(void **state)
{
    static const struct {
        enum rn_status code;
        const char *reason, *want;
    } cases[] = {
        {RN_ETIMEOUT, "error",
         "The last answer (stream) failed after 800 ms (timeout): runnel doctor looks for what is "
         "wrong\n"
         "  first byte        200 ms  ████████\n"
         "  failure           600 ms          ████████████████████████\n"
         "\nNo text came."},
        {RN_OK, "cancelled",
         "The last answer (stream) was stopped after 800 ms\n"
         "  first byte        200 ms  ████████\n"
         "  stopped           600 ms          ████████████████████████\n"
         "\nNo text came."},
    };
    (void)state;
    for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        struct timing *timing = begin(&streamed);
        rn_failure failure = {.code = cases[i].code};
        rn_finish end = {.timing = {-1, -1, -1, 200}, .ms = 800, .reason = cases[i].reason};
        if (failure.code)
            timing_event(timing, &(rn_event){.kind = RN_ERROR, .t = 800, .error = &failure});
        timing_event(timing, &(rn_event){.kind = RN_FINISH, .t = 800, .finish = &end});
        assert_told(timing, cases[i].want);
    }
}

static void an_answer_that_was_held_back(void **state)
{
    (void)state;
    struct timing *timing = begin(&streamed);
    struct buf out = BUF_INIT;
    for (int i = 0; i < 40; i++)
        piece(timing, RN_AI, 1, 2100);
    finish(timing, (rn_timing){-1, -1, -1, 2090}, 2110);
    timing_tell(timing, &out);
    assert_non_null(strstr(buf_str(&out),
                           "\nHeld back on the way: all 40 pieces came at once, after "
                           "2.1 s. runnel doctor tells more."));
    buf_clear(&out);
    free(timing);
}

static void more_pieces_than_are_kept(void **state)
{
    (void)state;
    struct timing *timing = begin(&streamed);
    struct buf out = BUF_INIT;
    for (int64_t t = 0; t < TIMING_GAPS + 100; t++)
        piece(timing, RN_AI, 1, t);
    finish(timing, (rn_timing){.resolve = -1, .connect = -1, .tls = -1, .first_byte = 0}, 9000);
    timing_tell(timing, &out);
    assert_non_null(strstr(buf_str(&out), "The gaps between 8,292 pieces (the first 8192)\n"));
    assert_non_null(strstr(buf_str(&out), "p50 1 ms, p95 1 ms, p99 1 ms, max 1 ms; no stall"));
    buf_clear(&out);
    free(timing);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(nothing_yet),
        cmocka_unit_test(a_whole_waterfall),
        cmocka_unit_test(a_connection_that_was_there),
        cmocka_unit_test(a_step_after_a_tool),
        cmocka_unit_test(a_request_that_was_sent_again),
        cmocka_unit_test(what_failed_or_was_stopped_is_told_so),
        cmocka_unit_test(an_answer_that_was_held_back),
        cmocka_unit_test(more_pieces_than_are_kept),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
