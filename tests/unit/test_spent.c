/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * What the answers of a session have taken.
 */
#include "session/spent.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "session_fixture.h"

#define SESSION "{\"type\":\"session\",\"v\":1}\n"
#define START(run) "{\"type\":\"start\",\"run\":\"" run "\"}\n"
#define USAGE(step, fields) "{\"type\":\"usage\",\"step\":" step "," fields "}\n"
#define FINISH(fields) "{\"type\":\"finish\",\"reason\":\"stop\",\"usage\":{" fields "}}\n"
#define OF(run) ",\"run\":\"" run "\""

static const struct {
    const char *about, *text, *want; /* answers uncounted unpriced: input output cached cost */
} cases[] = {
    {"nothing", SESSION, "0 0 0: -1 -1 -1 -1"},
    {"a run", SESSION START("a") FINISH("\"input\":3,\"output\":2,\"cached\":1,\"cost\":0.5"),
     "1 0 0: 3 2 1 0.5"},
    {"two", START("a") FINISH("\"input\":3,\"output\":2") START("b") FINISH("\"input\":4"),
     "2 0 2: 7 2 -1 -1"},
    {"the finish has the last word", START("a") USAGE("1", "\"input\":9") FINISH("\"input\":3"),
     "1 0 1: 3 -1 -1 -1"},
    {"nobody told", START("a") FINISH("\"input\":3") START("b") FINISH(""), "2 1 2: 3 -1 -1 -1"},
    {"broken off: levels in a step, sums of steps",
     START("a") USAGE("1", "\"input\":3") USAGE("1", "\"input\":5,\"output\":1")
         USAGE("2", "\"input\":10,\"output\":1") START("b") FINISH("\"input\":1"),
     "2 0 2: 16 2 -1 -1"},
    {"broken off before anything was told", START("a"), "1 1 1: -1 -1 -1 -1"},
    {"side by side",
     START("a") START("b") USAGE("1", "\"input\":3" OF("b")) USAGE(
         "1", "\"input\":4" OF("a")) "{\"type\":\"finish\",\"usage\":{\"input\":5}" OF("b") "}\n",
     "2 0 2: 9 -1 -1 -1"},
    {"no beginning, as in a piece of a session", FINISH("\"input\":3"), "1 0 1: 3 -1 -1 -1"},
    {"words in texts",
     START("a") "{\"type\":\"ai\",\"content\":\"\\\"usage\\\"\"}\n"
                "{\"type\":\"message\",\"usage\":{\"input\":7}}\n" FINISH(""),
     "1 1 1: -1 -1 -1 -1"},
};

static char *told(const struct spent *spent)
{
    return xasprintf("%u %u %u: %lld %lld %lld %g", spent->answers, spent->uncounted,
                     spent->unpriced, (long long)spent->usage.input, (long long)spent->usage.output,
                     (long long)spent->usage.cached, spent->usage.cost);
}

static void test_sessions(void **state)
{
    (void)state;
    char *folder = folder_new();
    for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        struct spent spent;
        struct error error;
        char *path = folder_put(folder, "s.jsonl", cases[i].text);
        spent_begin(&spent);
        assert_int_equal(spent_read(&spent, path, INT64_MAX, &error), 0);
        char *got = told(&spent);
        if (strcmp(got, cases[i].want) != 0)
            fail_msg("%s: %s", cases[i].about, got);
        free(got);
        free(path);
    }
    folder_free(folder);
}

/* What was written after the end is another's. */
static void test_as_far_as_it_went(void **state)
{
    (void)state;
    static const char first[] = START("a") FINISH("\"input\":3");
    char *folder = folder_new();
    char *path = folder_put(folder, "s.jsonl",
                            START("a") FINISH("\"input\":3") START("b") FINISH("\"input\":4"));
    struct spent spent, twice;
    struct error error;
    spent_begin(&spent);
    assert_int_equal(spent_read(&spent, path, sizeof(first) - 1, &error), 0);
    assert_int_equal(spent.usage.input, 3);
    twice = spent;
    spent_add(&twice, &spent);
    assert_int_equal(twice.answers, 2);
    assert_int_equal(twice.usage.input, 6);
    assert_int_equal(twice.usage.output, -1);
    assert_int_equal(remove(path), 0);
    assert_int_equal(spent_read(&spent, path, 1, &error), -1);
    assert_non_null(strstr(error.text, path));
    assert_int_equal(spent_read(&spent, folder, 1, &error), -1);
    assert_non_null(strstr(error.text, "Is a directory"));
    free(path);
    folder_free(folder);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_sessions),
        cmocka_unit_test(test_as_far_as_it_went),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
