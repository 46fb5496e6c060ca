/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "text/visible.h"

#include <locale.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "text/styled.h"

static const struct {
    const char *about, *text, *want;
    size_t marked;
} cases[] = {
    {"nothing", "", "", 0},
    {"plain", "git push ~/a\n  {\"b\"}", "git push ~/a\n  {\"b\"}", 0},
    {"a Cyrillic a", "p\u0430ypal", "p\u0430<U+0430>ypal", 1},
    {"wide", "\u6f22\u5b57", "\u6f22<U+6F22>\u5b57<U+5B57>", 2},
    {"beyond the first plane", "\U0001F600", "\U0001F600<U+1F600>", 1},
    {"a mark is apart from its letter", "e\u0301", "e<U+0301>", 1},
    {"no width", "a\u200bb\u00adc", "a<U+200B>b<U+00AD>c", 2},
    {"backwards", "\u202etxt.exe\u2066", "<U+202E>txt.exe<U+2066>", 2},
    {"tags", "a\U000E0041", "a<U+E0041>", 1},
    {"emoji are not joined", "\U0001F468\u200d\U0001F469",
     "\U0001F468<U+1F468><U+200D>\U0001F469<U+1F469>", 3},
    {"a skin tone", "\U0001F44D\U0001F3FD", "\U0001F44D<U+1F44D>\U0001F3FD<U+1F3FD>", 2},
    {"half a flag", "\U0001F1E9", "<U+1F1E9>", 1},
    {"escapes", "\033[2J\a\r\177", "\u241b[2J\u2407\u240d\u2421", 4},
    {"C1", "\302\2332J", "<U+009B>2J", 1},
    {"a tab is seen, and stays one", "a\tb", "a\u2409\tb", 0},
    {"not UTF-8", "a\xff\xc3", "a<FF><C3>", 2},
    {"a separator of lines", "a\u2028b", "a<U+2028>b", 1},
    {"a dotted circle", "\u25cc", "\u25cc<U+25CC>", 1},
    {"no character", "\uFFFE", "<U+FFFE>", 1},
};

static void test_visible(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof(cases) / sizeof(*cases); i++) {
        struct styled out = {0};
        size_t marked = visible_add(&out, STYLE_TEXT, cases[i].text, strlen(cases[i].text));
        assert_string_equal(buf_str(&out.text), cases[i].want);
        assert_int_equal(marked, cases[i].marked);
        styled_clear(&out);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(test_visible)};
    if (!setlocale(LC_ALL, "C.UTF-8"))
        return 1;
    return cmocka_run_group_tests(tests, NULL, NULL);
}
