/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Tools that are functions.
 */
#include "agent_fixture.h"

#include <math.h>
#include <poll.h>
#include <pthread.h>
#include <sched.h>
#include <unistd.h>

#include "base/clock.h"
#include "llm/event.h"

#define CALL CALLS(0, "c1", "f", "{}") CALLED

/* A run in which the model calls the function once. */
static rn_agent *agent_of(struct place *place, rn_tool_fn *fn, void *user)
{
    ANSWERS(place, CALL);
    ANSWERS(place, PIECE("ok") STOPPED);
    rn_agent *agent = RN_AGENT(.model = place->model);
    RN_TOOL(agent, .name = "f", .run = fn, .user = user, .output_max = 100);
    return agent;
}

static void check(struct place *place, rn_tool_fn *fn, const char *want)
{
    rn_agent *agent = agent_of(place, fn, NULL);
    char *words = xasprintf("start tool(c1,f,{}) %s ai(ok) finish(stop,2)", want);
    assert_run(rn_agent_stream(agent, "hi"), words, RN_OK);
    free(words);
    rn_agent_free(agent);
}

/* ---- What they say ---- */

static int tell(rn_task *task, const char *args, void *user)
{
    (void)user;
    rn_task_printf(task, "%s of ", rn_task_id(task));
    rn_task_output(task, args, strlen(args));
    rn_task_printf(task, "\033[31m\n");
    return 0;
}

static int tell_nothing(rn_task *task, const char *args, void *user)
{
    (void)task, (void)args, (void)user;
    return 0;
}

static int fail_with_reason(rn_task *task, const char *args, void *user)
{
    (void)args, (void)user;
    rn_task_printf(task, "no such city");
    return -1;
}

static int tell_much(rn_task *task, const char *args, void *user)
{
    (void)args, (void)user;
    for (int i = 0; i < 1000; i++)
        rn_task_printf(task, "%03d ", i);
    return 0;
}

static int tell_bytes(rn_task *task, const char *args, void *user)
{
    (void)args, (void)user;
    rn_task_output(task,
                   "a\xFF"
                   "b",
                   3);
    return 1;
}

static void test_output(void **state)
{
    check(*state, tell, "result(c1,ok,c1 of {}\033[31m)");
    check(*state, tell_nothing, "result(c1,ok,)");
    check(*state, fail_with_reason, "result(c1,error,no such city)");
    check(*state, tell_bytes, "result(c1,error,a\uFFFDb)");
    check(*state, tell_much,
          "result(c1,ok,000 001 002 003 004 005 006 007 008 009 010 011 01\n"
          "[... 3900 bytes are left out here ...]\n"
          "7 988 989 990 991 992 993 994 995 996 997 998 999 )");
}

static int tell_zeros(rn_task *task, const char *args, void *user)
{
    (void)args, (void)user;
    rn_task_output(task, "a\0b", 3);
    return 0;
}

/* To the byte: in the event, in its JSON, and in what the model is sent. */
static void test_zero_bytes(void **state)
{
    struct place *place = *state;
    struct watch watch = {0};
    char line[200];
    rn_agent *agent = agent_of(place, tell_zeros, NULL);
    rn_stream *stream = rn_agent_stream(agent, "hi");
    const rn_event *event = watch_until(&watch, stream, RN_RESULT);
    assert_int_equal(event->output_len, 3);
    assert_memory_equal(event->output, "a\0b", 4);
    rn_event_json(event, line, sizeof(line));
    assert_non_null(strstr(line, "\"output\":\"a\\u0000b\""));
    watch_end(&watch, stream, NULL, RN_OK);
    assert_non_null(strstr(server_request(place->server, 1)->body, "\"content\":\"a\\u0000b\""));
    rn_agent_free(agent);
}

/* ---- Progress ---- */

static int progress(rn_task *task, const char *args, void *user)
{
    (void)args, (void)user;
    rn_task_progress(task, 0, "one");
    rn_task_progress(task, 0.5, "two of %d", 3);
    rn_task_progress(task, -1, "a\xFF\033[31m");
    rn_task_progress(task, 7, "%s", "");
    rn_task_progress(task, NAN, "who knows");
    return 0;
}

static void test_progress(void **state)
{
    static const double fractions[] = {0, 0.5, -1, 1, -1};
    struct place *place = *state;
    struct watch watch = {0};
    rn_agent *agent = agent_of(place, progress, NULL);
    rn_stream *stream = rn_agent_stream(agent, "hi");
    for (size_t i = 0; i < sizeof(fractions) / sizeof(fractions[0]); i++) {
        const rn_event *event = watch_until(&watch, stream, RN_PROGRESS);
        assert_true(event->fraction == fractions[i]);
        assert_string_equal(event->tool, "f");
        assert_int_equal(event->text_len, strlen(event->text));
    }
    watch_end(
        &watch, stream,
        "start tool(c1,f,{}) progress(c1,one) progress(c1,two of 3) "
        "progress(c1,a\uFFFD\033[31m) progress(c1,) progress(c1,who knows) result(c1,ok,) ai(ok) "
        "finish(stop,2)",
        RN_OK);
    rn_agent_free(agent);
}

static int progress_for_ever(rn_task *task, const char *args, void *user)
{
    (void)args, (void)user;
    for (int i = 0; i < 100000; i++)
        rn_task_progress(task, -1, "%d", i);
    return 0;
}

