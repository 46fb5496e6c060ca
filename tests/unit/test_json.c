/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include <stdio.h>

#include "base/buf.h"
#include "base/error.h"
#include "base/json.h"

#define BYTES(literal) literal, sizeof(literal) - 1

/* ---- Writing ---- */

static void test_add_string(void **state)
{
    (void)state;
    static const struct {
        const char *about, *bytes;
        size_t len;
        const char *want;
    } cases[] = {
        {"nothing", BYTES(""), "\"\""},
        {"plain", BYTES("a b"), "\"a b\""},
        {"what has a short escape", BYTES("\"\\\n\r\t/"), "\"\\\"\\\\\\n\\r\\t/\""},
        {"other controls", BYTES("\x01\x1B\x1F\x7F"), "\"\\u0001\\u001b\\u001f\x7F\""},
        {"NUL", BYTES("a\0b"), "\"a\\u0000b\""},
        {"beyond ASCII", BYTES("\u00E9\u20AC\U0001F980"), "\"\u00E9\u20AC\U0001F980\""},
        {"not UTF-8", BYTES("a\xFF\xC3(\xE2\x82"), "\"a\uFFFD\uFFFD(\uFFFD\""},
    };
    for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        struct buf out = BUF_INIT;
        json_add_string(&out, cases[i].bytes, cases[i].len);
        if (strcmp(out.data, cases[i].want) != 0)
            fail_msg("%s: %s", cases[i].about, out.data);
        json_t *value = json_loads(out.data, JSON_DECODE_ANY | JSON_ALLOW_NUL, NULL);
        assert_non_null(value);
        json_decref(value);
        buf_clear(&out);
    }
}

static void test_add_key(void **state)
{
    (void)state;
    struct buf out = BUF_INIT;
    buf_adds(&out, "{");
    json_add_key(&out, "a");
    buf_adds(&out, "{");
    json_add_key(&out, "b\"");
    json_add_string(&out, "{", 1);
    json_add_key(&out, "c");
    buf_adds(&out, "1}}");
    assert_string_equal(out.data, "{\"a\":{\"b\\\"\":\"{\",\"c\":1}}");
    buf_clear(&out);
}

static void check_real(double number, const char *want)
{
    struct buf out = BUF_INIT;
    json_add_real(&out, number);
    assert_string_equal(out.data, want);
    buf_clear(&out);
}

static void test_add_real(void **state)
{
    (void)state;
    check_real(0.1, "0.1");
    check_real(0, "0.0");
    check_real(3.141592653589793, "3.141592653589793");
    check_real(1e300, "1e300");
    check_real(1e300 * 1e300, "null");
    check_real(-(1e300 * 1e300) * 0, "null");
}

static void test_add_compact(void **state)
{
    (void)state;
    static const struct {
        const char *text, *want;
    } cases[] = {
        {"{}", "{}"},
        {" { \"a\" : 1.10 ,\n\t\"b\": [ 1 , 2 ] }\r\n", "{\"a\":1.10,\"b\":[1,2]}"},
        {"{\"a b\": \"c \\\" d\\\\\" }", "{\"a b\":\"c \\\" d\\\\\"}"},
        {"123456789012345678901234567890", "123456789012345678901234567890"},
    };
    for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        struct buf out = BUF_INIT;
        json_add_compact(&out, cases[i].text, strlen(cases[i].text));
        assert_string_equal(out.data, cases[i].want);
        buf_clear(&out);
    }
}

static void test_text(void **state)
{
    (void)state;
    static const struct {
        const char *text, *want;
    } cases[] = {{"a\u00E9", "a\u00E9"}, {"\xFFz", "\uFFFDz"}, {"", ""}, {NULL, ""}};
    for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        json_t *value = json_text(cases[i].text);
        assert_string_equal(json_string_value(value), cases[i].want);
        json_decref(value);
    }
}

/* ---- Reading ---- */

#define HIGH "\xF4\x8D\xA0\xBD" /* JSON_HALF + 0xD83D */
#define LOW "\xF4\x8D\xBA\x80"  /* JSON_HALF + 0xDE80 */

