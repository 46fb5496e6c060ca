/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <math.h>
#include <poll.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "runnel.h"
#include "session_fixture.h"

#define START "{\"type\":\"start\",\"seq\":1,\"t\":0,\"run\":\"a\"}\n"
#define AI(t, text) "{\"type\":\"ai\",\"t\":" t ",\"content\":\"" text "\"}\n"
#define FINISH(t) "{\"type\":\"finish\",\"t\":" t ",\"reason\":\"stop\"}\n"
#define HOUR "3600000"

static rn_stream *play(const char *text, double speed, int64_t max_gap_ms)
{
    return rn_replay(NULL, bytes_fd(text, strlen(text)), speed, max_gap_ms);
}

static bool is_readable(const rn_stream *stream)
{
    struct pollfd fd = {.fd = rn_fd(stream), .events = POLLIN};
    return poll(&fd, 1, 0) == 1;
}

static void add_line(struct buf *got, const rn_event *event)
{
    buf_adds(got, event->json);
    buf_addc(got, '\n');
}

static char *play_all(rn_stream *stream)
{
    struct buf got = BUF_INIT;
    for (const rn_event *event; (event = rn_next(stream));)
        add_line(&got, event);
    rn_close(stream);
    return buf_take(&got);
}

/* Without the session's own records, which are no events. */
static char *event_lines(const char *text)
{
    struct buf lines = BUF_INIT;
    for (const char *end; (end = strchr(text, '\n')); text = end + 1)
        if (strncmp(text, "{\"type\":\"session\"", 17) != 0 &&
            strncmp(text, "{\"type\":\"message\"", 17) != 0 &&
            strncmp(text, "{\"type\":\"title\"", 15) != 0)
            buf_add(&lines, text, (size_t)(end + 1 - text));
    return buf_take(&lines);
}

/* ---- What is played ---- */

static void test_same_bytes(void **state)
{
    (void)state;
    char *text = documented_lines(), *want = event_lines(text);
    char *got = play_all(play(text, 0, -1));
    assert_string_equal(got, want);
    free(got);

    int record = bytes_fd("", 0);
    rn_stream *stream = play(text, 0, -1);
    rn_record(stream, record);
    for (const rn_event *event; (event = rn_next(stream));) {
        char line[4096];
        assert_int_equal(rn_event_json(event, line, sizeof(line)), strlen(event->json));
        assert_string_equal(line, event->json);
    }
    rn_close(stream);
    struct buf recorded = BUF_INIT;
    struct error error;
    assert_int_equal(lseek(record, 0, SEEK_SET), 0);
    assert_int_equal(fd_read_all(record, &recorded, FIXTURE_FILE_MAX, &error), 0);
    assert_string_equal(recorded.data, want);
    buf_clear(&recorded);
    close(record);
    free(want);
    free(text);
}

static void test_lines_as_they_stand(void **state)
{
    (void)state;
    static const struct {
        const char *about, *text, *want;
    } cases[] = {
        {"nothing", "", ""},
        {"an unknown type", START "{\"type\":\"new\",\"x\":[1.50]}\n",
         START "{\"type\":\"new\",\"x\":[1.50]}\n"},
        {"unknown fields, order, blanks", "{ \"new\":1e2, \"type\": \"ai\" }\r\n",
         "{ \"new\":1e2, \"type\": \"ai\" }\n"},
        {"records",
         "{\"type\":\"session\"}\n{\"type\":\"note\"}\n{\"type\":\"title\"}\n{\"type\":\"message\"}"
         "\n",
         ""},
        {"no finish", START AI("1", "x"), START AI("1", "x")},
        {"a torn end", START AI("1", "x") "{\"type\":\"ai\"", START AI("1", "x")},
        {"lines that are nothing", "x\n" START "{\"type\":}\n{\"no\":1}\n\n" FINISH("0"),
         START FINISH("0")},
        {"several sessions", START FINISH("0") "{\"type\":\"session\"}\n" START FINISH("0"),
         START FINISH("0") START FINISH("0")},
        {"tool_delta, from a tee", "{\"type\":\"tool_delta\",\"args\":\"{\"}\n",
         "{\"type\":\"tool_delta\",\"args\":\"{\"}\n"},
    };
    for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        char *got = play_all(play(cases[i].text, 0, -1));
        if (strcmp(got, cases[i].want) != 0)
            fail_msg("%s: got %s", cases[i].about, got);
        free(got);
    }
}

static void test_what_an_event_says(void **state)
{
    (void)state;
    rn_stream *stream = play(START "{\"type\":\"new\",\"t\":5}\n" AI("7", "\\u20ac"), 0, -1);
    const rn_event *event = rn_next(stream);
    assert_int_equal(event->kind, RN_START);
    assert_string_equal(event->start->run, "a");
    event = rn_next(stream);
    assert_int_equal(event->kind, RN_UNKNOWN);
    assert_string_equal(event->type, "new");
    assert_int_equal(event->t, 5);
    assert_string_equal(event->content, "");
    event = rn_next(stream);
    assert_int_equal(event->kind, RN_AI);
    assert_string_equal(event->content, "\u20ac");
    assert_null(rn_next(stream));
    assert_null(rn_next(stream));
    assert_int_equal(rn_close(stream), RN_OK);
}

