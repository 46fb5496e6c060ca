/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "llm/conversation.h"
#include "session/store.h"
#include "session_fixture.h"

#define SESSION "{\"type\":\"session\",\"v\":1}\n"
#define START(run, more) "{\"type\":\"start\",\"run\":\"" run "\"" more "}\n"
#define ASKS(prompt) ",\"input\":[{\"role\":\"user\",\"content\":\"" prompt "\"}]"
#define AI(text) "{\"type\":\"ai\",\"content\":\"" text "\"}\n"
#define FINISH "{\"type\":\"finish\",\"reason\":\"stop\"}\n"
#define MESSAGE(run, text) \
    "{\"type\":\"message\",\"run\":\"" run "\",\"role\":\"assistant\",\"content\":\"" text "\"}\n"

#define USER(text) "{\"role\":\"user\",\"content\":\"" text "\"}"
#define SAID(text, run) "{\"role\":\"assistant\",\"content\":\"" text "\",\"run\":\"" run "\"}"
#define PART(text, run) \
    "{\"role\":\"assistant\",\"content\":\"" text "\",\"partial\":true,\"run\":\"" run "\"}"

#define TOOL(id) "{\"type\":\"tool\",\"id\":\"" id "\",\"tool\":\"f\",\"args\":{}}\n"
#define RESULT(id) \
    "{\"type\":\"result\",\"id\":\"" id "\",\"tool\":\"f\",\"output\":\"r\",\"status\":\"ok\"}\n"
#define CALLED(id) "\"calls\":[{\"id\":\"" id "\",\"tool\":\"f\",\"args\":{}}]"
#define GAVE(id, output, status)                                               \
    "{\"role\":\"tool\",\"id\":\"" id "\",\"tool\":\"f\",\"output\":\"" output \
    "\",\"status\":\"" status "\",\"run\":\"a\"}"
#define LOST "[no result: the run was broken off; the call may have had effects]"
/* One of several records of a run. */
#define RECORD(of, fields) "{\"type\":\"message\",\"run\":\"a\",\"of\":" #of "," fields "}\n"
#define CALL_RECORD(of) RECORD(of, "\"role\":\"assistant\",\"content\":\"x\"," CALLED("c"))
#define RESULT_RECORD(of) \
    RECORD(of, "\"role\":\"tool\",\"id\":\"c\",\"tool\":\"f\",\"output\":\"r\",\"status\":\"ok\"")
#define SAID_WITH_CALL "{\"role\":\"assistant\",\"content\":\"x\"," CALLED("c") ",\"run\":\"a\"}"

/* A run that asks `q`, is answered `a`, and continues `parent`. */
#define RUN(run, parent, q, a) \
    START(run, ",\"parent\":\"" parent "\"" ASKS(q)) AI(a) FINISH MESSAGE(run, a)

/* What the conversation is to be: its messages, the run that the next one continues, its system
 * prompt. */
