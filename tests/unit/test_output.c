/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "agent/output.h"
#include "base/buf.h"
#include "base/mem.h"
#include "base/utf8.h"

#define GAP(count) "[... " #count " bytes are left out here ...]\n"

static const struct {
    const char *about;
    size_t limit;
    const char *input, *want;
} cases[] = {
    {"nothing", 10, "", ""},
    {"little", 10, "abc", "abc"},
    {"a newline at the end", 10, "abc\n", "abc"},
    {"newlines at the end", 10, "abc\n\n", "abc\n"},
    {"only a newline", 10, "\n", ""},
    {"as much as fits", 10, "0123456789", "0123456789"},
    {"as much as fits, odd", 9, "012345678", "012345678"},
    {"one too many", 10, "0123456789a", "01234\n" GAP(1) "6789a"},
    {"one too many, odd", 9, "0123456789", "01234\n" GAP(1) "6789"},
    {"many too many", 10, "0123456789abcdefghijklmnopqrstuvwxyz", "01234\n" GAP(26) "vwxyz"},
    {"a line ends where it is cut", 10, "0123\n56789abc", "0123\n" GAP(3) "89abc"},
    {"a limit of one", 1, "ab", "a\n[... 1 bytes are left out here ...]"},
    {"no limit to speak of", SIZE_MAX, "abc", "abc"},
    {"cut in a character of the head", 10,
     "0123\xE2\x82\xAC"
     "56789",
     "0123\n" GAP(3) "56789"},
    {"cut in a character of the tail", 10,
     "01234567\xE2\x82\xAC"
     "bcd",
     "01234\n" GAP(6) "bcd"},
    {"not UTF-8", 10,
     "a\xFF"
     "b\xE2\x82",
     "a\uFFFD"
     "b\uFFFD"},
    {"a tail of nothing but halves", 10, "0123456789\x80\x80\x80\x80\x80",
     "01234\n" GAP(8) "\uFFFD\uFFFD"},
};

static void add_in_pieces(struct output *output, const char *bytes, size_t len, size_t piece)
{
    for (size_t at = 0; at < len; at += piece)
        output_add(output, bytes + at, len - at < piece ? len - at : piece);
}

/* However it comes in pieces, the same comes out. */
static void test_cases(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        for (size_t piece = 1; piece <= strlen(cases[i].input) + 1; piece++) {
            struct output output = {.limit = cases[i].limit};
            size_t len;
            add_in_pieces(&output, cases[i].input, strlen(cases[i].input), piece);
            char *got = output_text(&output, &len);
            if (strcmp(got, cases[i].want) != 0 || len != strlen(cases[i].want))
                fail_msg("%s, %zu at a time: %s", cases[i].about, piece, got);
            free(got);
            output_clear(&output);
        }
    }
}

static void test_zero_bytes_are_bytes(void **state)
{
    (void)state;
    struct output output = {.limit = 100};
    size_t len;
    output_add(&output, "a\0b\033[31m", 8);
    char *got = output_text(&output, &len);
    assert_int_equal(len, 8);
    assert_memory_equal(got, "a\0b\033[31m", 8);
    free(got);
    output_clear(&output);
}

/* Of any text of characters of all lengths, under any limit: what comes out is characters, a beginning of
 * it and an end of it, as long as the limit lets them be, and what is said to be missing is missing. */
static void check_cut(const struct buf *text, size_t limit, size_t piece)
{
    struct output output = {.limit = limit};
    size_t len, missing = 0;
    add_in_pieces(&output, text->data, text->len, piece);
    char *got = output_text(&output, &len);
    const char *gap = strstr(got, "\n[... ");
    assert_true(utf8_valid(got, len));
    if (text->len <= limit) {
        assert_string_equal(got, text->data);
    } else {
        assert_non_null(gap);
        missing = strtoul(gap + strlen("\n[... "), NULL, 10);
        const char *tail = strstr(gap, " ...]");
        tail += strlen(" ...]");
        tail += *tail == '\n';
        size_t head_len = (size_t)(gap - got), tail_len = len - (size_t)(tail - got);
        assert_memory_equal(got, text->data, head_len);
        assert_string_equal(tail, text->data + text->len - tail_len);
        assert_int_equal(head_len + tail_len + missing, text->len);
        assert_true(head_len <= limit - limit / 2 && head_len + UTF8_MAX > limit - limit / 2);
        assert_true(tail_len <= limit / 2 && tail_len + UTF8_MAX > limit / 2);
    }
    free(got);
    output_clear(&output);
}

static void test_every_cut(void **state)
{
    (void)state;
    struct buf text = BUF_INIT;
    for (int i = 0; i < 12; i++)
        buf_adds(&text, "a\u00e9\u20ac\U0001f30a");
    for (size_t limit = 1; limit <= text.len + 1; limit++)
        for (size_t piece = 1; piece <= text.len; piece += 7)
            check_cut(&text, limit, piece);
    buf_clear(&text);
}

/* The memory does not grow with what is added, whether it comes in drops or at once. */
static void test_memory(void **state)
{
    (void)state;
    enum { LIMIT = 1000, MUCH = 1000 * 1000 };
    static const size_t pieces[] = {1, 7, LIMIT / 2, LIMIT, 12345, MUCH};
    char *bytes = xcalloc(MUCH, 1);
    memset(bytes, 'x', MUCH);
    for (size_t i = 0; i < sizeof(pieces) / sizeof(pieces[0]); i++) {
        struct output output = {.limit = LIMIT};
        add_in_pieces(&output, bytes, MUCH, pieces[i]);
        assert_true(output.head.cap + output.tail.cap <= 4 * LIMIT);
        assert_int_equal(output.head.len + output.left_out + output.tail.len, MUCH);
        output_clear(&output);
    }
    free(bytes);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_cases),
        cmocka_unit_test(test_zero_bytes_are_bytes),
        cmocka_unit_test(test_every_cut),
        cmocka_unit_test(test_memory),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