/* ---- From a pipe ---- */

/* In pieces of `size`: what is whole is played, and the descriptor tells of all there is. */
static void check_pipe(const char *text, const char *want, size_t size, double speed)
{
    int ends[2];
    struct buf got = BUF_INIT;
    const rn_event *event;
    assert_int_equal(pipe2(ends, O_CLOEXEC), 0);
    rn_stream *stream = rn_replay(NULL, ends[0], speed, 0);
    for (size_t at = 0, n; text[at]; at += n) {
        n = strnlen(text + at, size);
        assert_int_equal(fd_write_all(ends[1], text + at, n), 0);
        while (rn_step(stream, &event, 0) == RN_EVENT) {
            assert_true(is_readable(stream));
            add_line(&got, event);
        }
        assert_false(is_readable(stream));
    }
    close(ends[1]);
    assert_true(is_readable(stream));
    assert_int_equal(rn_step(stream, &event, -1), RN_DONE);
    assert_true(is_readable(stream));
    assert_string_equal(buf_str(&got), want);
    rn_close(stream);
    buf_clear(&got);
}

static void test_pipe(void **state)
{
    (void)state;
    char *text = documented_lines(), *want = event_lines(text);
    for (double speed = 0; speed < 2; speed++) {
        check_pipe(text, want, 1, speed);
        check_pipe(text, want, 7, speed);
        check_pipe(text, want, 1000, speed);
    }
    free(want);
    free(text);
}

static void test_silent_pipe(void **state)
{
    (void)state;
    int ends[2];
    const rn_event *event;
    assert_int_equal(pipe2(ends, O_CLOEXEC), 0);
    rn_stream *stream = rn_replay(NULL, ends[0], 1, -1);
    assert_int_equal(rn_step(stream, &event, 0), RN_AGAIN);
    assert_int_equal(rn_step(stream, &event, 1), RN_AGAIN);
    assert_false(is_readable(stream));
    rn_cancel(stream);
    assert_true(is_readable(stream));
    assert_null(rn_next(stream));
    assert_int_equal(rn_step(stream, &event, 0), RN_DONE);
    rn_close(stream);
    close(ends[1]);
}

/* While a timer runs, what a pipe holds wakes nobody. */
static void test_pipe_ahead_of_its_time(void **state)
{
    (void)state;
    static const char text[] = START AI(HOUR, "x") AI(HOUR, "y");
    int ends[2];
    const rn_event *event;
    assert_int_equal(pipe2(ends, O_CLOEXEC), 0);
    rn_stream *stream = rn_replay(NULL, ends[0], 1, -1);
    assert_int_equal(rn_step(stream, &event, 0), RN_AGAIN);
    assert_int_equal(fd_write_all(ends[1], text, strlen(text)), 0);
    assert_int_equal(rn_step(stream, &event, 0), RN_EVENT);
    assert_int_equal(rn_step(stream, &event, 0), RN_AGAIN);
    assert_int_equal(fd_write_all(ends[1], text, strlen(text)), 0);
    assert_int_equal(rn_step(stream, &event, 0), RN_AGAIN);
    assert_false(is_readable(stream));
    rn_close(stream);
    close(ends[1]);
}

static void test_no_file(void **state)
{
    (void)state;
    int fds[] = {-1, open("/", O_RDONLY | O_CLOEXEC), open("/dev/null", O_RDONLY | O_CLOEXEC)};
    const int ends[] = {RN_EIO, RN_EIO, RN_OK};
    for (size_t i = 0; i < 3; i++) {
        rn_stream *stream = rn_replay(NULL, fds[i], 1, -1);
        const rn_event *event = rn_next(stream);
        assert_int_equal(event ? event->kind : 0, ends[i] == RN_EIO ? RN_ERROR : 0);
        assert_null(rn_next(stream));
        assert_int_equal(rn_close(stream), ends[i]);
    }
}

/* The one event that a replay makes itself; those before it are as they stand. */
static void test_broken_file(void **state)
{
    (void)state;
    static const char text[] = START AI("1", "x") "{\"type\":\"ai\"";
    static const char *const want[] = {START, AI("1", "x")};
    rn_stream *stream = rn_replay(NULL, broken_fd(text, strlen(text)), 0, -1);
    const rn_event *event;
    for (size_t i = 0; i < 2; i++) {
        assert_non_null(event = rn_next(stream));
        assert_memory_equal(event->json, want[i], strlen(want[i]) - 1);
    }
    assert_non_null(event = rn_next(stream));
    assert_int_equal(event->kind, RN_ERROR);
    assert_int_equal(event->error->code, RN_EIO);
    assert_string_equal(event->json, "");
    assert_string_equal(event->text, "the session cannot be read to its end: Input/output error");
    assert_null(rn_next(stream));
    assert_int_equal(rn_close(stream), RN_EIO);
}

/* ---- Pace ---- */

