/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Paths as they are typed and dropped.  The home and the working folder are a folder of the test's.
 */
#include "chat/path.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/mem.h"
#include "program/subject.h"

static char before[4096];

static void put(const char *home, const char *name)
{
    free(home_put(home, name, "x"));
}

static int set_up(void **state)
{
    assert_non_null(getcwd(before, sizeof(before)));
    if (home_set_up(state) < 0 || setenv("HOME", *state, 1) < 0 || chdir(*state) < 0)
        return -1;
    put(*state, "cat.png");
    put(*state, "my cat.png");
    put(*state, "it's \"mine\".txt");
    put(*state, "back\\slash");
    put(*state, "\xe7\x8c\xab.png");
    put(*state, "new\nline");
    put(*state, ".hidden");
    return mkdir("folder", 0700) < 0 || mkdir("folder/inner", 0700) < 0 ? -1 : 0;
}

static int tear_down(void **state)
{
    return chdir(before) < 0 ? -1 : home_tear_down(state);
}

static const struct {
    const char *typed, *want; /* NULL: nothing is meant */
} found[] = {
    {"cat.png", "cat.png"},
    {"./cat.png", "./cat.png"},
    {"~/cat.png", "HOME/cat.png"},
    {"folder", "folder"},
    {"folder/", "folder/"},
    {"my cat.png", "my cat.png"},
    {"'my cat.png'", "my cat.png"},
    {"\"my cat.png\"", "my cat.png"},
    {"my\\ cat.png", "my cat.png"},
    {"'~/my cat.png'", "HOME/my cat.png"},
    {"it's \"mine\".txt", "it's \"mine\".txt"},
    {"it\\'s\\ \\\"mine\\\".txt", "it's \"mine\".txt"},
    {"'it'\\''s \"mine\".txt'", "it's \"mine\".txt"},
    {"back\\slash", "back\\slash"},
    {"'back\\slash'", "back\\slash"},
    {"back\\\\slash", "back\\slash"},
    {"\xe7\x8c\xab.png", "\xe7\x8c\xab.png"},
    {"'new\nline'", "new\nline"},
    {"cat.png my\\ cat.png", NULL},
    {"dog.png", NULL},
    {"'cat.png", NULL},
    {"''", NULL},
    {"", NULL},
    {"\\", NULL},
};

/* The home's name stands for "HOME". */
static char *expected(const char *home, const char *want)
{
    return strncmp(want, "HOME", 4) == 0 ? xasprintf("%s%s", home, want + 4) : xstrdup(want);
}

static void test_found(void **state)
{
    for (size_t i = 0; i < sizeof(found) / sizeof(found[0]); i++) {
        char *path = path_find(found[i].typed);
        char *want = found[i].want ? expected(*state, found[i].want) : NULL;
        if (want ? !path || strcmp(path, want) != 0 : path != NULL)
            fail_msg("%s: %s", found[i].typed, path ? path : "nothing");
        free(path);
        free(want);
    }
}

static const struct {
    const char *pasted, *want;
} pasted[] = {
    {"~/cat.png", "HOME/cat.png"},
    {"./cat.png", "./cat.png"},
    {"./cat.png \n", "./cat.png"},
    {"'./my cat.png' ", "./my cat.png"},
    {"./my\\ cat.png", "./my cat.png"},
    {"./\xe7\x8c\xab.png", "./\xe7\x8c\xab.png"},
    {"'./new\nline'", "./new\nline"},
    {"cat.png", NULL}, /* a word, as others */
    {"./folder", NULL},
    {"./dog.png", NULL},
    {"look at ./cat.png", NULL},
    {"./cat.png ./cat.png", NULL},
    {"/dev/null", NULL},
    {"", NULL},
    {" ", NULL},
    {"/", NULL},
};

static void test_pasted(void **state)
{
    for (size_t i = 0; i < sizeof(pasted) / sizeof(pasted[0]); i++) {
        char *path = path_pasted(pasted[i].pasted);
        char *want = pasted[i].want ? expected(*state, pasted[i].want) : NULL;
        if (want ? !path || strcmp(path, want) != 0 : path != NULL)
            fail_msg("%s: %s", pasted[i].pasted, path ? path : "nothing");
        free(path);
        free(want);
    }
}

static void test_a_long_paste(void **state)
{
    (void)state;
    char *text = xcalloc(1, 1000 * 1000 + 1);
    memset(text, '/', 1000 * 1000);
    assert_null(path_pasted(text));
    free(text);
}

static bool completes(const char *begun, const char *want)
{
    bool is_there = false;
    char *path;
    for (size_t i = 0; (path = path_complete(begun, i)); i++) {
        is_there |= strcmp(path, want) == 0;
        free(path);
    }
    return is_there;
}

static size_t count(const char *begun)
{
    size_t n = 0;
    for (char *path; (path = path_complete(begun, n)); n++)
        free(path);
    return n;
}

static void test_completed(void **state)
{
    (void)state;
    assert_true(completes("ca", "cat.png"));
    assert_int_equal(count("ca"), 1);
    assert_true(completes("", "folder/"));
    assert_false(completes("", ".hidden"));
    assert_true(completes(".", ".hidden"));
    assert_int_equal(count("."), 1);
    assert_true(completes("my c", "my cat.png"));
    assert_true(completes("./fo", "./folder/"));
    assert_true(completes("folder/", "folder/inner/"));
    assert_true(completes("~/ca", "~/cat.png"));
    assert_int_equal(count("x"), 0);
    assert_int_equal(count("nowhere/"), 0);
}

static void test_many_are_enough(void **state)
{
    for (int i = 0; i < PATH_CANDIDATES_MAX + 10; i++) {
        char name[32];
        snprintf(name, sizeof(name), "many%d", i);
        put(*state, name);
    }
    assert_int_equal(count("many"), PATH_CANDIDATES_MAX);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_found),           cmocka_unit_test(test_pasted),
        cmocka_unit_test(test_a_long_paste),    cmocka_unit_test(test_completed),
        cmocka_unit_test(test_many_are_enough),
    };
    return cmocka_run_group_tests(tests, set_up, tear_down);
}
