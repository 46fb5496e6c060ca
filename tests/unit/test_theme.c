/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "text/theme.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "base/buf.h"
#include "base/error.h"

static const char *const names[] = {"dark", "light", "16", "none"};

enum { NAMES = sizeof(names) / sizeof(names[0]) };

/* Black is what a forgotten row of the table would be. */
static void test_no_style_is_missing(void **state)
{
    (void)state;
    for (size_t i = 0; i < NAMES; i++) {
        const struct theme *theme = theme_find(names[i]);
        assert_non_null(theme);
        for (size_t style = 0; style < STYLE_COUNT; style++)
            assert_int_not_equal(theme->looks[style].color, 0);
    }
    assert_null(theme_find("solarized"));
}

static void test_none_has_no_colour_and_sixteen_are_sixteen(void **state)
{
    (void)state;
    for (size_t style = 0; style < STYLE_COUNT; style++) {
        assert_int_equal(theme_find("none")->looks[style].color, THEME_NO_COLOR);
        assert_in_range(theme_find("16")->looks[style].color + 1, 0, 16);
    }
}

static const struct {
    int32_t color;
    int colors;
    int32_t want;
} nearest[] = {
    {THEME_NO_COLOR, 256, THEME_NO_COLOR},
    {THEME_RGB | 0x5F87AF, 1 << 24, THEME_RGB | 0x5F87AF},
    {THEME_RGB | 0x5F87AF, 256, 67},
    {THEME_RGB | 0x8A8A8A, 256, 245},
    {THEME_RGB | 0xFF0000, 16, 9},
    {THEME_RGB | 0xFE0101, 8, 1},
    {THEME_RGB | 0xFFFFFF, 8, 7},
    {THEME_RGB | 0xFFFFFF, 0, THEME_NO_COLOR},
    {208, 256, 208},
    {208, 8, 3},
    {196, 16, 9},
    {12, 16, 12},
    {12, 8, 4},
    {3, 8, 3},
    {3, 2, THEME_NO_COLOR},
};

static void test_nearest(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof(nearest) / sizeof(nearest[0]); i++) {
        int32_t got = theme_nearest(nearest[i].color, nearest[i].colors);
        if (got != nearest[i].want)
            fail_msg("case %zu: %d, not %d", i, got, nearest[i].want);
    }
}

static const struct {
    const char *words, *want; /* NULL: it is refused */
} settings[] = {
    {"bold #5f87af", "\033[0;1;38;2;95;135;175m"},
    {"#FFFFFF", "\033[0;38;2;255;255;255m"},
    {"underline 12", "\033[0;4;94m"},
    {"3 italic dim", "\033[0;2;3;33m"},
    {"208 struck reverse", "\033[0;7;9;38;5;208m"},
    {"default", "\033[0m"},
    {"", "\033[0m"},
    {"red", NULL},
    {"256", NULL},
    {"#12345", NULL},
    {"#1234567", NULL},
    {"#12345g", NULL},
    {"-1", NULL},
    {"bold,dim", NULL},
};

static void test_settings(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof(settings) / sizeof(settings[0]); i++) {
        struct theme theme = *theme_find("dark");
        struct error error = ERROR_INIT;
        struct buf out = BUF_INIT;
        int result = theme_set(&theme, "code", settings[i].words, &error);
        assert_int_equal(result, settings[i].want ? 0 : -1);
        theme_sgr(&theme.looks[STYLE_CODE], 1 << 24, &out);
        if (settings[i].want)
            assert_string_equal(buf_str(&out), settings[i].want);
        else
            assert_memory_equal(&theme, theme_find("dark"), sizeof(theme));
        buf_clear(&out);
    }
}

static void test_unknown_style(void **state)
{
    (void)state;
    struct theme theme = *theme_find("dark");
    struct error error = ERROR_INIT;
    assert_int_equal(theme_set(&theme, "headline", "bold", &error), -1);
    assert_non_null(strstr(error.text, "headline"));
}

static void test_attributes_are_added(void **state)
{
    (void)state;
    struct theme_look look = theme_look(theme_find("none"), STYLE_LINK,
                                        ATTRIBUTE_STRONG | ATTRIBUTE_EMPHASIS | ATTRIBUTE_STRUCK);
    assert_int_equal(look.marks, THEME_BOLD | THEME_ITALIC | THEME_STRUCK | THEME_UNDERLINE);
    assert_int_equal(theme_look(theme_find("none"), STYLE_TEXT, 0).marks, 0);
}

/* On a page of its own colour, and on one without any. */
static void test_what_is_found_stands_out_without_colour(void **state)
{
    (void)state;
    for (size_t i = 0; i < NAMES; i++) {
        struct theme_look text = theme_look(theme_find(names[i]), STYLE_TEXT, 0);
        struct theme_look found = theme_look(theme_find(names[i]), STYLE_TEXT, ATTRIBUTE_FOUND);
        struct theme_look current = theme_look(theme_find(names[i]), STYLE_TEXT, ATTRIBUTE_CURRENT);
        assert_int_not_equal(found.marks, text.marks);
        assert_int_not_equal(current.marks, text.marks);
        assert_int_not_equal(current.marks, found.marks);
        assert_true(current.marks & THEME_REVERSE && !(found.marks & THEME_REVERSE));
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_no_style_is_missing),
        cmocka_unit_test(test_none_has_no_colour_and_sixteen_are_sixteen),
        cmocka_unit_test(test_nearest),
        cmocka_unit_test(test_settings),
        cmocka_unit_test(test_unknown_style),
        cmocka_unit_test(test_attributes_are_added),
        cmocka_unit_test(test_what_is_found_stands_out_without_colour),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
