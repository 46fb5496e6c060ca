/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "tools/diff.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/buf.h"

static const struct {
    const char *about, *old, *new, *want;
} cases[] = {
    {"the same", "a\nb\n", "a\nb\n", ""},
    {"nothing and nothing", "", "", ""},
    {"a new file", "", "a\nb\n", "@@ -0,0 +1,2 @@\n+a\n+b\n"},
    {"a file emptied", "a\nb\n", "", "@@ -1,2 +0,0 @@\n-a\n-b\n"},
    {"one line changed", "a\nb\nc\n", "a\nX\nc\n", "@@ -1,3 +1,3 @@\n a\n-b\n+X\n c\n"},
    {"one line alone", "a\n", "b\n", "@@ -1 +1 @@\n-a\n+b\n"},
    {"a line added at the end", "a\n", "a\nb\n", "@@ -1 +1,2 @@\n a\n+b\n"},
    {"a line added at the beginning", "a\n", "b\na\n", "@@ -1 +1,2 @@\n+b\n a\n"},
    {"a line taken out", "a\nb\nc\n", "a\nc\n", "@@ -1,3 +1,2 @@\n a\n-b\n c\n"},
    {"three lines around", "1\n2\n3\n4\n5\n6\n7\n8\n9\n", "1\n2\n3\n4\nX\n6\n7\n8\n9\n",
     "@@ -2,7 +2,7 @@\n 2\n 3\n 4\n-5\n+X\n 6\n 7\n 8\n"},
    {"two changes with six lines between stand together", "a\n1\n2\n3\n4\n5\n6\nb\n",
     "A\n1\n2\n3\n4\n5\n6\nB\n", "@@ -1,8 +1,8 @@\n-a\n+A\n 1\n 2\n 3\n 4\n 5\n 6\n-b\n+B\n"},
    {"with seven they do not", "a\n1\n2\n3\n4\n5\n6\n7\nb\n", "A\n1\n2\n3\n4\n5\n6\n7\nB\n",
     "@@ -1,4 +1,4 @@\n-a\n+A\n 1\n 2\n 3\n@@ -6,4 +6,4 @@\n 5\n 6\n 7\n-b\n+B\n"},
    {"the second hunk is counted from what is new", "a\n1\n2\n3\n4\n5\n6\n7\nb\n",
     "1\n2\n3\n4\n5\n6\n7\nB\n",
     "@@ -1,4 +1,3 @@\n-a\n 1\n 2\n 3\n@@ -6,4 +5,4 @@\n 5\n 6\n 7\n-b\n+B\n"},
    {"no newline at the end of either", "a", "b",
     "@@ -1 +1 @@\n-a\n\\ No newline at end of file\n+b\n\\ No newline at end of file\n"},
    {"a newline added", "a", "a\n", "@@ -1 +1 @@\n-a\n\\ No newline at end of file\n+a\n"},
    {"a line moved", "a\nb\nc\nd\n", "d\na\nb\nc\n", "@@ -1,4 +1,4 @@\n+d\n a\n b\n c\n-d\n"},
    {"Myers' own example", "A\nB\nC\nA\nB\nB\nA\n", "C\nB\nA\nB\nA\nC\n",
     "@@ -1,7 +1,6 @@\n-A\n-B\n C\n+B\n A\n B\n-B\n A\n+C\n"},
    {"all is another", "a\nb\n", "c\nd\n", "@@ -1,2 +1,2 @@\n-a\n-b\n+c\n+d\n"},
    {"carriage returns are part of a line", "a\r\n", "a\n", "@@ -1 +1 @@\n-a\r\n+a\n"},
};

static char *compare(const char *old, size_t old_len, const char *new, size_t new_len)
{
    struct buf out = BUF_INIT;
    const struct diff_text before = {"old", old, old_len}, after = {"new", new, new_len};
    diff_unified(&out, &before, &after);
    return buf_take(&out);
}

static void test_cases(void **state)
{
    (void)state;
    static const char heading[] = "--- old\n+++ new\n";
    for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        char *got = compare(cases[i].old, strlen(cases[i].old), cases[i].new, strlen(cases[i].new));
        const char *hunks = strncmp(got, heading, strlen(heading)) ? got : got + strlen(heading);
        if (strcmp(hunks, cases[i].want) != 0)
            fail_msg("%s: got\n%s\nwant\n%s", cases[i].about, hunks, cases[i].want);
        free(got);
    }
}

static size_t count(const char *text, const char *what)
{
    size_t found = 0;
    for (; (text = strstr(text, what)); text += strlen(what))
        found++;
    return found;
}

/* Many changes, each of a line of its own, with an equal line between. */
static void put_many(struct buf *text, int lines, const char *other)
{
    for (int i = 0; i < lines; i++)
        buf_addf(text, "same %d\n%s %d\n", i, other, i);
}

static void test_bound(void **state)
{
    (void)state;
    static const struct {
        int lines;
        size_t same; /* that stand in the diff as equal */
    } sizes[] = {
        {500, 500},
        {501, 1}, /* it gives up: all but what both begin with is changed */
        {20000, 1},
    };
    for (size_t i = 0; i < sizeof(sizes) / sizeof(sizes[0]); i++) {
        struct buf old = BUF_INIT, new = BUF_INIT;
        put_many(&old, sizes[i].lines, "old");
        put_many(&new, sizes[i].lines, "new");
        char *got = compare(old.data, old.len, new.data, new.len);
        assert_int_equal(count(got, "\n same"), sizes[i].same);
        assert_int_equal(count(got, "\n-old"), sizes[i].lines);
        assert_int_equal(count(got, "\n+new"), sizes[i].lines);
        free(got);
        buf_clear(&old);
        buf_clear(&new);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_cases),
        cmocka_unit_test(test_bound),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
