/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * A run that is cancelled or closed, in whatever it is doing: what has come is kept, every call has its
 * result, and nothing goes on.
 */
#include "agent_fixture.h"

#include <signal.h>

static int fds_before;

static int set_up(void **state)
{
    alarm(PATIENCE_MS / 1000);
    prctl(PR_SET_CHILD_SUBREAPER, 1);
    fds_before = count_fds();
    return place_set_up(state);
}

static int tear_down(void **state)
{
    place_tear_down(state);
    assert_all_gone();
    while (pidfd_fake.stand_ins > 0)
        sched_yield();
    assert_int_equal(count_fds(), fds_before);
    return 0;
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)

/* ---- At every moment ---- */

#define NOT_RUN "The user stopped the run before this was run."
#define STOPPED_RUN "[stopped before it had finished; it may have had effects]"
#define TWO_CALLS CALLS(0, "c1", "run", "{}") CALLS(1, "c2", "run", "{}") CALLED

static enum rn_policy ask_if_told(const char *tool, const char *args, void *user)
{
    (void)args, (void)user;
    return strcmp(tool, "ask") == 0 ? RN_ASK : RN_ALLOW;
}

/* When this event has come for the so-manieth time, the run is cancelled. */
static const struct moment {
    const char *about;
    const char *answers[2]; /* after the first of them the server waits for more to be wanted */
    enum rn_kind kind;
    int count;
    const char *want;
} moments[] = {
    {"before anything has come", {PIECE("one")}, RN_START, 1, "start finish(cancelled,partial,1)"},
    {"in the text", {PIECE("one")}, RN_AI, 1, "start ai(one) finish(cancelled,partial,1)"},
    {"while a call is written",
     {PIECE("one") CALLS(0, "c1", "run", "{\\\"a")},
     RN_AI,
     1,
     "start ai(one) finish(cancelled,partial,1)"},
    {"between two calls",
     {TWO_CALLS},
     RN_TOOL,
     1,
     "start tool(c1,run,{}) result(c1,cancelled," NOT_RUN ") finish(cancelled,partial,1)"},
    {"before they are judged",
     {TWO_CALLS},
     RN_TOOL,
     2,
     "start tool(c1,run,{}) tool(c2,run,{}) result(c1,cancelled," NOT_RUN
     ") result(c2,cancelled," NOT_RUN ") finish(cancelled,partial,1)"},
    {"while it is asked",
     {CALLS(0, "c1", "ask", "{}") CALLS(1, "c2", "ask", "{}") CALLED},
     RN_APPROVAL,
     1,
     "start tool(c1,ask,{}) tool(c2,ask,{}) requested(c1) requested(c2) "
     "result(c1,cancelled," NOT_RUN ") result(c2,cancelled," NOT_RUN
     ") finish(cancelled,partial,1)"},
    {"while it runs",
     {CALLS(0, "c1", "run", "{}") CALLS(1, "c2", "ask", "{}") CALLED},
     RN_PROGRESS,
     1,
     "start tool(c1,run,{}) tool(c2,ask,{}) requested(c2) progress(c1,running) "
     "result(c1,cancelled,so far\n" STOPPED_RUN ") result(c2,cancelled," NOT_RUN
     ") finish(cancelled,partial,1)"},
    {"when a result is there",
     {CALLS(0, "c1", "quick", "{}") CALLED, PIECE("two")},
     RN_RESULT,
     1,
     "start tool(c1,quick,{}) result(c1,ok,done) finish(cancelled,partial,1)"},
    {"in the second step",
     {CALLS(0, "c1", "quick", "{}") CALLED, PIECE("two")},
     RN_AI,
     1,
     "start tool(c1,quick,{}) result(c1,ok,done) ai(two) finish(cancelled,partial,2)"},
};

static rn_agent *agent_of(struct place *place)
{
    rn_agent *agent = RN_AGENT(.model = place->model, .policy = ask_if_told);
    /* What it says on stdout has come when its progress has. */
    RN_TOOL(agent, .name = "run", .command = SH("echo so far; echo running >&2; exec sleep 1000"));
    RN_TOOL(agent, .name = "ask", .command = SH("exec sleep 1000"));
    RN_TOOL(agent, .name = "quick", .command = SH("echo done"));
    return agent;
}

static rn_stream *begin(struct place *place, rn_agent *agent, const struct moment *moment,
                        struct watch *watch)
{
    for (size_t i = 0; i < 2 && moment->answers[i]; i++)
        SERVER_SCRIPT(place->server, SERVE_STREAM, SERVE(moment->answers[i]), SERVE_STALL);
    rn_stream *stream = rn_agent_stream(agent, moment->about);
    for (int i = 0; i < moment->count; i++)
        watch_until(watch, stream, moment->kind);
    return stream;
}

static void check_moment(const struct moment *moment)
{
    void *state;
    set_up(&state);
    struct place *place = state;
    struct watch watch = {0};
    rn_agent *agent = agent_of(place);
    rn_stream *stream = begin(place, agent, moment, &watch);
    rn_cancel(stream);
    rn_cancel(stream);
    while (watch_next(&watch, stream))
        continue;
    rn_cancel(stream);
    if (strcmp(buf_str(&watch.words), moment->want) != 0)
        fail_msg("%s:\n  got  %s\n  want %s", moment->about, buf_str(&watch.words), moment->want);
    watch_end(&watch, stream, NULL, RN_ECANCELLED);
    rn_agent_free(agent);
    tear_down(&state);
}

