/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "base/schema.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <string.h>

#include "base/buf.h"
#include "base/error.h"

#define NODE                                                                               \
    "{\"$ref\":\"#/$defs/node\",\"$defs\":{\"node\":{\"type\":\"object\",\"properties\":{" \
    "\"name\":{\"type\":\"string\"},\"next\":{\"anyOf\":[{\"$ref\":\"#/$defs/node\"},"     \
    "{\"type\":\"null\"}]}},\"required\":[\"name\"]}}}"
#define ITEMS                                                                        \
    "{\"type\":\"object\",\"properties\":{\"items\":{\"type\":\"array\",\"items\":{" \
    "\"type\":\"object\",\"properties\":{\"name\":{\"type\":\"string\"}}}}}}"

static const struct {
    const char *about, *schema, *text;
    const char *want; /* what is wrong; NULL: it fits */
} cases[] = {
    {"anything", "{}", "[1,{\"a\":null}]", NULL},
    {"an unknown keyword", "{\"format\":\"date\"}", "\"x\"", NULL},

    {"a string", "{\"type\":\"string\"}", "\"x\"", NULL},
    {"no string", "{\"type\":\"string\"}", "3", "$: a string was expected, a number was given"},
    {"a number", "{\"type\":\"number\"}", "1.5", NULL},
    {"a whole one is a number", "{\"type\":\"number\"}", "1", NULL},
    {"a whole number", "{\"type\":\"integer\"}", "1", NULL},
    {"a whole number with a point", "{\"type\":\"integer\"}", "1.0", NULL},
    {"a fraction", "{\"type\":\"integer\"}", "1.5",
     "$: a whole number was expected, a fraction was given"},
    {"a boolean", "{\"type\":\"boolean\"}", "false", NULL},
    {"no boolean", "{\"type\":\"boolean\"}", "null",
     "$: true or false was expected, null was given"},
    {"null", "{\"type\":\"null\"}", "null", NULL},
    {"an object", "{\"type\":\"object\"}", "{}", NULL},
    {"an array", "{\"type\":\"array\"}", "[]", NULL},
    {"no array", "{\"type\":\"array\"}", "{}", "$: an array was expected, an object was given"},
    {"one of two types", "{\"type\":[\"string\",\"null\"]}", "null", NULL},
    {"none of two types", "{\"type\":[\"string\",\"null\"]}", "true",
     "$: a string or null was expected, true or false was given"},

    {"of an enum", "{\"enum\":[\"a\",1,null]}", "1.0", NULL},
    {"not of an enum", "{\"enum\":[\"a\",1]}", "\"b\"",
     "$: it is none of what is allowed: \"a\", 1"},
    {"const", "{\"const\":{\"a\":[1]}}", "{\"a\":[1]}", NULL},
    {"not const", "{\"const\":\"v1\"}", "\"v2\"", "$: it must be \"v1\""},

    {"minimum", "{\"minimum\":2}", "2", NULL},
    {"below", "{\"minimum\":2}", "1.5", "$: it must be at least 2"},
    {"maximum", "{\"maximum\":0.5}", "0.5", NULL},
    {"above", "{\"maximum\":0.5}", "1", "$: it must be at most 0.5"},
    {"more than", "{\"exclusiveMinimum\":0}", "0", "$: it must be more than 0"},
    {"less than", "{\"exclusiveMaximum\":1}", "1", "$: it must be less than 1"},
    {"limits are for numbers", "{\"minimum\":2,\"maxLength\":1,\"minItems\":1}", "true", NULL},
    {"characters, not bytes", "{\"minLength\":2,\"maxLength\":2}",
     "\"\xe7\x8c\xab\xf0\x9f\x8c\x8a\"", NULL},
    {"too short", "{\"minLength\":3}", "\"\xe7\x8c\xab\"", "$: it must have at least 3 characters"},
    {"too long", "{\"maxLength\":3}", "\"abcd\"", "$: it must have at most 3 characters"},
    {"too few", "{\"minItems\":1}", "[]", "$: it must have at least 1 items"},
    {"too many", "{\"maxItems\":1}", "[1,2]", "$: it must have at most 1 items"},

    {"what is required", "{\"required\":[\"a\"]}", "{\"a\":null}", NULL},
    {"missing", "{\"required\":[\"a\",\"b\"]}", "{\"a\":1}", "$: \"b\" is missing"},
    {"what is not required", "{\"properties\":{\"a\":{\"type\":\"string\"}}}", "{}", NULL},
    {"more than is named", "{\"properties\":{\"a\":{}}}", "{\"b\":1}", NULL},
    {"more than is allowed", "{\"properties\":{\"a\":{},\"c\":{}},\"additionalProperties\":false}",
     "{\"b\":1}", "$: there is no \"b\"; there are: a, c"},
    {"more, of a kind", "{\"additionalProperties\":{\"type\":\"number\"}}", "{\"b\":1}", NULL},
    {"more, not of the kind", "{\"additionalProperties\":{\"type\":\"number\"}}", "{\"b\":\"\"}",
     "$.b: a number was expected, a string was given"},
    {"never", "{\"properties\":{\"a\":false}}", "{\"a\":1}", "$.a: it has no place here"},

    {"deep inside", ITEMS, "{\"items\":[{\"name\":\"a\"},{},{\"name\":1}]}",
     "$.items[2].name: a string was expected, a number was given"},

    {"any of two", "{\"anyOf\":[{\"type\":\"string\"},{\"minimum\":3}]}", "4", NULL},
    {"none of two", "{\"anyOf\":[{\"type\":\"string\"},{\"minimum\":3}]}", "2",
     "$: it has none of the 2 forms that it may have"},
    {"one of two", "{\"oneOf\":[{\"type\":\"string\"},{\"type\":\"null\"}]}", "null", NULL},
    {"all of two", "{\"allOf\":[{\"minimum\":1},{\"maximum\":3}]}", "2", NULL},
    {"not all of two", "{\"allOf\":[{\"minimum\":1},{\"maximum\":3}]}", "4",
     "$: it must be at most 3"},

    {"recursive", NODE, "{\"name\":\"a\",\"next\":{\"name\":\"b\",\"next\":null}}", NULL},
    {"recursive, and wrong", NODE, "{\"next\":null}", "$: \"name\" is missing"},
    {"the whole again", "{\"type\":\"object\",\"additionalProperties\":{\"$ref\":\"#\"}}",
     "{\"a\":{\"b\":{\"c\":3}}}", "$.a.b.c: an object was expected, a number was given"},
    {"escapes in a reference",
     "{\"$ref\":\"#/$defs/a~1b~0c\",\"$defs\":{\"a/b~c\":{\"type\":\"null\"}}}", "1",
     "$: null was expected, a number was given"},
    {"by its number", "{\"anyOf\":[{\"type\":\"null\"}],\"items\":{\"$ref\":\"#/anyOf/0\"}}",
     "null", NULL},
    {"without end", "{\"$ref\":\"#\"}", "1", "$: the schema leads too deep"},
    {"without end, twice as often at each level", "{\"anyOf\":[{\"$ref\":\"#\"},{\"$ref\":\"#\"}]}",
     "1", "$: it has none of the 2 forms"},
    {"without end, downwards", "{\"items\":{\"$ref\":\"#\"},\"type\":\"array\"}", "[[[1]]]",
     "$[0][0][0]: an array was expected"},

    {"blanks around it", "{\"type\":\"null\"}", " null\n", NULL},
    {"nothing", "{}", "", "it is empty"},
    {"blanks", "{}", " \n", "it is empty"},
    {"words", "{}", "Sure! {}", "it is no JSON"},
    {"words after it", "{}", "{} I hope", "it is no JSON"},
    {"two values", "{}", "{}{}", "it is no JSON"},
    {"a fence", "{}", "\n```json\n{}\n```", "the model wrapped it in ```"},
    {"cut off", "{}", "{\"a\":", "it ends too early: line 1"},
    {"a NUL in a string", "{\"type\":\"string\"}", "\"a\\u0000b\"", NULL},
};

