/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Calls that may not run unasked.
 */
#include "agent_fixture.h"

#include <poll.h>
#include <unistd.h>

static int echo(rn_task *task, const char *args, void *user)
{
    ++*(int *)user;
    rn_task_printf(task, "did %s", args);
    return 0;
}

/* The tool's name says what is to be done with it. */
static enum rn_policy by_name(const char *tool, const char *args, void *user)
{
    (void)user;
    assert_true(*args == '{');
    return strcmp(tool, "deny") == 0 ? RN_DENY : strcmp(tool, "ask") == 0 ? RN_ASK : RN_ALLOW;
}

struct asked {
    struct place *place;
    rn_agent *agent;
    rn_stream *stream;
    struct watch watch;
    int runs; /* how often a tool was */
};

static struct asked ask(struct place *place, const char *calls)
{
    struct asked asked = {.place = place};
    SERVER_SCRIPT(place->server, SERVE_STREAM, SERVE(calls), SERVE(CALLED));
    ANSWERS(place, PIECE("ok") STOPPED);
    return asked;
}

static void begin(struct asked *asked)
{
    asked->agent = AGENT(asked->place, .policy = by_name);
    RN_TOOL(asked->agent, .name = "ask", .run = echo, .user = &asked->runs);
    RN_TOOL(asked->agent, .name = "deny", .run = echo, .user = &asked->runs);
    RN_TOOL(asked->agent, .name = "allow", .run = echo, .user = &asked->runs);
    asked->stream = rn_agent_stream(asked->agent, "hi");
}

static void end(struct asked *asked, const char *want, int runs)
{
    watch_end(&asked->watch, asked->stream, want, RN_OK);
    assert_int_equal(asked->runs, runs);
    rn_agent_free(asked->agent);
}

#define ONE CALLS(0, "c1", "ask", "{\\\"n\\\":1}")

static void test_allowed(void **state)
{
    struct asked asked = ask(*state, ONE);
    begin(&asked);
    const rn_event *event = watch_until(&asked.watch, asked.stream, RN_APPROVAL);
    assert_string_equal(event->args, "{\"n\":1}");
    assert_string_equal(event->tool, "ask");
    assert_int_equal(event->step, 1);
    assert_int_equal(rn_step(asked.stream, &event, 0), RN_AGAIN);
    assert_int_equal(asked.runs, 0);
    assert_int_equal(rn_respond(asked.stream, "c1", RN_ALLOW, NULL, NULL), 0);
    end(&asked,
        "start tool(c1,ask,{\"n\":1}) requested(c1) allowed(c1,user) result(c1,ok,did {\"n\":1}) "
        "ai(ok) "
        "finish(stop,2)",
        1);
}

static void test_denied(void **state)
{
    static const struct {
        const char *why, *event, *output;
    } cases[] = {
        {NULL, "", "The user did not allow this call."},
        {"", "", "The user did not allow this call."},
        {"not on\nSundays \xFF", ",not on\nSundays \uFFFD",
         "The user did not allow this call: not on\nSundays \uFFFD"},
    };
    for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        struct asked asked = ask(*state, ONE);
        begin(&asked);
        watch_until(&asked.watch, asked.stream, RN_APPROVAL);
        assert_int_equal(rn_respond(asked.stream, "c1", RN_DENY, NULL, cases[i].why), 0);
        char *want = xasprintf("start tool(c1,ask,{\"n\":1}) requested(c1) denied(c1,user%s) "
                               "result(c1,denied,%s) ai(ok) finish(stop,2)",
                               cases[i].event, cases[i].output);
        end(&asked, want, 0);
        free(want);
    }
}

/* What the user makes of the arguments is what is run, and the model is told. */
static void test_changed(void **state)
{
    struct asked asked = ask(*state, ONE);
    begin(&asked);
    watch_until(&asked.watch, asked.stream, RN_APPROVAL);
    assert_int_equal(
        rn_respond(asked.stream, "c1", RN_ALLOW, " {\n  \"n\": 2,\t\"s\": \"a b\"\n}\n", "once"),
        0);
    end(&asked,
        "start tool(c1,ask,{\"n\":1}) requested(c1) allowed(c1,user,{\"n\":2,\"s\":\"a b\"},once) "
        "result(c1,ok,did {\"n\":2,\"s\":\"a b\"}\n"
        "[the user has changed the arguments to {\"n\":2,\"s\":\"a b\"}]) ai(ok) finish(stop,2)",
        1);
}

