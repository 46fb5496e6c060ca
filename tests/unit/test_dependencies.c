/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * docs/dependencies.md gives the reason for every package that the Makefile asks for, and for no
 * other.
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

/* The words of a list up to the end of a line that no backslash continues, each between newlines. */
static void add_words(const char *list, struct buf *words)
{
    while (*list && *list != '\n') {
        size_t blanks = strspn(list, " "), len = strcspn(list + blanks, " \\\n");
        list += blanks;
        if (len > 0)
            buf_addf(words, "\n%.*s\n", (int)len, list);
        list += len;
        if (strncmp(list, "\\\n", 2) == 0)
            list += 2;
    }
}

/* What the lists DEPS_... of the Makefile name. */
static char *wanted(void)
{
    struct buf words = BUF_INIT;
    char *makefile = read_text("Makefile");
    for (const char *at = makefile; (at = strstr(at, "\nDEPS_"));) {
        at += strcspn(at + 1, "=\n") + 1;
        assert_int_equal(*at, '=');
        add_words(at + 1, &words);
    }
    free(makefile);
    return buf_take(&words);
}

/* The first cells of the page's tables. */
static char *explained(void)
{
    struct buf words = BUF_INIT;
    char *page = read_text("docs/dependencies.md");
    for (const char *at = page; (at = strstr(at, "\n| `"));) {
        at += strlen("\n| `");
        buf_addf(&words, "\n%.*s\n", (int)strcspn(at, "`"), at);
    }
    free(page);
    return buf_take(&words);
}

/* Every word of one list is in the other. */
static void check_words(const char *words, const char *among, const char *about)
{
    assert_true(*words);
    while (*words) {
        size_t len = strcspn(words + 1, "\n") + 2;
        char *word = xstrndup(words, len);
        if (!strstr(among, word))
            fail_msg("%s:%s", about, word);
        free(word);
        words += len;
    }
}

static void test_every_package_has_its_reason(void **state)
{
    (void)state;
    char *makefile = wanted(), *page = explained();
    check_words(makefile, page, "docs/dependencies.md lacks");
    check_words(page, makefile, "the Makefile does not need");
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