static void test_cases(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        struct error error = ERROR_INIT;
        const char *schema = cases[i].schema, *text = cases[i].text, *want = cases[i].want;
        assert_int_equal(schema_check_sound(schema, strlen(schema), &error), 0);
        int result = schema_check_text(schema, text, strlen(text), &error);
        if ((result == 0) != !want || (want && !strstr(error.text, want)))
            fail_msg("%s: %s", cases[i].about, result == 0 ? "it fits" : error.text);
    }
}

static const struct {
    const char *about, *schema, *want;
} unsound[] = {
    {"nothing", "", "line 1: "},
    {"no JSON", "{\n\"type\":\n\"string\",,}", "line 3: "},
    {"cut off", "{\"type\":", "line 1: "},
    {"a key twice", "{\"type\":\"null\",\"type\":\"null\"}", "duplicate"},
    {"an array", "[]", "line 1: a schema is a JSON object, not an array"},
    {"a boolean", "true", "line 1: a schema is a JSON object, not true or false"},
    {"no type", "{\"type\":\"text\"}", "#/type: there is no such type"},
    {"a type that is a number", "{\"type\":1}", "#/type: there is no such type"},
    {"no types", "{\"type\":[]}", "#/type: there is no such type"},
    {"a type among others", "{\"type\":[\"null\",\"x\"]}", "#/type: there is no such type"},
    {"names that are numbers", "{\"required\":[1]}", "#/required: an array of names"},
    {"names that are true", "{\"required\":true}", "#/required: an array of names"},
    {"a property that is no schema", "{\"properties\":{\"a\":\"string\"}}",
     "#/properties/a: a schema was expected"},
    {"properties in an array", "{\"properties\":[]}", "#/properties: an object of schemas"},
    {"items in an array", "{\"items\":[{}]}", "#/items: a schema was expected"},
    {"a limit that is text", "{\"items\":{\"minimum\":\"1\"}}", "#/items/minimum: a number"},
    {"an enum that is none", "{\"enum\":\"a\"}", "#/enum: an array was expected"},
    {"anyOf of nothing", "{\"anyOf\":[]}", "#/anyOf: an array of schemas"},
    {"anyOf an object", "{\"anyOf\":{}}", "#/anyOf: an array of schemas"},
    {"wrong deep inside", "{\"anyOf\":[{},{\"type\":\"x\"}]}", "#/anyOf/type: there is no such"},
    {"in a definition", "{\"$defs\":{\"a\":{\"type\":\"x\"}}}", "#/$defs/a/type: "},
    {"a reference to nothing", "{\"$ref\":\"#/$defs/a\"}", "#/$ref: it leads nowhere"},
    {"a reference to a text", "{\"$ref\":\"#/title\",\"title\":\"x\"}", "#/$ref: it leads nowhere"},
    {"a reference to elsewhere", "{\"$ref\":\"https://x.org/s\"}", "#/$ref: it leads nowhere"},
    {"a reference that is a number", "{\"$ref\":1}", "#/$ref: it leads nowhere"},
};

