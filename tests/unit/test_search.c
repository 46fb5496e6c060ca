/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "session/search.h"

#include <locale.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <time.h>

#include <cmocka.h>

#include "session/pattern.h"
#include "session/reader.h"
#include "session_fixture.h"

/* ---- The pattern ---- */

static void test_pattern_in_text(void **state)
{
    (void)state;
    static const struct {
        const char *pattern, *text;
        int start, end; /* -1: none */
    } cases[] = {
        {"b", "abc", 1, 2},       {"B", "abc", -1, -1},    {"b", "ABC", 1, 2},
        {"aB", "abaB", 2, 4},     {"abc", "ab", -1, -1},   {"über", "ÜBER", 0, 5},
        {"Über", "über", -1, -1}, {"日本", "x日本", 1, 7}, {"a\"b", "A\"B", 0, 3},
        {"aab", "aaab", 1, 4},    {"é", "e", -1, -1},      {"\xff", "a\xff", 1, 2},
    };
    for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        struct pattern *pattern = pattern_new(cases[i].pattern);
        size_t start = 0, end = 0;
        bool found = pattern_find(pattern, cases[i].text, strlen(cases[i].text), 0, &start, &end);
        assert_int_equal(found, cases[i].start >= 0);
        if (found) {
            assert_int_equal(start, cases[i].start);
            assert_int_equal(end, cases[i].end);
        }
        pattern_free(pattern);
    }
}

/* The hint never comes after a match, and there is one wherever there is a match. */
static void test_hints_miss_nothing(void **state)
{
    (void)state;
    static const char *const patterns[] = {"a", "ab", "zebra", "b a", "x\"y", "A", "aZ",
                                           "é", "éa", "q/r",   "\\",  "-",    "ss"};
    static const char json[] =
        "a bA Zebra zebra x\\\"y A aZ éa q/r q\\/r \\\\ - SS b a ab 日本X \\u65e5 日";
    for (size_t i = 0; i < sizeof(patterns) / sizeof(patterns[0]); i++) {
        struct pattern *pattern = pattern_new(patterns[i]);
        struct pattern_hints hints = {0};
        const char *end = json + sizeof(json) - 1;
        for (const char *at = json; at < end; at++) {
            size_t start, stop;
            const char *hint = pattern_hint(pattern, &hints, at, end);
            if (!pattern_find(pattern, at, (size_t)(end - at), 0, &start, &stop))
                continue;
            assert_non_null(hint);
            assert_true(hint < at + stop);
        }
        pattern_free(pattern);
    }
}

/* ---- The search ---- */

#define START(prompt)                                                                       \
    "{\"type\":\"start\",\"run\":\"r\",\"input\":[{\"role\":\"user\",\"content\":\"" prompt \
    "\"}]}\n"
#define SAID(text) \
    "{\"run\":\"r\",\"type\":\"message\",\"role\":\"assistant\",\"content\":\"" text "\"}\n"
#define PIECE(text) "{\"type\":\"ai\",\"content\":\"" text "\"}\n"

static void put(const char *folder, const char *name, const char *text, long changed)
{
    const struct timespec times[2] = {{changed, 0}, {changed, 0}};
    char *path = folder_put(folder, name, text);
    assert_int_equal(utimensat(AT_FDCWD, path, times, 0), 0);
    free(path);
}

/* All hits: "id role [start-end] line;". */
static char *found(const char *folder, const char *pattern)
{
    struct error error;
    struct search_hit hit;
    struct buf all = BUF_INIT;
    struct search *search = search_new(folder, pattern, &error);
    assert_non_null(search);
    while (search_next(search, &hit))
        buf_addf(&all, "%s %s [%zu-%zu] %.*s;", hit.id, hit.role, hit.start, hit.end, (int)hit.len,
                 hit.line);
    assert_false(search_next(search, &hit));
    search_free(search);
    return all.data ? buf_take(&all) : xstrdup("");
}

