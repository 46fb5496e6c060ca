/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "llm/glance.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <glob.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/buf.h"
#include "base/error.h"
#include "base/fd.h"
#include "llm/event.h"
#include "llm/reply.h"
#include "quoted.h"

/* ---- What is known at a glance, and what is not ---- */

/* A payload, with ' for ", and what it comes down to; NULL: more than a text.  `seen`: it has to be known
 * without being parsed. */
struct look {
    const char *payload, *text;
    bool seen;
};

enum { LOOKS_MAX = 5 };

static const struct {
    const char *about;
    struct look looks[LOOKS_MAX];
} cases[] = {
    {"the third of a form",
     {{"{'t':'a','n':1}", "a", false},
      {"{'t':'b','n':1}", "b", false},
      {"{'t':'cd','n':1}", "cd", true},
      {"{'t':'','n':1}", NULL, false},
      {"{'t':'e','n':1}", "e", false}}},
    {"the same text twice proves nothing",
     {{"{'t':'a'}", "a", false},
      {"{'t':'a'}", "a", false},
      {"{'t':'b'}", "b", false},
      {"{'t':'c'}", "c", true}}},
    {"what says more is forgotten, and what was before it",
     {{"{'t':'a'}", "a", false},
      {"{'t':'b'}", "b", false},
      {"{'t':'c','end':1}", NULL, false},
      {"{'t':'d'}", "d", false},
      {"{'t':'e'}", "e", false}}},
    {"another end",
     {{"{'t':'a','n':1}", "a", false},
      {"{'t':'b','n':1}", "b", false},
      {"{'t':'c','n':1} ", "c", false}}},
    {"a beginning of the form",
     {{"{'t':'a','n':1}", "a", false},
      {"{'t':'b','n':1}", "b", false},
      {"{'t':'c','n':1", NULL, false}}},
    {"another number",
     {{"{'t':'a','n':1}", "a", false},
      {"{'t':'b','n':1}", "b", false},
      {"{'t':'c','n':2}", "c", false}}},
    {"fields that nobody looks at",
     {{"{'created':7,'p':'xy','t':'a','obfuscation':'x'}", "a", false},
      {"{'created':8,'p':'','t':'b','obfuscation':'q\\nr'}", "b", false},
      {"{'created':123456789012345,'p':'z','t':'c','obfuscation':''}", "c", true},
      {"{'created':1,'p':'z','t':'d','obfuscation':7}", "d", false}}},
    {"in any order, with blanks",
     {{"{'created_at': 'x', 't': 'a', 'sequence_number': 9}", "a", false},
      {"{'created_at': 'y', 't': 'b', 'sequence_number': 10}", "b", false},
      {"{'created_at': 'z', 't': 'c', 'sequence_number': 0}", "c", true}}},
    {"no number",
     {{"{'t':'a','created':1}", "a", false},
      {"{'t':'b','created':2}", "b", false},
      {"{'t':'c','created':03}", NULL, false}}},
    {"a number that may be no whole one",
     {{"{'t':'a','created':1}", "a", false},
      {"{'t':'b','created':2}", "b", false},
      {"{'t':'c','created':1.5}", "c", false}}},
    {"a number that some cannot hold",
     {{"{'t':'a','created':1}", "a", false},
      {"{'t':'b','created':2}", "b", false},
      {"{'t':'c','created':1234567890123456}", "c", false}}},
    {"numbers that are fixed where they have a point",
     {{"{'t':'a','created':1.5}", "a", false},
      {"{'t':'b','created':1.5}", "b", false},
      {"{'t':'c','created':1.5}", "c", true},
      {"{'t':'d','created':2.5}", "d", false}}},
    {"padding that is the text",
     {{"{'p':'a','t':'a'}", "a", false},
      {"{'p':'x','t':'b'}", "b", false},
      {"{'p':'y','t':'c'}", "c", false},
      {"{'p':'z','t':'d'}", "d", true}}},
    {"padding that is said",
     {{"{'p':'a'}", "a", false}, {"{'p':'b'}", "b", false}, {"{'p':'c'}", "c", true}}},
    {"escapes of one letter",
     {{"{'t':'a'}", "a", false},
      {"{'t':'b'}", "b", false},
      {"{'t':'\\n\\t\\r\\b\\f\\/\\\\\\''}", "\n\t\r\b\f/\\\"", true},
      {"{'t':'x\\\\'}", "x\\", true}}},
    {"other escapes",
     {{"{'t':'a'}", "a", false}, {"{'t':'b'}", "b", false}, {"{'t':'\\u0041'}", "A", false}}},
    {"no escape",
     {{"{'t':'a'}", "a", false}, {"{'t':'b'}", "b", false}, {"{'t':'\\x'}", NULL, false}}},
    {"a string that does not end",
     {{"{'t':'a'}", "a", false}, {"{'t':'b'}", "b", false}, {"{'t':'c\\'}", NULL, false}}},
    {"whole UTF-8",
     {{"{'t':'\xC3\xA9'}", "\xC3\xA9", false},
      {"{'t':'b'}", "b", false},
      {"{'t':'\xF0\x9F\xA6\x80'}", "\xF0\x9F\xA6\x80", true}}},
    {"no UTF-8",
     {{"{'t':'a'}", "a", false}, {"{'t':'b'}", "b", false}, {"{'t':'\xED\xA0\x80'}", NULL, false}}},
    {"half a character",
     {{"{'t':'a'}", "a", false}, {"{'t':'b'}", "b", false}, {"{'t':'\xC3'}", NULL, false}}},
    {"a control character",
     {{"{'t':'a'}", "a", false}, {"{'t':'b'}", "b", false}, {"{'t':'\n'}", NULL, false}}},
    {"a text that is written in another way cannot be found",
     {{"{'x':'a','t':'\\u0061'}", "a", false},
      {"{'x':'a','t':'\\u0062'}", "b", false},
      {"{'x':'a','t':'\\u0063'}", "c", false}}},
    {"a text with a quote in it cannot either",
     {{"{'t':'a','b':'c'}", "a\",\"b\":\"c", false},
      {"{'t':'d','b':'c'}", "d", false},
      {"{'t':'e','b':'c'}", "e", false},
      {"{'t':'f','b':'c'}", "f", true}}},
    {"nor one with a backslash",
     {{"{'t':'\\n'}", "\\n", false}, {"{'t':'b'}", "b", false}, {"{'t':'c'}", "c", false}}},
    {"a name is no text",
     {{"{'a':'t','t':'a'}", "a", false},
      {"{'b':'t','t':'a'}", "b", false},
      {"{'c':'t','t':'a'}", "c", false}}},
    {"the end of a string is not the beginning of one",
     {{"{'a:','t':','}", ",", false},
      {"{'a:', 't':','}", ", ", false},
      {"{'a:':'t':','}", NULL, false}}},
    {"a list is no form",
     {{"[{'t':'a'}]", "a", false}, {"[{'t':'b'}]", "b", false}, {"[{'t':'c'}]", "c", false}}},
};

