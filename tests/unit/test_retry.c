/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "llm/retry.h"

enum { NOW = 1000000000 }; /* Sun, 09 Sep 2001 01:46:40 GMT */

static void test_retry_after(void **state)
{
    (void)state;
    static const struct {
        const char *value;
        int64_t want;
    } cases[] = {
        {"7", 7000},
        {"0", 0},
        {"1.2", 2000},
        {"7 ", 7000},
        {"999999999", 999999999000},
        {"99999999999999999999", (int64_t)INT32_MAX * 1000},
        {"", -1},
        {"-1", -1},
        {"soon", -1},
        {"nan", -1},
        {"inf", -1},
        {"Sun, 09 Sep 2001 01:46:50 GMT", 10000},
        {"Sun, 09 Sep 2001 01:46:40 GMT", 0},
        {"Sat, 08 Sep 2001 01:46:40 GMT", 0},
        {"Tue, 01 Jan 2002 00:00:00 GMT", 9843200000},
        {"Sun, 09 Foo 2001 01:46:50 GMT", -1},
        {"Sun, 09 anF 2001 01:46:50 GMT", -1},
        {"2001-09-09T01:46:50Z", 2001000}, /* a number, as far as we can tell */
        {"Sun, 09 Sep", -1},
    };
    for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++)
        if (retry_after(cases[i].value, NOW) != cases[i].want)
            fail_msg("%s: %lld", cases[i].value, (long long)retry_after(cases[i].value, NOW));
}

static void test_headers(void **state)
{
    (void)state;
    static const struct {
        const char *about, *lines;
        int64_t after;
        bool may, may_passing;
    } cases[] = {
        {"none", "", -1, false, true},
        {"seconds", "retry-after: 7\n", 7000, false, true},
        {"milliseconds first", "retry-after: 7\nretry-after-ms: 6500.5\n", 6501, false, true},
        {"milliseconds that are none", "retry-after-ms: x\nretry-after: 7\n", 7000, false, true},
        {"longer than we wait", "retry-after: 61\n", 61000, false, false},
        {"as long as we wait", "retry-after: 60\n", 60000, false, true},
        {"the server wants it", "x-should-retry: true\n", -1, true, true},
        {"the server does not", "x-should-retry: false\n", -1, false, false},
        {"the server does not know", "x-should-retry: maybe\n", -1, false, true},
        {"wanted, but not now", "x-should-retry: true\nretry-after: 3600\n", 3600000, false, false},
    };
    for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        struct retry retry;
        retry_init(&retry, 0);
        retry_attempt(&retry);
        retry_read(&retry, cases[i].lines);
        if (retry.after != cases[i].after || retry_may(&retry, false) != cases[i].may ||
            retry_may(&retry, true) != cases[i].may_passing)
            fail_msg("%s", cases[i].about);
    }
}

static void test_times(void **state)
{
    (void)state;
    static const struct {
        int times;
        unsigned attempts;
    } cases[] = {{0, 3}, {1, 2}, {5, 6}, {-1, 1}, {-100, 1}};
    for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        struct retry retry;
        retry_init(&retry, cases[i].times);
        for (unsigned n = 1; n <= cases[i].attempts; n++) {
            retry_attempt(&retry);
            assert_int_equal(retry.attempt, n);
            assert_int_equal(retry_may(&retry, true), n < cases[i].attempts);
        }
    }
}

/* What the last answer said does not hold for the next. */
static void test_forgets(void **state)
{
    (void)state;
    struct retry retry;
    retry_init(&retry, 3);
    retry_attempt(&retry);
    retry_read(&retry, "retry-after: 3600\nx-should-retry: false\n");
    assert_false(retry_may(&retry, true));
    retry_attempt(&retry);
    assert_true(retry_may(&retry, true));
    assert_false(retry_may(&retry, false));
}

static void test_delay(void **state)
{
    (void)state;
    struct retry retry;
    retry_init(&retry, 100);
    int64_t most = RETRY_FIRST_MS;
    for (int n = 0; n < 100; n++) {
        retry_attempt(&retry);
        int64_t delay = retry_delay(&retry);
        assert_true(delay <= most && delay >= most - most / 4);
        most = most * 2 < RETRY_MOST_MS ? most * 2 : RETRY_MOST_MS;
    }
    retry_read(&retry, "retry-after: 2\n");
    assert_int_equal(retry_delay(&retry), 2000);
    retry_attempt(&retry);
    retry_read(&retry, "retry-after-ms: 0\n");
    assert_int_equal(retry_delay(&retry), 0);
}

/* The headers have the first word. */
static void test_wait(void **state)
{
    (void)state;
    struct retry retry;
    retry_init(&retry, 3);
    retry_attempt(&retry);
    retry_wait(&retry, -1);
    assert_int_equal(retry.after, -1);
    retry_wait(&retry, 34400);
    assert_int_equal(retry_delay(&retry), 34400);
    retry_attempt(&retry);
    retry_read(&retry, "retry-after: 2\n");
    retry_wait(&retry, 34400);
    assert_int_equal(retry_delay(&retry), 2000);
    retry_attempt(&retry);
    retry_wait(&retry, 60001);
    assert_false(retry_may(&retry, true));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_retry_after), cmocka_unit_test(test_headers),
        cmocka_unit_test(test_times),       cmocka_unit_test(test_forgets),
        cmocka_unit_test(test_delay),       cmocka_unit_test(test_wait),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
