/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "base/base64.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <string.h>

#include "base/buf.h"

/* RFC 4648, section 10, and what is beyond letters. */
static const struct {
    const char *bytes, *text;
    size_t len;
} cases[] = {
    {"", "", 0},
    {"f", "Zg==", 1},
    {"fo", "Zm8=", 2},
    {"foo", "Zm9v", 3},
    {"foob", "Zm9vYg==", 4},
    {"fooba", "Zm9vYmE=", 5},
    {"foobar", "Zm9vYmFy", 6},
    {"\0", "AA==", 1},
    {"\0\0\0", "AAAA", 3},
    {"\xff\xff\xff", "////", 3},
    {"\xfb\xef\xbe", "++++", 3},
    {"\xff\xfe", "//4=", 2},
};

static void test_cases(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        struct buf out = BUF_INIT;
        base64_add(&out, cases[i].bytes, cases[i].len);
        assert_string_equal(buf_str(&out), cases[i].text);
        assert_int_equal(base64_size(cases[i].text), cases[i].len);
        buf_clear(&out);
    }
}

static void test_it_is_added(void **state)
{
    (void)state;
    struct buf out = BUF_INIT;
    buf_adds(&out, "data:");
    base64_add(&out, "foo", 3);
    assert_string_equal(out.data, "data:Zm9v");
    buf_clear(&out);
}

/* Sessions come from outside. */
static void test_the_size_of_what_is_none(void **state)
{
    (void)state;
    static const char *const texts[] = {"=", "==", "===", "a", "ab="};
    for (size_t i = 0; i < sizeof(texts) / sizeof(texts[0]); i++)
        assert_int_equal(base64_size(texts[i]), 0);
    assert_int_equal(base64_size("===="), 1);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_cases),
        cmocka_unit_test(test_it_is_added),
        cmocka_unit_test(test_the_size_of_what_is_none),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
