/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * runnel tools, as a user has it.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>
#include <jansson.h>

#include "program/subject.h"
#include "text/cell.h"
#include "tools/tools.h"

static const char config[] = "[tool.weather]\n"
                             "command = echo rain\n"
                             "description = The weather  in a\ttown.\n"
                             "schema = {\"type\":\"object\",\"properties\":{\"town\":{\"type\":"
                             "\"string\"}},\"required\":[\"town\"]}\n"
                             "policy = deny\n"
                             "[tool.bare]\n"
                             "command = true\n"
                             "policy = allow\n";

static void all_are_told_in_words(void **state)
{
    home_configure(*state, config);
    struct subject *program = RUN(.args = ARGS("tools"));
    const char *out = subject_out(program);
    assert_int_equal(program->status, 0);
    for (const struct builtin *tool = builtins; tool->name; tool++)
        assert_has(out, tool->description);
    assert_has(out, "read_file: runs unasked in the working folder\n  Read a text file.");
    assert_has(out, "\n    path*       a string: The file, relative");
    assert_has(out, "\n    first_line  a whole number: The first line");
    assert_has(out, "\ntime: runs unasked\n");
    assert_has(out, "\nshell: asks before it runs; off, -t shell offers it\n");
    assert_has(out, "\nweather: never runs: the config denies it; off, -t weather offers it\n"
                    "  The weather in a town.\n    town*  a string\n");
    assert_has(out, "\nbare: runs unasked: that is allowed; off, -t bare offers it\n");
    assert_has_not(out, "{\"");
    subject_free(program);
}

static void options_count(void **state)
{
    (void)state;
    struct subject *program = RUN(.args = ARGS("tools", "-t", "shell", "--allow", "shell"));
    assert_has(subject_out(program), "\nshell: runs unasked: that is allowed\n");
    assert_has(subject_out(program), "\ntime: runs unasked; off, -t time offers it\n");
    subject_free(program);
    program = RUN(.args = ARGS("tools", "-t", "nothing like it"));
    assert_failed(program, 2, "runnel tools lists them, and /tools in a chat");
    subject_free(program);
    program = RUN(.args = ARGS("tools", "-t", "shel"));
    assert_failed(program, 2, "there is no tool \"shel\": did you mean shell?");
    subject_free(program);
}

static void one_is_named(void **state)
{
    (void)state;
    struct subject *program = RUN(.args = ARGS("tools", "time"));
    assert_has(subject_out(program), "time: runs unasked\n");
    assert_has_not(subject_out(program), "shell");
    subject_free(program);
    program = RUN(.args = ARGS("tools", "--json", "shell"));
    json_t *list = json_loads(subject_out(program), 0, NULL);
    assert_int_equal(json_array_size(list), 1);
    json_decref(list);
    subject_free(program);
    program = RUN(.args = ARGS("tools", "foo"));
    assert_failed(program, 2, "there is no tool \"foo\": runnel tools lists them");
    subject_free(program);
}

static void they_fit_a_terminal(void **state)
{
    (void)state;
    static const int widths[] = {20, 40, 80};
    for (size_t i = 0; i < sizeof(widths) / sizeof(*widths); i++) {
        struct subject *program = RUN(.args = ARGS("tools"), .columns = widths[i], .rows = 10);
        for (const char *line = subject_out(program); *line;) {
            size_t len = strcspn(line, "\r\n");
            assert_true(cell_columns(line, len) <= widths[i]);
            line += len + strspn(line + len, "\r\n");
        }
        assert_has(subject_out(program), "\n  Read a text");
        subject_free(program);
    }
}

static void schemas_are_in_the_json(void **state)
{
    home_configure(*state, config);
    struct subject *program = RUN(.args = ARGS("tools", "--json"));
    json_t *list = json_loads(subject_out(program), 0, NULL);
    const json_t *tool = json_array_get(list, 0);
    assert_string_equal(json_string_value(json_object_get(tool, "name")), "read_file");
    assert_string_equal(json_string_value(json_object_get(tool, "policy")), "runs");
    assert_true(json_is_true(json_object_get(tool, "offered")));
    assert_true(json_is_object(json_object_get(json_object_get(tool, "schema"), "properties")));
    tool = json_array_get(list, json_array_size(list) - 1);
    assert_true(json_is_false(json_object_get(tool, "offered")));
    json_decref(list);
    subject_free(program);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(all_are_told_in_words, home_set_up, home_tear_down),
        cmocka_unit_test_setup_teardown(options_count, home_set_up, home_tear_down),
        cmocka_unit_test_setup_teardown(one_is_named, home_set_up, home_tear_down),
        cmocka_unit_test_setup_teardown(they_fit_a_terminal, home_set_up, home_tear_down),
        cmocka_unit_test_setup_teardown(schemas_are_in_the_json, home_set_up, home_tear_down),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