static void test_unsound(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof(unsound) / sizeof(unsound[0]); i++) {
        struct error error = ERROR_INIT;
        const char *schema = unsound[i].schema;
        int result = schema_check_sound(schema, strlen(schema), &error);
        if (result == 0 || !strstr(error.text, unsound[i].want))
            fail_msg("%s: %s", unsound[i].about, result == 0 ? "sound" : error.text);
    }
}

/* Long names and texts are cut, not trusted to fit. */
static void test_long_words(void **state)
{
    (void)state;
    struct buf text = BUF_INIT;
    struct error error;
    buf_adds(&text, "{\"");
    for (int i = 0; i < 5000; i++)
        buf_adds(&text, "k");
    buf_adds(&text, "\":1}");
    assert_int_equal(schema_check_text("{\"additionalProperties\":{\"type\":\"null\"}}", text.data,
                                       text.len, &error),
                     -1);
    assert_non_null(strstr(error.text, "null was expected"));
    assert_int_equal(
        schema_check_text("{\"additionalProperties\":false}", text.data, text.len, &error), -1);
    assert_non_null(strstr(error.text, "there are: "));
    buf_clear(&text);
}

/* As deep as the parser lets it be. */
static void test_deep(void **state)
{
    (void)state;
    struct buf text = BUF_INIT;
    struct error error;
    for (int i = 0; i < 1500; i++)
        buf_adds(&text, "[");
    for (int i = 0; i < 1500; i++)
        buf_adds(&text, "]");
    assert_int_equal(schema_check_text("{\"type\":\"array\"}", text.data, text.len, &error), 0);
    assert_int_equal(schema_check_text("{\"items\":{\"$ref\":\"#\"}}", text.data, text.len, &error),
                     -1);
    assert_non_null(strstr(error.text, "too deep"));
    buf_clear(&text);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_cases),
        cmocka_unit_test(test_unsound),
        cmocka_unit_test(test_long_words),
        cmocka_unit_test(test_deep),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
