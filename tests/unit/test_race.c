/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Comparisons, between servers of which each answers at its own pace.
 */
#include "chat/race.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "base/buf.h"
#include "base/error.h"
#include "base/mem.h"
#include "chat/report.h"
#include "config/settings.h"
#include "program/stage.h"

enum { SIDES = 2, MEGABYTE = 1024 * 1024 };

struct contest {
    char *home;
    struct server *servers[SIDES];
    struct settings *settings[SIDES];
    rn_io *io;
    struct race *race;
};

static void set(struct settings *settings, const char *section, const char *key, const char *value)
{
    struct error error;
    if (settings_set(settings, SETTINGS_FILE, section, key, value, "config.ini:1", &error) < 0)
        fail_msg("%s", error.text);
}

static int set_up(void **state)
{
    struct contest *contest = xnew(struct contest);
    void *home;
    if (home_set_up(&home) < 0)
        return -1;
    contest->home = home;
    contest->io = rn_io_new();
    char *sessions = home_path(contest->home, "sessions");
    for (size_t i = 0; i < SIDES; i++) {
        contest->servers[i] = server_new(NULL);
        contest->settings[i] = settings_new();
        set(contest->settings[i], "provider.mine", "url", server_url(contest->servers[i], "/v1"));
        set(contest->settings[i], "provider.mine", "retries", "0");
        set(contest->settings[i], "chat", "model", i == 0 ? "mine:slow" : "mine:quick");
        set(contest->settings[i], "chat", "sessions", sessions);
    }
    free(sessions);
    *state = contest;
    return 0;
}

static int tear_down(void **state)
{
    struct contest *contest = *state;
    void *home = contest->home;
    race_free(contest->race);
    rn_io_free(contest->io);
    for (size_t i = 0; i < SIDES; i++) {
        settings_free(contest->settings[i]);
        server_free(contest->servers[i]);
    }
    free(contest);
    return home_tear_down(&home);
}

static void open_race(struct contest *contest, unsigned rounds, enum rn_mode second)
{
    struct race_options options = {.io = contest->io, .prompt = "Compare", .rounds = rounds};
    struct error error;
    contest->race = race_new(&options);
    if (race_add(contest->race, contest->settings[0], RN_STREAM, &error) < 0 ||
        race_add(contest->race, contest->settings[1], second, &error) < 0 ||
        race_start(contest->race, &error) < 0)
        fail_msg("%s", error.text);
}

/* The next event of any lane; false at the end. */
static bool next(struct contest *contest, size_t *lane, rn_event *event)
{
    int result;
    while ((result = race_step(contest->race, lane, event)) == RN_AGAIN) {
        struct pollfd fds[RACE_LANES] = {{.fd = -1}, {.fd = -1}, {.fd = -1}, {.fd = -1}};
        race_poll(contest->race, fds);
        assert_true(poll(fds, RACE_LANES, SUBJECT_PATIENCE_MS) > 0);
    }
    return result == RN_EVENT;
}

static void await_text(struct contest *contest, size_t which, const char *text)
{
    size_t lane;
    rn_event event;
    do
        assert_true(next(contest, &lane, &event));
    while (lane != which || strcmp(event.content, text) != 0);
}

static void run_out(struct contest *contest)
{
    size_t lane;
    rn_event event;
    while (next(contest, &lane, &event))
        ;
}

static const rn_message *answer(const struct contest *contest, size_t lane)
{
    return lane_answer(&contest->race->lanes[lane]);
}

/* ---- At the same time ---- */

