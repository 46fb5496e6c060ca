/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "text/styled.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

static const struct gutter bar = {"> ", "| ", STYLE_ACCENT}, dot = {". ", "  ", STYLE_RULE};

/* A row as text, each span with the number of its style before it. */
static void assert_row(const struct styled *styled, size_t start, size_t end, bool has_margin,
                       const char *want)
{
    struct line line;
    struct buf out = BUF_INIT;
    styled_line(styled, start, end, has_margin, &line);
    for (size_t i = 0; i < line.count; i++) {
        buf_addf(&out, "[%d]", (int)line.spans[i].style);
        buf_add(&out, line.spans[i].text, line.spans[i].len);
    }
    assert_string_equal(buf_str(&out), want);
    buf_clear(&out);
}

static void test_rows(void **state)
{
    (void)state;
    struct styled styled = {0};
    assert_row(&styled, 0, 0, true, "");
    styled_gutter(&styled, &bar);
    styled_adds(&styled, STYLE_USER, "one");
    styled_adds(&styled, STYLE_TEXT, " two\n");
    styled_gutter(&styled, &dot);
    styled_adds(&styled, STYLE_TEXT, "three");
    assert_row(&styled, 0, 7, true, "[2]> [1]one[0] two");
    assert_row(&styled, 0, 7, false, "[1]one[0] two");
    assert_row(&styled, 2, 5, true, "[2]| [1]e[0] t");
    assert_row(&styled, 8, 13, true, "[4]. [0]three");
    assert_row(&styled, 10, 13, true, "[4]  [0]ree");
    assert_row(&styled, 8, 8, true, "[4]. ");
    styled_clear(&styled);
}

/* A line has room for so many spans; of a row that has more, all of the text is there. */
static void test_many_styles(void **state)
{
    (void)state;
    struct styled styled = {0};
    struct line line;
    for (int i = 0; i < 100; i++)
        styled_adds(&styled, i % 2 ? STYLE_TEXT : STYLE_FAINT, "x");
    styled_line(&styled, 0, 100, true, &line);
    size_t len = 0;
    for (size_t i = 0; i < line.count; i++)
        len += line.spans[i].len;
    assert_int_equal(len, 100);
    styled_clear(&styled);
}

static void test_append_and_equal(void **state)
{
    (void)state;
    struct styled a = {0}, b = {0}, part = {0};
    styled_gutter(&a, &bar);
    styled_adds(&a, STYLE_USER, "name");
    styled_adds(&a, STYLE_FAINT, " rest");
    styled_gutter(&b, &bar);
    styled_adds(&b, STYLE_USER, "na");
    styled_adds(&part, STYLE_USER, "me");
    styled_adds(&part, STYLE_FAINT, " rest");
    assert_false(styled_equal(&a, &b));
    styled_append(&b, &part);
    assert_true(styled_equal(&a, &b));
    styled_reset(&b);
    styled_gutter(&b, &bar);
    styled_adds(&b, STYLE_FAINT, "name rest");
    assert_false(styled_equal(&a, &b));
    styled_clear(&a);
    styled_clear(&b);
    styled_clear(&part);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_rows),
        cmocka_unit_test(test_many_styles),
        cmocka_unit_test(test_append_and_equal),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
