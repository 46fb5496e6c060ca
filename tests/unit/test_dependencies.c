/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * docs/dependencies.md gives the reason for every package that the Makefile asks for.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "base/buf.h"
#include "base/mem.h"

static char *read_text(const char *path)
{
    struct buf text = BUF_INIT;
    FILE *file = fopen(path, "re");
    if (!file)
        fail_msg("%s cannot be opened", path);
    for (int c; (c = getc(file)) != EOF;)
        buf_addc(&text, (char)c);
    fclose(file);
    return buf_take(&text);
}

/* Look up each word up to the end of a line that no backslash continues; returns how many there are. */
static unsigned check_words(const char *words, const char *page)
{
    unsigned count = 0;
    while (*words && *words != '\n') {
        size_t blanks = strspn(words, " \\"), len;
        words += blanks;
        if (*words == '\n' && blanks > 0 && words[-1] == '\\') {
            words++;
            continue;
        }
        len = strcspn(words, " \\\n");
        char *row = xasprintf("\n| `%.*s` | ", (int)len, words);
        if (len > 0 && !strstr(page, row))
            fail_msg("docs/dependencies.md lacks a row for %.*s", (int)len, words);
        free(row);
        count += len > 0;
        words += len;
    }
    return count;
}

static void test_every_package_has_its_reason(void **state)
{
    (void)state;
    unsigned lists = 0;
    char *makefile = read_text("Makefile"), *page = read_text("docs/dependencies.md");
    for (const char *at = makefile; (at = strstr(at, "\nDEPS_")); lists++) {
        at += strcspn(at + 1, "=\n") + 1;
        assert_int_equal(*at, '=');
        assert_true(check_words(at + 1, page) > 0);
    }
    assert_true(lists >= 3);
    free(makefile);
    free(page);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_every_package_has_its_reason),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