static const struct resume_case {
    const char *about, *text, *want, *parent, *system;
} cases[] = {
    {"nothing said yet", SESSION, "[]", "", NULL},
    {"one run",
     SESSION START("a", ",\"system\":\"s\"" ASKS("1")) AI("x") AI("y") FINISH MESSAGE("a", "xy"),
     "[" USER("1") "," SAID("xy", "a") "]", "a", "s"},
    {"two runs", SESSION RUN("a", "", "1", "x") RUN("b", "a", "2", "y"),
     "[" USER("1") "," SAID("x", "a") "," USER("2") "," SAID("y", "b") "]", "b", NULL},
    {"no message record, as in a tee of --events", START("a", ASKS("1")) AI("x") AI("y") FINISH,
     "[" USER(
         "1") ",{\"role\":\"assistant\",\"content\":\"xy\",\"reason\":\"stop\",\"run\":\"a\"}]",
     "a", NULL},
    {"no finish", SESSION START("a", ASKS("1")) AI("x"), "[" USER("1") "," PART("x", "a") "]", "a",
     NULL},
    {"not even a piece", SESSION START("a", ASKS("1")), "[" USER("1") "," PART("", "a") "]", "a",
     NULL},
    {"an answer that was asked for again",
     RUN("a", "", "1", "x") RUN("b", "a", "2", "y") RUN("c", "a", "2", "z"),
     "[" USER("1") "," SAID("x", "a") "," USER("2") "," SAID("z", "c") "]", "c", NULL},
    {"a branch from the beginning", RUN("a", "", "1", "x") RUN("b", "", "2", "y"),
     "[" USER("2") "," SAID("y", "b") "]", "b", NULL},
    {"a parent that is nowhere", SESSION RUN("b", "a", "2", "y"),
     "[" USER("2") "," SAID("y", "b") "]", "b", NULL},
    {"a run that names itself", RUN("a", "a", "1", "x"), "[" USER("1") "," SAID("x", "a") "]", "a",
     NULL},
    {"parents in a ring", RUN("a", "b", "1", "x") RUN("b", "a", "2", "y"),
     "[" USER("1") "," SAID("x", "a") "," USER("2") "," SAID("y", "b") "]", "b", NULL},
    {"the system prompt is the last run's",
     START("a", ",\"system\":\"s\"") MESSAGE("a", "x")
         START("b", ",\"system\":\"t\",\"parent\":\"a\"") MESSAGE("b", "y"),
     "[" SAID("x", "a") "," SAID("y", "b") "]", "b", "t"},
    {"runs that are mixed",
     START("a", ASKS("1")) START(
         "b", ASKS("2")) "{\"type\":\"ai\",\"run\":\"a\",\"content\":\"x\"}\n"
                         "{\"type\":\"ai\",\"run\":\"b\",\"content\":\"y\"}\n" MESSAGE("a", "x"),
     "[" USER("2") "," PART("y", "b") "]", "b", NULL},
    {"a message of no run", MESSAGE("z", "x") START("a", ASKS("1")) AI("y") MESSAGE("z", "x"),
     "[" USER("1") "," PART("y", "a") "]", "a", NULL},
    {"a message that names no run",
     START("a", ASKS("1")) AI("y") "{\"type\":\"message\",\"content\":\"z\",\"role\":\"system\"}\n",
     "[" USER("1") ",{\"content\":\"z\",\"role\":\"assistant\",\"run\":\"a\"}]", "a", NULL},
    {"fields of a later version are kept",
     START("a",
           ",\"input\":[{\"role\":\"user\",\"content\":[{\"image\":\"x\"}],\"new\":1}],\"new\":{}")
         MESSAGE("a", "y"),
     "[{\"role\":\"user\",\"content\":[{\"image\":\"x\"}],\"new\":1}," SAID("y", "a") "]", "a",
     NULL},
    {"input that is none", START("a", ",\"input\":[7,null,{},{\"role\":3},[]]") MESSAGE("a", "y"),
     "[" SAID("y", "a") "]", "a", NULL},
    {"words in strings", START("a", ASKS("\\\"start\\\"")) AI("\\\"message\\\"") FINISH,
     "[" USER("\\\"start\\\"") ",{\"role\":\"assistant\",\"content\":\"\\\"message\\\"\","
                               "\"reason\":\"stop\",\"run\":\"a\"}]",
     "a", NULL},
    {"a run with a tool",
     START("a", ASKS("1")) AI("x") TOOL("c") RESULT("c") AI("y") FINISH CALL_RECORD(3)
         RESULT_RECORD(3) RECORD(3, "\"role\":\"assistant\",\"content\":\"y\""),
     "[" USER("1") "," SAID_WITH_CALL "," GAVE("c", "r", "ok") "," SAID("y", "a") "]", "a", NULL},
    {"a run in which the user said more",
     START("a", ASKS("1")) FINISH RECORD(3, "\"role\":\"assistant\",\"content\":\"x\"")
         RECORD(3, "\"role\":\"user\",\"content\":\"u\"")
             RECORD(3, "\"role\":\"assistant\",\"content\":\"y\""),
     "[" USER("1") "," SAID("x", "a") ",{\"role\":\"user\",\"content\":\"u\",\"run\":\"a\"}," SAID(
         "y", "a") "]",
     "a", NULL},
    {"records that are not all there: the events tell",
     START("a", ASKS("1")) AI("x") TOOL("c") RESULT("c") AI("y") FINISH CALL_RECORD(3)
         RESULT_RECORD(3),
     "[" USER("1") "," SAID_WITH_CALL "," GAVE(
         "c", "r",
         "ok") ",{\"role\":\"assistant\",\"content\":\"y\",\"reason\":\"stop\",\"run\":\"a\"}]",
     "a", NULL},
    {"records twice",
     START("a", ASKS("1")) CALL_RECORD(2) RESULT_RECORD(2) CALL_RECORD(2) RESULT_RECORD(2),
     "[" USER("1") "," SAID_WITH_CALL "," GAVE("c", "r", "ok") "]", "a", NULL},
    {"one record after several",
     START("a", ASKS("1")) CALL_RECORD(2) RESULT_RECORD(2) MESSAGE("a", "z"),
     "[" USER("1") "," SAID("z", "a") "]", "a", NULL},
    {"a number of records that is none",
     START("a", ASKS("1")) AI("x") FINISH CALL_RECORD(-1) CALL_RECORD(0) CALL_RECORD(7),
     "[" USER("1") ",{\"role\":\"assistant\",\"content\":\"x\",\"reason\":\"stop\",\"run\":\"a\"}]",
     "a", NULL},
    {"broken off while two tools ran",
     START("a", ASKS("1")) AI("x") TOOL("c") TOOL("d") RESULT("d"),
     "[" USER("1") ",{\"role\":\"assistant\",\"content\":\"x\",\"partial\":true,\"calls\":["
                   "{\"id\":\"c\",\"tool\":\"f\",\"args\":{}},{\"id\":\"d\",\"tool\":\"f\","
                   "\"args\":{}}],"
                   "\"run\":\"a\"}," GAVE("c", LOST, "cancelled") "," GAVE("d", "r", "ok") "]",
     "a", NULL},
    {"steps without numbers",
     START("a", ASKS("1")) TOOL("c") RESULT("c") TOOL("c") RESULT("c") FINISH,
     "[" USER("1") ",{\"role\":\"assistant\",\"content\":\"\"," CALLED("c") ",\"run\":\"a\"}," GAVE(
         "c", "r", "ok") ",{\"role\":\"assistant\",\"content\":"
                         "\"\"," CALLED("c") ",\"reason\":\"stop\",\"run\":"
                                             "\"a\"}," GAVE("c", "r", "ok") "]",
     "a", NULL},
    {"lines that are nothing",
     "\n{\n" SESSION "x\n" START("a", ASKS("1")) "{\"type\":\"ai\",}\n" AI("y"),
     "[" USER("1") "," PART("y", "a") "]", "a", NULL},
};

