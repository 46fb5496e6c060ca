/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "tools/parameters.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "base/buf.h"
#include "tools/tools.h"

static const struct {
    const char *about, *schema, *want; /* "name*|kind|description;" */
} cases[] = {
    {"no schema", NULL, ""},
    {"no JSON", "{\"type\":", ""},
    {"no object", "[1]", ""},
    {"no arguments", "{\"type\":\"object\"}", ""},
    {"one", "{\"properties\":{\"a\":{\"type\":\"integer\",\"description\":\"How many.\"}}}",
     "a|a whole number|How many.;"},
    {"in order, one required",
     "{\"properties\":{\"b\":{\"type\":\"string\"},\"a\":{\"type\":\"boolean\"}},"
     "\"required\":[\"b\"]}",
     "b*|a string|;a|true or false|;"},
    {"more than one type", "{\"properties\":{\"a\":{\"type\":[\"string\",\"null\",7]}}}",
     "a|a string or null|;"},
    {"a choice", "{\"properties\":{\"a\":{\"type\":\"string\",\"enum\":[\"x\",\"y\",3]}}}",
     "a|\"x\" or \"y\" or 3|;"},
    {"a type there is not", "{\"properties\":{\"a\":{\"type\":\"thing\"}}}", "a|thing|;"},
    {"anything", "{\"properties\":{\"a\":true},\"required\":\"a\"}", "a||;"},
};

static void test_cases(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof(cases) / sizeof(*cases); i++) {
        struct parameters parameters;
        struct buf got = BUF_INIT;
        print_message("%s\n", cases[i].about);
        parameters_read(&parameters, cases[i].schema);
        for (size_t k = 0; k < parameters.count; k++) {
            const struct parameter *one = &parameters.items[k];
            buf_addf(&got, "%s%s|%s|%s;", one->name, one->is_required ? "*" : "", one->kind,
                     one->description);
        }
        assert_string_equal(buf_str(&got), cases[i].want);
        parameters_clear(&parameters);
        assert_int_equal(parameters.count, 0);
        buf_clear(&got);
    }
}

/* A model and a user read nothing else. */
static void test_builtins_are_told(void **state)
{
    (void)state;
    for (const struct builtin *tool = builtins; tool->name; tool++) {
        struct parameters parameters;
        parameters_read(&parameters, tool->schema);
        assert_true(parameters.count > 0);
        for (size_t i = 0; i < parameters.count; i++) {
            assert_true(*parameters.items[i].kind);
            assert_true(*parameters.items[i].description);
        }
        parameters_clear(&parameters);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_cases),
        cmocka_unit_test(test_builtins_are_told),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
