/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * The keys of a replay, on a terminal.
 */
#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "base/mem.h"
#include "player_fixture.h"
#include "session_fixture.h"

#define RIGHT "\033[C"
#define LEFT "\033[D"
#define UP "\033[A"
#define DOWN "\033[B"
#define CTRL_C "\003"

static void press(struct scene *scene, const char *keys, const char *then)
{
    console_type(scene->console, keys);
    console_wait(scene->console, then);
}

/* ---- By message, by event, by time ---- */

static void arrows_go_by_message(void **state)
{
    struct scene *scene = *state;
    play(scene, "--step");
    assert_false(console_shows(scene->console, "One?"));
    press(scene, RIGHT, "▌ One?");
    press(scene, RIGHT, "  alpha");
    console_wait(scene->console, "paused 1:00:00");
    press(scene, RIGHT, "▌ Two?");
    console_wait(scene->console, "  alpha beta");
    press(scene, LEFT, "paused 1:00:00");
    console_wait_gone(scene->console, "▌ Two?");
    console_wait_gone(scene->console, "beta");
    press(scene, LEFT, "paused 0:00");
    console_wait_gone(scene->console, "alpha");
    console_wait(scene->console, "▌ One?");
    press(scene, RIGHT RIGHT RIGHT, "  gamma");
    press(scene, RIGHT, "  gamma delta");
    console_wait(scene->console, "end 3:00:00");
}

/* Each of them counts, though they come all at once. */
static void a_dot_is_one_event(void **state)
{
    struct scene *scene = *state;
    play(scene, "--step");
    press(scene, ".", "▌ One?");
    press(scene, ".", "  alpha");
    assert_false(console_shows(scene->console, "beta"));
    press(scene, ".", "  alpha beta");
    console_wait(scene->console, "paused 1:30:00");
    press(scene, "...", "  gamma");
    assert_false(console_shows(scene->console, "delta"));
    console_wait(scene->console, "paused 2:30:00");
    press(scene, "....", "end 3:00:00");
}

static void a_dot_pauses(void **state)
{
    struct scene *scene = *state;
    play(scene, "");
    console_wait(scene->console, "▌ One?");
    console_wait_gone(scene->console, "paused");
    press(scene, ".", "  alpha");
    console_wait(scene->console, "paused 1:00:00");
}

static void g_goes_to_a_time(void **state)
{
    struct scene *scene = *state;
    play(scene, "--step");
    press(scene, "g", "go to _ (minutes:seconds)");
    press(scene, "1:x00:q00/", "go to 1:00:00_");
    press(scene, "\r", "paused 1:00:00");
    console_wait(scene->console, "  alpha");
    assert_false(console_shows(scene->console, "beta"));
    press(scene, "g90", "go to 90_");
    press(scene, "\177\1770\r", "paused 0:00");
    console_wait_gone(scene->console, "alpha");
    press(scene, "g5400.5\r", "paused 1:30:00");
    console_wait(scene->console, "▌ Two?");
}

static void a_time_that_is_none_is_told(void **state)
{
    struct scene *scene = *state;
    play(scene, "--step");
    press(scene, "g1::2\r", "a time is SECONDS, MINUTES:SECONDS or HOURS:MINUTES:SECONDS");
    console_wait(scene->console, "paused 0:00");
    press(scene, "g", "go to _");
    press(scene, "\r", "paused 0:00");
}

static void a_time_beyond_the_end_is_the_end(void **state)
{
    struct scene *scene = *state;
    play(scene, "--step");
    press(scene, "g99:59:59\r", "end 3:00:00");
    console_wait(scene->console, "  gamma delta");
    press(scene, "g3:00:00\r", "end 3:00:00");
    press(scene, "g0\r", "paused 0:00");
    press(scene, "g3:00:00\r", "end 3:00:00");
}

static void a_time_that_is_typed_can_be_given_up(void **state)
{
    static const char *const ways[] = {"\033", CTRL_C};
    struct scene *scene = *state;
    play(scene, "--step");
    for (size_t i = 0; i < sizeof(ways) / sizeof(*ways); i++) {
        press(scene, "g1:00:00", "go to 1:00:00_");
        press(scene, ways[i], "paused 0:00");
    }
    press(scene, "g", "go to _");
}

/* ---- Pace ---- */

static void space_pauses_and_goes_on(void **state)
{
    struct scene *scene = *state;
    play(scene, "");
    console_wait(scene->console, "▌ One?");
    press(scene, " ", "paused 0:00");
    console_type(scene->console, " ");
    console_wait_gone(scene->console, "paused");
}

