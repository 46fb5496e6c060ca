/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "llm/literal.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <stdlib.h>
#include <string.h>

#include "base/buf.h"

typedef size_t measure_fn(const char *bytes, size_t len);

/* In memory of its own, so that a sanitizer sees what is read beyond. */
static size_t measure(measure_fn *fn, const char *text, size_t len)
{
    char *copy = malloc(len + 1);
    memcpy(copy, text, len);
    char *end = realloc(copy, len > 0 ? len : 1);
    size_t got = fn(end, len);
    free(end);
    return got;
}

static void numbers(void **state)
{
    static const struct {
        const char *text;
        size_t want;
    } cases[] = {
        {"0,", 1},
        {"7}", 1},
        {"10 ", 2},
        {"123456789012345]", 15},
        {"", LITERAL_NONE},
        {"1", LITERAL_NONE},
        {"01,", LITERAL_NONE},
        {"-1,", LITERAL_NONE},
        {"1.5,", LITERAL_NONE},
        {"1e5,", LITERAL_NONE},
        {"1E5,", LITERAL_NONE},
        {"x,", LITERAL_NONE},
        {"1234567890123456,", LITERAL_NONE},
        {"+1,", LITERAL_NONE},
        {"\"1\"", LITERAL_NONE},
    };
    (void)state;
    for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++)
        if (measure(literal_number, cases[i].text, strlen(cases[i].text)) != cases[i].want)
            fail_msg("%s", cases[i].text);
}

/* Strings from behind their first quote; NULL: they need a parser. */
static const struct {
    const char *text, *want;
} strings[] = {
    {"\"", ""},
    {"a\"b\"", "a"},
    {"\\n\\t\\r\\b\\f\\/\\\\\\\"\"", "\n\t\r\b\f/\\\""},
    {"x\\\\\"\"", "x\\"},
    {"\u00E9\u20AC\U0001F980\"", "\u00E9\u20AC\U0001F980"},
    {"\x7F\"", "\x7F"},
    {"", NULL},
    {"a", NULL},
    {"a\\\"", NULL},
    {"a\\", NULL},
    {"\\u0041\"", NULL},
    {"\\x\"", NULL},
    {"\n\"", NULL},
    {"\xC3\"", NULL},
    {"\xED\xA0\x80\"", NULL},
    {"\xC0\x80\"", NULL},
    {"\xF4\x90\x80\x80\"", NULL},
};

static void strings_and_what_they_say(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof(strings) / sizeof(strings[0]); i++) {
        struct buf said = BUF_INIT;
        size_t len = measure(literal_string, strings[i].text, strlen(strings[i].text));
        if ((len == LITERAL_NONE) != !strings[i].want)
            fail_msg("%s", strings[i].text);
        if (len == LITERAL_NONE)
            continue;
        literal_add_text(&said, strings[i].text, len);
        assert_string_equal(buf_str(&said), strings[i].want);
        buf_clear(&said);
    }
}

static void no_zero_byte(void **state)
{
    (void)state;
    assert_true(measure(literal_string, "a\0b\"", 4) == LITERAL_NONE);
    assert_true(measure(literal_string, "a\\\0\"", 4) == LITERAL_NONE);
    assert_true(measure(literal_number, "1\0", 2) == 1);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(numbers),
        cmocka_unit_test(strings_and_what_they_say),
        cmocka_unit_test(no_zero_byte),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