static void test_cancelled(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof(moments) / sizeof(moments[0]); i++)
        check_moment(&moments[i]);
}

/* Closed without a word: the processes are gone as well. */
static void test_closed(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof(moments) / sizeof(moments[0]); i++) {
        void *own;
        set_up(&own);
        struct watch watch = {0};
        rn_agent *agent = agent_of(own);
        rn_stream *stream = begin(own, agent, &moments[i], &watch);
        rn_agent_free(agent);
        assert_int_equal(rn_close(stream), RN_ECANCELLED);
        watch_clear(&watch);
        tear_down(&own);
    }
}

/* ---- From another thread ---- */

static void *cancel(void *stream)
{
    rn_cancel(stream);
    return NULL;
}

/* The reader sleeps until there is news, and this is some. */
static void test_from_another_thread(void **state)
{
    struct place *place = *state;
    struct watch watch = {0};
    pthread_t thread;
    rn_agent *agent = agent_of(place);
    ANSWERS(place, CALLS(0, "c1", "ask", "{}") CALLED);
    rn_stream *stream = rn_agent_stream(agent, "hi");
    watch_until(&watch, stream, RN_APPROVAL);
    assert_int_equal(pthread_create(&thread, NULL, cancel, stream), 0);
    watch_until(&watch, stream, RN_FINISH);
    pthread_join(thread, NULL);
    assert_int_equal(rn_respond(stream, "c1", RN_ALLOW, NULL, NULL), -1);
    watch_end(&watch, stream, NULL, RN_ECANCELLED);
    rn_agent_free(agent);
}

/* ---- What stays ---- */

/* Text that was gathered for a whole message has come, so it is kept. */
static void test_whole_messages(void **state)
{
    struct place *place = *state;
    struct watch watch = {0};
    const rn_event *event;
    rn_agent *agent = AGENT(place, .whole_messages = true);
    SERVER_SCRIPT(place->server, SERVE_STREAM,
                  SERVE(PIECE("one ") PIECE("two") CHUNK("\"reasoning\":\"hm\"")), SERVE_STALL);
    rn_stream *stream = rn_agent_stream(agent, "hi");
    watch_until(&watch, stream, RN_REASONING);
    assert_int_equal(rn_step(stream, &event, 0), RN_AGAIN);
    rn_cancel(stream);
    watch_end(&watch, stream, "start think(hm) ai(one two) finish(cancelled,partial,1)",
              RN_ECANCELLED);
    rn_agent_free(agent);
}

/* A conversation goes on after a run that was cancelled: no call in it is left unanswered. */
static void test_conversation_goes_on(void **state)
{
    struct place *place = *state;
    struct watch watch = {0};
    rn_agent *agent = agent_of(place);
    rn_conversation *conversation = rn_conversation_new(NULL);
    ANSWERS(place, PIECE("hm") CALLS(0, "c1", "run", "{}") CALLS(1, "c2", "quick", "{}") CALLED);
    ANSWERS(place, PIECE("ok") STOPPED);
    rn_conversation_user(conversation, "hi");
    rn_stream *stream = rn_agent_start(agent, conversation, RN_STREAM);
    watch_until(&watch, stream, RN_RESULT);
    while (!strstr(buf_str(&watch.words), "progress"))
        watch_next(&watch, stream);
    /* As it is now it could be added too: the call that runs counts as broken off. */
    rn_conversation *early = rn_conversation_new(NULL);
    rn_conversation_add(early, rn_snapshot(stream));
    assert_string_equal(rn_conversation_content(early, 1),
                        "[no result: the run was broken off; the call may have had effects]");
    assert_string_equal(rn_conversation_content(early, 2), "done");
    rn_conversation_free(early);
    rn_cancel(stream);
    watch_until(&watch, stream, RN_FINISH);
    rn_message *message = rn_collect(stream);
    assert_true(message->partial);
    rn_conversation_add(conversation, message);
    rn_message_free(message);
    watch_end(&watch, stream, NULL, RN_ECANCELLED);
    rn_conversation_user(conversation, "and?");
    assert_run(rn_agent_start(agent, conversation, RN_STREAM), "start ai(ok) finish(stop,1)",
               RN_OK);
    assert_sent(
        place->server, 1,
        "[" SENT_USER("hi") "," SENT_CALLS(
            "hm",
            SENT_CALL("c1", "run", "{}") "," SENT_CALL(
                "c2", "quick",
                "{}")) "," SENT_RESULT("c1",
                                       "so far\\n" STOPPED_RUN) "," SENT_RESULT("c2",
                                                                                "done") "," SENT_USER("and?") "]");
    rn_conversation_free(conversation);
    rn_agent_free(agent);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_cancelled), cmocka_unit_test(test_closed),
        TEST(test_from_another_thread),   TEST(test_whole_messages),
        TEST(test_conversation_goes_on),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