static void the_slow_one_does_not_hold_up_the_quick_one(void **state)
{
    struct contest *contest = *state;
    SERVER_SCRIPT(contest->servers[0], SERVE_WAIT, SERVE_STREAM, SERVE(SAYS("slow") STOPS));
    SERVER_SCRIPT(contest->servers[1], SERVE_STREAM, SERVE(SAYS("quick") STOPS));
    open_race(contest, 1, RN_STREAM);
    await_text(contest, 1, "quick");
    assert_string_equal(answer(contest, 0)->content, "");
    server_go(contest->servers[0]);
    await_text(contest, 0, "slow");
    run_out(contest);
    assert_true(report_is_good(contest->race));
    assert_false(report_is_equal(contest->race));
    assert_string_equal(race_label(contest->race, 0), "mine:slow");
    assert_string_equal(race_label(contest->race, 1), "mine:quick");
}

static void each_event_names_its_run(void **state)
{
    struct contest *contest = *state;
    char *runs[SIDES] = {NULL, NULL};
    size_t lane;
    rn_event event;
    SERVER_SCRIPT(contest->servers[0], SERVE_STREAM, SERVE(SAYS("a")), SERVE(SAYS("b") STOPS));
    SERVER_SCRIPT(contest->servers[1], SERVE_STREAM, SERVE(SAYS("c")), SERVE(SAYS("d") STOPS));
    open_race(contest, 1, RN_STREAM);
    while (next(contest, &lane, &event)) {
        if (event.kind == RN_START)
            runs[lane] = xstrdup(event.start->run);
        else
            assert_string_equal(event.run, runs[lane]);
    }
    assert_string_not_equal(runs[0], runs[1]);
    for (size_t i = 0; i < SIDES; i++)
        free(runs[i]);
}

static void stream_and_invoke_are_equal(void **state)
{
    struct contest *contest = *state;
    set(contest->settings[0], "chat", "model", "mine:quick");
    SERVER_SCRIPT(contest->servers[0], SERVE_STREAM, SERVE(SAYS("one ") SAYS("two") STOPS));
    SERVER_SCRIPT(contest->servers[1], SERVE_JSON(200, WHOLE("one two")));
    open_race(contest, 1, RN_INVOKE);
    run_out(contest);
    assert_true(report_is_equal(contest->race));
    assert_string_equal(race_label(contest->race, 0), "stream");
    assert_string_equal(race_label(contest->race, 1), "invoke");
    struct buf verdict = BUF_INIT;
    report_verdict(contest->race, &verdict);
    assert_has(buf_str(&verdict), "s with stream, ");
    buf_clear(&verdict);
}

/* ---- Stopped, broken ---- */

static void one_lane_is_stopped(void **state)
{
    struct contest *contest = *state;
    SERVER_SCRIPT(contest->servers[0], SERVE_STREAM, SERVE(SAYS("for ever")), SERVE_STALL);
    SERVER_SCRIPT(contest->servers[1], SERVE_WAIT, SERVE_STREAM, SERVE(SAYS("goes on") STOPS));
    open_race(contest, 1, RN_STREAM);
    await_text(contest, 0, "for ever");
    lane_stop(&contest->race->lanes[0]);
    server_go(contest->servers[1]);
    run_out(contest);
    assert_string_equal(answer(contest, 0)->reason, "cancelled");
    assert_string_equal(answer(contest, 0)->content, "for ever");
    assert_string_equal(answer(contest, 1)->content, "goes on");
    assert_false(report_is_good(contest->race));
}

static void one_server_says_no(void **state)
{
    struct contest *contest = *state;
    struct buf table = BUF_INIT;
    SERVER_SCRIPT(contest->servers[0], SERVE_JSON(500, FAILS("down", "out of \\u001b[31morder")));
    SERVER_SCRIPT(contest->servers[1], SERVE_STREAM, SERVE(SAYS("well") STOPS));
    open_race(contest, 1, RN_STREAM);
    run_out(contest);
    report_table(contest->race, &table);
    assert_has(table.data, "mine:slow");
    assert_has(table.data, "order\n");
    assert_has_not(table.data, "\033");
    assert_has_not(table.data, "texts are"); /* there is only one */
    assert_false(report_is_good(contest->race));
    buf_clear(&table);
}

