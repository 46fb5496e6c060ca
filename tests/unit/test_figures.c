/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "text/figures.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "base/buf.h"

static void assert_text(struct buf *text, const char *want)
{
    assert_string_equal(buf_str(text), want);
    buf_clear(text);
}

static void test_figures(void **state)
{
    (void)state;
    static const struct {
        int64_t ms;
        const char *want;
    } durations[] = {{0, "0 ms"},     {99, "99 ms"},         {100, "0.1 s"},
                     {249, "0.2 s"},  {9999, "10.0 s"},      {10000, "10 s"},
                     {59999, "59 s"}, {60000, "1 min 00 s"}, {3725000, "62 min 05 s"}};
    static const struct {
        size_t bytes;
        const char *want;
    } sizes[] = {{0, "0 bytes"},      {1, "1 byte"},         {999, "999 bytes"}, {1000, "1.0 KB"},
                 {9949, "9.9 KB"},    {9950, "10 KB"},       {999499, "999 KB"}, {999500, "1.0 MB"},
                 {12345678, "12 MB"}, {5000000000, "5.0 GB"}};
    struct buf text = BUF_INIT;
    for (size_t i = 0; i < sizeof(durations) / sizeof(*durations); i++) {
        figures_duration(&text, durations[i].ms);
        assert_text(&text, durations[i].want);
    }
    for (size_t i = 0; i < sizeof(sizes) / sizeof(*sizes); i++) {
        figures_bytes(&text, sizes[i].bytes);
        assert_text(&text, sizes[i].want);
    }
    static const struct {
        double dollars;
        const char *want;
    } costs[] = {{0, "$0"},           {0.00001, "<$0.0001"}, {0.0001, "$0.0001"},
                 {0.1234, "$0.1234"}, {1, "$1.00"},          {12.345678, "$12.35"}};
    for (size_t i = 0; i < sizeof(costs) / sizeof(*costs); i++) {
        figures_cost(&text, costs[i].dollars);
        assert_text(&text, costs[i].want);
    }
    figures_count(&text, 1234567);
    assert_text(&text, "1,234,567");
}

static void test_age(void **state)
{
    (void)state;
    static const struct {
        int64_t age;
        const char *want; /* how it begins: the day is the time zone's */
    } cases[] = {{0, "now"},
                 {59, "now"},
                 {60, "1 min"},
                 {3599, "59 min"},
                 {3600, "1 h"},
                 {86399, "23 h"},
                 {86400, "1 d"},
                 {2591999, "29 d"},
                 {2592000, "2025-05-1"},
                 {-864000, "2025-06-2"}};
    const int64_t now = 1750000000;
    struct buf text = BUF_INIT;
    for (size_t i = 0; i < sizeof(cases) / sizeof(*cases); i++) {
        figures_age(&text, now - cases[i].age, now);
        size_t len = strlen(cases[i].want);
        assert_int_equal(text.len, cases[i].want[0] == '2' && len == 9 ? 10 : len);
        assert_memory_equal(text.data, cases[i].want, len);
        buf_clear(&text);
    }
}

static void test_size(void **state)
{
    (void)state;
    static const struct {
        const char *text, *want;
    } cases[] = {
        {"", "0 bytes"},
        {"one\n", "4 bytes"},
        {"one\ntwo", "2 lines, 7 bytes"},
        {"\n\n\n", "3 lines, 3 bytes"},
    };
    struct buf text = BUF_INIT;
    for (size_t i = 0; i < sizeof(cases) / sizeof(*cases); i++) {
        figures_size(&text, cases[i].text, strlen(cases[i].text));
        assert_text(&text, cases[i].want);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(test_figures), cmocka_unit_test(test_age),
                                       cmocka_unit_test(test_size)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