static const struct {
    const char *about, *bytes;
    size_t len;
    const char *want;  /* the text under "a", with halves kept */
    const char *alone; /* the same, with halves replaced; NULL: as want */
    bool mended;
} strings[] = {
    {"as it should be", BYTES("{\"a\":\"x\"}"), "x", NULL, false},
    {"NUL", BYTES("{\"a\":\"x\\u0000y\"}"), "x", NULL, false},
    {"a pair", BYTES("{\"a\":\"\\ud83d\\ude80\"}"), "\U0001F680", NULL, false},
    {"the first half alone", BYTES("{\"a\":\"x\\ud83d\"}"), "x" HIGH, "x\uFFFD", true},
    {"the second half alone", BYTES("{\"a\":\"\\ude80x\"}"), LOW "x", "\uFFFDx", true},
    {"the wrong way round", BYTES("{\"a\":\"\\ude80\\ud83d\"}"), LOW HIGH, "\uFFFD\uFFFD", true},
    {"two first halves, one whole", BYTES("{\"a\":\"\\ud83d\\ud83d\\ude80\"}"), HIGH "\U0001F680",
     "\uFFFD\U0001F680", true},
    {"in capitals", BYTES("{\"a\":\"\\uD83D-\"}"), HIGH "-", "\uFFFD-", true},
    {"no surrogate: its backslash is escaped", BYTES("{\"a\":\"\\\\ud83d\"}"), "\\ud83d", NULL,
     false},
    {"both", BYTES("{\"a\":\"\\\\ud83d\\ud83d\"}"), "\\ud83d" HIGH, "\\ud83d\uFFFD", true},
    {"not UTF-8", BYTES("{\"a\":\"x\xFFy\xE2\x82\"}"), "x\uFFFDy\uFFFD", NULL, true},
    {"an encoded surrogate", BYTES("{\"a\":\"\xED\xA0\xBD\"}"), "\uFFFD\uFFFD\uFFFD", NULL, true},
    {"a raw NUL", BYTES("{\"a\":\"x\0y\"}"), "x", NULL, true},
    {"raw controls", BYTES("{\"a\":\"\x1B[1m\t\n\"}"), "\x1B[1m\t\n", NULL, true},
    {"controls between values stay", BYTES("{\n\t\"a\"\r\n:\"\\ud83d\"}"), HIGH, "\uFFFD", true},
    {"a quote that is escaped", BYTES("{\"a\":\"\\\"\x01\"}"), "\"\x01", NULL, true},
    {"the largest real", BYTES("{\"a\":\"x\",\"b\":1e308}"), "x", NULL, false},
    {"an integer beyond 64 bits", BYTES("{\"a\":\"x\",\"b\":123456789012345678901234567890}"), "x",
     NULL, false},
    {"blanks around", BYTES(" \n{\"a\":\"x\"}\r\n "), "x", NULL, false},
    {"the last of two", BYTES("{\"a\":\"x\",\"a\":\"y\"}"), "y", NULL, false},
};

static void test_read_strings(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof(strings) / sizeof(strings[0]); i++) {
        bool mended = !strings[i].mended;
        struct error error = ERROR_INIT;
        json_t *value = json_read(strings[i].bytes, strings[i].len, &mended, &error);
        json_t *alone = json_read(strings[i].bytes, strings[i].len, NULL, &error);
        if (!value || !alone)
            fail_msg("%s: %s", strings[i].about, error.text);
        if (strcmp(json_get_text(value, "a"), strings[i].want) != 0)
            fail_msg("%s: \"%s\"", strings[i].about, json_get_text(value, "a"));
        if (mended != strings[i].mended)
            fail_msg("%s: mended?", strings[i].about);
        const char *want = strings[i].alone ? strings[i].alone : strings[i].want;
        assert_string_equal(json_get_text(alone, "a"), want);
        json_decref(value);
        json_decref(alone);
    }
}

static void test_read_keeps_nuls(void **state)
{
    (void)state;
    bool mended;
    struct error error;
    json_t *value = json_read(BYTES("[\"a\\u0000b\",\"a\0b\"]"), &mended, &error);
    for (size_t i = 0; i < 2; i++) {
        assert_int_equal(json_string_length(json_array_get(value, i)), 3);
        assert_memory_equal(json_string_value(json_array_get(value, i)), "a\0b", 3);
    }
    json_decref(value);
}