/* The clock of the run stands with it. */
static void while_paused_no_time_passes(void **state)
{
    struct scene *scene = *state;
    scene_open(scene, 24, 120);
    play(scene, "--step");
    press(scene, "..", "  alpha");
    console_wait(scene->console, "answering · 60 min");
    press(scene, ".", "answering · 90 min");
}

static void speed_has_its_steps(void **state)
{
    static const char *const faster[] = {" x1.5 ", " x2 ", " x4 ", " x8 ", " x16 ", " x64 "};
    static const char *const slower[] = {" x16 ",  " x8 ",       " x4 ",   " x2 ",
                                         " x1.5 ", " 1:30:00 ─", " x0.5 ", " x0.25 "};
    struct scene *scene = *state;
    play(scene, "--step --to 1:30:00");
    for (size_t i = 0; i < sizeof(faster) / sizeof(*faster); i++)
        press(scene, UP, faster[i]);
    press(scene, UP, " x64 ");
    for (size_t i = 0; i < sizeof(slower) / sizeof(*slower); i++)
        if (!strstr(slower[i], ":"))
            press(scene, DOWN, slower[i]);
        else
            console_type(scene->console, DOWN);
    press(scene, DOWN, " x0.25 ");
}

/* ---- The line ---- */

static void find_searches_what_was_shown(void **state)
{
    struct scene *scene = *state;
    play(scene, "--instant");
    console_wait(scene->console, "end 3:00:00");
    press(scene, "/find ta\r", "2 of 2");
    press(scene, "n", "1 of 2");
    press(scene, "N", "2 of 2");
    console_type(scene->console, "\033");
    console_wait_gone(scene->console, "of 2");
    console_wait(scene->console, "The end.");
}

static void nothing_is_written_in_the_line(void **state)
{
    static const char *const texts[] = {"x", "ü", "日", "\033[200~a paste\033[201~"};
    struct scene *scene = *state;
    play(scene, "--step");
    for (size_t i = 0; i < sizeof(texts) / sizeof(*texts); i++) {
        console_type(scene->console, texts[i]);
        console_wait(scene->console,
                     i < 3 ? "space pauses, arrows" : "nothing is sent in a replay");
        assert_string_equal(console_row(scene->console, 23), ">");
    }
    press(scene, ".", "▌ One?");
    console_wait_gone(scene->console, "nothing is sent in a replay: c");
}

static void a_line_that_is_no_command_is_not_sent(void **state)
{
    struct scene *scene = *state;
    play(scene, "--step");
    press(scene, "/find", "> /find");
    press(scene, "\001\004hello \r", "nothing is sent in a replay: c continues");
    console_wait(scene->console, "> hello find");
    assert_int_equal(server_request_count(scene->stage->server), 0);
    console_type(scene->console, CTRL_C);
    console_wait_gone(scene->console, "hello");
    press(scene, ".", "▌ One?");
}

/* ---- Stopping and leaving ---- */

static void q_leaves(void **state)
{
    struct scene *scene = *state;
    play(scene, "");
    console_wait(scene->console, "▌ One?");
    assert_leaves(scene, "q");
}

static void ctrl_d_leaves(void **state)
{
    struct scene *scene = *state;
    play(scene, "");
    assert_leaves(scene, "\004");
}

static void escape_pauses(void **state)
{
    struct scene *scene = *state;
    play(scene, "");
    console_wait(scene->console, "▌ One?");
    press(scene, "\033", "paused 0:00");
    press(scene, ".", "  alpha");
}

static void ctrl_c_pauses_and_twice_leaves(void **state)
{
    struct scene *scene = *state;
    play(scene, "");
    console_wait(scene->console, "▌ One?");
    press(scene, CTRL_C, "Ctrl-C again quits");
    console_wait(scene->console, "paused 0:00");
    press(scene, ".", "  alpha");
    console_wait_gone(scene->console, "Ctrl-C again");
    press(scene, CTRL_C, "Ctrl-C again quits");
    assert_leaves(scene, CTRL_C);
}

static void a_signal_does_as_ctrl_c(void **state)
{
    struct scene *scene = *state;
    play(scene, "");
    console_wait(scene->console, "▌ One?");
    kill(console_pid(scene->console), SIGINT);
    console_wait(scene->console, "paused 0:00");
    press(scene, ".", "  alpha");
}

/* As in tests/unit/test_screen.c: it is continued at once. */
static void ctrl_z_suspends(void **state)
{
    struct scene *scene = *state;
    play(scene, "--step");
    press(scene, ".", "▌ One?");
    press(scene, "\032.", "  alpha");
    assert_true(console_is_alternate(scene->console));
    assert_non_null(strstr(console_written(scene->console), "\033[?1049l"));
}

