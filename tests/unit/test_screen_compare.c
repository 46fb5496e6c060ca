/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * The panes of a comparison, on a terminal, between two servers that answer when the test lets them.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "base/buf.h"
#include "base/mem.h"
#include "compare_fixture.h"

#define COLUMN "│"

enum { MEGABYTE = 1024 * 1024 };

static void run(struct stand *stand, int rows, int columns)
{
    scene_open(stand->scene, rows, columns);
    console_run(stand->scene->console, (const char *[]){subject_path(), "compare", "-m", "slow:a",
                                                        "-m", "quick:b", "Who is first?", NULL});
}

/* The part of a row before or behind the line between two panes. */
static void assert_pane(const struct console *console, int row, bool right, const char *want)
{
    const char *text = console_row(console, row), *line = strstr(text, COLUMN);
    char *part;
    if (!line)
        fail_msg("there is one pane: %s", text);
    part = right ? xstrdup(line + strlen(COLUMN)) : xstrndup(text, (size_t)(line - text));
    if (!strstr(part, want))
        fail_msg("\"%s\" is not in: %s", want, part);
    free(part);
}

/* ---- What is seen ---- */

static void one_fills_while_the_other_waits(void **state)
{
    struct stand *stand = *state;
    SERVER_SCRIPT(stand->scene->stage->server, SERVE_WAIT, SERVE_STREAM,
                  SERVE(SAYS("tortoise") STOPS));
    SERVER_SCRIPT(stand->other, SERVE_STREAM, SERVE(SAYS("hare")), SERVE_WAIT,
                  SERVE(SAYS(" naps") STOPS));
    run(stand, 24, 80);
    struct console *console = stand->scene->console;
    console_wait(console, "hare");
    assert_string_equal(console_row(console, 0), "Who is first?");
    assert_pane(console, 1, false, "▸ 1 slow:a");
    assert_pane(console, 1, false, "waiting");
    assert_pane(console, 1, true, "quick:b");
    assert_pane(console, 1, true, "streaming");
    assert_pane(console, 2, true, " hare");
    console_wait(console, "nothing to read yet");
    server_go(stand->other);
    console_wait(console, "hare naps");
    console_wait(console, "done");
    server_go(stand->scene->stage->server);
    console_wait(console, "tortoise");
    console_wait_gone(console, "streaming");
    console_wait_gone(console, "so far");
    assert_pane(console, 2, false, "tortoise");
    console_type(console, "q");
    assert_int_equal(console_wait_exit(console), 0);
    assert_false(console_is_alternate(console));
    assert_true(console_shows(console, "first text"));
    assert_true(console_shows(console, "The texts are not equal."));
}

static void narrow_panes_are_stacked(void **state)
{
    struct stand *stand = *state;
    SERVER_SCRIPT(stand->scene->stage->server, SERVE_STREAM, SERVE(SAYS("above") STOPS));
    SERVER_SCRIPT(stand->other, SERVE_STREAM, SERVE(SAYS("below") STOPS));
    run(stand, 24, 79);
    struct console *console = stand->scene->console;
    console_wait(console, "above");
    console_wait(console, "below");
    assert_int_equal(console_find(console, COLUMN), -1);
    assert_true(console_find(console, "slow:a") < console_find(console, "quick:b"));
    console_resize(console, 24, 80);
    console_wait(console, COLUMN);
    assert_int_equal(console_find(console, "slow:a"), console_find(console, "quick:b"));
    console_type(console, "q");
    assert_int_equal(console_wait_exit(console), 0);
}

/* There is room for one at a time, and for no word. */
static void a_pane_narrower_than_a_word(void **state)
{
    struct stand *stand = *state;
    SERVER_SCRIPT(stand->scene->stage->server, SERVE_STREAM,
                  SERVE(SAYS("incomprehensibilities") STOPS));
    SERVER_SCRIPT(stand->other, SERVE_STREAM, SERVE(SAYS("\\u6f22\\u5b57") STOPS));
    run(stand, 7, 9);
    struct console *console = stand->scene->console;
    console_wait(console, "▸ 1 slow:");
    console_wait(console, "ies");
    assert_string_equal(console_row(console, 1), "incompreh");
    assert_string_equal(console_row(console, 2), "ensibilit");
    assert_int_equal(console_find(console, "2 quick"), -1);
    console_type(console, "2");
    console_wait(console, "▸ 2 quick");
    console_wait(console, "\u6f22\u5b57");
    console_resize(console, 1, 1);
    console_type(console, "1");
    console_resize(console, 24, 80);
    console_wait(console, "incomprehensibilities");
    assert_pane(console, 1, false, "▸ 1 slow:a");
    console_type(console, "q");
    assert_int_equal(console_wait_exit(console), 0);
}

