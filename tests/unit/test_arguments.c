/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "tools/arguments.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <string.h>

#include "base/error.h"
#include "tools/tools.h"

static const char schema[] =
    "{\"type\":\"object\",\"properties\":{\"s\":{\"type\":\"string\"},"
    "\"n\":{\"type\":\"integer\",\"minimum\":1,\"maximum\":16},\"b\":{\"type\":\"boolean\"}},"
    "\"required\":[\"s\"],\"additionalProperties\":false}";

static const struct {
    const char *about, *text;
    const char *want; /* NULL: sound; else a part of what is wrong */
} cases[] = {
    {"what is required", "{\"s\":\"x\"}", NULL},
    {"all", " {\"s\":\"\", \"n\":16, \"b\":false}\n", NULL},
    {"a whole number with a point", "{\"s\":\"\",\"n\":2.0}", NULL},
    {"null is left out", "{\"s\":\"x\",\"n\":null}", NULL},
    {"a tab as it is", "{\"s\":\"a\tb\"}", NULL},
    {"half an emoji", "{\"s\":\"\\ud83d\"}", NULL},
    {"missing", "{}", "arguments: \"s\" is missing"},
    {"nothing at all", "", "arguments: \"s\" is missing"},
    {"blanks", " \n", "arguments: \"s\" is missing"},
    {"null where it is required", "{\"s\":null}", "arguments: \"s\" is missing"},
    {"a number for a string", "{\"s\":7}",
     "arguments.s: a string was expected, a number was given"},
    {"an array for a string", "{\"s\":[\"x\"]}",
     "arguments.s: a string was expected, an array was given"},
    {"a string for a number", "{\"s\":\"\",\"n\":\"7\"}",
     "arguments.n: a whole number was expected, a string was given"},
    {"a fraction", "{\"s\":\"\",\"n\":1.5}",
     "arguments.n: a whole number was expected, a fraction was given"},
    {"too large for anything", "{\"s\":\"\",\"n\":1e300}",
     "arguments.n: a whole number was expected"},
    {"beyond 64 bits", "{\"s\":\"\",\"n\":99999999999999999999}",
     "arguments.n: a whole number was expected"},
    {"too small", "{\"s\":\"\",\"n\":0}", "arguments.n: it must be at least 1"},
    {"too large", "{\"s\":\"\",\"n\":17}", "arguments.n: it must be at most 16"},
    {"a string for a boolean", "{\"s\":\"\",\"b\":\"true\"}",
     "arguments.b: true or false was expected, a string was given"},
    {"unknown", "{\"s\":\"\",\"x\":1}", "arguments: there is no \"x\"; there are: s, n, b"},
    {"an unknown one with a long name",
     "{\"s\":\"\","
     "\"xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx\":1}",
     "xxxxxxxxxxxxxxx\"; there are: s, n, b"},
    {"a NUL", "{\"s\":\"a\\u0000b\"}", "arguments.s: it may not hold a NUL character"},
    {"an array", "[]", "one JSON object, not an array"},
    {"a string that holds an object", "\"{}\"", "one JSON object, not a string"},
    {"no JSON", "path=x", "the arguments cannot be read: no JSON"},
    {"two objects", "{\"s\":\"\"}{}", "the arguments cannot be read"},
};

static void test_cases(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        struct error error = ERROR_INIT;
        json_t *args = arguments_read(cases[i].text, strlen(cases[i].text), schema, &error);
        if ((args != NULL) != (cases[i].want == NULL) ||
            (cases[i].want && !strstr(error.text, cases[i].want)))
            fail_msg("%s: %s", cases[i].about, args ? "sound" : error.text);
        json_decref(args);
    }
}

/* Cut off anywhere, it is told to be cut off. */
static void test_truncated(void **state)
{
    (void)state;
    static const char text[] = "{\"s\":\"a\\u0041\\n\",\"n\":3,\"b\":true}";
    for (size_t len = 1; len < strlen(text); len++) {
        struct error error = ERROR_INIT;
        assert_null(arguments_read(text, len, schema, &error));
        assert_true(strncmp(error.text, "the arguments end too early", 27) == 0);
    }
}

/* The built-in tools' own: what the check knows, and nothing else. */
static void test_schemas(void **state)
{
    (void)state;
    for (const struct builtin *tool = builtins; tool->name; tool++) {
        json_t *own = json_loads(tool->schema, JSON_REJECT_DUPLICATES, NULL);
        const char *name;
        json_t *property, *required;
        size_t i;
        assert_non_null(own);
        assert_string_equal(json_string_value(json_object_get(own, "type")), "object");
        assert_true(json_is_false(json_object_get(own, "additionalProperties")));
        json_object_foreach (json_object_get(own, "properties"), name, property) {
            const char *type = json_string_value(json_object_get(property, "type"));
            assert_non_null(strstr("string integer boolean", type));
            assert_true(json_string_length(json_object_get(property, "description")) > 10);
        }
        json_array_foreach (json_object_get(own, "required"), i, required)
            assert_non_null(
                json_object_get(json_object_get(own, "properties"), json_string_value(required)));
        json_decref(own);
    }
}

static void test_flags(void **state)
{
    (void)state;
    json_t *args = json_loads("{\"a\":true,\"b\":false}", 0, NULL);
    assert_true(arguments_has(args, "a"));
    assert_false(arguments_has(args, "b"));
    assert_false(arguments_has(args, "c"));
    json_decref(args);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_cases),
        cmocka_unit_test(test_truncated),
        cmocka_unit_test(test_schemas),
        cmocka_unit_test(test_flags),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
