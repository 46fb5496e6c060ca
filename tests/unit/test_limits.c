/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "llm/limits.h"

#define NOW INT64_C(1000000000000) /* 2001-09-09T01:46:40Z */
#define OPENAI(what, limit, remaining, reset)                                           \
    "x-ratelimit-limit-" what ": " limit "\nx-ratelimit-remaining-" what ": " remaining \
    "\nx-ratelimit-reset-" what ": " reset "\n"
#define ANTHROPIC(what, limit, remaining, reset)                               \
    "anthropic-ratelimit-" what "-limit: " limit "\nanthropic-ratelimit-" what \
    "-remaining: " remaining "\nanthropic-ratelimit-" what "-reset: " reset "\n"

static const struct {
    const char *about, *lines;
    bool is_close;
    int64_t requests, tokens, reset;
} cases[] = {
    {"none", "content-type: x\n", false, -1, -1, -1},
    {"plenty", OPENAI("requests", "500", "499", "120ms") OPENAI("tokens", "30000", "29000", "2s"),
     false, -1, -1, -1},
    {"few requests", OPENAI("requests", "500", "2", "1m12s"), true, 2, -1, 72000},
    {"few of few", OPENAI("requests", "5", "2", "1s"), true, 2, -1, 1000},
    {"three of five", OPENAI("requests", "5", "3", "1s"), false, -1, -1, -1},
    {"a tenth", OPENAI("tokens", "30000", "3000", "6m0s"), false, -1, -1, -1},
    {"under a tenth", OPENAI("tokens", "30000", "2999", "6m0s"), true, -1, 2999, 360000},
    {"few tokens of an unknown limit", "x-ratelimit-remaining-tokens: 2\n", false, -1, -1, -1},
    {"both, and the later reset",
     OPENAI("requests", "500", "1", "1s") OPENAI("tokens", "30000", "10", "1.5s"), true, 1, 10,
     1500},
    {"nothing left", OPENAI("requests", "500", "0", "soon"), true, 0, -1, -1},
    {"not told", OPENAI("requests", "-1", "-1", ""), false, -1, -1, -1},
    {"a fraction", OPENAI("requests", "500", "0.5", "1s"), false, -1, -1, -1},
    {"Anthropic", ANTHROPIC("requests", "50", "1", "2001-09-09T01:46:52Z"), true, 1, -1, 12000},
    {"its least of three",
     ANTHROPIC("tokens", "80000", "7000", "2001-09-09T01:46:41Z")
         ANTHROPIC("input-tokens", "40000", "500", "2001-09-09T01:47:40.5Z")
             ANTHROPIC("output-tokens", "8000", "700", "2001-09-09T01:46:41+00:00"),
     true, -1, 500, 60000},
    {"a reset that is past", ANTHROPIC("requests", "50", "1", "2001-09-09T01:46:39Z"), true, 1, -1,
     0},
    {"a date that is none", ANTHROPIC("requests", "50", "1", "tomorrow"), true, 1, -1, -1},
    {"another time zone", ANTHROPIC("requests", "50", "1", "2001-09-09T01:46:52+02:00"), true, 1,
     -1, -1},
    {"a subscription's", ANTHROPIC("unified", "1", "0", "1"), false, -1, -1, -1},
    {"OpenRouter",
     "x-ratelimit-limit: 20\nx-ratelimit-remaining: 1\nx-ratelimit-reset: 1000000005000\n", true, 1,
     -1, 5000},
};

static void test_read(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        rn_limits limits;
        bool is_close = limits_read(&limits, cases[i].lines, NOW);
        if (is_close != cases[i].is_close || limits.requests != cases[i].requests ||
            limits.tokens != cases[i].tokens || limits.reset_ms != cases[i].reset)
            fail_msg("%s: %d %lld %lld %lld", cases[i].about, is_close, (long long)limits.requests,
                     (long long)limits.tokens, (long long)limits.reset_ms);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_read),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
