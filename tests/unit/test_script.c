/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "runnel.h"
#include "session_fixture.h"

#define START(prompt)                                                                      \
    "{\"type\":\"start\",\"t\":0,\"run\":\"a\",\"input\":[{\"role\":\"user\",\"content\":" \
    "\"" prompt "\"}]}\n"
#define AI(text) "{\"type\":\"ai\",\"t\":3600000,\"id\":\"m\",\"content\":\"" text "\"}\n"
#define TOOL "{\"type\":\"tool\",\"t\":1,\"id\":\"c\",\"tool\":\"f\",\"args\":{\"x\":1}}\n"
#define RESULT                                                                                \
    "{\"type\":\"result\",\"t\":9,\"id\":\"c\",\"tool\":\"f\",\"output\":\"old\",\"status\":" \
    "\"ok\"}\n"
#define FINISH "{\"type\":\"finish\",\"t\":3600000,\"reason\":\"stop\"}\n"
#define ERROR "{\"type\":\"error\",\"t\":2,\"code\":\"provider\",\"message\":\"no more\"}\n"

static const char talk[] = START("one") AI("first") FINISH START("two") AI("second")
    FINISH START("one") AI("third") FINISH START("broken") AI("so ") ERROR
    "{\"type\":\"finish\",\"t\":2,\"reason\":\"error\"}\n" START("cut") AI("off");

struct fixture {
    char *folder, *path;
};

static int open_fixture(void **state)
{
    static struct fixture fixture;
    fixture.folder = folder_new();
    fixture.path = folder_put(fixture.folder, "s.jsonl", talk);
    *state = &fixture;
    return 0;
}

static int close_fixture(void **state)
{
    struct fixture *fixture = *state;
    free(fixture->path);
    folder_free(fixture->folder);
    return 0;
}

static void check(rn_model *model, const char *prompt, const char *want, int want_status)
{
    int status;
    char *got = rn_text(rn_model_stream(model, prompt), &status);
    assert_string_equal(got, want);
    assert_int_equal(status, want_status);
    free(got);
}

static void test_by_prompt(void **state)
{
    const struct fixture *fixture = *state;
    rn_model *model = RN_MODEL(.provider = "replay", .model = fixture->path);
    assert_string_equal(rn_model_error(model), "");
    check(model, "two", "second", RN_OK);
    check(model, "one", "first", RN_OK);
    check(model, "one", "third", RN_OK);
    check(model, "one", "", RN_ECONFIG);
    check(model, "never asked", "", RN_ECONFIG);
    check(model, "broken", "so ", RN_EPROVIDER);
    check(model, "cut", "off", RN_OK);
    rn_model_free(model);
}

static void test_in_order(void **state)
{
    const struct fixture *fixture = *state;
    rn_model *model =
        RN_MODEL(.provider = "replay", .model = fixture->path, .extra = "{\"match\":\"order\"}");
    check(model, "whatever", "first", RN_OK);
    check(model, "one", "second", RN_OK);
    rn_model_free(model);
}

static int give_new(rn_task *task, const char *args, void *user)
{
    assert_string_equal(args, "{\"x\":1}");
    rn_task_printf(task, "new");
    ++*(int *)user;
    return 0;
}

/* The agent's tools run; what the model makes of them is as it was. */
static void test_agent(void **state)
{
    const struct fixture *fixture = *state;
    int calls = 0;
    struct buf results = BUF_INIT;
    char *path = folder_put(fixture->folder, "t.jsonl", START("do") TOOL RESULT AI("done") FINISH);
    rn_model *model = RN_MODEL(.provider = "replay", .model = path);
    rn_agent *agent = RN_AGENT(.model = model);
    RN_TOOL(agent, .name = "f", .run = give_new, .user = &calls);
    rn_stream *stream = rn_agent_stream(agent, "do");
    for (const rn_event *event; (event = rn_next(stream));) {
        assert_string_equal(event->json, "");
        if (event->kind == RN_RESULT)
            buf_addf(&results, "%s %s;", event->output, event->status);
    }
    assert_string_equal(rn_snapshot(stream)->content, "done");
    assert_int_equal(rn_snapshot(stream)->steps, 2);
    assert_string_equal(buf_str(&results), "new ok;");
    assert_int_equal(calls, 1);
    assert_int_equal(rn_close(stream), RN_OK);
    buf_clear(&results);
    rn_agent_free(agent);
    rn_model_free(model);
    free(path);
}