/* ---- The window ---- */

static void resizing_keeps_the_bar(void **state)
{
    struct scene *scene = *state;
    play(scene, "--step");
    press(scene, "..", "  alpha");
    console_resize(scene->console, 5, 20);
    console_wait(scene->console, "─ paused 1:00:00 ─");
    console_wait(scene->console, "  alpha");
    console_resize(scene->console, 40, 160);
    console_wait(scene->console, "stream · ollama:small · paused 1:00:00 ━");
    console_wait(scene->console, "  alpha");
    console_wait(scene->console, "▌ One?");
    press(scene, ".", "  alpha beta");
}

/* ---- The end ---- */

static void the_end_is_told_and_can_be_left_again(void **state)
{
    struct scene *scene = *state;
    play(scene, "--step");
    press(scene, "g9:00:00\r", "The end.  c continues from here");
    press(scene, "x", "space pauses, arrows");
    press(scene, "/", "> /");
    press(scene, "\177", "The end.");
    press(scene, LEFT, "paused 2:30:00");
    console_wait_gone(scene->console, "The end.");
    assert_false(console_shows(scene->console, "delta"));
    press(scene, RIGHT, "The end.");
    console_type(scene->console, " ");
    console_wait_gone(scene->console, "The end.");
    console_wait_gone(scene->console, "gamma");
    console_wait(scene->console, "▌ One?");
    console_wait_gone(scene->console, "paused");
}

/* ---- Going on in a chat ---- */

static void c_continues_in_a_session_of_its_own(void **state)
{
    struct scene *scene = *state;
    SERVER_SCRIPT(scene->stage->server, SERVE_STREAM, SERVE(SAYS("epsilon") STOPS));
    play(scene, "--instant");
    console_wait(scene->console, "The end.");
    press(scene, "c", "with url:test");
    console_wait(scene->console, "  gamma delta");
    press(scene, "Three?\r", "  epsilon");
    console_wait(scene->console, "ready ·");
    const char *body = server_request(scene->stage->server, 0)->body;
    assert_has(body, "alpha beta");
    assert_has(body, "gamma delta");
    assert_has(body, "Three?");
    assert_leaves(scene, "\004");
    struct buf all = BUF_INIT;
    home_read(scene->stage->home, &all);
    assert_has(all.data, "\"parent\":\"film\"");
    assert_has(all.data, "\"parent\":\"b\"");
    buf_clear(&all);
    char *before = home_path(scene->stage->home, "film.jsonl"), *after = file_get(before);
    assert_string_equal(after, film);
    free(after);
    free(before);
}

/* What has not been shown has not been said. */
static void c_continues_from_where_it_is(void **state)
{
    struct scene *scene = *state;
    SERVER_SCRIPT(scene->stage->server, SERVE_STREAM, SERVE(SAYS("epsilon") STOPS));
    play(scene, "--step");
    press(scene, "..c", "nothing can be continued yet: no answer has been shown whole");
    press(scene, ".....", "▌ Two?");
    press(scene, "c", "with url:test");
    console_wait(scene->console, "  alpha beta");
    press(scene, "Three?\r", "  epsilon");
    const char *body = server_request(scene->stage->server, 0)->body;
    assert_has(body, "alpha beta");
    assert_has_not(body, "Two?");
}

#define CASE(function) cmocka_unit_test_setup_teardown(function, set_up, scene_tear_down)

int main(void)
{
    const struct CMUnitTest tests[] = {
        CASE(arrows_go_by_message),
        CASE(a_dot_is_one_event),
        CASE(a_dot_pauses),
        CASE(g_goes_to_a_time),
        CASE(a_time_that_is_none_is_told),
        CASE(a_time_beyond_the_end_is_the_end),
        CASE(a_time_that_is_typed_can_be_given_up),
        CASE(space_pauses_and_goes_on),
        CASE(while_paused_no_time_passes),
        CASE(speed_has_its_steps),
        CASE(find_searches_what_was_shown),
        CASE(nothing_is_written_in_the_line),
        CASE(a_line_that_is_no_command_is_not_sent),
        CASE(q_leaves),
        CASE(ctrl_d_leaves),
        CASE(escape_pauses),
        CASE(ctrl_c_pauses_and_twice_leaves),
        CASE(a_signal_does_as_ctrl_c),
        CASE(ctrl_z_suspends),
        CASE(resizing_keeps_the_bar),
        CASE(the_end_is_told_and_can_be_left_again),
        CASE(c_continues_in_a_session_of_its_own),
        CASE(c_continues_from_where_it_is),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
