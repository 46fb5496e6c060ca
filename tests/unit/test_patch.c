/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "text/patch.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

static void test_is(void **state)
{
    (void)state;
    static const struct {
        const char *text;
        bool is;
    } cases[] = {
        {"", false},
        {"--- a\n+++ b\n@@ -1 +1 @@\n-x\n+y\n", true},
        {"diff --git a b\nindex 1..2\n--- a\n+++ b\n@@ -1 +1 @@\n", true},
        {"commit 1\n\n--- no\n--- a\n+++ b\n@@ -1 +1 @@", true},
        {"--- a\n+++ b\n", false},
        {"--- a\n\n+++ b\n@@ -1 +1 @@\n", false},
        {"- one\n- two\n+ three\n", false},
    };
    for (size_t i = 0; i < sizeof(cases) / sizeof(*cases); i++)
        assert_int_equal(patch_is(cases[i].text, strlen(cases[i].text)), cases[i].is);
}

static void test_style(void **state)
{
    (void)state;
    static const struct {
        const char *line;
        enum style style;
    } cases[] = {
        {"--- a", STYLE_CHOSEN}, {"+++ b", STYLE_CHOSEN}, {"@@ -1 +1 @@", STYLE_ACCENT},
        {"+x", STYLE_GOOD},      {"-x", STYLE_BAD},       {" x", STYLE_FAINT},
        {"", STYLE_FAINT},       {"+", STYLE_GOOD},       {"---", STYLE_BAD},
    };
    for (size_t i = 0; i < sizeof(cases) / sizeof(*cases); i++)
        assert_int_equal(patch_style(cases[i].line, strlen(cases[i].line), STYLE_FAINT),
                         cases[i].style);
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(test_is), cmocka_unit_test(test_style)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