/* With its timing the answer is an hour away, and can be cancelled before it comes. */
static void test_timing(void **state)
{
    const struct fixture *fixture = *state;
    const rn_event *event;
    rn_model *model =
        RN_MODEL(.provider = "replay", .model = fixture->path, .extra = "{\"speed\":1}");
    rn_stream *stream = rn_model_stream(model, "two");
    assert_int_equal(rn_step(stream, &event, -1), RN_EVENT);
    assert_int_equal(event->kind, RN_START);
    assert_int_equal(rn_step(stream, &event, 0), RN_AGAIN);
    rn_cancel(stream);
    assert_int_equal(rn_step(stream, &event, -1), RN_EVENT);
    assert_int_equal(event->kind, RN_FINISH);
    assert_int_equal(rn_close(stream), RN_ECANCELLED);
    rn_model_free(model);

    model = RN_MODEL(.provider = "replay", .model = fixture->path, .extra = "{\"speed\":1e9}");
    check(model, "two", "second", RN_OK);
    rn_model_free(model);
}

static void test_what_cannot_work(void **state)
{
    const struct fixture *fixture = *state;
    char *empty = folder_put(fixture->folder, "e.jsonl", START("unanswered"));
    const struct {
        const char *model, *extra, *want;
    } cases[] = {
        {NULL, NULL, "a session's file"},
        {"/nowhere.jsonl", NULL, "/nowhere.jsonl"},
        {empty, NULL, "no answer"},
        {fixture->path, "{\"match\":\"mood\"}", "match is prompt or order"},
        {fixture->path, "no object", "JSON object"},
    };
    for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        rn_model *model =
            RN_MODEL(.provider = "replay", .model = cases[i].model, .extra = cases[i].extra);
        if (!strstr(rn_model_error(model), cases[i].want))
            fail_msg("case %zu: got %s", i, rn_model_error(model));
        check(model, "one", "", RN_ECONFIG);
        rn_model_free(model);
    }
    free(empty);
}

#define BEGIN(run, prompt)                       \
    "{\"type\":\"start\",\"t\":0,\"run\":\"" run \
    "\",\"input\":[{\"role\":\"user\",\"content\":\"" prompt "\"}]}\n"
#define SAY(run, text) \
    "{\"type\":\"ai\",\"t\":1,\"run\":\"" run "\",\"id\":\"m\",\"content\":\"" text "\"}\n"
#define CALL(run, id)                                             \
    "{\"type\":\"tool\",\"t\":1,\"run\":\"" run "\",\"id\":\"" id \
    "\",\"tool\":\"f\",\"args\":{\"x\":1}}\n"
#define GET(run, id)                                                                     \
    "{\"type\":\"result\",\"t\":2,\"run\":\"" run "\",\"id\":\"" id "\",\"tool\":\"f\"," \
    "\"output\":\"old\",\"status\":\"ok\"}\n"
#define END(run, reason) \
    "{\"type\":\"finish\",\"t\":3,\"run\":\"" run "\",\"reason\":\"" reason "\"}\n"

/* In which order the answers of a session are given that had runs side by side. */
static const struct {
    const char *about, *session;
    struct {
        const char *prompt, *want;
    } asked[4];
} races[] = {
    {"pieces side by side",
     BEGIN("a", "q") BEGIN("b", "q") SAY("b", "fast") SAY("a", "slow ") SAY("b", " one")
         END("b", "stop") SAY("a", "one") END("a", "stop") BEGIN("c", "then") AI("alone") FINISH,
     {{"q", "slow one"}, {"q", "fast one"}, {"then", "alone"}}},
    {"one ends before the other begins to speak",
     BEGIN("a", "q") BEGIN("b", "q") SAY("b", "fast") END("b", "stop") SAY("a", "slow")
         END("a", "stop"),
     {{"q", "slow"}, {"q", "fast"}}},
    {"different prompts",
     BEGIN("a", "x") BEGIN("b", "y") SAY("a", "of x") SAY("b", "of y") END("a", "stop")
         END("b", "stop"),
     {{"y", "of y"}, {"x", "of x"}}},
    {"broken off while another goes on",
     BEGIN("a", "q") SAY("a", "cut") BEGIN("b", "q") SAY("b", "whole") END("b", "stop"),
     {{"q", "cut"}, {"q", "whole"}}},
    {"what names no run is of the last",
     BEGIN("a", "x") BEGIN("b", "y") AI("of y") SAY("a", "of x") FINISH END("a", "stop"),
     {{"x", "of x"}, {"y", "of y"}}},
    {"what names one that never began is of none",
     BEGIN("a", "q") SAY("z", "lost") SAY("a", "kept") END("z", "stop") SAY("a", "!"),
     {{"q", "kept!"}}},
};

static void test_side_by_side(void **state)
{
    const struct fixture *fixture = *state;
    for (size_t i = 0; i < sizeof(races) / sizeof(races[0]); i++) {
        char *path = folder_put(fixture->folder, "r.jsonl", races[i].session);
        rn_model *model = RN_MODEL(.provider = "replay", .model = path);
        for (size_t n = 0; n < 4 && races[i].asked[n].prompt; n++) {
            char *got = rn_text(rn_model_stream(model, races[i].asked[n].prompt), NULL);
            if (strcmp(got, races[i].asked[n].want) != 0)
                fail_msg("%s: %s and not %s", races[i].about, got, races[i].asked[n].want);
            free(got);
        }
        rn_model_free(model);
        free(path);
    }
}

