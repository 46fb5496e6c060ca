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

#define CASE(test) cmocka_unit_test_setup_teardown(test, open_fixture, close_fixture)

int main(void)
{
    const struct CMUnitTest tests[] = {
        CASE(test_by_prompt), CASE(test_in_order),         CASE(test_agent),
        CASE(test_timing),    CASE(test_what_cannot_work),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
