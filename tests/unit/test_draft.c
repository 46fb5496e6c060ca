/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "tui/draft.h"

#include <locale.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

/* `point` is where the line has a bar. */
static const struct {
    const char *about, *line;
    int width;
    const char *rows; /* with bars between */
    size_t row;
    int column;
} cases[] = {
    {"nothing", "|", 10, "", 0, 0},
    {"at the end", "abc|", 10, "abc", 0, 3},
    {"inside", "a|bc", 10, "abc", 0, 1},
    {"wide", "漢字|x", 10, "漢字x", 0, 4},
    {"on the second row", "abcdef|gh", 5, "abcde|fgh", 1, 1},
    {"between two rows it is on the lower", "abcde|fgh", 5, "abcde|fgh", 1, 0},
    {"after a full row: an empty one", "abcde|", 5, "abcde|", 1, 0},
    {"before a newline", "ab|\ncd", 5, "ab|cd", 0, 2},
    {"after a newline", "ab\n|cd", 5, "ab|cd", 1, 0},
    {"after a newline at the end", "ab\n|", 5, "ab|", 1, 0},
    {"before a newline after a full row", "abcde|\nf", 5, "abcde|f", 0, 4},
    {"spaces at the edge", "abcd  |", 5, "abcd | ", 1, 1},
    {"control characters are seen", "a\033\001|b", 10, "a␛␁b", 0, 3},
    {"what is not seen takes no room", "a\u200Bb|c", 10, "abc", 0, 2},
    {"malformed bytes", "a\xFF|b", 10, "a\uFFFDb", 0, 2},
    {"a tab", "a\t|b", 20, "a\tb", 0, 8},
    {"width 1", "ab|", 1, "a|b|", 2, 0},
    {"width 1, wide", "漢|字", 1, "漢|字", 1, 0},
};

static size_t split(const char *marked, char *line, size_t *point)
{
    size_t len = strlen(marked) - 1;
    *point = (size_t)(strchr(marked, '|') - marked);
    memcpy(line, marked, *point);
    memcpy(line + *point, marked + *point + 1, len - *point + 1);
    return len;
}

static void add_rows(const struct draft *draft, struct buf *out)
{
    for (size_t i = 0; i < draft->rows; i++) {
        size_t len;
        const char *row = draft_row(draft, i, &len);
        buf_adds(out, i ? "|" : "");
        buf_add(out, row, len);
    }
}

static void test_table(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof(cases) / sizeof(*cases); i++) {
        print_message("%s\n", cases[i].about);
        char line[100];
        size_t point, len = split(cases[i].line, line, &point);
        struct draft draft = {0};
        struct buf rows = BUF_INIT;
        draft_lay_out(&draft, line, len, point, cases[i].width);
        add_rows(&draft, &rows);
        assert_string_equal(buf_str(&rows), cases[i].rows);
        assert_int_equal(draft.row, cases[i].row);
        assert_int_equal(draft.column, cases[i].column);
        buf_clear(&rows);
        draft_clear(&draft);
    }
}

/* Up and Down: the point on another row at the same column. */
static void test_point(void **state)
{
    static const struct {
        const char *line;
        int width;
        size_t row;
        int column;
        size_t want;
    } points[] = {
        {"abcdefgh", 5, 0, 2, 2},     {"abcdefgh", 5, 1, 2, 7},  {"ab\ncdef", 5, 0, 3, 2},
        {"ab\ncdef", 5, 1, 3, 6},     {"漢字\nabc", 9, 0, 3, 3}, {"a\u200Bb\ncd", 9, 0, 2, 5},
        {"\001\002x\ny", 9, 0, 2, 2}, {"abcde", 5, 1, 0, 5},
    };
    (void)state;
    for (size_t i = 0; i < sizeof(points) / sizeof(*points); i++) {
        struct draft draft = {0};
        const char *line = points[i].line;
        size_t len = strlen(line);
        draft_lay_out(&draft, line, len, len, points[i].width);
        assert_int_equal(draft_point(&draft, line, len, points[i].row, points[i].column),
                         points[i].want);
        draft_clear(&draft);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_table),
        cmocka_unit_test(test_point),
    };
    if (!setlocale(LC_ALL, "C.UTF-8"))
        return 1;
    return cmocka_run_group_tests(tests, NULL, NULL);
}
