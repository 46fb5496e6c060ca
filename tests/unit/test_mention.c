/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Files that a prompt mentions: which words are some, how a name goes on.
 */
#include "chat/mention.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <unistd.h>

#include <cmocka.h>

#include "base/buf.h"
#include "program/subject.h"

static int set_up(void **state)
{
    static const char *const names[] = {"a.txt", "my cat.txt", ".hidden", "it's"};
    if (home_set_up(state) < 0 || chdir(*state) < 0)
        return -1;
    for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++)
        free(home_put(*state, names[i], "text\n"));
    return 0;
}

static int tear_down(void **state)
{
    return chdir("/") == 0 ? home_tear_down(state) : -1;
}

static void which_words_are_mentions(void **state)
{
    static const struct {
        const char *prompt, *want;
    } cases[] = {
        {"", ""},
        {"@", ""},
        {"a.txt", ""},
        {"@a.txt", "a.txt"},
        {"read @a.txt, please", "a.txt"},
        {"(see\n@a.txt).", "a.txt"},
        {"@a.txt and @.hidden", "a.txt, .hidden"},
        {"mail me@a.txt", ""},
        {"@nobody said so", ""},
        {"@my\\ cat.txt", "my cat.txt"},
        {"@my cat.txt", ""},
        {"@it\\'s", "it's"},
        {"@.", ""}, /* a folder is no file */
        {"@/", ""},
        {"@a.txt\\", ""},
    };
    (void)state;
    for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        struct buf got = BUF_INIT;
        mention_list(cases[i].prompt, &got);
        assert_string_equal(buf_str(&got), cases[i].want);
        assert_int_equal(mention_any(cases[i].prompt), *cases[i].want != '\0');
        buf_clear(&got);
    }
}

static void how_a_mention_goes_on(void **state)
{
    static const struct {
        const char *line, *want;
    } cases[] = {
        {"read @a", "@a.txt"},
        {"@a", "@a.txt"},
        {"@.h", "@.hidden"},
        {"@my", "@my\\ cat.txt"},
        {"@my\\ c", "cat.txt"}, /* the last word only */
        {"@i", "@it\\'s"},
        {"@x", NULL},
        {"a@a", NULL},
        {"@a.txt ", NULL},
        {"a", NULL},
    };
    (void)state;
    for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        char *got = mention_complete(cases[i].line, 0), *next = mention_complete(cases[i].line, 1);
        if (cases[i].want)
            assert_string_equal(got, cases[i].want);
        else
            assert_null(got);
        assert_null(next);
        free(got);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(which_words_are_mentions, set_up, tear_down),
        cmocka_unit_test_setup_teardown(how_a_mention_goes_on, set_up, tear_down),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