static void check(const char *about, const char *path, const char *want, const char *parent,
                  const char *system)
{
    struct error error = ERROR_INIT;
    rn_conversation *conversation = session_conversation(path, &error);
    if (!conversation)
        fail_msg("%s: %s", about, error.text);
    char *got = json_dumps(conversation->messages, JSON_COMPACT);
    json_t *wanted = json_loads(want, 0, NULL);
    assert_non_null(wanted);
    if (!json_equal(conversation->messages, wanted))
        fail_msg("%s: got %s", about, got);
    if (strcmp(conversation_parent(conversation), parent) != 0)
        fail_msg("%s: parent %s", about, conversation_parent(conversation));
    if (system)
        assert_string_equal(conversation->system, system);
    else
        assert_null(conversation->system);
    assert_int_equal(conversation_unseen(conversation), json_array_size(wanted));
    json_decref(wanted);
    free(got);
    rn_conversation_free(conversation);
}

static void test_conversations(void **state)
{
    (void)state;
    char *folder = folder_new();
    for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        char *path = folder_put(folder, "s.jsonl", cases[i].text);
        check(cases[i].about, path, cases[i].want, cases[i].parent, cases[i].system);
        free(path);
    }
    folder_free(folder);
}

/* A second writer's session goes on where the first one's stood. */
static void test_branched_files(void **state)
{
    (void)state;
    static const char want[] = "[" USER("1") "," SAID("x", "a") "," USER("2") "," SAID(
        "y", "b") "," USER("3") "," SAID("z", "c") "]";
    char *folder = folder_new();
    char *first = folder_put(folder, "one.jsonl",
                             SESSION RUN("a", "", "1", "x") RUN("o", "a", "other", "way"));
    char *second = folder_put(
        folder, "two.jsonl", "{\"type\":\"session\",\"parent\":\"one\"}\n" RUN("b", "a", "2", "y"));
    char *third = folder_put(folder, "three.jsonl",
                             "{\"type\":\"session\",\"parent\":\"two\"}\n" RUN("c", "b", "3", "z"));
    check("three files", third, want, "c", NULL);
    assert_int_equal(remove(first), 0);
    check("the first is gone", second, "[" USER("2") "," SAID("y", "b") "]", "b", NULL);

    /* Files that name each other, themselves, or what is not theirs. */
    free(folder_put(folder, "two.jsonl",
                    "{\"type\":\"session\",\"parent\":\"three\"}\n" RUN("b", "c", "2", "y")));
    struct error error;
    rn_conversation *conversation = session_conversation(third, &error);
    assert_true(rn_conversation_length(conversation) >= 4);
    rn_conversation_free(conversation);
    static const char *const others[] = {"three", "../x", ".", "", "/etc/passwd"};
    for (size_t i = 0; i < sizeof(others) / sizeof(others[0]); i++) {
        char *text = xasprintf("{\"type\":\"session\",\"parent\":\"%s\"}\n" RUN("c", "b", "3", "z"),
                               others[i]);
        file_put(third, text, strlen(text));
        check(others[i], third, "[" USER("3") "," SAID("z", "c") "]", "c", NULL);
        free(text);
    }
    free(first);
    free(second);
    free(third);
    folder_free(folder);
}

