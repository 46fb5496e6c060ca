/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * A comparison, and its replay: the panes of the one look like those of the other, cell by cell, at marks set
 * by the events that have come.  What clocks show is masked.
 */
#include <ctype.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "base/mem.h"
#include "compare_fixture.h"

#define RIGHT "\033[C"
#define LEFT "\033[D"

/* A replay has a status line, a row above it and the input, where a comparison has its keys. */
enum { ROWS = 24, REPLAY_ROWS = ROWS + 2, PANE_ROWS = ROWS - 2, COLUMNS = 80 };

/* ---- What is looked at ---- */

/* Figures are all alike, however many digits they have. */
static char *masked(char *row)
{
    char *to = row;
    for (const char *at = row; *at; at++) {
        bool is_digit = isdigit((unsigned char)*at);
        if (is_digit && to > row && to[-1] == '#')
            continue;
        *to++ = is_digit ? '#' : *at;
    }
    *to = '\0';
    return row;
}

/* The prompt and the panes; the caller's. */
static char *look(const struct console *console)
{
    struct buf all = BUF_INIT;
    for (int row = 0; row < PANE_ROWS; row++) {
        char *looks = console_looks(console, row);
        buf_addf(&all, "%s\n", masked(looks));
        free(looks);
    }
    return buf_take(&all);
}

static bool looks_so(struct console *console, const void *arg)
{
    char *got = look(console);
    bool is_same = strcmp(got, arg) == 0;
    free(got);
    return is_same;
}

/* The cursor stands on the last row when a frame is done. */
static bool is_painted(struct console *console, const void *shows)
{
    int row, column;
    console_cursor(console, &row, &column);
    return console_shows(console, shows) && row == ROWS - 1;
}

static char *look_when(struct console *console, const char *shows)
{
    console_wait_for(console, is_painted, shows, shows);
    return look(console);
}

/* How many events there are up to the first with this, and with it. */
static unsigned events_to(const struct scene *scene, const char *event)
{
    unsigned events = 0;
    char *session = home_session(scene->stage->home);
    const char *end = strstr(session, event);
    assert_non_null(end);
    for (const char *line = session; line < end; line += strcspn(line, "\n") + 1)
        events += strncmp(line, "{\"type\":\"session\"", 17) != 0 &&
                  strncmp(line, "{\"type\":\"message\"", 17) != 0;
    free(session);
    return events;
}

/* ---- The comparison ---- */

static void run(struct stand *stand)
{
    console_run(stand->scene->console, (const char *[]){subject_path(), "compare", "-m", "slow:a",
                                                        "-m", "quick:b", "Who is first?", NULL});
}

/* The hare runs and naps, the tortoise comes in: so many looks at it. */
enum { MARKS = 4 };

static const char *const marks[MARKS] = {"\"content\":\"hare\"", "\"content\":\" naps\"",
                                         "\"reason\":\"stop\"", "\"content\":\"tortoise\""};

static void record(struct stand *stand, char *looks[MARKS])
{
    struct console *console = stand->scene->console;
    SERVER_SCRIPT(stand->scene->stage->server, SERVE_STREAM, SERVE_WAIT, SERVE(SAYS("tortoise")),
                  SERVE_WAIT, SERVE(STOPS));
    SERVER_SCRIPT(stand->other, SERVE_STREAM, SERVE(SAYS("The ") SAYS("hare")), SERVE_WAIT,
                  SERVE(SAYS(" naps")), SERVE_WAIT, SERVE(STOPS));
    run(stand);
    looks[0] = look_when(console, "The hare");
    server_go(stand->other);
    looks[1] = look_when(console, "The hare naps");
    server_go(stand->other);
    looks[2] = look_when(console, "done");
    server_go(stand->scene->stage->server);
    looks[3] = look_when(console, "tortoise");
    server_go(stand->scene->stage->server);
    console_wait_gone(console, "so far");
    console_type(console, "q");
    assert_int_equal(console_wait_exit(console), 0);
}

static void play(struct stand *stand, const char *option)
{
    scene_open(stand->scene, REPLAY_ROWS, COLUMNS);
    console_run(stand->scene->console,
                (const char *[]){subject_path(), "replay", "--step", option, NULL});
    console_wait(stand->scene->console, "paused 0:00");
}

static void compare(struct stand *stand, char *const looks[MARKS], unsigned shown)
{
    struct console *console = stand->scene->console;
    for (int i = 0; i < MARKS; i++) {
        for (unsigned events = events_to(stand->scene, marks[i]); shown < events; shown++)
            console_type(console, ".");
        char *what = xasprintf("look as at the mark %s, which is\n%s", marks[i], looks[i]);
        console_wait_for(console, looks_so, looks[i], what);
        free(what);
    }
}

static void panes_look_as_they_did(void **state)
{
    struct stand *stand = *state;
    char *looks[MARKS];
    record(stand, looks);
    play(stand, NULL);
    compare(stand, looks, 0);
    for (int i = 0; i < 2 * MARKS; i++)
        console_type(stand->scene->console, LEFT);
    console_wait(stand->scene->console, "▌ Who is first?");
    compare(stand, looks, 1);
    for (int i = 0; i < MARKS; i++)
        free(looks[i]);
}

/* Both have begun, and then it is the answers in the order in which they began. */
static void arrows_go_by_message(void **state)
{
    struct stand *stand = *state;
    struct console *console;
    char *looks[MARKS];
    record(stand, looks);
    for (int i = 0; i < MARKS; i++)
        free(looks[i]);
    play(stand, NULL);
    console = stand->scene->console;
    console_type(console, RIGHT RIGHT);
    console_wait(console, "▸ 1 slow:a");
    console_wait(console, "nothing to read yet");
    console_type(console, RIGHT);
    console_wait(console, " The");
    assert_false(console_shows(console, "The hare"));
    console_type(console, RIGHT);
    console_wait(console, "tortoise");
    console_wait(console, "The hare naps");
    console_type(console, RIGHT);
    console_wait(console, "The end.");
    console_wait_gone(console, "so far");
    console_type(console, LEFT);
    console_wait(console, "so far");
    console_type(console, "\t");
    console_wait(console, "▸ 2 quick:b");
}

/* What follows a comparison is told below what it came to. */
static void then_its_table_is_told(void **state)
{
    struct stand *stand = *state;
    char *looks[MARKS];
    record(stand, looks);
    for (int i = 0; i < MARKS; i++)
        free(looks[i]);
    SERVER_SCRIPT(stand->other, SERVE_STREAM, SERVE(SAYS("That is it.") STOPS));
    struct subject *program = RUN(.args = ARGS("-c", "-m", "quick:b", "And then?"));
    assert_int_equal(program->status, 0);
    subject_free(program);
    play(stand, NULL);
    struct console *console = stand->scene->console;
    console_type(console, "g99\r");
    console_wait(console, "The end.");
    console_wait(console, "  That is it.");
    console_wait(console, "The texts are not equal.");
    int table = console_find(console, "Compared: Who is first?");
    assert_true(table > console_find(console, "▌ Who is first?"));
    assert_true(table < console_find(console, "▌ And then?"));
    assert_int_equal(console_find(console, "[interrupted]"), -1);
}

#define CASE(function) cmocka_unit_test_setup_teardown(function, set_up, tear_down)

int main(void)
{
    const struct CMUnitTest tests[] = {
        CASE(panes_look_as_they_did),
        CASE(arrows_go_by_message),
        CASE(then_its_table_is_told),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