static void test_search(void **state)
{
    (void)state;
    static const struct {
        const char *about, *text, *pattern, *want;
    } cases[] = {
        {"a prompt", START("one needle"), "needle", "s user [4-10] one needle;"},
        {"an answer", SAID("one needle"), "needle", "s assistant [4-10] one needle;"},
        {"capitals are meant", SAID("a Needle"), "needle", "s assistant [2-8] a Needle;"},
        {"a capital is one", SAID("a needle"), "Needle", ""},
        {"pieces are not", PIECE("needle") SAID("x"), "needle", ""},
        {"the line of it", SAID("a\\nthe needle\\nb"), "needle", "s assistant [4-10] the needle;"},
        {"a line once", SAID("x x x\\nx"), "x", "s assistant [0-1] x x x;s assistant [0-1] x;"},
        {"what JSON escapes", SAID("say \\\"hi\\\" \\/ \\t!"), "\"hi\" / \t!",
         "s assistant [4-13] say \"hi\" / \t!;"},
        {"what Python escapes", SAID("\\u00fcber"), "über", "s assistant [0-5] über;"},
        {"no ASCII at all, as itself", PIECE("\\u65e5x") SAID("\\u001b") SAID("x日本"), "日本",
         "s assistant [1-7] x日本;"},
        {"no ASCII at all", SAID("\\u65e5本"), "日本", "s assistant [0-6] 日本;"},
        {"not the names of fields", SAID("x"), "content", ""},
        {"thinking", "{\"type\":\"message\",\"reasoning\":\"needle\",\"content\":\"\"}\n", "needle",
         "s thinking [0-6] needle;"},
        {"a tool", "{\"type\":\"message\",\"role\":\"tool\",\"output\":\"needle\"}\n", "needle",
         "s tool [0-6] needle;"},
        {"a torn tail", SAID("needle") "{\"type\":\"message\",\"content\":\"need", "need",
         "s assistant [0-4] needle;"},
        {"no newline at the end", "{\"type\":\"message\",\"content\":\"needle\"}", "needle",
         "s assistant [0-6] needle;"},
        {"broken lines", "needle\n{\"type\":\"message\" needle\n\n" SAID("needle"), "needle",
         "s assistant [0-6] needle;"},
        {"an empty line", START("") SAID(""), "a", ""},
    };
    for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        char *folder = folder_new();
        put(folder, "s.jsonl", cases[i].text, 1);
        char *got = found(folder, cases[i].pattern);
        if (strcmp(got, cases[i].want) != 0)
            fail_msg("%s: \"%s\", not \"%s\"", cases[i].about, got, cases[i].want);
        free(got);
        folder_free(folder);
    }
}

/* Files are read piece by piece: lines stand across the edges, are longer than a piece, or longer than any is
 * allowed to be. */
static void test_long_files(void **state)
{
    (void)state;
    enum { LINES = 5000, LONG = 3 * 1024 * 1024 };
    struct buf text = BUF_INIT, want = BUF_INIT;
    char *folder = folder_new(), *filling = xcalloc(1, LONG + 1);
    memset(filling, 'x', LONG);
    for (int i = 0; i < LINES; i++) {
        buf_addf(&text, SAID("%.*s\\nneedle %d\\n"), i % 997, filling, i);
        buf_addf(&want, "s assistant [0-6] needle %d;", i);
        if (i == LINES / 2) {
            buf_addf(&text, SAID("%s\\nneedle"), filling);
            buf_adds(&want, "s assistant [0-6] needle;");
        }
    }
    put(folder, "s.jsonl", text.data, 1);
    char *got = found(folder, "needle");
    assert_string_equal(got, want.data);
    free(got);

    char *path = xasprintf("%s/s.jsonl", folder);
    file_put(path, "", 0);
    int fd = open(path, O_WRONLY);
    off_t hole = (off_t)SESSION_LINE_MAX + LONG;
    assert_int_equal(ftruncate(fd, hole), 0);
    assert_int_equal(pwrite(fd, "needle\n" SAID("needle"), strlen("needle\n" SAID("needle")), hole),
                     strlen("needle\n" SAID("needle")));
    close(fd);
    got = found(folder, "needle");
    assert_string_equal(got, "s assistant [0-6] needle;");
    free(got);
    free(path);
    free(filling);
    buf_clear(&want);
    buf_clear(&text);
    folder_free(folder);
}

/* A file that another program cuts down while it is looked through. */
static void test_a_file_that_shrinks(void **state)
{
    (void)state;
    struct buf text = BUF_INIT;
    struct error error;
    struct search_hit hit;
    char *folder = folder_new();
    for (int i = 0; i < 100000; i++)
        buf_adds(&text, SAID("needle"));
    char *path = folder_put(folder, "s.jsonl", text.data);
    struct search *search = search_new(folder, "needle", &error);
    size_t count = 0;
    while (search_next(search, &hit))
        if (count++ == 0)
            assert_int_equal(truncate(path, 10), 0);
    assert_in_range(count, 1, 99999);
    search_free(search);
    free(path);
    buf_clear(&text);
    folder_free(folder);
}

static void test_the_last_changed_comes_first(void **state)
{
    (void)state;
    char *folder = folder_new();
    put(folder, "a.jsonl", SAID("x a"), 1);
    put(folder, "b.jsonl", SAID("x b") SAID("x c"), 3);
    put(folder, "c.jsonl", SAID("y"), 4);
    put(folder, "d.txt", SAID("x d"), 5);
    char *got = found(folder, "x");
    assert_string_equal(got, "b assistant [0-1] x b;b assistant [0-1] x c;a assistant [0-1] x a;");
    free(got);
    folder_free(folder);
}

static void test_nothing_to_look_for_or_in(void **state)
{
    (void)state;
    struct error error = ERROR_INIT;
    char *folder = folder_new();
    assert_null(search_new(folder, "", &error));
    assert_int_equal(error.code, RN_ECONFIG);
    char *got = found("/proc/nowhere", "x");
    assert_string_equal(got, "");
    free(got);
    folder_free(folder);
}

int main(void)
{
    setlocale(LC_CTYPE, "C.UTF-8");
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_pattern_in_text),
        cmocka_unit_test(test_hints_miss_nothing),
        cmocka_unit_test(test_search),
        cmocka_unit_test(test_long_files),
        cmocka_unit_test(test_a_file_that_shrinks),
        cmocka_unit_test(test_the_last_changed_comes_first),
        cmocka_unit_test(test_nothing_to_look_for_or_in),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
