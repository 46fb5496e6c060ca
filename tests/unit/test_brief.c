/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "text/brief.h"

#include <locale.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "text/styled.h"

#define TEN "0123456789"
#define HUNDRED TEN TEN TEN TEN TEN TEN TEN TEN TEN TEN

static const struct {
    const char *about, *json, *want;
} cases[] = {
    {"no arguments", "{}", ""},
    {"simple ones", "{\"path\": \"src/a.c\", \"first_line\": 1, \"all\": true}",
     "path=src/a.c first_line=1 all=true"},
    {"a string that needs quotes", "{\"command\":\"make -j2\"}", "command=\"make -j2\""},
    {"quotes in it", "{\"a\":\"say \\\"hi\\\" \\\\o/\"}", "a=\"say \\\"hi\\\" \\\\o/\""},
    {"an empty string", "{\"a\":\"\",\"b\":\"\"}", "a=\"\" b=\"\""},
    {"not ASCII", "{\"a\":\"gr\u00fc\u00df\"}", "a=\"gr\u00fc\u00df\""},
    {"escapes", "{\"a\":\"\\u001b[2J\\u202e\\u0007\\t\"}", "a=\"\u241b[2J<U+202E>\u2407\u2409\""},
    {"escapes in a name", "{\"\\u001b[2J\":1}", "\u241b[2J=1"},
    {"nested", "{\"a\": {\"b\": [1, 2]}}", "a={\"b\":[1,2]}"},
    {"one line", "{\"a\":\"x\\n\"}", "a=\"x\\n\""},
    {"lines", "{\"a\":\"one\\ntwo\\n\",\"b\":2}", "a=\"one…\" (2 lines, 8 bytes) b=2"},
    {"lines without the last newline", "{\"a\":\"one\\ntwo\"}", "a=\"one…\" (2 lines, 7 bytes)"},
    {"lines that begin empty", "{\"a\":\"\\n\\n\"}", "a=\"…\" (2 lines, 2 bytes)"},
    {"long", "{\"a\":\"" HUNDRED HUNDRED "\"}", "a=\"" HUNDRED TEN TEN "…\" (200 bytes)"},
    {"long and nested", "{\"a\":[" HUNDRED HUNDRED "]}",
     "a=[" HUNDRED TEN "012345678… (202 bytes)"},
    {"cut between characters", "{\"a\":\"" HUNDRED TEN "012345678\u00e9x\"}",
     "a=\"" HUNDRED TEN "012345678\u00e9…\" (122 bytes)"},
    {"indented", "{\"a\":\" \\tx y\",\"b\":\"  z\"}", "a=\"x y\" b=z"},
    {"only blanks", "{\"a\":\"  \",\"b\":2}", "a=\"…\" (2 bytes) b=2"},
    {"being written", "{\"a\":\"one\\ntw", "a=\"one…"},
    {"being written, one line", "{\"a\":\"one\\n", "a=one"},
    {"a name that is long", "{\"" HUNDRED HUNDRED "\":1}", HUNDRED TEN TEN "=1"},
    {"too many",
     "{\"a\":\"" HUNDRED "\",\"b\":\"" HUNDRED "\",\"c\":\"" HUNDRED "\",\"d\":\"" HUNDRED
     "\",\"e\":1,\"f\":\"2\"}",
     "a=" HUNDRED " b=" HUNDRED " c=" HUNDRED " d=" HUNDRED " …"},
    {"no object", "rm -rf \033", "rm -rf \u241b"},
};

static void assert_brief(const char *json, size_t step, size_t cut, const char *want)
{
    struct brief brief = {0};
    struct styled shown = {0};
    size_t len = strlen(json);
    for (size_t at = 0; at < len;) {
        size_t n = at == 0 && cut > 0 ? cut : step;
        n = n < len - at ? n : len - at;
        brief_add(&brief, &shown, json + at, n);
        at += n;
    }
    assert_string_equal(buf_str(&shown.text), want);
    brief_clear(&brief);
    styled_clear(&shown);
}

static void test_brief(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof(cases) / sizeof(*cases); i++) {
        size_t len = strlen(cases[i].json);
        assert_brief(cases[i].json, 1, 0, cases[i].want);
        for (size_t cut = 0; cut <= len; cut++)
            assert_brief(cases[i].json, len, cut, cases[i].want);
    }
}

/* What is shown is never taken back, but for a quote at the beginning of a value. */
static void test_only_grows(void **state)
{
    (void)state;
    static const char json[] = "{\"path\":\"a.c\",\"content\":\"int x;\\nint y;\\n\",\"n\":1}";
    struct brief brief = {0};
    struct styled shown = {0};
    size_t before = 0;
    for (size_t i = 0; i < strlen(json); i++) {
        brief_add(&brief, &shown, json + i, 1);
        assert_true(shown.text.len >= before);
        before = shown.text.len;
    }
    brief_clear(&brief);
    styled_clear(&shown);
}

static void test_recent_lines(void **state)
{
    (void)state;
    static const char json[] = "{\"a\":\"1\\n2\\n3\\n4\\n5\\nha";
    struct brief brief = {0};
    struct styled shown = {0};
    brief_add(&brief, &shown, json, strlen(json));
    assert_true(brief.is_cut);
    assert_int_equal(brief.lines, 5);
    assert_string_equal(buf_str(&brief.recent), "4\n5\nha");
    for (int i = 0; i < 1000; i++)
        brief_add(&brief, &shown, TEN, 10);
    assert_true(brief.recent.len < 300);
    assert_string_equal(buf_str(&shown.text), "a=\"1…");
    brief_clear(&brief);
    styled_clear(&shown);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_brief),
        cmocka_unit_test(test_only_grows),
        cmocka_unit_test(test_recent_lines),
    };
    if (!setlocale(LC_ALL, "C.UTF-8"))
        return 1;
    return cmocka_run_group_tests(tests, NULL, NULL);
}
