/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "chat/playback.h"
#include "session/replay.h"
#include "session_fixture.h"

#define START(run) "{\"type\":\"start\",\"seq\":1,\"t\":0,\"run\":\"" run "\"}\n"
#define AI(t, text) "{\"type\":\"ai\",\"seq\":2,\"t\":" t ",\"content\":\"" text "\"}\n"
#define FINISH(t) "{\"type\":\"finish\",\"seq\":3,\"t\":" t ",\"reason\":\"stop\"}\n"

/* Two runs; each answer comes hours after its prompt, so that nothing here happens by itself. */
static const char talk[] = START("a") AI("3600000", "x") AI("3600001", "y") FINISH("3600001")
    START("b") AI("3600000", "z") AI("7200000", "end") FINISH("7200000");

struct fixture {
    rn_stream *stream;
    struct playback *playback;
    struct buf shown; /* since it was looked at last */
};

static int open_fixture(void **state)
{
    struct fixture *fixture = xnew(struct fixture);
    struct replay_options options = {.speed = 1, .max_gap_ms = -1, .stays = true};
    fixture->playback =
        playback_new(NULL, bytes_fd(talk, strlen(talk)), &options, &fixture->stream);
    *state = fixture;
    return 0;
}

static int close_fixture(void **state)
{
    struct fixture *fixture = *state;
    rn_close(fixture->stream);
    playback_free(fixture->playback);
    buf_clear(&fixture->shown);
    free(fixture);
    return 0;
}

static const char *show(struct fixture *fixture)
{
    const rn_event *event;
    buf_reset(&fixture->shown);
    while (rn_step(fixture->stream, &event, 0) == RN_EVENT) {
        playback_event(fixture->playback, event);
        if (event->kind == RN_AI)
            buf_adds(&fixture->shown, event->content);
        else
            buf_addf(&fixture->shown, "[%s]", event->type);
    }
    return buf_str(&fixture->shown);
}

static double at(const struct fixture *fixture)
{
    return playback_look(fixture->playback).at;
}

static void test_by_message(void **state)
{
    struct fixture *fixture = *state;
    struct playback *playback = fixture->playback;
    playback_pause(playback);
    assert_string_equal(show(fixture), "");
    assert_int_equal(playback_next(playback), PLAYBACK_ANEW);
    assert_string_equal(show(fixture), "[start]");
    assert_int_equal(playback_next(playback), PLAYBACK_ONWARD);
    assert_string_equal(show(fixture), "x");
    assert_true(at(fixture) == 3600000);
    assert_string_equal(playback_run(playback), "");
    assert_int_equal(playback_next(playback), PLAYBACK_ONWARD);
    assert_string_equal(show(fixture), "y[finish][start]");
    assert_string_equal(playback_run(playback), "a");
    assert_int_equal(playback_previous(playback), PLAYBACK_ANEW);
    assert_string_equal(show(fixture), "[start]x");
    assert_int_equal(playback_next(playback), PLAYBACK_ONWARD);
    assert_int_equal(playback_next(playback), PLAYBACK_ONWARD);
    assert_string_equal(show(fixture), "y[finish][start]z");
    assert_int_equal(playback_next(playback), PLAYBACK_ONWARD);
    assert_string_equal(show(fixture), "end[finish]");
    assert_true(playback_look(playback).is_at_end);
    assert_int_equal(playback_next(playback), PLAYBACK_STAYS);
    assert_string_equal(playback_run(playback), "b");
    assert_int_equal(playback_previous(playback), PLAYBACK_ANEW);
    assert_false(playback_look(playback).is_at_end);
    assert_string_equal(show(fixture), "[start]xy[finish][start]z");
}

static void test_by_event(void **state)
{
    struct fixture *fixture = *state;
    playback_single(fixture->playback);
    assert_string_equal(show(fixture), "[start]");
    playback_single(fixture->playback);
    assert_string_equal(show(fixture), "x");
    assert_string_equal(show(fixture), "");
    assert_true(playback_look(fixture->playback).is_paused);
}

/* Asked for faster than they are shown, they come all the same. */
static void test_by_several_events(void **state)
{
    struct fixture *fixture = *state;
    for (int i = 0; i < 3; i++)
        playback_single(fixture->playback);
    assert_string_equal(show(fixture), "[start]xy");
    assert_string_equal(show(fixture), "");
}

/* It stands while nothing is played, and after a seek shows what it showed then. */
static void test_clock(void **state)
{
    struct fixture *fixture = *state;
    struct playback *playback = fixture->playback;
    assert_true(playback_moves(playback));
    playback_pause(playback);
    assert_false(playback_moves(playback));
    assert_int_equal(playback_clock(playback), 0);
    playback_go(playback, 5000);
    show(fixture);
    assert_int_equal(playback_event_clock(playback), 0);
    assert_int_equal(playback_clock(playback), 5000);
    playback_next(playback);
    show(fixture);
    assert_int_equal(playback_event_clock(playback), 3600000);
    assert_int_equal(playback_clock(playback), 3600000);
    playback_go(playback, 5000);
    show(fixture);
    assert_int_equal(playback_clock(playback), 5000);
}

/* Nothing is left over, though it is paused there. */
static void test_to_the_end(void **state)
{
    struct fixture *fixture = *state;
    struct playback *playback = fixture->playback;
    playback_pause(playback);
    assert_false(playback_is_over(playback));
    assert_int_equal(playback_go(playback, 10800001), PLAYBACK_ONWARD);
    assert_string_equal(show(fixture), "[start]xy[finish][start]zend[finish]");
    assert_true(playback_is_over(playback));
    assert_int_equal(playback_go(playback, INT64_MAX), PLAYBACK_STAYS);
    assert_int_equal(playback_again(playback), PLAYBACK_ANEW);
    assert_true(playback_moves(playback));
    assert_string_equal(show(fixture), "[start]");
}

