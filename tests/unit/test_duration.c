/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "llm/duration.h"

static void test_read(void **state)
{
    (void)state;
    static const struct {
        const char *text;
        int64_t want;
    } cases[] = {
        {"12ms", 12},
        {"1s", 1000},
        {"6m0s", 360000},
        {"1h2m3.5s", 3723500},
        {"34.4s", 34400},
        {"0s", 0},
        {".5s", 500},
        {"1.s", 1000},
        {"7.0000000001s", 7000},
        {"500us", 0},
        {"1500\u00B5s", 1},
        {"2000000ns", 2},
        {"1h", 3600000},
        {"", -1},
        {"s", -1},
        {"1", -1},
        {"1x", -1},
        {"-1s", -1},
        {"1s ", -1},
        {"soon", -1},
        {"infs", -1},
        {"0x1ps", -1},
        {".s", -1},
        {"1.2.3s", -1},
        {"99999999999999999999999h", -1},
    };
    for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++)
        if (duration_read(cases[i].text) != cases[i].want)
            fail_msg("%s: %lld", cases[i].text, (long long)duration_read(cases[i].text));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_read),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
