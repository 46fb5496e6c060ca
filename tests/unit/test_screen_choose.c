/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * The real program on a terminal: a session to go on with is chosen.
 */
#include <fcntl.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>

#include <cmocka.h>

#include "base/mem.h"
#include "screen/scene.h"

#define DOWN "\033[B"
#define UP "\033[A"
#define ESC "\033"

/* Their times are set, so that the list is in an order, and their ages are days. */
static const struct {
    const char *name, *prompt, *answer, *model;
    int year;
} sessions[] = {
    {"20220101-000000-aaa", "The capital of France?", "Paris.", "small", 122},
    {"20230101-000000-bbb", "A river in Bohemia", "The Vltava\\u001b[31m flows.", "large", 123},
    {"20240101-000000-ccc", "the FRENCH revolution", "It began in 1789.", "large", 124},
};

static void put_session(const char *home, size_t i)
{
    char *name = xasprintf("data/runnel/sessions/%s.jsonl", sessions[i].name);
    char *text = xasprintf(
        "{\"type\":\"session\",\"v\":1,\"id\":\"%s\"}\n"
        "{\"type\":\"start\",\"seq\":1,\"t\":0,\"run\":\"a\",\"model\":\"%s\",\"input\":[{\"role\":"
        "\"user\",\"content\":\"%s\"}]}\n"
        "{\"type\":\"ai\",\"seq\":2,\"t\":1,\"content\":\"%s\"}\n"
        "{\"type\":\"finish\",\"seq\":3,\"t\":1,\"reason\":\"stop\"}\n"
        "{\"type\":\"message\",\"run\":\"a\",\"role\":\"assistant\",\"content\":\"%s\"}\n",
        sessions[i].name, sessions[i].model, sessions[i].prompt, sessions[i].answer,
        sessions[i].answer);
    struct tm when = {.tm_year = sessions[i].year, .tm_mday = 2, .tm_hour = 12};
    struct timespec times[2] = {{.tv_sec = timegm(&when)}, {.tv_sec = timegm(&when)}};
    char *path = home_put(home, name, text);
    assert_int_equal(utimensat(AT_FDCWD, path, times, 0), 0);
    free(path);
    free(text);
    free(name);
}

static void put_all(struct scene *scene)
{
    for (size_t i = 0; i < sizeof(sessions) / sizeof(*sessions); i++)
        put_session(scene->stage->home, i);
}

/* The row has these in it, in this order. */
static void assert_row(struct scene *scene, int row, const char *const parts[])
{
    const char *at = console_row(scene->console, row);
    for (size_t i = 0; parts[i]; i++) {
        const char *found = strstr(at, parts[i]);
        if (!found)
            fail_msg("\"%s\" is not in row %d: \"%s\"", parts[i], row, at);
        at = found + strlen(parts[i]);
    }
}

/* ---- 80 columns, 24 rows */

/* It is put there after the last row has been painted. */
static bool cursor_is_in_words(struct console *console, const void *arg)
{
    int row, column;
    (void)arg;
    console_cursor(console, &row, &column);
    return row == 1 && column == (int)strlen("session: ");
}

static void a_list_with_the_last_said_below(void **state)
{
    struct scene *scene = *state;
    put_all(scene);
    scene_run_line(scene, "-r");
    console_wait(scene->console, "It began in 1789."); /* the last row that is painted */
    assert_int_equal(console_find(scene->console, "session:"), 1);
    assert_row(scene, 1, (const char *[]){"session:", "3 of 3", "Enter opens", NULL});
    assert_row(scene, 2, (const char *[]){"▸ the FRENCH", "large", "2024-01-02", " bytes", NULL});
    assert_row(scene, 3, (const char *[]){"  A river in", "large", "2023-01-02", " bytes", NULL});
    assert_row(scene, 4, (const char *[]){"  The capital", "small", "2022-01-02", " bytes", NULL});
    assert_row(scene, 5, (const char *[]){"────────", NULL});
    assert_row(scene, 6, (const char *[]){"> the FRENCH revolution", NULL});
    assert_row(scene, 7, (const char *[]){"  It began in 1789.", NULL});
    console_wait_for(scene->console, cursor_is_in_words, NULL, "the cursor behind session:");
    console_type(scene->console, DOWN);
    console_wait(scene->console, "flows.");
    console_wait(scene->console, "▸ A river");
    assert_row(scene, 7, (const char *[]){"The Vltava␛[31m flows.", NULL});
    console_type(scene->console, UP UP);
    console_wait(scene->console, "▸ the FRENCH");
}

static void what_is_typed_filters(void **state)
{
    struct scene *scene = *state;
    put_all(scene);
    scene_run_line(scene, "-r");
    console_wait(scene->console, "3 of 3");
    console_type(scene->console, "fr");
    console_wait(scene->console, "2 of 3");
    console_wait(scene->console, "▸ the FRENCH");
    console_wait_gone(scene->console, "A river");
    console_type(scene->console, "an sm");
    console_wait(scene->console, "session: fran sm   1 of 3");
    console_wait(scene->console, "▸ The capital");
    console_wait(scene->console, "  Paris.");
    console_type(scene->console, "x\r");
    console_wait(scene->console, "0 of 3");
    console_wait_gone(scene->console, "Paris.");
    console_type(scene->console, "\025"); /* Ctrl-U */
    console_wait(scene->console, "3 of 3");
    console_type(scene->console, "x\177");
    console_wait(scene->console, "session:    3 of 3");
}