static void test_empty(void **state)
{
    (void)state;
    static const char *const texts[] = {"", "{\"type\":\"session\",\"v\":1}\n", "{\"type\":\"st"};
    for (size_t i = 0; i < sizeof(texts) / sizeof(*texts); i++) {
        rn_stream *stream;
        struct replay_options options = {.max_gap_ms = -1};
        struct playback *playback =
            playback_new(NULL, bytes_fd(texts[i], strlen(texts[i])), &options, &stream);
        assert_true(playback_is_empty(playback));
        rn_close(stream);
        playback_free(playback);
    }
}

static void test_by_time(void **state)
{
    struct fixture *fixture = *state;
    struct playback *playback = fixture->playback;
    playback_pause(playback);
    assert_int_equal(playback_go(playback, 3600001), PLAYBACK_ANEW);
    assert_string_equal(show(fixture), "[start]xy[finish][start]");
    assert_true(at(fixture) == 3600001);
    assert_int_equal(playback_go(playback, 7300000), PLAYBACK_ONWARD);
    assert_string_equal(show(fixture), "z");
    assert_true(at(fixture) == 7300000);
    assert_int_equal(playback_go(playback, 5), PLAYBACK_ANEW);
    assert_string_equal(show(fixture), "[start]");
    assert_true(at(fixture) == 5);
    playback_go(playback, INT64_MAX);
    assert_true(at(fixture) == playback_look(playback).length);
}

static void test_speed(void **state)
{
    struct fixture *fixture = *state;
    struct playback *playback = fixture->playback;
    double last = 1;
    for (int i = 0; i < 20; i++) {
        playback_change_speed(playback, true);
        assert_true(playback_look(playback).speed >= last);
        last = playback_look(playback).speed;
    }
    assert_true(last == 64);
    for (int i = 0; i < 20; i++)
        playback_change_speed(playback, false);
    assert_true(playback_look(playback).speed == 0.25);
}

static void test_end_of_stream(void **state)
{
    struct fixture *fixture = *state;
    const rn_event *event;
    rn_cancel(fixture->stream);
    assert_int_equal(rn_step(fixture->stream, &event, -1), RN_DONE);
}

/* What cannot be read twice is played onward. */
static void test_pipe(void **state)
{
    (void)state;
    int ends[2];
    rn_stream *stream;
    const rn_event *event;
    struct replay_options options = {.max_gap_ms = -1};
    assert_int_equal(pipe(ends), 0);
    assert_int_equal(write(ends[1], talk, strlen(talk)), strlen(talk));
    close(ends[1]);
    struct playback *playback = playback_new(NULL, ends[0], &options, &stream);
    assert_int_equal(playback_next(playback), PLAYBACK_STAYS);
    assert_int_equal(playback_previous(playback), PLAYBACK_STAYS);
    assert_int_equal(playback_go(playback, 1), PLAYBACK_STAYS);
    assert_true(playback_look(playback).length == 0);
    int count = 0;
    while (rn_step(stream, &event, -1) == RN_EVENT)
        count++;
    assert_int_equal(count, 8);
    rn_close(stream);
    playback_free(playback);
}

static void test_from_and_to(void **state)
{
    (void)state;
    rn_stream *stream;
    const rn_event *event;
    struct buf got = BUF_INIT;
    struct replay_options options = {
        .speed = 1, .max_gap_ms = -1, .from_ms = 3600001, .to_ms = 3600001};
    struct playback *playback = playback_new(NULL, bytes_fd(talk, strlen(talk)), &options, &stream);
    while (rn_step(stream, &event, -1) == RN_EVENT)
        buf_adds(&got, event->kind == RN_AI ? event->content : "");
    assert_string_equal(got.data, "xy");
    rn_close(stream);
    playback_free(playback);
    buf_clear(&got);
}

static void test_times(void **state)
{
    (void)state;
    static const struct {
        const char *text;
        int64_t want;
    } cases[] = {
        {"0", 0},         {"90", 90000},      {"1:30", 90000},     {"1:00:05.5", 3605500},
        {"0:0:1", 1000},  {"", -1},           {":", -1},           {"1:", -1},
        {":5", -1},       {"x", -1},          {"1:x", -1},         {"-1", -1},
        {"1:-1", -1},     {"1e9", -1},        {"1.2.3", -1},       {"nan", -1},
        {"99999999", -1}, {"99999999:0", -1}, {"9999:9999:0", -1}, {"1::2", -1},
    };
    for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++)
        if (playback_read_time(cases[i].text) != cases[i].want)
            fail_msg("\"%s\": got %lld", cases[i].text,
                     (long long)playback_read_time(cases[i].text));
}

#define CASE(test) cmocka_unit_test_setup_teardown(test, open_fixture, close_fixture)

int main(void)
{
    const struct CMUnitTest tests[] = {
        CASE(test_by_message),
        CASE(test_by_event),
        CASE(test_by_several_events),
        CASE(test_clock),
        CASE(test_to_the_end),
        cmocka_unit_test(test_empty),
        CASE(test_by_time),
        CASE(test_speed),
        CASE(test_end_of_stream),
        cmocka_unit_test(test_pipe),
        cmocka_unit_test(test_from_and_to),
        cmocka_unit_test(test_times),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