static void an_answer_that_was_cut_off_is_measured(void **state)
{
    struct contest *contest = *state;
    struct buf table = BUF_INIT;
    SERVER_SCRIPT(contest->servers[0], SERVE_STREAM, SERVE(SAYS("half")), SERVE_CLOSE);
    SERVER_SCRIPT(contest->servers[1], SERVE_STREAM, SERVE(SAYS("well") STOPS));
    open_race(contest, 1, RN_STREAM);
    run_out(contest);
    report_table(contest->race, &table);
    assert_has(table.data, "  truncated\n");
    buf_clear(&table);
}

/* The table, once both have ended; the caller's. */
static char *table_of(struct contest *contest, enum rn_mode second)
{
    struct buf table = BUF_INIT;
    open_race(contest, 1, second);
    run_out(contest);
    report_table(contest->race, &table);
    return buf_take(&table);
}

static void a_server_that_buffers_is_told(void **state)
{
    struct contest *contest = *state;
    struct buf json = BUF_INIT;
    set(contest->settings[0], "chat", "model", "mine:quick");
    SERVER_SCRIPT(contest->servers[0], SERVE_STREAM, {.kind = SERVER_PAUSE, .ms = 400},
                  SERVE_REPEAT(SAYS("\\# "), 20), SERVE(STOPS));
    SERVER_SCRIPT(contest->servers[1], SERVE_JSON(200, WHOLE("the same")));
    char *table = table_of(contest, RN_INVOKE);
    assert_has(table, "\nstream: all 20 pieces came at once, after 0.");
    assert_has(table, " holds them back (runnel doctor).\n");
    assert_has(table, "The first words: after ");
    report_json(contest->race, &json);
    assert_has(json.data, "\"mode\":\"stream\",");
    assert_has(json.data, "\"held_back\":true");
    buf_clear(&json);
    free(table);
}

static void one_byte_at_a_time_is_the_same(void **state)
{
    struct contest *contest = *state;
    SERVER_SCRIPT(contest->servers[0], SERVE_STREAM,
                  SERVE_PIECES(SAYS("Gr\\u00fc\u00dfe ") SAYS("\U0001f44b") STOPS, 1));
    SERVER_SCRIPT(contest->servers[1], SERVE_STREAM,
                  SERVE(SAYS("Gr\\u00fc\u00dfe ") SAYS("\U0001f44b") STOPS));
    char *table = table_of(contest, RN_STREAM);
    assert_string_equal(answer(contest, 0)->content, "Gr\u00fc\u00dfe \U0001f44b");
    assert_has(table, "The texts are equal.\n");
    assert_has_not(table, "holds them back");
    free(table);
}

static void a_megabyte_in_one_chunk_is_the_same(void **state)
{
    struct contest *contest = *state;
    char *text = xcalloc(MEGABYTE + 1, 1);
    memset(text, 'x', MEGABYTE);
    char *piece = xasprintf(SAYS("%s"), text);
    char *whole = xasprintf(WHOLE("%s"), text);
    set(contest->settings[0], "chat", "model", "mine:quick");
    SERVER_SCRIPT(contest->servers[0], SERVE_CHUNKED(200, "text/event-stream"), SERVE_CHUNK(piece),
                  SERVE_CHUNK(STOPS), SERVE_CHUNK_END);
    SERVER_SCRIPT(contest->servers[1], SERVE_JSON(200, whole));
    char *table = table_of(contest, RN_INVOKE);
    assert_int_equal(answer(contest, 0)->content_len, MEGABYTE);
    assert_has(table, "The texts are equal.\n");
    assert_true(report_is_good(contest->race));
    free(table);
    free(whole);
    free(piece);
    free(text);
}

