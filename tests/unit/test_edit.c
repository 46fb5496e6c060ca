/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "tools/edit.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <stdlib.h>
#include <string.h>

#include "base/buf.h"
#include "base/error.h"
#include "base/mem.h"
#include "tools/content.h"

static const struct {
    const char *about, *text, *old, *new;
    bool all;
    int count;
    long line;
    const char *want; /* the text, or the error */
} cases[] = {
    {"once", "a\nb\nc\n", "b", "X", false, 1, 2, "a\nX\nc\n"},
    {"over lines", "a\nb\nc\n", "a\nb\n", "X\n", false, 1, 1, "X\nc\n"},
    {"deleted", "a\nb\nc\n", "b\n", "", false, 1, 2, "a\nc\n"},
    {"at the end", "a\nb", "b", "c\n", false, 1, 2, "a\nc\n"},
    {"all", "a b a\na\n", "a", "aa", true, 3, 1, "aa b aa\naa\n"},
    {"all of one", "x", "x", "y", true, 1, 1, "y"},
    {"none overlap", "aaa", "aa", "b", true, 1, 1, "ba"},
    {"UTF-8",
     "Stra\xc3\x9f"
     "e",
     "\xc3\x9f", "ss", false, 1, 1, "Strasse"},
    {"several", "a\nb\na\n\na\n", "a", "X", false, -1, 0,
     "old is in the file 3 times, at lines 1, 3, 5: give more of the lines around it, or set all "
     "to "
     "true"},
    {"two in a line", "a a\n", "a", "X", false, -1, 0,
     "old is in the file 2 times, at lines 1, 1: give more of the lines around it, or set all to "
     "true"},
    {"many", "a\na\na\na\na\na\na\na\na\n", "a", "X", false, -1, 0,
     "old is in the file 9 times, at lines 1, 2, 3, 4, 5, 6, 7, 8, ...: give more of the lines "
     "around "
     "it, or set all to true"},
    {"missing", "a\n", "b", "X", false, -1, 0,
     "old is not in the file: read the file, and copy it exactly"},
    {"another indentation", "a\n\tfoo(x);\n\tbar();\n", "    foo(x);\n    bar();\n", "X", false, -1,
     0,
     "old is not in the file as it is written, but line 2 is like its first line: read the file "
     "there, "
     "and copy every space"},
    {"line ends of another system", "a\r\nb\r\n", "a\nb\n", "X", false, -1, 0,
     "old is not in the file; the lines of this file end in \\r\\n: write them so, in new too"},
    {"the same", "a", "a", "a", false, -1, 0, "old and new are the same: there is nothing to do"},
    {"nothing", "a", "", "b", false, -1, 0, "old is empty: use write_file to fill a file"},
    {"in an empty file", "", "a", "b", false, -1, 0,
     "old is not in the file: read the file, and copy it exactly"},
    {"blanks only", "a\n", " \n ", "b", false, -1, 0,
     "old is not in the file: read the file, and copy it exactly"},
};

static void test_cases(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        const struct edit edit = {cases[i].old, cases[i].new, cases[i].all};
        struct error error = ERROR_INIT;
        struct buf out = BUF_INIT;
        long line = 0;
        int count = edit_apply(&edit, cases[i].text, strlen(cases[i].text), &out, &line, &error);
        const char *got = count < 0 ? error.text : buf_str(&out);
        if (count != cases[i].count || line != cases[i].line || strcmp(got, cases[i].want) != 0)
            fail_msg("%s: got %d, line %ld: %s", cases[i].about, count, line, got);
        buf_clear(&out);
    }
}

static void test_the_file_has_a_bound(void **state)
{
    (void)state;
    struct buf text = BUF_INIT, out = BUF_INIT;
    char *new = xcalloc(1, 4097);
    const struct edit edit = {"a", new, true};
    struct error error = ERROR_INIT;
    long line;
    memset(new, 'b', 4096);
    for (int i = 0; i < 1025; i++)
        buf_addc(&text, 'a');
    assert_int_equal(edit_apply(&edit, text.data, text.len - 1, &out, &line, &error), 1024);
    assert_int_equal(out.len, CONTENT_MAX);
    assert_int_equal(edit_apply(&edit, text.data, text.len, &out, &line, &error), -1);
    assert_string_equal(error.text, "the file would become larger than 4194304 bytes");
    buf_clear(&text);
    buf_clear(&out);
    free(new);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_cases),
        cmocka_unit_test(test_the_file_has_a_bound),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
