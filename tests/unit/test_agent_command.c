/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Tools that are commands: each has a process of its own.
 */
#include "agent_fixture.h"

#include <signal.h>
#include <sys/resource.h>

/* ---- The place, from which nothing is left behind ---- */

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

/* ---- What comes of one ---- */

static const struct {
    const char *about, *script, *want;
} cases[] = {
    {"arguments and result", "cat", "result(c1,ok,{\"n\":1})"},
    {"does not read", "echo hi", "result(c1,ok,hi)"},
    {"says nothing", ":", "result(c1,ok,)"},
    {"escapes", "printf '\\033[31mred\\033[0m\\r\\n'", "result(c1,ok,\033[31mred\033[0m\r)"},
    {"not UTF-8", "printf 'a\\377b'", "result(c1,ok,a\uFFFDb)"},
    {"stderr is no result", "echo out; echo note >&2", "progress(c1,note) result(c1,ok,out)"},
    {"fails in silence", "exit 1", "result(c1,error,[exit status 1])"},
    {"fails in another way", "exit 7", "result(c1,error,[exit status 7])"},
    {"says why on stdout", "echo no such city; exit 1", "result(c1,error,no such city)"},
    {"says why, in another way", "echo no such city; exit 2",
     "result(c1,error,no such city\n[exit status 2])"},
    {"says why on stderr", "echo no such city >&2; exit 1",
     "progress(c1,no such city) result(c1,error,no such city)"},
    {"the last line of stderr", "printf 'looking\\n\\nno such city\\n\\n \\rx' >&2; exit 3",
     "progress(c1,no such city) result(c1,error,x\n[exit status 3])"},
    {"stdout before stderr", "echo some; echo note >&2; exit 1",
     "progress(c1,note) result(c1,error,some)"},
    {"no line end", "printf out; printf why >&2; exit 1", "result(c1,error,out)"},
    {"dies by signal", "echo some; kill -KILL $$",
     "result(c1,error,some\n[ended by signal 9 (Killed)])"},
    {"dies by signal, with a reason", "echo why >&2; kill -KILL $$",
     "progress(c1,why) result(c1,error,why\n[ended by signal 9 (Killed)])"},
    {"closes its pipes and lives on", "exec <&- >&- 2>&-; exit 0", "result(c1,ok,)"},
    {"bars that overwrite one another", "printf '10%%\\r50%%\\r90%%\\r9' >&2",
     "progress(c1,90%) result(c1,ok,)"},
    {"leaves a child", "(trap '' HUP TERM; sleep 1000) & echo ok", "result(c1,ok,ok)"},
    {"has no key", "export -p | grep -c SECRET_KEY", "result(c1,error,0)"},
};

static void call(struct place *place, const rn_tool *options, const char *want)
{
    rn_tool tool = *options;
    tool.size = sizeof(tool);
    tool.name = "f";
    ANSWERS(place, CALLS(0, "c1", "f", "{\\\"n\\\": 1}") CALLED);
    ANSWERS(place, PIECE("ok") STOPPED);
    rn_agent *agent = RN_AGENT(.model = place->model);
    rn_agent_tool(agent, &tool);
    char *words = xasprintf("start tool(c1,f,{\"n\":1}) %s ai(ok) finish(stop,2)", want);
    assert_run(rn_agent_stream(agent, "hi"), words, RN_OK);
    free(words);
    rn_agent_free(agent);
}

static void test_cases(void **state)
{
    setenv("SECRET_KEY", "x", 1);
    for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++)
        call(*state, &(rn_tool){.command = SH(cases[i].script)}, cases[i].want);
    unsetenv("SECRET_KEY");
}

static void test_no_such_program(void **state)
{
    static const char *const command[] = {"/nowhere/program", NULL};
    call(*state, &(rn_tool){.command = command},
         "result(c1,error,[cannot run /nowhere/program: No such file or directory])");
}

static void test_environment(void **state)
{
    static const char *const environment[] = {"A=1", "PATH=/usr/bin:/bin", NULL};
    call(*state, &(rn_tool){.command = SH("env | sort | grep -v PWD"), .environment = environment},
         "result(c1,ok,A=1\nPATH=/usr/bin:/bin)");
}

/* What it had to say before is told.  It must have said it before its time is over, whatever time this
 * machine needs for that. */
static void test_time_limit(void **state)
{
    struct place *place = *state;
    bool has_said = false;
    for (int limit = 100; !has_said; limit *= 2) {
        struct watch watch = {0};
        ANSWERS(place, CALLS(0, "c1", "f", "{}") CALLED);
        ANSWERS(place, PIECE("ok") STOPPED);
        rn_agent *agent = RN_AGENT(.model = place->model);
        RN_TOOL(agent, .name = "f", .command = SH("echo some; exec sleep 1000"),
                .timeout_ms = limit);
        rn_stream *stream = rn_agent_stream(agent, "hi");
        const rn_event *event = watch_until(&watch, stream, RN_RESULT);
        char *want = xasprintf("some\n[/bin/sh did not end within %g s]", limit / 1000.0);
        has_said = strcmp(event->output, want) == 0;
        assert_non_null(strstr(want, event->output));
        assert_string_equal(event->status, "error");
        assert_true(event->ms >= limit);
        watch_end(&watch, stream, NULL, RN_OK);
        free(want);
        rn_agent_free(agent);
    }
}

/* ---- Much ---- */

static void test_middle_is_left_out(void **state)
{
    call(*state, &(rn_tool){.command = SH("seq 1 100000"), .output_max = 20},
         "result(c1,ok,1\n2\n3\n4\n5\n[... 588875 bytes are left out here ...]\n99\n100000)");
}