/* The server writes for longer than the user lets it be silent; stream has long ended. */
static void an_invoke_that_times_out(void **state)
{
    struct contest *contest = *state;
    set(contest->settings[0], "chat", "model", "mine:quick");
    set(contest->settings[1], "provider.mine", "first_timeout", "0.3");
    SERVER_SCRIPT(contest->servers[0], SERVE_STREAM, SERVE(SAYS("long there") STOPS));
    SERVER_SCRIPT(contest->servers[1], SERVE_STALL);
    char *table = table_of(contest, RN_INVOKE);
    const char *invoke = strstr(table, "\ninvoke ");
    assert_non_null(invoke);
    assert_has(invoke, "0.3 s");
    assert_has_not(table, "The first words");
    assert_has_not(table, "texts are");
    assert_string_equal(answer(contest, 0)->content, "long there");
    assert_int_equal(answer(contest, 1)->status, RN_ETIMEOUT);
    assert_false(report_is_good(contest->race));
    free(table);
}

static void answers_that_differ(void **state)
{
    struct contest *contest = *state;
    SERVER_SCRIPT(contest->servers[0], SERVE_STREAM, SERVE(SAYS("yes") STOPS));
    SERVER_SCRIPT(contest->servers[1], SERVE_STREAM, SERVE(SAYS("no") STOPS));
    char *table = table_of(contest, RN_STREAM);
    assert_has(table, "The texts are not equal.\n");
    assert_true(report_is_good(contest->race));
    free(table);
}

/* ---- Rounds ---- */

static void a_round_that_failed_says_why(void **state)
{
    struct contest *contest = *state;
    struct buf table = BUF_INIT;
    SERVER_SCRIPT(contest->servers[0], SERVE_STREAM, SERVE(SAYS("a") STOPS));
    SERVER_SCRIPT(contest->servers[1], SERVE_JSON(500, FAILS("down", "a torn belt")));
    SERVER_SCRIPT(contest->servers[1], SERVE_STREAM, SERVE(SAYS("a") STOPS));
    open_race(contest, 2, RN_STREAM);
    run_out(contest);
    report_table(contest->race, &table);
    assert_has(table.data, "\n  1 of 2 failed: ");
    assert_has(table.data, "a torn belt\n");
    buf_clear(&table);
}

static void all_rounds_are_run(void **state)
{
    struct contest *contest = *state;
    struct buf table = BUF_INIT, json = BUF_INIT;
    SERVER_SCRIPT(contest->servers[0], SERVE_STREAM, SERVE(SAYS("a") STOPS));
    SERVER_SCRIPT(contest->servers[1], SERVE_JSON(200, WHOLE("a")));
    open_race(contest, 3, RN_STREAM);
    run_out(contest);
    assert_int_equal(contest->race->lanes[0].count, 3);
    assert_int_equal(contest->race->lanes[1].count, 3);
    report_table(contest->race, &table);
    report_json(contest->race, &json);
    assert_has(table.data, "medians of 3 rounds\n");
    assert_has(table.data, "  least ");
    assert_has(json.data, "\"most\":{");
    buf_clear(&table);
    buf_clear(&json);
}

static void a_race_that_is_stopped_begins_no_other_round(void **state)
{
    struct contest *contest = *state;
    SERVER_SCRIPT(contest->servers[0], SERVE_STREAM, SERVE(SAYS("a")), SERVE_STALL);
    SERVER_SCRIPT(contest->servers[1], SERVE_STREAM, SERVE(SAYS("b")), SERVE_STALL);
    open_race(contest, 3, RN_STREAM);
    await_text(contest, 0, "a");
    race_stop(contest->race);
    run_out(contest);
    assert_int_equal(contest->race->lanes[0].count, 1);
    assert_int_equal(server_request_count(contest->servers[0]), 1);
}

/* ---- The figures ---- */

