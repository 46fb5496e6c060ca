/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "base/buf.h"
#include "base/utf8.h"

/* Malformed parts and what stands for them: the Unicode standard's "substitution of maximal subparts"
 * (section 3.9, tables 3-8 to 3-11), which is also what browsers do. */
static const struct {
    const char *about, *bytes, *want;
    bool is_valid;
} cases[] = {
    {"nothing", "", "", true},
    {"ASCII", "plain\x7F", "plain\x7F", true},
    {"the smallest and largest of two bytes", "\xC2\x80\xDF\xBF", "\xC2\x80\xDF\xBF", true},
    {"of three", "\xE0\xA0\x80\xEF\xBF\xBF", "\xE0\xA0\x80\xEF\xBF\xBF", true},
    {"of four", "\xF0\x90\x80\x80\xF4\x8F\xBF\xBF", "\xF0\x90\x80\x80\xF4\x8F\xBF\xBF", true},
    {"around the surrogates", "\xED\x9F\xBF\xEE\x80\x80", "\xED\x9F\xBF\xEE\x80\x80", true},
    {"a byte that only goes on",
     "a\x80"
     "b",
     "a\uFFFDb", false},
    {"table 3-8: overlong forms", "\xC0\xAF\xE0\x80\xBF\xF0\x81\x82\x41",
     "\uFFFD\uFFFD\uFFFD\uFFFD\uFFFD\uFFFD\uFFFD\uFFFDA", false},
    {"table 3-9: surrogates", "\xED\xA0\x80\xED\xBF\xBF\xED\xAF\x41",
     "\uFFFD\uFFFD\uFFFD\uFFFD\uFFFD\uFFFD\uFFFD\uFFFDA", false},
    {"table 3-10: others", "\xF4\x91\x92\x93\xFF\x41\x80\xBF\x42",
     "\uFFFD\uFFFD\uFFFD\uFFFD\uFFFDA\uFFFD\uFFFD"
     "B",
     false},
    {"table 3-11: broken off", "\xE1\x80\xE2\xF0\x91\x92\xF1\xBF\x41", "\uFFFD\uFFFD\uFFFD\uFFFDA",
     false},
    {"above the last plane", "\xF5\x80\x80\x80", "\uFFFD\uFFFD\uFFFD\uFFFD", false},
    {"a beginning at the end", "a\xF0\x9F\xA6", "a\uFFFD", false},
    {"two beginnings at the end", "\xE2\x82\xF0\x9F", "\uFFFD\uFFFD", false},
};

static void test_cleaning(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        struct buf clean = BUF_INIT;
        utf8_add_clean(&clean, cases[i].bytes, strlen(cases[i].bytes));
        if (strcmp(buf_str(&clean), cases[i].want) != 0)
            fail_msg("%s: got \"%s\"", cases[i].about, buf_str(&clean));
        if (utf8_valid(cases[i].bytes, strlen(cases[i].bytes)) != cases[i].is_valid)
            fail_msg("%s: valid?", cases[i].about);
        assert_true(utf8_valid(buf_str(&clean), clean.len));
        buf_clear(&clean);
    }
}

static void test_every_code_point(void **state)
{
    (void)state;
    for (uint32_t code = 0; code <= 0x10FFFF; code++) {
        char bytes[UTF8_MAX];
        uint32_t back = 0;
        if (code >= 0xD800 && code <= 0xDFFF)
            continue;
        int len = utf8_encode(code, bytes);
        if (utf8_decode(bytes, (size_t)len, &back) != len || back != code)
            fail_msg("U+%04X", (unsigned)code);
        for (int cut = 1; cut < len; cut++)
            if (utf8_decode(bytes, (size_t)cut, &back) != 0)
                fail_msg("U+%04X cut at %d", (unsigned)code, cut);
    }
}

static void test_decoding_nothing(void **state)
{
    (void)state;
    uint32_t code = 7;
    assert_int_equal(utf8_decode("", 0, &code), 0);
    assert_int_equal(utf8_decode("\0", 1, &code), 1);
    assert_int_equal(code, 0);
}

static void test_cut(void **state)
{
    (void)state;
    static const struct {
        const char *bytes;
        size_t want;
    } ends[] = {
        {"", 0},          {"a", 0},
        {"\xC3", 1},      {"a\xE2", 1},
        {"a\xE2\x82", 2}, {"\xF0\x9F\xA6", 3},
        {"\xC3\xA9", 0},  {"\xF0\x9F\xA6\x80", 0},
        {"\x80", 0},      {"\xE0\x80", 0} /* never to be whole */,
        {"\xFF", 0},      {"\x80\x80\x80\x80", 0},
    };
    for (size_t i = 0; i < sizeof(ends) / sizeof(ends[0]); i++)
        assert_int_equal(utf8_cut(ends[i].bytes, strlen(ends[i].bytes)), ends[i].want);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_cleaning),
        cmocka_unit_test(test_every_code_point),
        cmocka_unit_test(test_decoding_nothing),
        cmocka_unit_test(test_cut),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