static void test_too_much_progress(void **state)
{
    struct place *place = *state;
    struct watch watch = {0};
    int count = 0;
    rn_agent *agent = agent_of(place, progress_for_ever, NULL);
    rn_stream *stream = rn_agent_stream(agent, "hi");
    for (const rn_event *event; (event = watch_next(&watch, stream));
         count += event->kind == RN_PROGRESS)
        continue;
    assert_true(count >= 1000 && count < 2000);
    watch_end(&watch, stream, NULL, RN_OK);
    rn_agent_free(agent);
}

/* ---- Time ---- */

enum { LONG_MS = 20 };

static int take_long(rn_task *task, const char *args, void *user)
{
    (void)args, (void)user;
    int64_t began = clock_ms();
    while (clock_ms() < began + LONG_MS)
        sched_yield();
    rn_task_progress(task, 1, "half");
    while (clock_ms() < began + 2 * LONG_MS)
        sched_yield();
    return 0;
}

/* Events have the time at which they happened, although they are given when the function is back. */
static void test_time(void **state)
{
    struct place *place = *state;
    struct watch watch = {0};
    rn_agent *agent = agent_of(place, take_long, NULL);
    rn_stream *stream = rn_agent_stream(agent, "hi");
    int64_t called = watch_until(&watch, stream, RN_TOOL)->t;
    int64_t half = watch_until(&watch, stream, RN_PROGRESS)->t;
    const rn_event *result = watch_until(&watch, stream, RN_RESULT);
    assert_true(half >= called + LONG_MS);
    assert_true(result->t >= half && result->t >= called + 2 * LONG_MS - 1);
    assert_true(result->ms >= 2 * LONG_MS);
    watch_end(&watch, stream, NULL, RN_OK);
    rn_agent_free(agent);
}

/* ---- Beside commands ---- */

/* Waits for the command to say something, which it can only if it runs. */
static int wait_for_command(rn_task *task, const char *args, void *user)
{
    (void)args;
    struct pollfd wait = {.fd = *(const int *)user, .events = POLLIN};
    rn_task_printf(task, "%s", poll(&wait, 1, SERVER_PATIENCE_MS) == 1 ? "seen" : "waited in vain");
    return 0;
}

static void test_commands_begin_first(void **state)
{
    struct place *place = *state;
    int line[2];
    assert_int_equal(pipe(line), 0);
    char *script = xasprintf("echo x >/proc/%d/fd/%d", getpid(), line[1]);
    ANSWERS(place, CALLS(0, "c1", "f", "{}") CALLS(1, "c2", "command", "{}") CALLED);
    ANSWERS(place, PIECE("ok") STOPPED);
    rn_agent *agent = RN_AGENT(.model = place->model);
    RN_TOOL(agent, .name = "f", .run = wait_for_command, .user = &line[0]);
    RN_TOOL(agent, .name = "command", .command = SH(script));
    assert_run(rn_agent_stream(agent, "hi"),
               "start tool(c1,f,{}) tool(c2,command,{}) result(c1,ok,seen) result(c2,ok,) ai(ok) "
               "finish(stop,2)",
               RN_OK);
    free(script);
    close(line[0]);
    close(line[1]);
    rn_agent_free(agent);
}

/* ---- Cancelled from another thread ---- */

struct cancelling {
    rn_stream *stream;
    bool is_obeyed;
    int runs;
};

static void *cancel(void *stream)
{
    rn_cancel(stream);
    return NULL;
}

static int wait_for_cancel(rn_task *task, const char *args, void *user)
{
    (void)args;
    pthread_t thread;
    struct cancelling *c = user;
    c->runs++;
    assert_false(rn_task_cancelled(task));
    assert_int_equal(pthread_create(&thread, NULL, cancel, c->stream), 0);
    while (!rn_task_cancelled(task))
        sched_yield();
    pthread_join(thread, NULL);
    rn_task_printf(task, "so far");
    return c->is_obeyed ? -1 : 0;
}

static void test_cancelled(void **state)
{
    struct place *place = *state;
    for (int obeyed = 0; obeyed <= 1; obeyed++) {
        struct cancelling c = {.is_obeyed = obeyed};
        ANSWERS(place, CALLS(0, "c1", "f", "{}") CALLS(1, "c2", "f", "{}") CALLED);
        rn_agent *agent = RN_AGENT(.model = place->model);
        RN_TOOL(agent, .name = "f", .run = wait_for_cancel, .user = &c);
        c.stream = rn_agent_stream(agent, "hi");
        assert_run(c.stream,
                   obeyed ? "start tool(c1,f,{}) tool(c2,f,{}) result(c1,cancelled,so far) "
                            "result(c2,cancelled,The user stopped the run before this was run.) "
                            "finish(cancelled,partial,1)"
                          : "start tool(c1,f,{}) tool(c2,f,{}) result(c1,ok,so far) "
                            "result(c2,cancelled,The user stopped the run before this was run.) "
                            "finish(cancelled,partial,1)",
                   RN_ECANCELLED);
        assert_int_equal(c.runs, 1);
        rn_agent_free(agent);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        PLACE_TEST(test_output),    PLACE_TEST(test_zero_bytes),
        PLACE_TEST(test_progress),  PLACE_TEST(test_too_much_progress),
        PLACE_TEST(test_time),      PLACE_TEST(test_commands_begin_first),
        PLACE_TEST(test_cancelled),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