/* A pane that waits shows how long; what it is told is more than it can show at once. */
static void a_megabyte_at_once(void **state)
{
    struct stand *stand = *state;
    struct buf piece = BUF_INIT;
    buf_adds(&piece, "data: {\"choices\":[{\"index\":0,\"delta\":{\"content\":\"first ");
    for (int i = 0; i < MEGABYTE / 8; i++)
        buf_adds(&piece, "rivulet ");
    buf_adds(&piece, "last\"}}]}\n\n");
    SERVER_SCRIPT(stand->scene->stage->server, SERVE_CHUNKED(200, "text/event-stream"),
                  SERVE_CHUNK(piece.data), SERVE_CHUNK(STOPS), SERVE_CHUNK_END);
    SERVER_SCRIPT(stand->other, SERVE_STREAM, SERVE(SAYS("short") STOPS));
    run(stand, 24, 80);
    struct console *console = stand->scene->console;
    console_wait(console, "last");
    console_wait(console, "short");
    console_wait_gone(console, "so far");
    assert_pane(console, 1, false, "done");
    console_type(console, "k");
    console_wait_gone(console, "last");
    console_type(console, "q");
    assert_int_equal(console_wait_exit(console), 0);
    buf_clear(&piece);
}

static void the_chosen_one_is_stopped(void **state)
{
    struct stand *stand = *state;
    SERVER_SCRIPT(stand->scene->stage->server, SERVE_STREAM, SERVE(SAYS("goes on")), SERVE_WAIT,
                  SERVE(SAYS(" to the end") STOPS));
    SERVER_SCRIPT(stand->other, SERVE_STREAM, SERVE(SAYS("for ever")), SERVE_STALL);
    run(stand, 24, 80);
    struct console *console = stand->scene->console;
    console_wait(console, "goes on");
    console_wait(console, "for ever");
    assert_true(console_shows(console, "s stops 1"));
    console_type(console, "2s");
    console_wait(console, "cancelled");
    console_wait_gone(console, "s stops");
    console_wait_gone(console, "Enter");
    assert_pane(console, 1, true, "▸ 2 quick:b");
    server_go(stand->scene->stage->server);
    console_wait(console, "to the end");
    console_wait(console, "done");
    console_type(console, "q");
    console_wait_exit(console);
}

static void each_pane_scrolls_by_itself(void **state)
{
    struct stand *stand = *state;
    SERVER_SCRIPT(stand->scene->stage->server, SERVE_STREAM,
                  SERVE_REPEAT(SAYS("left \\#\\n\\n"), 60), SERVE(STOPS));
    SERVER_SCRIPT(stand->other, SERVE_STREAM, SERVE_REPEAT(SAYS("right \\#\\n\\n"), 60),
                  SERVE(STOPS));
    run(stand, 24, 80);
    struct console *console = stand->scene->console;
    console_wait(console, "left 59");
    console_wait(console, "right 59");
    console_type(console, "\t\033[5~\033[5~\033[5~\033[5~\033[5~\033[5~\033[5~\033[5~\033[5~");
    console_wait(console, "right 0");
    assert_true(console_shows(console, "left 59"));
    console_type(console, "\033[B\033[B");
    console_wait_gone(console, "right 0");
    console_type(console, "q");
    console_wait_exit(console);
}

static void an_error_stands_in_its_pane(void **state)
{
    struct stand *stand = *state;
    SERVER_SCRIPT(stand->scene->stage->server, SERVE_JSON(500, FAILS("down", "the belt is torn")));
    SERVER_SCRIPT(stand->other, SERVE_STREAM, SERVE(SAYS("well") STOPS));
    run(stand, 24, 80);
    struct console *console = stand->scene->console;
    console_wait(console, "torn");
    console_wait(console, "well");
    console_wait_gone(console, "so far");
    assert_pane(console, 1, false, "error");
    console_type(console, "q");
    int status = console_wait_exit(console);
    assert_int_equal(status >> 8, 1);
}

