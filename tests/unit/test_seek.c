/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <math.h>

#include "session/reader.h"
#include "session/seek.h"
#include "session_fixture.h"

#define START(t) "{\"type\":\"start\",\"seq\":1,\"t\":" t ",\"run\":\"a\"}\n"
#define AI(t) "{\"type\":\"ai\",\"seq\":2,\"t\":" t ",\"content\":\"x\"}\n"
#define AI_OF_OTHERS(t) "{ \"t\" : " t ", \"content\":\"x\", \"type\" : \"ai\" }\n"
#define RESULT(t) "{\"type\":\"result\",\"seq\":3,\"t\":" t ",\"id\":\"c\"}\n"
#define OF(run) ",\"run\":\"" run "\"}\n"
#define START_OF(run) "{\"type\":\"start\",\"seq\":1,\"t\":0" OF(run)
#define AI_OF(run, t) "{\"type\":\"ai\",\"seq\":2,\"t\":" t OF(run)
#define FINISH_OF(run, t) "{\"type\":\"finish\",\"seq\":4,\"t\":" t OF(run)
#define FINISH(t) "{\"type\":\"finish\",\"seq\":4,\"t\":" t ",\"reason\":\"stop\"}\n"

static struct seek scan(const char *text, double max_gap, bool keeps_order)
{
    struct seek seek = {0};
    struct session_reader *reader = session_reader_new(bytes_fd(text, strlen(text)));
    struct session_line line;
    assert_int_equal(seek_scan(&seek, reader, max_gap, keeps_order), 0);
    assert_int_equal(session_reader_next(reader, &line), *text != '\0');
    session_reader_free(reader);
    return seek;
}

/* When each is played, R where a run begins alone; and the length of all. */
static void assert_places(const char *about, const struct seek *seek, const char *want)
{
    struct buf got = BUF_INIT;
    for (size_t i = 0; i < seek->count; i++)
        buf_addf(&got, "%s%s%g", i > 0 ? " " : "", seek->places[i].begins_run ? "R" : "",
                 seek->places[i].at);
    buf_addf(&got, " = %g", seek->length);
    if (strcmp(buf_str(&got), want) != 0)
        fail_msg("%s: got %s", about, got.data);
    buf_clear(&got);
}

static void test_places(void **state)
{
    (void)state;
    static const struct {
        const char *about, *text, *want;
        double max_gap;
    } cases[] = {
        {"nothing", "", " = 0", INFINITY},
        {"a run", START("0") AI("5") AI("9") FINISH("10"), "R0 5 = 10", INFINITY},
        {"in another's hand", START("0") AI_OF_OTHERS("5") AI("9"), "R0 5 = 9", INFINITY},
        {"steps", START("0") AI("5") RESULT("6") AI("7"), "R0 5 7 = 7", INFINITY},
        {"runs", START("0") AI("5") FINISH("5") START("0") AI("3"), "R0 5 R5 8 = 8", INFINITY},
        {"silences cut", START("0") AI("5000") AI("5001"), "R0 100 = 101", 100},
        {"records and rubbish",
         "{\"type\":\"session\",\"v\":1}\nx\n" START("0") "{\"type\":\"message\",\"t\":9}\n" AI(
             "1"),
         "R0 1 = 1", INFINITY},
        {"a time that goes back", START("0") AI("5") AI("2") AI("7"), "R0 5 = 7", INFINITY},
    };
    for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        struct seek seek = scan(cases[i].text, cases[i].max_gap, i % 2 == 0);
        assert_places(cases[i].about, &seek, cases[i].want);
        seek_clear(&seek);
    }
}

/* Runs that went on at once do so in playing time; told one after the other, they are played so. */
static void test_side_by_side(void **state)
{
    (void)state;
    static const struct {
        const char *about, *text, *want, *in_turn;
    } cases[] = {
        {"two at once",
         START_OF("a") START_OF("b") AI_OF("b", "3") AI_OF("a", "5") FINISH_OF("b", "8")
             FINISH_OF("a", "9"),
         "R0 0 3 5 = 9", "R0 5 R9 12 = 17"},
        {"one begins later",
         START_OF("a") AI_OF("a", "5") START_OF("b") AI_OF("a", "6") AI_OF("b", "3")
             FINISH_OF("a", "9") FINISH_OF("b", "4"),
         "R0 5 5 8 = 9", "R0 5 R9 12 = 13"},
        {"and the chat goes on",
         START_OF("a") START_OF("b") AI_OF("b", "3") FINISH_OF("b", "4") FINISH_OF("a", "4")
             START("0") AI("2") FINISH("3"),
         "R0 0 3 R4 6 = 7", "R0 R4 7 R8 10 = 11"},
        {"broken off, and the chat goes on",
         START_OF("a") START_OF("b") AI_OF("b", "3") START_OF("c") AI("2") FINISH("2")
             START_OF("d"),
         "R0 0 3 3 5 R5 = 5", "R0 0 3 3 5 R5 = 5"},
    };
    for (size_t i = 0; i < 2 * sizeof(cases) / sizeof(cases[0]); i++) {
        bool keeps_order = i % 2 == 0;
        struct seek seek = scan(cases[i / 2].text, INFINITY, keeps_order);
        assert_places(cases[i / 2].about, &seek,
                      keeps_order ? cases[i / 2].want : cases[i / 2].in_turn);
        seek_clear(&seek);
    }
}

static void test_finding(void **state)
{
    (void)state;
    static const char text[] = START("0") AI("5") FINISH("5") START("0") AI("3");
    struct seek seek = scan(text, INFINITY, true);
    for (int64_t at = 0; at < (int64_t)sizeof(text); at++) {
        const struct place *place = seek_before(&seek, at);
        assert_true(place->start <= at);
        assert_true(place == &seek.places[seek.count - 1] || place[1].start > at);
        assert_ptr_equal(seek_entry(&seek, at), &seek.places[0]);
    }
    assert_ptr_equal(seek_at(&seek, 4), &seek.places[0]);
    assert_ptr_equal(seek_at(&seek, 5), &seek.places[2]);
    assert_ptr_equal(seek_at(&seek, 1000), &seek.places[3]);
    seek_clear(&seek);
}

/* What is far back is not read again. */
static void test_entry_of_a_long_session(void **state)
{
    (void)state;
    enum { MEGABYTE = 1024 * 1024, RUNS = 24 };
    struct seek seek = {.count = 2 * RUNS, .places = xcalloc(2 * RUNS, sizeof(struct place))};
    for (int64_t i = 0; i < 2 * RUNS; i++)
        seek.places[i] = (struct place){.start = i * MEGABYTE / 2, .begins_run = i % 2 == 0};
    const struct place *entry = seek_entry(&seek, 20 * MEGABYTE);
    assert_true(entry->begins_run);
    assert_int_equal(entry->start, 12 * MEGABYTE);
    assert_ptr_equal(seek_entry(&seek, MEGABYTE), &seek.places[0]);
    for (int i = 1; i < 2 * RUNS; i++)
        seek.places[i].begins_run = i == 4;
    assert_ptr_equal(seek_entry(&seek, 20 * MEGABYTE), &seek.places[4]);
    seek_clear(&seek);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_places),
        cmocka_unit_test(test_side_by_side),
        cmocka_unit_test(test_finding),
        cmocka_unit_test(test_entry_of_a_long_session),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