static const struct {
    const char *about, *bytes;
    size_t len;
    enum rn_status code;
} broken[] = {
    {"nothing", BYTES(""), RN_EPROTOCOL},
    {"blanks", BYTES(" \n"), RN_EPROTOCOL},
    {"a word", BYTES("hello"), RN_EPROTOCOL},
    {"wrong long before it ends", BYTES("{wrong: <<<"), RN_EPROTOCOL},
    {"cut in an object", BYTES("{\"a\":1"), RN_ETRUNCATED},
    {"cut in a string", BYTES("{\"a\":\"b"), RN_ETRUNCATED},
    {"cut in an escape", BYTES("{\"a\":\"b\\u12"), RN_ETRUNCATED},
    {"cut after a backslash", BYTES("{\"a\":\"b\\"), RN_ETRUNCATED},
    {"cut in a code point", BYTES("{\"a\":\"\xE2\x82"), RN_ETRUNCATED},
    {"cut in a word", BYTES("{\"a\":tru"), RN_ETRUNCATED},
    {"cut in a list", BYTES("[1,2"), RN_ETRUNCATED},
    {"a value missing", BYTES("{\"a\":}"), RN_EPROTOCOL},
    {"a comma too many", BYTES("[1,]"), RN_EPROTOCOL},
    {"more behind it", BYTES("{\"a\":1}{\"b\":2}"), RN_EPROTOCOL},
    {"a bad escape", BYTES("{\"a\":\"\\x\"}"), RN_EPROTOCOL},
    {"a bad \\u", BYTES("{\"a\":\"\\u12g4\"}"), RN_EPROTOCOL},
    {"a real that is infinite", BYTES("[1e400]"), RN_EPROTOCOL},
    {"HTML", BYTES("<html></html>"), RN_EPROTOCOL},
};

static void test_read_failures(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof(broken) / sizeof(broken[0]); i++) {
        bool mended;
        struct error error = ERROR_INIT;
        assert_null(json_read(broken[i].bytes, broken[i].len, &mended, &error));
        if (error.code != broken[i].code)
            fail_msg("%s: %s", broken[i].about, error.text);
        assert_non_null(strstr(error.text, "no JSON at byte"));
    }
}

static void test_read_no_bytes(void **state)
{
    (void)state;
    bool mended;
    struct error error;
    assert_null(json_read(NULL, 0, &mended, &error));
}

/* Deeper than jansson's stack is meant to go. */
static void test_read_depth(void **state)
{
    (void)state;
    enum { DEPTH = 100000 };
    struct error error;
    char *deep = malloc(2 * DEPTH);
    memset(deep, '[', DEPTH);
    memset(deep + DEPTH, ']', DEPTH);
    assert_null(json_read(deep, 2 * DEPTH, NULL, &error));
    assert_int_equal(error.code, RN_EPROTOCOL);
    free(deep);
}

/* A few megabytes of `{},` would take gigabytes. */
static void test_read_amount(void **state)
{
    (void)state;
    enum { COUNT = 1500000 };
    struct error error;
    struct buf text = BUF_INIT;
    buf_adds(&text, "[{}");
    for (int i = 1; i < COUNT; i++)
        buf_adds(&text, ",{}");
    buf_adds(&text, "]");
    assert_null(json_read(text.data, text.len, NULL, &error));
    assert_int_equal(error.code, RN_ELIMIT);
    buf_reset(&text);
    buf_adds(&text, "[\"");
    for (int i = 0; i < COUNT; i++)
        buf_adds(&text, ",{}");
    buf_adds(&text, "\"]");
    json_t *one = json_read(text.data, text.len, NULL, &error);
    assert_int_equal(json_string_length(json_array_get(one, 0)), 3 * COUNT);
    json_decref(one);
    buf_clear(&text);
}

