/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>
#include <stdbool.h>
#include <stdlib.h>
#include <unistd.h>

#include "io/process.h"

static const struct {
    const char *about, *variable;
    bool is_passed_on;
} cases[] = {
    {"plain", "HOME=/home/me", true},
    {"empty", "EMPTY=", true},
    {"PATH", "PATH=/bin:/usr/bin", true},
    {"no name", "=C:=here", true},
    {"no variable", "NOTHING", false},

    {"key", "OPENAI_API_KEY=x", false},
    {"token", "GITHUB_TOKEN=x", false},
    {"secret", "SECRET=x", false},
    {"password", "DB_PASSWORD_FILE=x", false},
    {"credential", "GOOGLE_APPLICATION_CREDENTIALS=x", false},
    {"auth", "SSH_AUTH_SOCK=/run/agent", false},
    {"cookie", "cookie=x", false},
    {"a password, shortened", "MYSQL_PWD=x", false},
    {"the working folder", "PWD=/home/me", true},
    {"the one before", "OLDPWD=/tmp", true},
    {"a file of passwords", "PGPASSFILE=/home/me/.pgpass", false},
    {"a passphrase", "BORG_PASSPHRASE=x", false},
    {"lower case", "my_api_key=x", false},
    {"an i, which has no dot in Turkish capitals", "credential=x", false},
    {"mixed case", "AccessToken=x", false},
    {"a word of it in the value", "EDITOR=TOKEN KEY", true},
    {"a beginning of it at the end", "MY_TOKE=N", true},

    {"a user's password", "http_proxy=http://me:pw@proxy:3128/", false},
    {"a password alone", "REDIS_URL=redis://:pw@localhost", false},
    {"within the value", "DATABASE=jdbc:postgresql://me:pw@host/db", false},
    {"the second of two", "MIRRORS=http://one/ http://me:pw@two/", false},
    {"a password with a slash", "DATABASE_URL=postgres://me:p/w@host/db", false},
    {"a user without password", "REMOTE=ssh://git@host/path", true},
    {"no user", "http_proxy=http://proxy:3128", true},
    {"an @ in the next word", "TWO=http://proxy:3128 me@host", true},
    {"mail address", "EMAIL=me@example.org", true},
    {"cut", "CUT=http://", true},
};

static void free_list(char **list)
{
    for (char **s = list; *s; s++)
        free(*s);
    free(list);
}

static void test_filter(void **state)
{
    (void)state;
    char **ours = environ;
    for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        char *one[] = {(char *)cases[i].variable, NULL};
        environ = one;
        char **list = process_environment();
        environ = ours;
        if ((list[0] != NULL) != cases[i].is_passed_on)
            fail_msg("%s: %s", cases[i].about, cases[i].variable);
        if (list[0])
            assert_string_equal(list[0], cases[i].variable);
        free_list(list);
    }
}

/* What is left keeps its order. */
static void test_all(void **state)
{
    (void)state;
    char *all[] = {(char *)"B=1", (char *)"API_KEY=2", (char *)"A=3", NULL}, **ours = environ;
    environ = all;
    char **list = process_environment();
    environ = ours;
    assert_string_equal(list[0], "B=1");
    assert_string_equal(list[1], "A=3");
    assert_null(list[2]);
    free_list(list);
}

static void test_none(void **state)
{
    (void)state;
    char *none[] = {NULL}, **ours = environ;
    for (int i = 0; i < 2; i++) {
        environ = i == 0 ? none : NULL;
        char **list = process_environment();
        environ = ours;
        assert_null(list[0]);
        free_list(list);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_filter),
        cmocka_unit_test(test_all),
        cmocka_unit_test(test_none),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