/* Sanitizers keep what is freed. */
#ifdef __has_feature
#define IS_WATCHED (__has_feature(address_sanitizer) || __has_feature(thread_sanitizer))
#elif defined(__SANITIZE_ADDRESS__) || defined(__SANITIZE_THREAD__)
#define IS_WATCHED 1
#else
#define IS_WATCHED 0
#endif

static long peak_kb(void)
{
    struct rusage usage;
    getrusage(RUSAGE_SELF, &usage);
    return usage.ru_maxrss;
}

/* As much as it likes: what is kept of it is bounded, and so is what waits to be read. */
static void test_a_flood(void **state)
{
    const char *megabytes = getenv("RUNNEL_FLOOD_MB");
    char *script = xasprintf("yes | head -c %sM; exit 1", megabytes ? megabytes : "100");
    long before = peak_kb();
    ANSWERS((struct place *)*state, CALLS(0, "c1", "f", "{}") CALLED);
    ANSWERS((struct place *)*state, PIECE("ok") STOPPED);
    rn_agent *agent = RN_AGENT(.model = ((struct place *)*state)->model);
    RN_TOOL(agent, .name = "f", .command = SH(script));
    struct watch watch = {0};
    rn_stream *stream = rn_agent_stream(agent, "hi");
    const rn_event *event = watch_until(&watch, stream, RN_RESULT);
    assert_true(event->output_len > 64 * 1024 && event->output_len < 65 * 1024);
    assert_non_null(strstr(event->output, "bytes are left out here"));
    watch_end(&watch, stream, NULL, RN_OK);
    assert_true(IS_WATCHED || peak_kb() - before < 32 * 1024);
    rn_agent_free(agent);
    free(script);
}

/* Progress for ever: it is not kept, and does not keep the result from coming. */
static void test_a_flood_of_progress(void **state)
{
    struct place *place = *state;
    struct watch watch = {0};
    int count = 0;
    ANSWERS(place, CALLS(0, "c1", "f", "{}") CALLED);
    ANSWERS(place, PIECE("ok") STOPPED);
    rn_agent *agent = RN_AGENT(.model = place->model);
    RN_TOOL(agent, .name = "f", .command = SH("yes | head -c 20M >&2; echo done"));
    rn_stream *stream = rn_agent_stream(agent, "hi");
    for (const rn_event *event; (event = watch_next(&watch, stream));) {
        count += event->kind == RN_PROGRESS;
        if (event->kind == RN_PROGRESS)
            assert_string_equal(event->text, "y");
        if (event->kind == RN_RESULT)
            assert_string_equal(event->output, "done");
    }
    assert_true(count > 0 && count < 2000);
    watch_end(&watch, stream, NULL, RN_OK);
    rn_agent_free(agent);
}

/* A line without an end is cut, between characters. */
static void test_a_long_line(void **state)
{
    struct place *place = *state;
    struct watch watch = {0};
    ANSWERS(place, CALLS(0, "c1", "f", "{}") CALLED);
    ANSWERS(place, PIECE("ok") STOPPED);
    rn_agent *agent = RN_AGENT(.model = place->model);
    RN_TOOL(agent, .name = "f",
            .command = SH(
                "for i in 1 2 3; do printf 'x'; yes '\xE2\x82\xAC' | head -n 3000 | tr -d '\\n'; "
                "done >&2; exit 1"));
    rn_stream *stream = rn_agent_stream(agent, "hi");
    const rn_event *event = watch_until(&watch, stream, RN_RESULT);
    assert_int_equal(event->output_len, 1 + 3 * 1365);
    assert_string_equal(event->output + event->output_len - 3, "\xE2\x82\xAC");
    watch_end(&watch, stream, NULL, RN_OK);
    rn_agent_free(agent);
}

/* ---- Many at once ---- */

/* Eight run side by side: each waits until all the others have come. */
static void test_eight_at_once(void **state)
{
    struct place *place = *state;
    struct watch watch = {0};
    struct buf calls = BUF_INIT;
    char folder[] = "/tmp/runnel-agent-XXXXXX";
    assert_non_null(mkdtemp(folder));
    char *script = xasprintf("n=$(cat); : >%s/${n##*:}; "
                             "until [ $(ls %s | wc -l) -ge 8 ]; do sleep 0.01; done; echo $n",
                             folder, folder);
    for (int i = 0; i < 9; i++)
        buf_addf(&calls,
                 CHUNK("\"tool_calls\":[{\"index\":%d,\"id\":\"c%d\",\"function\":{"
                       "\"name\":\"f\",\"arguments\":\"{\\\"n\\\":%d}\"}}]"),
                 i, i, i);
    buf_adds(&calls, CALLED);
    ANSWERS(place, buf_str(&calls));
    ANSWERS(place, PIECE("ok") STOPPED);
    rn_agent *agent = RN_AGENT(.model = place->model);
    RN_TOOL(agent, .name = "f", .command = SH(script));
    rn_stream *stream = rn_agent_stream(agent, "hi");
    for (int i = 0; i < 9; i++) {
        const rn_event *event = watch_until(&watch, stream, RN_RESULT);
        assert_string_equal(event->status, "ok");
        assert_int_equal(event->output[5], event->id[1]);
    }
    watch_end(&watch, stream, NULL, RN_OK);
    char *clean = xasprintf("rm -r %s", folder);
    assert_int_equal(system(clean), 0);
    free(clean);
    free(script);
    buf_clear(&calls);
    rn_agent_free(agent);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(test_cases),
        TEST(test_no_such_program),
        TEST(test_environment),
        TEST(test_time_limit),
        TEST(test_middle_is_left_out),
        TEST(test_a_flood),
        TEST(test_a_flood_of_progress),
        TEST(test_a_long_line),
        TEST(test_eight_at_once),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
