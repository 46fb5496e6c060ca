/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Runs with eight commands at once, that are cancelled or closed at any moment, or come to their end:
 * each keeps the rules, and when all are over no process and no descriptor is left.
 *
 * RUNNEL_STRESS is the number of runs (100), RUNNEL_SEED what their chances begin with.
 */
#include "agent_fixture.h"

enum { COMMANDS = 8, BATCH = 25, PATIENCE_S = 3600 };

static unsigned number_of(const char *variable, unsigned otherwise)
{
    const char *text = getenv(variable);
    return text ? (unsigned)strtoul(text, NULL, 10) : otherwise;
}

/* ---- What a call may be ---- */

static const char *const scripts[COMMANDS] = {
    ":",
    "cat",
    "echo out; echo note >&2; exit 3",
    "exec sleep 1000",
    "echo a; echo b >&2; exec sleep 1000",
    "sleep 1000 & sleep 1000 & wait",
    "yes | head -c 300000; exec yes >&2",
    "kill -KILL $$",
};

static const char stubborn[] = "trap '' TERM; echo a >&2; while :; do sleep 1000; done";

static rn_agent *agent_of(rn_model *model)
{
    rn_agent *agent = RN_AGENT(.model = model, .max_steps = 2);
    for (int i = 0; i < COMMANDS; i++) {
        char name[] = {'t', (char)('0' + i), '\0'};
        RN_TOOL(agent, .name = name, .command = SH(scripts[i]), .timeout_ms = 5000);
    }
    RN_TOOL(agent, .name = "stubborn", .command = SH(stubborn), .timeout_ms = 5000);
    return agent;
}

/* Eight calls; those of which some never end on their own, when the run is to be stopped. */
static void add_calls(struct buf *answer, unsigned *chance, bool must_end)
{
    for (int i = 0; i < COMMANDS; i++) {
        int which = must_end ? i % 3 : rand_r(chance) % COMMANDS;
        buf_addf(
            answer,
            CHUNK("\"tool_calls\":[{\"index\":%d,\"id\":\"c%d\",\"function\":{\"name\":\"t%d\","
                  "\"arguments\":\"{}\"}}]"),
            i, i, which);
    }
    if (!must_end && rand_r(chance) % 10 == 0)
        buf_addf(answer, CALLS(8, "c8", "stubborn", "{}"));
    buf_adds(answer, CALLED);
}

/* ---- A run ---- */

struct canceller {
    rn_stream *stream;
    unsigned spins;
};

static void *cancel_soon(void *arg)
{
    const struct canceller *canceller = arg;
    for (unsigned i = 0; i < canceller->spins; i++)
        sched_yield();
    rn_cancel(canceller->stream);
    return NULL;
}

/* Of each magnitude as often as of any other. */
static unsigned some_spins(unsigned *chance)
{
    unsigned magnitude = (unsigned)rand_r(chance) % 16;
    return (unsigned)rand_r(chance) % (1u << magnitude);
}

/* From another thread, at whatever moment it is: it may be too late. */
static void run_and_cancel(rn_stream *stream, struct watch *watch, unsigned *chance)
{
    pthread_t thread;
    struct canceller canceller = {stream, some_spins(chance)};
    assert_int_equal(pthread_create(&thread, NULL, cancel_soon, &canceller), 0);
    watch_until(watch, stream, RN_FINISH);
    pthread_join(thread, NULL);
    bool has_stopped = strcmp(rn_snapshot(stream)->reason, "stop") == 0;
    watch_end(watch, stream, NULL, has_stopped ? RN_OK : RN_ECANCELLED);
}

/* After so many events, without a word. */
static void run_and_close(rn_stream *stream, struct watch *watch, unsigned *chance)
{
    for (int left = rand_r(chance) % 16; left > 0; left--)
        watch_next(watch, stream);
    rn_close(stream);
    watch_clear(watch);
}

/* Each run has answers of its own, by its path: one that was not asked for is not the next one's. */
static void run_once(struct server *server, rn_io *io, unsigned number, unsigned *chance)
{
    struct buf answer = BUF_INIT;
    struct watch watch = {0};
    int way = rand_r(chance) % 4;
    char *path = xasprintf("/%u/", number);
    rn_model *model = RN_MODEL(.url = server_url(server, path), .model = "m", .io = io);
    rn_agent *agent = agent_of(model);
    add_calls(&answer, chance, way == 0);
    SERVER_SCRIPT_FOR(server, path, SERVE_STREAM, SERVE(buf_str(&answer)));
    SERVER_SCRIPT_FOR(server, path, SERVE_STREAM, SERVE(PIECE("ok") STOPPED));
    rn_stream *stream = rn_agent_stream(agent, path);
    rn_agent_free(agent);
    rn_model_free(model);
    if (way == 0)
        watch_end(&watch, stream, NULL, RN_OK);
    else if (way == 1)
        run_and_close(stream, &watch, chance);
    else
        run_and_cancel(stream, &watch, chance);
    free(path);
    buf_clear(&answer);
}

/* Processes that are told to end have not all ended when the next run begins; when the I/O thread ends
 * they must. */
static void run_batch(unsigned runs, unsigned *chance)
{
    struct server *server = server_new(NULL);
    rn_io *io = rn_io_new();
    for (unsigned i = 0; i < runs; i++)
        run_once(server, io, i, chance);
    rn_io_free(io);
    server_free(server);
}

static void test_stress(void **state)
{
    (void)state;
    unsigned runs = number_of("RUNNEL_STRESS", 100), chance = number_of("RUNNEL_SEED", 1);
    alarm(PATIENCE_S);
    prctl(PR_SET_CHILD_SUBREAPER, 1);
    int fds = count_fds();
    for (unsigned done = 0; done < runs; done += BATCH)
        run_batch(runs - done < BATCH ? runs - done : BATCH, &chance);
    assert_all_gone();
    while (pidfd_fake.stand_ins > 0)
        sched_yield();
    assert_int_equal(count_fds(), fds);
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(test_stress)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