/* Take one look; what is wrong with it, NULL for nothing. */
static const char *take_look(struct glance *glance, const char *name, const struct look *look,
                             reply_say_fn *say)
{
    char *payload = quoted(look->payload);
    const char *wrong = NULL;
    struct said said = {0};
    size_t len = strlen(payload);
    char *copy = malloc(len); /* so that a sanitizer sees what is read beyond */
    memcpy(copy, payload, len);
    bool seen = glance_at(glance, name, copy, len, &said);
    if (seen != look->seen)
        wrong = seen ? "known" : "not known";
    else if (seen && (said.say != say || said.len != strlen(look->text) ||
                      memcmp(said.text, look->text, said.len) != 0))
        wrong = "something else";
    if (!seen) {
        said = (struct said){say, look->text, look->text ? strlen(look->text) : 0};
        glance_learn(glance, name, copy, len, look->text ? &said : NULL);
    }
    free(copy);
    free(payload);
    return wrong;
}

static void known_and_unknown(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        struct glance *glance = glance_new();
        for (size_t n = 0; n < LOOKS_MAX && cases[i].looks[n].payload; n++) {
            const struct look *look = &cases[i].looks[n];
            const char *wrong = take_look(glance, "message", look, reply_text);
            if (wrong)
                fail_msg("%s: %s is %s", cases[i].about, look->payload, wrong);
        }
        glance_free(glance);
    }
}

static const struct look a = {"{'t':'a'}", "a", false}, b = {"{'t':'b'}", "b", false},
                         c = {"{'t':'c'}", "c", false}, known = {"{'t':'d'}", "d", true};

static void another_event(void **state)
{
    (void)state;
    struct glance *glance = glance_new();
    assert_null(take_look(glance, "one", &a, reply_text));
    assert_null(take_look(glance, "one", &b, reply_text));
    assert_null(take_look(glance, "one", &known, reply_text));
    assert_null(take_look(glance, "two", &c, reply_text));
    assert_null(take_look(glance, "one", &b, reply_text));
    glance_free(glance);
}

