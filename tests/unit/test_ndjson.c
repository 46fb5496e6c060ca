/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>
#include <stdlib.h>
#include <string.h>

#include "base/buf.h"
#include "io/ndjson.h"

/* What the parser gives, as text: each line, ~ for a tail, then |. */
static void add_lines(struct buf *got, struct ndjson *ndjson)
{
    struct ndjson_line line;
    while (ndjson_next(ndjson, &line)) {
        buf_add(got, line.data, line.len);
        buf_adds(got, line.is_tail ? "~|" : "|");
    }
}

/* Feed a copy of the bytes that is exactly so long and goes away. */
static void feed(struct buf *got, struct ndjson *ndjson, const char *bytes, size_t len)
{
    char *copy = malloc(len ? len : 1);
    memcpy(copy, bytes, len);
    ndjson_feed(ndjson, copy, len);
    add_lines(got, ndjson);
    free(copy);
}

static void check_parse(const char *about, const char *bytes, size_t first, size_t piece,
                        const char *want)
{
    size_t len = strlen(bytes);
    struct buf got = BUF_INIT;
    struct ndjson *ndjson = ndjson_new();
    feed(&got, ndjson, bytes, first);
    for (size_t at = first; at < len; at += piece)
        feed(&got, ndjson, bytes + at, len - at < piece ? len - at : piece);
    ndjson_end(ndjson);
    add_lines(&got, ndjson);
    if (strcmp(buf_str(&got), want) != 0)
        fail_msg("%s, cut at %zu, then each %zu: got \"%s\", want \"%s\"", about, first, piece,
                 buf_str(&got), want);
    assert_false(ndjson_failed(ndjson));
    ndjson_free(ndjson);
    buf_clear(&got);
}

static void test_cases(void **state)
{
    (void)state;
    static const struct {
        const char *about, *input, *want;
    } cases[] = {
        {"nothing", "", ""},
        {"one line", "{}\n", "{}|"},
        {"several", "{\"a\":1}\n[]\n3\n", "{\"a\":1}|[]|3|"},
        {"CRLF", "{}\r\n[]\r\n", "{}|[]|"},
        {"a CR within a line stays", "a\rb\r\r\n", "a\rb\r|"},
        {"empty lines", "\n\n{}\n\r\n\n[]\n\n", "{}|[]|"},
        {"no newline at the end", "{}\n{\"cut", "{}|{\"cut~|"},
        {"a CR at the end", "{}\n[]\r", "{}|[]~|"},
        {"a CR alone at the end", "{}\n\r", "{}|"},
        {"U+2028 is no line end", "\"\xE2\x80\xA8\"\n", "\"\xE2\x80\xA8\"|"},
    };
    for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        size_t len = strlen(cases[i].input);
        check_parse(cases[i].about, cases[i].input, 0, 1, cases[i].want);
        for (size_t cut = 0; cut <= len; cut++)
            check_parse(cases[i].about, cases[i].input, cut, len, cases[i].want);
    }
}

static void test_in_place(void **state)
{
    (void)state;
    static const char bytes[] = "{}\n[1]\n";
    struct ndjson *ndjson = ndjson_new();
    struct ndjson_line line;
    ndjson_feed(ndjson, bytes, sizeof(bytes) - 1);
    assert_true(ndjson_next(ndjson, &line));
    assert_ptr_equal(line.data, bytes);
    assert_true(ndjson_next(ndjson, &line));
    assert_ptr_equal(line.data, bytes + 3);
    ndjson_free(ndjson);
    ndjson_free(NULL);
}

/* A line of exactly the limit passes, one more byte ends it all; in pieces and whole. */
static void test_limit(void **state)
{
    (void)state;
    size_t max = NDJSON_LINE_MAX;
    char *bytes = malloc(max + 2);
    memset(bytes, 'x', max + 2);
    static const size_t pieces[] = {1024 * 1024, NDJSON_LINE_MAX + 2};
    for (size_t i = 0; i < 4; i++) {
        size_t over = i % 2, piece = pieces[i / 2];
        struct buf got = BUF_INIT;
        struct ndjson *ndjson = ndjson_new();
        struct ndjson_line line = {0};
        bytes[max + over] = '\n';
        for (size_t at = 0; at < max + over + 1 && line.len == 0; at += piece) {
            size_t left = max + over + 1 - at;
            ndjson_feed(ndjson, bytes + at, left < piece ? left : piece);
            ndjson_next(ndjson, &line);
        }
        assert_int_equal(line.len, over ? 0 : max);
        assert_int_equal(ndjson_failed(ndjson), over);
        ndjson_next(ndjson, &line);
        feed(&got, ndjson, "after\n", 6);
        assert_string_equal(buf_str(&got), over ? "" : "after|");
        buf_clear(&got);
        ndjson_free(ndjson);
        bytes[max + over] = 'x';
    }
    free(bytes);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_cases),
        cmocka_unit_test(test_in_place),
        cmocka_unit_test(test_limit),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
