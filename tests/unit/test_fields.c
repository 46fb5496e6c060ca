/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "text/fields.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "base/buf.h"

/* The pieces as text: {name=string}, {name:other}; what is no object has neither name nor end. */
static void add_pieces(struct fields *fields, const char *json, size_t len, struct buf *out)
{
    static const char *const signs[] = {
        [FIELD_OPEN] = "{", [FIELD_STRING] = "=", [FIELD_OTHER] = ":", [FIELD_CLOSE] = "}"};
    struct field_piece piece;
    while (fields_next(fields, &json, &len, &piece)) {
        if (piece.kind == FIELD_NAME || piece.kind == FIELD_TEXT)
            buf_add(out, piece.bytes, piece.len);
        else
            buf_adds(out, signs[piece.kind]);
    }
}

static const struct {
    const char *about, *json, *want;
} cases[] = {
    {"nothing", "", ""},
    {"no fields", " { } ", ""},
    {"a string", "{\"path\":\"a b\"}", "{path=a b}"},
    {"blanks", " {\n \"a\" :\t\"b\" , \"c\" : 1 } ", "{a=b}{c:1}"},
    {"literals", "{\"a\":-1.5e3,\"b\":true,\"c\":null}", "{a:-1.5e3}{b:true}{c:null}"},
    {"nested", "{\"a\":{\"b\":[1, \"}, \\\"]\"]},\"c\":[]}", "{a:{\"b\":[1,\"}, \\\"]\"]}}{c:[]}"},
    {"escapes", "{\"a\\n\":\"\\\"\\\\\\/\\b\\f\\n\\r\\t\"}", "{a\n=\"\\/\b\f\n\r\t}"},
    {"codes", "{\"a\":\"\\u0041\\u00e9\\u20AC\"}", "{a=A\u00e9\u20ac}"},
    {"a pair", "{\"a\":\"\\ud83d\\uDE00!\"}", "{a=\U0001F600!}"},
    {"half a pair", "{\"a\":\"\\ud83dx\"}", "{a=\uFFFDx}"},
    {"half a pair at the end", "{\"a\":\"\\ud83d\"}", "{a=\uFFFD}"},
    {"half a pair, then an escape", "{\"a\":\"\\ud83d\\n\"}", "{a=\uFFFD\n}"},
    {"two first halves", "{\"a\":\"\\ud83d\\ud83d\\ude00\"}", "{a=\uFFFD\U0001F600}"},
    {"a second half", "{\"a\":\"\\ude00\"}", "{a=\uFFFD}"},
    {"empty", "{\"\":\"\"}", "{=}"},
    {"the same name again", "{\"a\":\"1\",\"a\":\"2\"}", "{a=1}{a=2}"},
    {"cut in a name", "{\"pa", "{pa"},
    {"cut in a string", "{\"a\":\"b", "{a=b"},
    {"cut in a value", "{\"a\":[1,", "{a:[1,"},
    {"an array", "[1, 2]", ":[1, 2]"},
    {"no JSON", "rm -rf", ":rm -rf"},
    {"after the end", "{\"a\":1} }x", "{a:1}"},
    {"wrong within", "{a:1,\"b\" 2 :3}", "{b:3}"},
};

static void test_pieces(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof(cases) / sizeof(*cases); i++) {
        size_t len = strlen(cases[i].json);
        for (size_t cut = 0; cut <= len; cut++) {
            struct fields fields = {0};
            struct buf out = BUF_INIT;
            add_pieces(&fields, cases[i].json, cut, &out);
            add_pieces(&fields, cases[i].json + cut, len - cut, &out);
            assert_string_equal(buf_str(&out), cases[i].want);
            buf_clear(&out);
        }
    }
}

static void test_byte_by_byte(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof(cases) / sizeof(*cases); i++) {
        struct fields fields = {0};
        struct buf out = BUF_INIT;
        for (const char *byte = cases[i].json; *byte; byte++)
            add_pieces(&fields, byte, 1, &out);
        assert_string_equal(buf_str(&out), cases[i].want);
        buf_clear(&out);
    }
}

static void test_text(void **state)
{
    (void)state;
    static const struct {
        const char *json, *want;
    } texts[] = {
        {"{}", ""},
        {"{\"path\":\"a b\",\"n\":1}", "path: \"a b\"\nn: 1\n"},
        {"{\"content\":\"one\\n\\ntwo\",\"n\":[1, 2]}", "content:\n  one\n  \n  two\nn: [1,2]\n"},
        {"{\"a\":\"x\\ncommand: \\\"ls\\\"\"}", "a:\n  x\n  command: \"ls\"\n"},
        {"{\"a\\ncommand\":\"ls\"}", "a\u240Acommand: \"ls\"\n"},
    };
    for (size_t i = 0; i < sizeof(texts) / sizeof(*texts); i++) {
        struct buf out = BUF_INIT;
        fields_text(&out, texts[i].json);
        assert_string_equal(buf_str(&out), texts[i].want);
        buf_clear(&out);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_pieces),
        cmocka_unit_test(test_byte_by_byte),
        cmocka_unit_test(test_text),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