/* However a file was cut, the conversation is there as far as it went: its answer is a beginning of
 * the whole one's. */
static void test_cut_anywhere(void **state)
{
    (void)state;
    static const char text[] = SESSION START("a", ASKS("1")) AI("one ") AI("two ") AI("three")
        FINISH MESSAGE("a", "one two three");
    char *folder = folder_new(), *path = xasprintf("%s/s.jsonl", folder);
    for (size_t cut = strlen(SESSION) - 1; cut < sizeof(text); cut++) {
        struct error error;
        file_put(path, text, cut);
        rn_conversation *conversation = session_conversation(path, &error);
        assert_non_null(conversation);
        const json_t *answer = json_array_get(conversation->messages, 1);
        const char *content = json_string_value(json_object_get(answer, "content"));
        if (answer)
            assert_int_equal(strncmp("one two three", content, strlen(content)), 0);
        bool whole = strstr(text, FINISH) + strlen(FINISH) - 1 <= text + cut;
        assert_int_equal(json_is_true(json_object_get(answer, "partial")), answer && !whole);
        rn_conversation_free(conversation);
    }
    free(path);
    folder_free(folder);
}

static void test_what_is_no_session(void **state)
{
    (void)state;
    char *folder = folder_new();
    static const char *const texts[] = {"", "text\n", "{\"type\":\"ai\",\"content\":\"x\"}\n",
                                        "\0\0"};
    for (size_t i = 0; i < sizeof(texts) / sizeof(texts[0]); i++) {
        struct error error = ERROR_INIT;
        char *path = folder_put(folder, "s.jsonl", texts[i]);
        assert_null(session_conversation(path, &error));
        assert_non_null(strstr(error.text, path));
        assert_int_equal(remove(path), 0);
        assert_null(session_conversation(path, &error));
        assert_non_null(strstr(error.text, path));
        free(path);
    }
    folder_free(folder);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_conversations),
        cmocka_unit_test(test_branched_files),
        cmocka_unit_test(test_cut_anywhere),
        cmocka_unit_test(test_what_is_no_session),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