/* A call of one run is not ended by another's result. */
static void test_calls_side_by_side(void **state)
{
    const struct fixture *fixture = *state;
    char *path =
        folder_put(fixture->folder, "r.jsonl",
                   BEGIN("a", "q") BEGIN("b", "q") CALL("a", "1") CALL("b", "2") GET("b", "2")
                       CALL("a", "3") GET("a", "1") SAY("b", "b is done") GET("a", "3")
                           SAY("a", "a is done") END("b", "stop") END("a", "stop"));
    rn_model *model = RN_MODEL(.provider = "replay", .model = path);
    static const struct {
        const char *want;
        size_t calls;
    } runs[] = {{"a is done", 2}, {"b is done", 1}};
    for (size_t i = 0; i < 2; i++) {
        int calls = 0;
        rn_agent *agent = RN_AGENT(.model = model);
        RN_TOOL(agent, .name = "f", .run = give_new, .user = &calls);
        rn_message *message = rn_agent_invoke(agent, "q");
        assert_string_equal(message->content, runs[i].want);
        assert_int_equal(message->call_count, runs[i].calls);
        assert_int_equal(calls, runs[i].calls);
        assert_int_equal(message->steps, 2);
        rn_message_free(message);
        rn_agent_free(agent);
    }
    rn_model_free(model);
    free(path);
}

/* More than are kept apart: the first of them have lost what comes too late. */
static void test_a_crowd(void **state)
{
    const struct fixture *fixture = *state;
    enum { CROWD = 200 };
    struct buf text = BUF_INIT;
    for (int i = 0; i < CROWD; i++)
        buf_addf(&text, BEGIN("%d", "q%d") SAY("%d", "a%d"), i, i, i, i);
    for (int i = 0; i < CROWD; i++)
        buf_addf(&text, SAY("%d", "!"), i);
    char *path = folder_put(fixture->folder, "r.jsonl", text.data);
    rn_model *model = RN_MODEL(.provider = "replay", .model = path);
    check(model, "q0", "a0", RN_OK);
    check(model, "q135", "a135", RN_OK);
    check(model, "q136", "a136!", RN_OK);
    check(model, "q199", "a199!", RN_OK);
    rn_model_free(model);
    buf_clear(&text);
    free(path);
}

/* Pieces are gathered beyond the life of each. */
static void test_whole_messages(void **state)
{
    const struct fixture *fixture = *state;
    char *path = folder_put(fixture->folder, "w.jsonl",
                            START("q") AI("a") AI("b") TOOL RESULT AI("c") FINISH);
    int calls = 0, pieces = 0;
    rn_model *model = RN_MODEL(.provider = "replay", .model = path);
    rn_agent *agent = RN_AGENT(.model = model, .whole_messages = true);
    RN_TOOL(agent, .name = "f", .run = give_new, .user = &calls);
    rn_stream *stream = rn_agent_stream(agent, "q");
    for (const rn_event *event; (event = rn_next(stream));) {
        if (event->kind != RN_AI)
            continue;
        assert_string_equal(event->id, "m");
        assert_string_equal(event->content, pieces++ == 0 ? "ab" : "c");
    }
    assert_int_equal(pieces, 2);
    assert_int_equal(rn_close(stream), RN_OK);
    rn_agent_free(agent);
    rn_model_free(model);
    free(path);
}

/* A speed may be any number, and the time it leads to longer than any clock goes. */
static void test_speeds(void **state)
{
    const struct fixture *fixture = *state;
    static const struct {
        const char *extra;
        int want;
    } cases[] = {
        {"{\"speed\":1e-300}", RN_AGAIN},
        {"{\"speed\":5e-324}", RN_AGAIN},
        {"{\"speed\":-1}", RN_EVENT},
        {"{\"speed\":1.7e308}", RN_EVENT},
    };
    for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        const rn_event *event;
        rn_model *model =
            RN_MODEL(.provider = "replay", .model = fixture->path, .extra = cases[i].extra);
        rn_stream *stream = rn_model_stream(model, "two");
        assert_int_equal(rn_step(stream, &event, -1), RN_EVENT);
        assert_int_equal(rn_step(stream, &event, 0), cases[i].want);
        rn_close(stream);
        rn_model_free(model);
    }
}

#define CASE(test) cmocka_unit_test_setup_teardown(test, open_fixture, close_fixture)

int main(void)
{
    const struct CMUnitTest tests[] = {
        CASE(test_by_prompt),
        CASE(test_in_order),
        CASE(test_agent),
        CASE(test_timing),
        CASE(test_what_cannot_work),
        CASE(test_side_by_side),
        CASE(test_calls_side_by_side),
        CASE(test_a_crowd),
        CASE(test_whole_messages),
        CASE(test_speeds),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