static void test_at_once(void **state)
{
    (void)state;
    static const char text[] = START AI(HOUR, "x") FINISH(HOUR "000");
    static const struct {
        const char *about;
        double speed;
        int64_t max_gap_ms;
    } cases[] = {
        {"speed 0", 0, -1},         {"no gap", 1, 0},          {"fast", 1e12, -1},
        {"infinite", INFINITY, -1}, {"not a number", NAN, -1}, {"backwards", -1, -1},
        {"short gaps", 1, 1},
    };
    for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        char *got = play_all(play(text, cases[i].speed, cases[i].max_gap_ms));
        if (strcmp(got, text) != 0)
            fail_msg("%s: got %s", cases[i].about, got);
        free(got);
    }
}

/* Times that never were do not stop what comes after them. */
static void test_odd_times(void **state)
{
    (void)state;
    static const char *const texts[] = {
        START AI("500", "x") AI("0", "y") AI("-7", "z") FINISH("500"),
        "{\"type\":\"ai\",\"content\":\"no time\"}\n" AI("9", "x"),
        AI("99999999", "the beginning is lost") AI("99999999", "x"),
        START FINISH("3") AI("2", "x") START FINISH("1"),
        START AI("1e300", "x") AI("[]", "y") AI("\"1\"", "z"),
        START AI("9223372036854775807", "x") START AI("-9223372036854775808", "y"),
    };
    for (size_t i = 0; i < sizeof(texts) / sizeof(texts[0]); i++) {
        char *got = play_all(play(texts[i], 1000, 100)), *want = play_all(play(texts[i], 0, -1));
        assert_string_equal(got, want);
        free(want);
        free(got);
    }
}

static void check_waiting(const char *text, double speed)
{
    rn_stream *stream = play(text, speed, -1);
    const rn_event *event;
    assert_true(is_readable(stream));
    assert_int_equal(rn_step(stream, &event, 0), RN_EVENT);
    assert_true(is_readable(stream));
    assert_int_equal(rn_step(stream, &event, 0), RN_AGAIN);
    assert_false(is_readable(stream));
    assert_int_equal(rn_step(stream, &event, 1), RN_AGAIN);
    rn_cancel(stream);
    assert_true(is_readable(stream));
    assert_int_equal(rn_step(stream, &event, -1), RN_DONE);
    assert_int_equal(rn_step(stream, &event, -1), RN_DONE);
    rn_close(stream);
}

static void test_waiting_and_cancel(void **state)
{
    (void)state;
    check_waiting(START AI(HOUR, "x"), 1);
    check_waiting(START AI("9223372036854775807", "x"), 1);
    check_waiting(START AI("1", "x"), 1e-300);
    rn_close(play(START AI(HOUR, "x"), 1, -1));

    rn_stream *stream = play(START AI(HOUR, "x"), 1, -1);
    const rn_event *event;
    assert_int_equal(rn_step(stream, &event, 0), RN_EVENT);
    assert_int_equal(rn_step(stream, &event, 0), RN_AGAIN);
    rn_close(stream);

    stream = play(START AI("0", "x"), 0, -1);
    assert_int_equal(rn_step(stream, &event, 0), RN_EVENT);
    rn_cancel(stream);
    assert_int_equal(rn_step(stream, &event, 0), RN_DONE);
    rn_close(stream);
}

/* Several on one thread's clock; a wake for nothing is no event. */
static void test_shared_io(void **state)
{
    (void)state;
    static const char text[] = START AI("2", "x") AI("4", "y") FINISH("5");
    rn_io *io = rn_io_new();
    rn_stream *streams[3];
    struct buf got[3] = {BUF_INIT, BUF_INIT, BUF_INIT};
    for (size_t i = 0; i < 3; i++)
        streams[i] = rn_replay(io, bytes_fd(text, strlen(text)), 1, -1);
    for (size_t open = 3; open > 0;) {
        struct pollfd fds[3];
        for (size_t i = 0; i < 3; i++)
            fds[i] = (struct pollfd){.fd = streams[i] ? rn_fd(streams[i]) : -1, .events = POLLIN};
        assert_true(poll(fds, 3, -1) > 0);
        for (size_t i = 0; i < 3; i++) {
            const rn_event *event;
            int status = streams[i] ? rn_step(streams[i], &event, 0) : RN_AGAIN;
            if (status == RN_EVENT)
                add_line(&got[i], event);
            if (status == RN_DONE) {
                rn_close(streams[i]);
                streams[i] = NULL;
                open--;
            }
        }
    }
    for (size_t i = 0; i < 3; i++) {
        assert_string_equal(buf_str(&got[i]), text);
        buf_clear(&got[i]);
    }
    rn_io_free(io);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_same_bytes),
        cmocka_unit_test(test_lines_as_they_stand),
        cmocka_unit_test(test_what_an_event_says),
        cmocka_unit_test(test_pipe),
        cmocka_unit_test(test_silent_pipe),
        cmocka_unit_test(test_pipe_ahead_of_its_time),
        cmocka_unit_test(test_no_file),
        cmocka_unit_test(test_broken_file),
        cmocka_unit_test(test_at_once),
        cmocka_unit_test(test_odd_times),
        cmocka_unit_test(test_waiting_and_cancel),
        cmocka_unit_test(test_shared_io),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