static void scores_are_computed(void **state)
{
    (void)state;
    rn_message message = {.ttft_ms = 500, .ms = 2500, .usage = {.output = 100, .cost = 0.25}};
    struct score stream = score_of(&message, RN_STREAM), invoke = score_of(&message, RN_INVOKE);
    assert_true(stream.rate == 50);
    assert_true(invoke.rate == 40);
    assert_true(stream.cost == 0.25);
    message.usage.output = -1;
    assert_true(score_of(&message, RN_STREAM).rate < 0);
    message.usage.output = 100;
    message.ttft_ms = message.ms;
    assert_true(score_of(&message, RN_STREAM).rate < 0);
}

static void spread_is_of_what_is_known(void **state)
{
    (void)state;
    rn_message messages[] = {
        {.ttft_ms = 100, .ms = 1000, .content_len = 1, .usage = {.output = 9, .cost = -1}},
        {.ttft_ms = 300, .ms = 5000, .content_len = 1, .usage = {.output = -1, .cost = -1}},
        {.ttft_ms = 200, .ms = 2000, .content_len = 1, .usage = {.output = 18, .cost = -1}},
        {.ttft_ms = -1, .ms = 1, .status = RN_ECONNECT, .usage = {.output = -1, .cost = -1}},
    };
    rn_message *answers[] = {&messages[0], &messages[1], &messages[2], &messages[3]};
    struct lane lane = {.answers = answers, .count = 4};
    struct spread spread = report_spread(&lane);
    assert_int_equal(spread.measured, 3);
    assert_true(spread.median.ttft_ms == 200 && spread.least.ttft_ms == 100);
    assert_true(spread.most.ms == 5000);
    assert_true(spread.median.tokens == 13.5);
    assert_true(spread.median.cost < 0 && spread.least.cost < 0);
}

/* ---- The session ---- */

static void both_runs_are_in_one_session(void **state)
{
    struct contest *contest = *state;
    struct buf all = BUF_INIT;
    SERVER_SCRIPT(contest->servers[0], SERVE_STREAM, SERVE(SAYS("first")), SERVE_WAIT,
                  SERVE(SAYS("last") STOPS));
    SERVER_SCRIPT(contest->servers[1], SERVE_WAIT, SERVE_STREAM, SERVE(SAYS("between") STOPS));
    open_race(contest, 1, RN_STREAM);
    await_text(contest, 0, "first");
    server_go(contest->servers[1]);
    await_text(contest, 1, "between");
    server_go(contest->servers[0]);
    run_out(contest);
    home_read(contest->home, &all);
    const char *first = strstr(buf_str(&all), "\"content\":\"first\"");
    const char *between = strstr(buf_str(&all), "\"content\":\"between\"");
    assert_non_null(first);
    assert_non_null(between);
    assert_non_null(strstr(between, "\"content\":\"last\""));
    assert_has(buf_str(&all), "\"type\":\"message\"");
    assert_has(buf_str(&all), "\"content\":\"firstlast\"");
    buf_clear(&all);
}

#define ON_STAGE(test) cmocka_unit_test_setup_teardown(test, set_up, tear_down)

int main(void)
{
    const struct CMUnitTest tests[] = {
        ON_STAGE(the_slow_one_does_not_hold_up_the_quick_one),
        ON_STAGE(each_event_names_its_run),
        ON_STAGE(stream_and_invoke_are_equal),
        ON_STAGE(one_lane_is_stopped),
        ON_STAGE(one_server_says_no),
        ON_STAGE(an_answer_that_was_cut_off_is_measured),
        ON_STAGE(a_server_that_buffers_is_told),
        ON_STAGE(one_byte_at_a_time_is_the_same),
        ON_STAGE(a_megabyte_in_one_chunk_is_the_same),
        ON_STAGE(an_invoke_that_times_out),
        ON_STAGE(answers_that_differ),
        ON_STAGE(a_round_that_failed_says_why),
        ON_STAGE(all_rounds_are_run),
        ON_STAGE(a_race_that_is_stopped_begins_no_other_round),
        cmocka_unit_test(scores_are_computed),
        cmocka_unit_test(spread_is_of_what_is_known),
        ON_STAGE(both_runs_are_in_one_session),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