/* The index of a tool call is still a whole number when another number of the text is none. */
static void test_numbers(void **state)
{
    (void)state;
    static const struct {
        const char *number;
        int64_t want;
    } cases[] = {
        {"7", 7},
        {"-7", -7},
        {"7.0", 7},
        {"7.9", 7},
        {"7e2", 700},
        {"9223372036854775807", INT64_MAX},
        {"9223372036854775808", -99},
        {"1e15", -99},
        {"\"7\"", -99},
        {"null", -99},
        {"true", -99},
        {"[7]", -99},
    };
    for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        char text[80];
        struct error error;
        snprintf(text, sizeof(text), "{\"n\":%s,\"s\":\"\\ud83d\"}", cases[i].number);
        json_t *value = json_read(text, strlen(text), NULL, &error);
        assert_int_equal(json_get_number(value, "n", -99), cases[i].want);
        assert_int_equal(json_get_number(value, "m", -99), -99);
        assert_int_equal(json_get_number(NULL, "n", -99), -99);
        json_decref(value);
    }
}

static void test_get_text(void **state)
{
    (void)state;
    json_t *value = json_pack("{s:s, s:i, s:n}", "a", "x", "b", 1, "c");
    assert_string_equal(json_get_text(value, "a"), "x");
    assert_string_equal(json_get_text(value, "b"), "");
    assert_string_equal(json_get_text(value, "c"), "");
    assert_string_equal(json_get_text(value, "d"), "");
    assert_string_equal(json_get_text(NULL, "a"), "");
    json_decref(value);
}

/* ---- Looking without parsing ---- */

static void test_scan(void **state)
{
    (void)state;
    static const struct {
        const char *text;
        bool is_whole;
        size_t marks;
    } cases[] = {
        {"", true, 0},         {"{", false, 1},
        {"{}", true, 1},       {"{\"a\":[1,2]}", true, 4},
        {"{\"}\"", false, 1},  {"{\"\\\"}\"}", true, 1},
        {"\"\\\\\"", true, 0}, {"\"\\\"", false, 0},
        {"[[]", false, 2},     {"]", true, 0},
        {"]{", false, 1},
    };
    for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        size_t len = strlen(cases[i].text);
        for (size_t cut = 0; cut <= len; cut++) {
            struct json_scan scan = {0};
            json_scan(&scan, cases[i].text, cut);
            json_scan(&scan, cases[i].text + cut, len - cut);
            assert_int_equal(json_scan_is_whole(&scan), cases[i].is_whole);
            assert_int_equal(scan.marks, cases[i].marks);
        }
    }
}

static void test_get_count(void **state)
{
    (void)state;
    static const struct {
        const char *text;
        int64_t want;
    } cases[] = {
        {"{\"n\":0}", 0},
        {"{\"n\":12}", 12},
        {"{\"n\":12.0}", 12},
        {"{\"n\":-1}", -1},
        {"{\"n\":-7}", -1},
        {"{\"n\":1000000000000}", 1000000000000},
        {"{\"n\":1e13}", -1},
        {"{\"n\":\"1\"}", -1},
        {"{\"n\":1000000000001}", -1},
        {"{}", -1},
        {"[]", -1},
    };
    for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        json_t *value = json_loads(cases[i].text, 0, NULL);
        assert_int_equal(json_get_count(value, "n"), cases[i].want);
        json_decref(value);
    }
}

static void test_has_text(void **state)
{
    (void)state;
    static const struct {
        const char *list;
        bool want;
    } cases[] = {
        {"[\"a\"]", true}, {"[1,null,\"b\",\"a\"]", true}, {"[\"ab\",[\"a\"]]", false},
        {"[]", false},     {"{\"a\":\"a\"}", false},
    };
    for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        json_t *list = json_loads(cases[i].list, 0, NULL);
        assert_int_equal(json_has_text(list, "a"), cases[i].want);
        json_decref(list);
    }
    assert_false(json_has_text(NULL, "a"));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_add_string),
        cmocka_unit_test(test_add_key),
        cmocka_unit_test(test_add_real),
        cmocka_unit_test(test_add_compact),
        cmocka_unit_test(test_text),
        cmocka_unit_test(test_read_strings),
        cmocka_unit_test(test_read_keeps_nuls),
        cmocka_unit_test(test_read_failures),
        cmocka_unit_test(test_read_no_bytes),
        cmocka_unit_test(test_read_depth),
        cmocka_unit_test(test_read_amount),
        cmocka_unit_test(test_numbers),
        cmocka_unit_test(test_get_text),
        cmocka_unit_test(test_get_count),
        cmocka_unit_test(test_has_text),
        cmocka_unit_test(test_scan),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
