/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "text/spark.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>

#include <cmocka.h>

#include "base/buf.h"
#include "base/quantile.h"

enum { FULL = 1000 };

struct sample {
    const char *about;
    int32_t values[8];
    size_t count, columns;
    const char *line, *marks;
};

static const struct sample samples[] = {
    {"nothing", {0}, 0, 10, "", ""},
    {"no columns", {5}, 1, 0, "", ""},
    {"none is high", {0, 0, 0}, 3, 10, "▁▁▁", ""},
    {"orders of magnitude", {0, 1, 10, 100, 1000}, 5, 10, "▁▂▃▆█", "    ^"},
    {"more than full", {5000, 0, 2000}, 3, 10, "█▁█", "^ ^"},
    {"a bar is the largest that it stands for", {0, 0, 0, 1000, 0, 0}, 6, 3, "▁█▁", " ^"},
    {"shares that do not divide", {1000, 0, 0, 0, 1000}, 5, 2, "██", "^^"},
};

static void test_samples(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof(samples) / sizeof(samples[0]); i++) {
        const struct sample *sample = &samples[i];
        struct buf line = BUF_INIT, marks = BUF_INIT;
        size_t want = 0;
        for (size_t v = 0; v < sample->count; v++)
            want += sample->values[v] >= FULL;
        spark_line(&line, sample->values, sample->count, sample->columns, FULL);
        size_t marked = spark_marks(&marks, sample->values, sample->count, sample->columns, FULL);
        if (marked != want)
            fail_msg("%s: %zu marked", sample->about, marked);
        assert_string_equal(buf_str(&line), sample->line);
        assert_string_equal(buf_str(&marks), sample->marks);
        buf_clear(&line);
        buf_clear(&marks);
    }
}

static void test_quantiles(void **state)
{
    (void)state;
    double values[] = {9, 1, 8, 2, 7, 3, 6, 4, 5, 10};
    quantile_sort(values, 10);
    assert_true(quantile(values, 10, 0.5) == 5);
    assert_true(quantile(values, 10, 0.95) == 10);
    assert_true(quantile(values, 10, 0.9) == 9);
    assert_true(quantile(values, 10, 0) == 1);
    assert_true(quantile(values, 10, 1) == 10);
    assert_true(quantile_median(values, 10) == 5.5);
    assert_true(quantile_median(values, 9) == 5);
    assert_true(quantile(values, 0, 0.5) == 0);
    assert_true(quantile_median(values, 0) == 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(test_samples),
                                       cmocka_unit_test(test_quantiles)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
