/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "base/buf.h"

static void test_empty(void **state)
{
    (void)state;
    struct buf buf = BUF_INIT;
    assert_string_equal(buf_str(&buf), "");
    buf_reset(&buf);
    buf_drop(&buf, 0);
    buf_drop_end(&buf, 0);
    assert_null(buf.data);
    buf_add(&buf, NULL, 0);
    assert_string_equal(buf.data, "");
    buf_clear(&buf);
    assert_null(buf.data);
    buf_clear(&buf);
}

static void test_adding(void **state)
{
    (void)state;
    struct buf buf = BUF_INIT;
    buf_adds(&buf, "ab");
    buf_addc(&buf, 'c');
    buf_addf(&buf, "-%d-%s", 42, "x");
    buf_add(&buf, "\0y", 2);
    assert_int_equal(buf.len, 10);
    assert_memory_equal(buf.data, "abc-42-x\0y", 11);
    buf_reset(&buf);
    assert_int_equal(buf.len, 0);
    assert_string_equal(buf_str(&buf), "");
    assert_true(buf.cap > 0);
    buf_clear(&buf);
}

static void test_growing(void **state)
{
    (void)state;
    enum { COUNT = 100000 };
    struct buf buf = BUF_INIT;
    for (int i = 0; i < COUNT; i++) {
        buf_addc(&buf, (char)('a' + i % 26));
        assert_int_equal(buf.data[buf.len], '\0');
    }
    assert_int_equal(buf.len, COUNT);
    for (int i = 0; i < COUNT; i++)
        assert_int_equal(buf.data[i], 'a' + i % 26);
    buf_clear(&buf);
}

/* A text longer than what the format had room for at first. */
static void test_long_format(void **state)
{
    (void)state;
    struct buf buf = BUF_INIT;
    buf_addf(&buf, "%*s|", 5000, "x");
    buf_addf(&buf, "%*s|", 5000, "y");
    assert_int_equal(buf.len, 10002);
    assert_int_equal(buf.data[4999], 'x');
    assert_string_equal(buf.data + 10000, "y|");
    buf_clear(&buf);
}

static void test_dropping(void **state)
{
    (void)state;
    struct buf buf = BUF_INIT;
    buf_adds(&buf, "hello world");
    buf_drop(&buf, 6);
    assert_string_equal(buf.data, "world");
    buf_drop_end(&buf, 2);
    assert_string_equal(buf.data, "wor");
    buf_drop(&buf, 3);
    assert_string_equal(buf.data, "");
    buf_adds(&buf, "again");
    assert_string_equal(buf.data, "again");
    buf_clear(&buf);
}

static void test_taking(void **state)
{
    (void)state;
    struct buf buf = BUF_INIT;
    char *nothing = buf_take(&buf);
    assert_string_equal(nothing, "");
    assert_null(buf.data);
    buf_adds(&buf, "mine");
    char *mine = buf_take(&buf);
    assert_string_equal(mine, "mine");
    assert_int_equal(buf.len + buf.cap, 0);
    free(nothing);
    free(mine);
}

static void test_copy(void **state)
{
    (void)state;
    static const struct {
        const char *about;
        size_t size;
        const char *want;
    } cases[] = {
        {"no room at all", 0, "????"}, {"room for the NUL", 1, ""}, {"cut", 3, "ab"},
        {"cut by one", 4, "abc"},      {"just enough", 5, "abcd"},
    };
    struct buf buf = BUF_INIT;
    buf_adds(&buf, "abcd");
    for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        char room[5] = "????";
        assert_int_equal(buf_copy(&buf, room, cases[i].size), 4);
        assert_string_equal(room, cases[i].want);
    }
    assert_int_equal(buf_copy(&buf, NULL, 0), 4);
    buf_clear(&buf);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_empty),    cmocka_unit_test(test_adding),
        cmocka_unit_test(test_growing),  cmocka_unit_test(test_long_format),
        cmocka_unit_test(test_dropping), cmocka_unit_test(test_taking),
        cmocka_unit_test(test_copy),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