/* Ctrl-C first keeps what there is, and then leaves. */
static void interrupted(void **state)
{
    struct stand *stand = *state;
    SERVER_SCRIPT(stand->scene->stage->server, SERVE_STREAM, SERVE(SAYS("half of it")),
                  SERVE_STALL);
    SERVER_SCRIPT(stand->other, SERVE_STREAM, SERVE(SAYS("a third")), SERVE_STALL);
    run(stand, 24, 80);
    struct console *console = stand->scene->console;
    console_wait(console, "half of it");
    console_wait(console, "a third");
    console_type(console, "\003");
    console_wait(console, "cancelled");
    assert_true(console_shows(console, "half of it"));
    console_wait_gone(console, "streaming");
    console_type(console, "\003");
    console_wait_exit(console);
    assert_true(console_shows(console, "cancelled"));
}

/* ---- In the chat ---- */

static void a_chat_goes_on_with_the_one_that_is_picked(void **state)
{
    struct stand *stand = *state;
    SERVER_SCRIPT(stand->scene->stage->server, SERVE_STREAM, SERVE(SAYS("tortoise") STOPS));
    SERVER_SCRIPT(stand->other, SERVE_STREAM, SERVE(SAYS("hare") STOPS));
    scene_open(stand->scene, 24, 80);
    struct console *console = stand->scene->console;
    console_run(console, (const char *[]){subject_path(), "-m", "slow:a", NULL});
    console_wait(console, "slow:a");
    console_type(console, "/compare -m slow:a -m quick:b Who is first?\r");
    console_wait(console, "tortoise");
    console_wait(console, "hare");
    console_wait_gone(console, "so far");
    assert_pane(console, 1, false, "▸ 1 slow:a");
    assert_pane(console, 1, true, "quick:b");
    console_type(console, "q");
    console_wait(console, "/pick 2 (quick:b)");
    assert_true(console_shows(console, "Compared: Who is first?"));
    assert_true(console_shows(console, "first text"));
    console_type(console, "/pick 2\r");
    console_wait(console, "going on with the answer of quick:b");
    assert_true(console_shows(console, "hare"));
    assert_false(console_shows(console, "tortoise"));
    console_type(console, "/quit\r");
    assert_int_equal(console_wait_exit(console), 0);
}

static void one_is_picked_in_its_pane(void **state)
{
    struct stand *stand = *state;
    SERVER_SCRIPT(stand->scene->stage->server, SERVE_STREAM, SERVE(SAYS("tortoise")), SERVE_STALL);
    SERVER_SCRIPT(stand->other, SERVE_STREAM, SERVE(SAYS("hare") STOPS));
    scene_open(stand->scene, 24, 80);
    struct console *console = stand->scene->console;
    console_run(console, (const char *[]){subject_path(), "-m", "quick:b", NULL});
    console_wait(console, "quick:b");
    console_type(console, "/compare -m slow:a -m quick:b Who is first?\r");
    console_wait(console, "tortoise");
    console_wait(console, "s stops 1");
    console_type(console, "\r"); /* what is being written cannot be picked yet */
    console_type(console, "\t");
    console_wait(console, "Enter picks 2");
    assert_pane(console, 1, false, "streaming");
    console_type(console, "\r");
    console_wait(console, "going on with the answer of quick:b");
    assert_true(console_shows(console, "hare"));
    assert_false(console_shows(console, "tortoise"));
    console_type(console, "And then?\r");
    assert_has(server_request(stand->other, 1)->body, "\"hare\"");
    console_type(console, "/quit\r");
    assert_int_equal(console_wait_exit(console), 0);
}

#define ON_STAND(test) cmocka_unit_test_setup_teardown(test, set_up, tear_down)

int main(void)
{
    const struct CMUnitTest tests[] = {
        ON_STAND(one_fills_while_the_other_waits),
        ON_STAND(narrow_panes_are_stacked),
        ON_STAND(a_pane_narrower_than_a_word),
        ON_STAND(a_megabyte_at_once),
        ON_STAND(the_chosen_one_is_stopped),
        ON_STAND(each_pane_scrolls_by_itself),
        ON_STAND(an_error_stands_in_its_pane),
        ON_STAND(interrupted),
        ON_STAND(a_chat_goes_on_with_the_one_that_is_picked),
        ON_STAND(one_is_picked_in_its_pane),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