static void test_answers_that_are_none(void **state)
{
    static const char *const no_objects[] = {
        "", "{", "[]", "\"x\"", "{} {}", "{\"a\":\"\xFF\"}", "{\"a\":\"\\ud800\"}", "null"};
    struct asked asked = ask(*state, ONE);
    begin(&asked);
    assert_int_equal(rn_respond(asked.stream, "c1", RN_ALLOW, NULL, NULL), -1);
    watch_until(&asked.watch, asked.stream, RN_APPROVAL);
    assert_int_equal(rn_respond(asked.stream, "c2", RN_ALLOW, NULL, NULL), -1);
    assert_int_equal(rn_respond(asked.stream, "", RN_DENY, NULL, NULL), -1);
    assert_int_equal(rn_respond(asked.stream, "c1", RN_ASK, NULL, NULL), -1);
    for (size_t i = 0; i < sizeof(no_objects) / sizeof(no_objects[0]); i++)
        if (rn_respond(asked.stream, "c1", RN_ALLOW, no_objects[i], NULL) != -1)
            fail_msg("%s was taken for an object", no_objects[i]);
    const rn_event *event;
    assert_int_equal(rn_step(asked.stream, &event, 0), RN_AGAIN);
    assert_int_equal(rn_respond(asked.stream, "c1", RN_ALLOW, NULL, NULL), 0);
    assert_int_equal(rn_respond(asked.stream, "c1", RN_ALLOW, NULL, NULL), -1);
    assert_int_equal(rn_respond(asked.stream, "c1", RN_DENY, NULL, NULL), -1);
    watch_until(&asked.watch, asked.stream, RN_FINISH);
    assert_int_equal(rn_respond(asked.stream, "c1", RN_ALLOW, NULL, NULL), -1);
    end(&asked, NULL, 1);
}

/* Each call by itself: those that need no answer do not wait for those that do, and the answers come in
 * any order. */
static void test_many(void **state)
{
    struct asked asked =
        ask(*state, CALLS(0, "c1", "ask", "{}") CALLS(1, "c2", "deny", "{}")
                        CALLS(2, "c3", "ask", "{}") CALLS(3, "c4", "allow", "{}")
                            CALLS(4, "c5", "ask", "{\\\"") CALLS(5, "c6", "nix", "{}"));
    begin(&asked);
    const rn_event *event;
    do
        event = watch_until(&asked.watch, asked.stream, RN_RESULT);
    while (strcmp(event->id, "c4") != 0);
    assert_int_equal(rn_respond(asked.stream, "c3", RN_ALLOW, NULL, NULL), 0);
    watch_until(&asked.watch, asked.stream, RN_RESULT);
    assert_int_equal(rn_respond(asked.stream, "c1", RN_DENY, NULL, NULL), 0);
    end(&asked,
        "start tool(c1,ask,{}) tool(c2,deny,{}) tool(c3,ask,{}) tool(c4,allow,{}) bad(c5,ask,{\") "
        "tool(c6,nix,{}) requested(c1) denied(c2,policy) result(c2,denied,This call is not allowed "
        "here. "
        "Do without it, or tell the user what you need.) requested(c3) "
        "result(c5,error,The arguments are no JSON object, so nothing was run. Send one object "
        "that "
        "fits the tool's schema.) result(c6,error,There is no tool named nix. The tools are: ask, "
        "deny, "
        "allow.) result(c4,ok,did {}) allowed(c3,user) result(c3,ok,did {}) denied(c1,user) "
        "result(c1,denied,The user did not allow this call.) ai(ok) finish(stop,2)",
        2);
}

/* A descriptor that is silent while it waits, and not any more once there is an answer. */
static void test_wakes(void **state)
{
    struct asked asked = ask(*state, ONE);
    const rn_event *event;
    begin(&asked);
    watch_until(&asked.watch, asked.stream, RN_APPROVAL);
    while (rn_step(asked.stream, &event, 0) != RN_AGAIN)
        continue;
    struct pollfd wait = {.fd = rn_fd(asked.stream), .events = POLLIN};
    assert_int_equal(poll(&wait, 1, 0), 0);
    rn_respond(asked.stream, "c1", RN_ALLOW, NULL, NULL);
    assert_int_equal(poll(&wait, 1, 0), 1);
    end(&asked, NULL, 1);
}

/* A step later the same id is another call. */
static void test_ids_that_come_again(void **state)
{
    struct place *place = *state;
    ANSWERS(place, ONE CALLED);
    struct asked asked = ask(place, ONE);
    begin(&asked);
    for (int i = 0; i < 2; i++) {
        watch_until(&asked.watch, asked.stream, RN_APPROVAL);
        assert_int_equal(rn_respond(asked.stream, "c1", i ? RN_DENY : RN_ALLOW, NULL, NULL), 0);
        if (i == 0)
            watch_until(&asked.watch, asked.stream, RN_RESULT);
    }
    end(&asked, NULL, 1);
}

static void test_what_is_no_agent(void **state)
{
    struct place *place = *state;
    ANSWERS(place, PIECE("yo") STOPPED);
    rn_stream *stream = rn_model_stream(place->model, "hi");
    assert_int_equal(rn_respond(stream, "c1", RN_ALLOW, NULL, NULL), -1);
    assert_int_equal(rn_say(stream, "more"), -1);
    rn_stop(stream);
    assert_run(stream, "start ai(yo) finish(stop,1)", RN_OK);
    int ends[2];
    assert_int_equal(pipe(ends), 0);
    close(ends[1]);
    stream = rn_replay(NULL, ends[0], 0, -1);
    assert_int_equal(rn_respond(stream, "c1", RN_ALLOW, NULL, NULL), -1);
    assert_int_equal(rn_say(stream, "more"), -1);
    rn_stop(stream);
    rn_close(stream);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        PLACE_TEST(test_allowed),
        PLACE_TEST(test_denied),
        PLACE_TEST(test_changed),
        PLACE_TEST(test_answers_that_are_none),
        PLACE_TEST(test_many),
        PLACE_TEST(test_wakes),
        PLACE_TEST(test_ids_that_come_again),
        PLACE_TEST(test_what_is_no_agent),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