static void enter_opens_and_the_chat_goes_on(void **state)
{
    struct scene *scene = *state;
    put_all(scene);
    SERVER_SCRIPT(scene->stage->server, SERVE_STREAM, SERVE(SAYS("Two million.") STOPS));
    scene_run_line(scene, "");
    console_wait(scene->console, "tells what can be typed here");
    console_type(scene->console, "/resume\r");
    console_wait(scene->console, "3 of 3");
    console_type(scene->console, "capital\r");
    console_wait_gone(scene->console, "session:");
    console_wait(scene->console, "Paris.");
    console_wait(scene->console, "20220101-000000-aaa");
    console_type(scene->console, "how many?\r");
    console_wait(scene->console, "Two million.");
    assert_has(server_request(scene->stage->server, 0)->body, "The capital of France?");
}

static void esc_leaves(void **state)
{
    struct scene *scene = *state;
    put_all(scene);
    scene_run_line(scene, "-r");
    console_wait(scene->console, "3 of 3");
    console_type(scene->console, ESC);
    console_wait(scene->console, "tells what can be typed here");
    console_wait_gone(scene->console, "3 of 3");
    console_type(scene->console, "words");
    console_wait(scene->console, "> words");
}

static void there_is_nothing_to_choose(void **state)
{
    struct scene *scene = *state;
    scene_run_line(scene, "--resume");
    console_wait(scene->console, "no session has been saved yet");
    console_type(scene->console, "words");
    console_wait(scene->console, "> words");
}

static void as_text(void **state)
{
    struct scene *scene = *state;
    put_all(scene);
    scene_run_line(scene, "");
    console_wait(scene->console, "tells what can be typed here");
    console_type(scene->console, "/sessions\r");
    console_wait(scene->console, "/resume SESSION goes on");
    int row = console_find(scene->console, "20240101-000000-ccc");
    assert_row(scene, row, (const char *[]){"2024-01-02", " bytes", "the FRENCH", NULL});
    assert_row(scene, row + 1, (const char *[]){"20230101-000000-bbb", "(large)", NULL});
}

static void without_a_screen(void **state)
{
    struct scene *scene = *state;
    put_all(scene);
    struct subject *program =
        RUN(.args = ASKS(scene->stage, "-r", "--plain"), .input = "/resume\n");
    const char *first = strstr(subject_out(program), "20240101-000000-ccc");
    assert_non_null(first);
    assert_non_null(strstr(first + 1, "20240101-000000-ccc"));
    assert_has(subject_out(program), "/resume SESSION goes on with one of them.");
    subject_free(program);
    program = RUN(.args = ASKS(scene->stage, "hi", "-r"));
    assert_failed(program, 2, "--resume wants a SESSION");
    subject_free(program);
}

/* ---- 20 columns, 5 rows */

static void a_very_small_terminal(void **state)
{
    struct scene *scene = *state;
    put_all(scene);
    scene_open(scene, 5, 20);
    scene_run_line(scene, "-r");
    console_wait(scene->console, "3 of 3");
    console_wait(scene->console, "▸ the FRENCH revolu…");
    console_wait(scene->console, "  A river in Bohemia");
    console_wait(scene->console, ">");
    assert_row(scene, 1, (const char *[]){"session:", "3 of 3", NULL});
    assert_string_equal(console_row(scene->console, 2), "▸ the FRENCH revolu…");
    assert_string_equal(console_row(scene->console, 3), "  A river in Bohemia");
    assert_string_equal(console_row(scene->console, 4), ">");
    console_type(scene->console, DOWN DOWN);
    console_wait(scene->console, "▸ The capital of Fr…");
    console_wait(scene->console, "  A river in Bohemia");
    assert_string_equal(console_row(scene->console, 2), "  A river in Bohemia");
    console_type(scene->console, "a very long word that is nowhere");
    console_wait_gone(scene->console, "▸");
    console_type(scene->console, "\025"
                                 "1789\177\177\177\177"
                                 "river\r");
    console_wait(scene->console, "flows.");
}

/* The window may change its size meanwhile. */
static void the_window_changes(void **state)
{
    struct scene *scene = *state;
    put_all(scene);
    scene_run_line(scene, "-r");
    console_wait(scene->console, "It began in 1789.");
    console_resize(scene->console, 2, 10);
    console_wait_gone(scene->console, "ready"); /* there is no status line in two rows */
    console_resize(scene->console, 24, 80);
    console_wait(scene->console, "It began in 1789.");
    assert_row(scene, 2, (const char *[]){"▸ the FRENCH", "large", "2024-01-02", " bytes", NULL});
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, scene_set_up, scene_tear_down)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(a_list_with_the_last_said_below),
        TEST(what_is_typed_filters),
        TEST(enter_opens_and_the_chat_goes_on),
        TEST(esc_leaves),
        TEST(there_is_nothing_to_choose),
        TEST(as_text),
        TEST(without_a_screen),
        TEST(a_very_small_terminal),
        TEST(the_window_changes),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
