/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "llm/strict.h"

#define OBJECT(members, required)                                                    \
    "{\"type\":\"object\",\"properties\":{" members "},\"required\":[" required "]," \
    "\"additionalProperties\":false}"
#define STRING "{\"type\":\"string\"}"
#define TWICE(schema) OBJECT("\"a\":" schema, "\"a\"")

static const struct {
    const char *about, *schema;
    bool is_strict;
} cases[] = {
    {"all members required, no others", OBJECT("\"a\":" STRING, "\"a\""), true},
    {"no members", OBJECT("", ""), true},
    {"a member that is not required", OBJECT("\"a\":" STRING ",\"b\":" STRING, "\"a\""), false},
    {"others allowed by saying nothing",
     "{\"type\":\"object\",\"properties\":{\"a\":" STRING "},\"required\":[\"a\"]}", false},
    {"others allowed", "{\"type\":\"object\",\"properties\":{},\"additionalProperties\":true}",
     false},
    {"others of a kind",
     "{\"type\":\"object\",\"properties\":{},\"additionalProperties\":" STRING "}", false},
    {"an open object inside", OBJECT("\"a\":{\"type\":\"object\"}", "\"a\""), false},
    {"an open object that does not say so",
     OBJECT("\"a\":{\"properties\":{\"b\":" STRING "}}", "\"a\""), false},
    {"an open object, or null", OBJECT("\"a\":{\"type\":[\"object\",\"null\"]}", "\"a\""), false},
    {"a closed object inside", TWICE(OBJECT("\"b\":" STRING, "\"b\"")), true},
    {"a list", OBJECT("\"a\":{\"type\":\"array\",\"items\":" STRING ",\"minItems\":1}", "\"a\""),
     true},
    {"a list of open objects",
     OBJECT("\"a\":{\"type\":\"array\",\"items\":{\"type\":\"object\"}}", "\"a\""), false},
    {"one of two", OBJECT("\"a\":{\"anyOf\":[" STRING ",{\"type\":\"null\"}]}", "\"a\""), true},
    {"one of two, open", OBJECT("\"a\":{\"anyOf\":[" STRING ",{\"type\":\"object\"}]}", "\"a\""),
     false},
    {"anyOf that is no list", OBJECT("\"a\":{\"anyOf\":{}}", "\"a\""), false},
    {"definitions",
     "{\"$schema\":\"x\",\"type\":\"object\",\"properties\":{\"a\":{\"$ref\":\"#/$defs/b\"}},"
     "\"required\":[\"a\"],\"additionalProperties\":false,\"$defs\":{\"b\":" STRING "}}",
     true},
    {"an open definition",
     "{\"type\":\"object\",\"properties\":{},\"additionalProperties\":false,\"$defs\":{\"b\":{"
     "\"type\":\"object\"}}}",
     false},
    {"a word that is not taken", OBJECT("\"a\":{\"type\":\"string\",\"default\":\"x\"}", "\"a\""),
     false},
    {"allOf", OBJECT("\"a\":{\"allOf\":[" STRING "]}", "\"a\""), false},
    {"a member called like a word", OBJECT("\"default\":" STRING, "\"default\""), true},
    {"a member that is no schema", OBJECT("\"a\":true", "\"a\""), false},
    {"no object at the root", STRING, false},
    {"one of two at the root", "{\"anyOf\":[" OBJECT("", "") "]}", false},
    {"nothing", "{}", false},
    {"no schema", "[]", false},
    {"ten deep", TWICE(TWICE(TWICE(TWICE(TWICE(TWICE(TWICE(TWICE(TWICE(TWICE(STRING)))))))))),
     true},
    {"eleven deep",
     TWICE(TWICE(TWICE(TWICE(TWICE(TWICE(TWICE(TWICE(TWICE(TWICE(TWICE(STRING))))))))))), false},
};

static void test_schemas(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        json_t *schema = json_loads(cases[i].schema, 0, NULL);
        assert_non_null(schema);
        if (schema_is_strict(schema) != cases[i].is_strict)
            fail_msg("%s: %s", cases[i].about, cases[i].schema);
        json_decref(schema);
    }
    assert_false(schema_is_strict(NULL));
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(test_schemas)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
