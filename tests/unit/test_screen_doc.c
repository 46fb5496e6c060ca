/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * docs/screen.md: each row of its last table names tests that there are.  "`test_x`: one thing, another" is
 * one_thing or test_one_thing, and another, in tests/unit/test_x.c; `fuzz_x` is a target.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "base/buf.h"
#include "base/error.h"
#include "base/fd.h"
#include "base/mem.h"

enum { COMPLAINTS = 30 };

static char *text_of(const char *path)
{
    struct buf text = BUF_INIT;
    struct error error = ERROR_INIT;
    if (file_read(path, &text, 1 << 20, &error) < 0)
        fail_msg("%s", error.text);
    return buf_take(&text);
}

/* Registered by any macro: "TEST(one_thing)", "cmocka_unit_test(test_one_thing)". */
static bool has_case(const char *source, const char *prefix, const char *name)
{
    char *call = xasprintf("(%s%s", prefix, name);
    bool found = false;
    for (const char *at = source; !found && (at = strstr(at, call)); at++)
        found = strchr("),", at[strlen(call)]) != NULL;
    free(call);
    return found;
}

static void assert_case(const char *program, const char *source, const char *words, size_t len)
{
    char *name = xstrndup(words, len);
    for (char *at = name; (at = strchr(at, ' '));)
        *at = '_';
    if (!has_case(source, "", name) && !has_case(source, "test_", name))
        fail_msg("docs/screen.md: there is no %s in %s", name, program);
    free(name);
}

/* What follows a program's name: ": one thing, another" or nothing. */
static void assert_cases(const char *program, const char *source, const char *list)
{
    list += list[0] == ':';
    while (*list && !strchr(";|", *list)) {
        list += strspn(list, ", ");
        size_t len = strcspn(list, ",;|");
        size_t end = len;
        while (end > 0 && list[end - 1] == ' ')
            end--;
        if (end > 0)
            assert_case(program, source, list, end);
        list += len;
    }
}

/* How many programs the last cell of a row names. */
static size_t check_row(const char *row)
{
    size_t programs = 0;
    for (const char *at = row; (at = strchr(at, '`')); programs++) {
        const char *end = strchr(++at, '`');
        assert_non_null(end);
        char *program = xstrndup(at, (size_t)(end - at));
        char *path =
            xasprintf("tests/%s/%s.c", strncmp(program, "fuzz", 4) == 0 ? "fuzz" : "unit", program);
        char *source = text_of(path);
        assert_cases(program, source, end + 1);
        free(source);
        free(path);
        free(program);
        at = end + 1;
    }
    return programs;
}

static const char *last_cell(char *row)
{
    char *end = strrchr(row, '|');
    assert_non_null(end);
    *end = '\0';
    return strrchr(row, '|') + 1;
}

static void each_row_names_tests(void **state)
{
    (void)state;
    char *page = text_of("docs/screen.md"), *save = NULL;
    char *table = strstr(page, "## What it does about what annoys");
    assert_non_null(table);
    table = strstr(table, "|---|---|---|\n");
    assert_non_null(table);
    strtok_r(table, "\n", &save);
    size_t rows = 0;
    for (char *row; (row = strtok_r(NULL, "\n", &save)); rows++) {
        char *about = xstrndup(row, strcspn(row + 1, "|") + 1);
        if (check_row(last_cell(row)) == 0)
            fail_msg("docs/screen.md: nothing checks \"%s\"", about);
        free(about);
    }
    assert_true(rows >= COMPLAINTS);
    free(page);
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(each_row_names_tests)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