static void said_in_another_way(void **state)
{
    (void)state;
    struct glance *glance = glance_new();
    assert_null(take_look(glance, "", &a, reply_text));
    assert_null(take_look(glance, "", &b, reply_reasoning));
    assert_null(take_look(glance, "", &c, reply_reasoning));
    assert_null(take_look(glance, "", &known, reply_reasoning));
    glance_free(glance);
}

static void no_form_for(struct glance *glance, int count)
{
    for (int i = 0; i < count; i++) {
        char payload[40];
        snprintf(payload, sizeof(payload), "{'t':'a','n':%d}", i);
        assert_null(take_look(glance, "", &(struct look){payload, "a", false}, reply_text));
    }
}

static void a_form_at_last(void **state)
{
    (void)state;
    struct glance *glance = glance_new();
    for (int i = 0; i < 3; i++) {
        no_form_for(glance, 30);
        assert_null(take_look(glance, "", &a, reply_text));
        assert_null(take_look(glance, "", &b, reply_text));
        assert_null(take_look(glance, "", &known, reply_text));
    }
    glance_free(glance);
}

static void no_form_at_all(void **state)
{
    (void)state;
    struct glance *glance = glance_new();
    no_form_for(glance, 100);
    assert_null(take_look(glance, "", &a, reply_text));
    assert_null(take_look(glance, "", &b, reply_text));
    assert_null(take_look(glance, "", &c, reply_text));
    glance_free(glance);
}

static void a_payload_too_long(void **state)
{
    (void)state;
    struct glance *glance = glance_new();
    char payload[6000];
    for (char text = 'a'; text < 'e'; text++) {
        char said[] = {text, '\0'};
        snprintf(payload, sizeof(payload), "{'t':'%c','n':'%05000d'}", text, 0);
        assert_null(take_look(glance, "", &(struct look){payload, said, false}, reply_text));
    }
    glance_free(glance);
}

/* ---- What counts as more than a text ---- */

static void what_is_heard(void **state)
{
    (void)state;
    struct event_queue *events = event_queue_new();
    struct reply *reply = reply_new(events);
    const struct heard *heard = reply_listen(reply);
    json_t *data = json_string("x");
    reply_start(reply, "m", "g");
    assert_int_equal(heard->count, 0);
    reply_text(reply, "", 0);
    assert_int_equal(heard->count, 0);
    reply_text(reply, "a", 1);
    assert_int_equal(heard->count, 1);
    assert_true(heard->said.say == reply_text && heard->said.len == 1);
    reply_opaque(reply, "field", data, "");
    assert_int_equal(heard->count, 2);
    int call = reply_call_open(reply, "", "");
    assert_int_equal(heard->count, 3);
    reply_call_name(reply, call, "", "f");
    assert_int_equal(heard->count, 4);
    reply_call_args(reply, call, "", 0);
    assert_int_equal(heard->count, 5);
    heard = reply_listen(reply);
    assert_true(heard->count == 0 && !heard->said.say);
    json_decref(data);
    reply_free(reply);
    event_queue_free(events);
}

/* What a codec looks at must not be passed over. */
static void idle_fields_are_idle(void **state)
{
    static const char *const names[] = {"\"created\"", "\"created_at\"", "\"sequence_number\"",
                                        "\"obfuscation\"", "\"p\""};
    glob_t files;
    (void)state;
    assert_int_equal(glob("src/llm/*.c", 0, NULL, &files), 0);
    for (size_t i = 0; i < files.gl_pathc; i++) {
        struct buf text = BUF_INIT;
        struct error error;
        assert_int_equal(file_read(files.gl_pathv[i], &text, 1 << 20, &error), 0);
        for (size_t n = 0; n < sizeof(names) / sizeof(names[0]); n++)
            if (strstr(text.data, names[n]))
                fail_msg("%s looks at %s", files.gl_pathv[i], names[n]);
        buf_clear(&text);
    }
    globfree(&files);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(known_and_unknown),   cmocka_unit_test(another_event),
        cmocka_unit_test(said_in_another_way), cmocka_unit_test(a_form_at_last),
        cmocka_unit_test(no_form_at_all),      cmocka_unit_test(a_payload_too_long),
        cmocka_unit_test(what_is_heard),       cmocka_unit_test(idle_fields_are_idle),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
