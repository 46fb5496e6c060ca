/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "llm/cost.h"

static void test_cost(void **state)
{
    (void)state;
    static const struct {
        const char *about;
        rn_usage usage;
        rn_prices prices;
        double want;
    } cases[] = {
        {"in and out", {.input = 1000000, .output = 1000000}, {2, 8, -1, -1}, 10},
        {"thinking is output",
         {.input = 0, .output = 500000, .reasoning = 400000},
         {2, 8, -1, -1},
         4},
        {"cached", {.input = 1000000, .output = 0, .cached = 1000000}, {2, 8, 0.5, -1}, 0.5},
        {"cached, at no other price",
         {.input = 1000000, .output = 0, .cached = 400000},
         {2, 8, -1, -1},
         2},
        {"written", {.input = 1000000, .output = 0, .cache_write = 400000}, {2, 8, -1, 2.5}, 2.2},
        {"not told of the cache",
         {.input = 1000000, .output = 0, .cached = -1, .cache_write = -1},
         {2, 8, 0.5, 2.5},
         2},
        {"more cached than there is",
         {.input = 100, .output = 0, .cached = 1000000},
         {2, 8, 1, -1},
         1},
        {"no input told", {.input = -1, .output = 5}, {2, 8, -1, -1}, -1},
        {"no output told", {.input = 5, .output = -1}, {2, 8, -1, -1}, -1},
        {"no price of output", {.input = 5, .output = 5}, {2, -1, -1, -1}, -1},
        {"no price of what there was none of", {.input = 1000000, .output = 0}, {2, -1, -1, -1}, 2},
        {"for nothing", {.input = 5, .output = 5}, {0, 0, -1, -1}, 0},
    };
    for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        double got = cost_of(&cases[i].usage, &cases[i].prices);
        if (got < cases[i].want - 1e-9 || got > cases[i].want + 1e-9)
            fail_msg("%s: %f", cases[i].about, got);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_cost),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
