/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * What the themes' colours are on the grounds that they are for, by the formula of WCAG 2: text wants
 * 4.5 to 1, a line that is only to be seen 3 to 1.
 */
#include "text/theme.h"

#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "base/buf.h"

enum { BLACK = 0x000000, WHITE = 0xFFFFFF };

static double linear(int32_t channel)
{
    double part = (double)channel / 255;
    return part <= 0.04045 ? part / 12.92 : pow((part + 0.055) / 1.055, 2.4);
}

static double luminance(int32_t rgb)
{
    return 0.2126 * linear(rgb >> 16 & 0xFF) + 0.7152 * linear(rgb >> 8 & 0xFF) +
           0.0722 * linear(rgb & 0xFF);
}

static double contrast(int32_t a, int32_t b)
{
    double one = luminance(a), other = luminance(b);
    return one > other ? (one + 0.05) / (other + 0.05) : (other + 0.05) / (one + 0.05);
}

/* Nothing stands out from black and from white by 4.5 to 1 but one grey and its like. */
static const struct {
    const char *theme;
    int32_t ground;
    double text, line;
} cases[] = {
    {"dark", BLACK, 4.5, 3},    {"dark", 0x262626, 4.1, 2.4}, {"light", WHITE, 4.5, 3},
    {"neutral", BLACK, 3.9, 3}, {"neutral", WHITE, 3.9, 3},
};

static void test_what_is_read_stands_out(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++)
        for (size_t style = 0; style < STYLE_COUNT; style++) {
            int32_t color = theme_find(cases[i].theme)->looks[style].color;
            double least = style == STYLE_RULE ? cases[i].line : cases[i].text;
            if (color == THEME_NO_COLOR)
                continue;
            double got = contrast(color & ~THEME_RGB, cases[i].ground);
            if (got < least)
                fail_msg("%s: %s stands out from %06x by %.2f, not %.2f", cases[i].theme,
                         theme_style(style), (unsigned)cases[i].ground, got, least);
        }
}

/* Or a table's rules would be as loud as what is in it. */
static void test_lines_stay_behind_text(void **state)
{
    (void)state;
    const struct theme *dark = theme_find("dark"), *light = theme_find("light");
    assert_true(contrast(dark->looks[STYLE_RULE].color & ~THEME_RGB, BLACK) <
                contrast(dark->looks[STYLE_FAINT].color & ~THEME_RGB, BLACK));
    assert_true(contrast(light->looks[STYLE_RULE].color & ~THEME_RGB, WHITE) <
                contrast(light->looks[STYLE_FAINT].color & ~THEME_RGB, WHITE));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_what_is_read_stands_out),
        cmocka_unit_test(test_lines_stay_behind_text),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
