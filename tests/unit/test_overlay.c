/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "base/overlay.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <stdlib.h>
#include <string.h>

#include "base/error.h"

static const struct {
    const char *about, *object, *assignment;
    const char *want; /* "!...": a part of what is wrong */
} sets[] = {
    {"a string", NULL, "user=me", "{\"user\":\"me\"}"},
    {"a number", NULL, "seed=42", "{\"seed\":42}"},
    {"a fraction", NULL, "top_p=0.5", "{\"top_p\":0.5}"},
    {"true", NULL, "a=true", "{\"a\":true}"},
    {"null", NULL, "a=null", "{\"a\":null}"},
    {"an array", NULL, "stop=[\"\\n\",\"END\"]", "{\"stop\":[\"\\n\",\"END\"]}"},
    {"an object", NULL, "a={\"b\":{}}", "{\"a\":{\"b\":{}}}"},
    {"a string that looks like a number", NULL, "a=\"42\"", "{\"a\":\"42\"}"},
    {"what is nearly JSON is a string", NULL, "a=[1,", "{\"a\":\"[1,\"}"},
    {"a word that begins as one of JSON's", NULL, "a=nullable", "{\"a\":\"nullable\"}"},
    {"beyond 64 bits", NULL, "a=99999999999999999999", "{\"a\":\"99999999999999999999\"}"},
    {"nothing", NULL, "a=", "{\"a\":\"\"}"},
    {"more equals signs", NULL, "a=b=c", "{\"a\":\"b=c\"}"},
    {"bytes that are no UTF-8", NULL, "a=\xff", "{\"a\":\"\xef\xbf\xbd\"}"},
    {"nested", NULL, "options.num_ctx=16384", "{\"options\":{\"num_ctx\":16384}}"},
    {"nested deeper", NULL, "a.b.c=1", "{\"a\":{\"b\":{\"c\":1}}}"},
    {"beside others", "{\"a\":{\"b\":1},\"c\":2}", "a.d=3", "{\"a\":{\"b\":1,\"d\":3},\"c\":2}"},
    {"in place of another", "{\"a\":1}", "a=2", "{\"a\":2}"},
    {"an object in place of a number", "{\"a\":1}", "a.b=2", "{\"a\":{\"b\":2}}"},
    {"dots in the value", NULL, "a=1.2.3", "{\"a\":\"1.2.3\"}"},
    {"no equals sign", NULL, "a", "!\"a\" is not KEY=VALUE"},
    {"nothing at all", NULL, "", "!\"\" is not KEY=VALUE"},
    {"no key", NULL, "=1", "!a KEY is UTF-8 and not empty"},
    {"no key before a dot", NULL, ".a=1", "!a KEY is UTF-8 and not empty"},
    {"no key after a dot", NULL, "a.=1", "!a KEY is UTF-8 and not empty"},
    {"no key between dots", "{\"a\":{}}", "a..b=1", "!a KEY is UTF-8 and not empty"},
    {"a key that is no UTF-8", NULL, "\xff=1", "!a KEY is UTF-8 and not empty"},
    {"an inner key that is no UTF-8", NULL, "\xff.a=1", "!a KEY is UTF-8 and not empty"},
};

static void test_sets(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof(sets) / sizeof(sets[0]); i++) {
        struct error error = ERROR_INIT;
        const char *want = sets[i].want;
        char *text = overlay_set(sets[i].object, sets[i].assignment, &error);
        bool is_right =
            *want == '!' ? !text && strstr(error.text, want + 1) : text && strcmp(text, want) == 0;
        if (!is_right)
            fail_msg("%s: %s", sets[i].about, text ? text : error.text);
        free(text);
    }
}

static const struct {
    const char *under, *over, *want;
} joins[] = {
    {NULL, NULL, NULL},
    {"{\"a\":1}", NULL, "{\"a\":1}"},
    {NULL, "{\"a\":1}", "{\"a\":1}"},
    {"{\"a\":1,\"b\":2}", "{\"b\":3}", "{\"a\":1,\"b\":3}"},
    {"{\"o\":{\"a\":1,\"b\":2}}", "{\"o\":{\"b\":3}}", "{\"o\":{\"a\":1,\"b\":3}}"},
    {"{\"o\":[1,2]}", "{\"o\":[3]}", "{\"o\":[3]}"},
    {"{\"o\":1}", "{\"o\":{\"a\":1}}", "{\"o\":{\"a\":1}}"},
};

static void test_joins(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof(joins) / sizeof(joins[0]); i++) {
        char *text = overlay_join(joins[i].under, joins[i].over);
        if (joins[i].want)
            assert_string_equal(text, joins[i].want);
        else
            assert_null(text);
        free(text);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_sets),
        cmocka_unit_test(test_joins),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
