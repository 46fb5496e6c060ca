/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * The real program on terminals of many sizes, with answers in Markdown: as they stream, wrapped, coloured
 * by themes, folded; and as --text writes them.
 */
#include <locale.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

#include "base/buf.h"
#include "base/error.h"
#include "base/fd.h"
#include "base/mem.h"
#include "screen/scene.h"

#define THINKS(text) DELTA("\"delta\":{\"reasoning_content\":\"" text "\"}")
#define ALT_O "\033o"

static const char table[] = SAYS("A **bold** word.\\n\\n| a | 日本 |\\n|---|--:|\\n| one |")
    SAYS(" 2 |\\n\\n- x\\n  - y 🙂\\n\\n```c\\nint i;\\n```\\n");

static void run(struct scene *scene)
{
    SCENE_RUN(scene, NULL);
    console_wait(scene->console, ">");
}

static void ask(struct scene *scene)
{
    console_type(scene->console, "hi\r");
}

/* The rows from the one with a text on, as many as are wanted. */
static void assert_rows_from(const struct console *console, const char *first,
                             const char *const *want)
{
    int row = console_find(console, first);
    assert_true(row >= 0);
    for (; *want; want++)
        assert_string_equal(console_row(console, row++), *want);
}

/* ---- Answers */

static void test_streams(void **state)
{
    struct scene *scene = *state;
    SERVER_SCRIPT(scene->stage->server, SERVE_STREAM, SERVE(SAYS("Some **bold")), SERVE_WAIT,
                  SERVE(SAYS("** text\\n\\n- one")), SERVE_WAIT, SERVE(SAYS("\\n- two\\n")),
                  SERVE(STOPS));
    run(scene);
    ask(scene);
    console_wait(scene->console, "  Some");
    assert_false(console_shows(scene->console, "bold"));
    server_go(scene->stage->server);
    console_wait(scene->console, "  • one");
    console_wait(scene->console, "  Some bold text");
    server_go(scene->stage->server);
    console_wait(scene->console, "  • two");
    console_wait(scene->console, "ready");
}

static void test_prompts_stay_as_typed(void **state)
{
    struct scene *scene = *state;
    SERVER_SCRIPT(scene->stage->server, SERVE_STREAM, SERVE(SAYS("yes")), SERVE(STOPS));
    run(scene);
    console_type(scene->console, "is **this** `bold`?\r");
    console_wait(scene->console, "▌ is **this** `bold`?");
    console_wait(scene->console, "  yes");
}

static void check_size(struct scene *scene, int rows, int columns)
{
    static const char *const want[] = {
        "  a   │ 日本", "  ────┼─────", "  one │    2", "", "  • x", "    ◦ y 🙂", "", NULL};
    scene_open(scene, rows, columns);
    SERVER_SCRIPT(scene->stage->server, SERVE_STREAM, SERVE_PIECES(table, 7), SERVE(STOPS));
    run(scene);
    ask(scene);
    console_wait(scene->console, "int i;");
    if (rows < 20)
        return;
    console_wait(scene->console, "ready");
    assert_rows_from(scene->console, "│ 日本", want);
}

static void test_sizes(void **state)
{
    struct scene *scene = *state;
    check_size(scene, 5, 20);
    check_size(scene, 24, 80);
    check_size(scene, 60, 200);
    check_size(scene, 100, 400);
}

static void test_resized_while_it_streams(void **state)
{
    struct scene *scene = *state;
    SERVER_SCRIPT(scene->stage->server, SERVE_STREAM,
                  SERVE(SAYS("## Title\\n\\nsome words that need a row\\n\\n| a | b |\\n|--|")),
                  SERVE_WAIT, SERVE(SAYS("--|\\n| c | d |\\n\\nlast")), SERVE(STOPS));
    run(scene);
    ask(scene);
    console_wait(scene->console, "some words that need a row");
    console_resize(scene->console, 10, 24);
    console_wait(scene->console, "some words that need");
    server_go(scene->stage->server);
    console_wait(scene->console, "last");
    console_resize(scene->console, 30, 60);
    console_wait(scene->console, "## Title");
    console_wait(scene->console, "some words that need a row");
    console_wait(scene->console, "c │ d");
}

static void test_hostile(void **state)
{
    struct scene *scene = *state;
    SERVER_SCRIPT(scene->stage->server, SERVE_STREAM,
                  SERVE(SAYS("[a](http://x/\\u001b]0;evil\\u0007) `\\u001b[2J` **\\u202eb**\\n\\n"
                             "```\\n\\u001b[6n\\n```\\n| \\u001bc |\\n|--|\\n")),
                  SERVE(STOPS));
    run(scene);
    ask(scene);
    console_wait(scene->console, "␛[6n");
    console_wait(scene->console, "ready");
    assert_null(strstr(console_written(scene->console), "evil\007"));
    assert_null(strstr(console_written(scene->console), "\033[6n"));
    assert_null(strstr(console_written(scene->console), "\033c"));
    assert_null(strstr(console_written(scene->console), "\033]8"));
}

/* ---- Thinking */

static void test_thought_is_folded(void **state)
{
    struct scene *scene = *state;
    SERVER_SCRIPT(scene->stage->server, SERVE_STREAM, SERVE(THINKS("let me ")),
                  SERVE(THINKS("see")), SERVE_WAIT, SERVE(SAYS("yes")), SERVE(STOPS));
    run(scene);
    ask(scene);
    console_wait(scene->console, "┊ let me see");
    server_go(scene->stage->server);
    console_wait(scene->console, "3 words · Alt-O");
    console_wait_gone(scene->console, "let me see");
    console_type(scene->console, ALT_O);
    console_wait(scene->console, "┊ let me see");
    console_type(scene->console, "/fold\r");
    console_wait_gone(scene->console, "let me see");
    console_type(scene->console, "/fold all\r");
    console_wait(scene->console, "┊ let me see");
}

/* ---- Themes */

static void test_theme_by_the_ground(void **state)
{
    struct scene *scene = *state;
    SERVER_SCRIPT(scene->stage->server, SERVE_STREAM, SERVE(SAYS("# Title\\n")), SERVE(STOPS));
    console_set(scene->console, "COLORFGBG", "0;15");
    run(scene);
    ask(scene);
    console_wait(scene->console, "# Title");
    console_wait(scene->console, "ready");
    assert_non_null(strstr(console_written(scene->console), "38;5;24m"));
    assert_null(strstr(console_written(scene->console), "38;5;80m"));
    console_type(scene->console, "/theme dark\r");
    console_type(scene->console, "/theme\r");
    console_wait(scene->console, "theme: dark; there are auto, dark, light");
    assert_non_null(strstr(console_written(scene->console), "38;5;80m"));
}

static void test_no_color(void **state)
{
    struct scene *scene = *state;
    SERVER_SCRIPT(scene->stage->server, SERVE_STREAM, SERVE(SAYS("# Title\\n**b**\\n")),
                  SERVE(STOPS));
    console_set(scene->console, "NO_COLOR", "1");
    run(scene);
    ask(scene);
    console_wait(scene->console, "# Title");
    console_wait(scene->console, "ready");
    assert_null(strstr(console_written(scene->console), "38;5"));
    assert_null(strstr(console_written(scene->console), "[36m"));
}

static void test_unknown_theme(void **state)
{
    struct scene *scene = *state;
    run(scene);
    console_type(scene->console, "/theme drak\r");
    console_wait(scene->console, "! there is no theme drak: there are auto, dark");
}

/* ---- /screen */

static void test_screen_to_a_file(void **state)
{
    struct scene *scene = *state;
    struct buf text = BUF_INIT;
    struct error error;
    char *path = xasprintf("%s/screen.txt", scene->stage->home);
    char *line = xasprintf("/screen %s\r", path);
    SERVER_SCRIPT(scene->stage->server, SERVE_STREAM, SERVE(SAYS("**日本** 🙂 e\\u0301")),
                  SERVE(STOPS));
    run(scene);
    ask(scene);
    console_wait(scene->console, "日本");
    console_wait(scene->console, "ready");
    console_type(scene->console, line);
    console_type(scene->console, "/screen\r");
    console_wait(scene->console, "! which file? /screen FILE");
    assert_int_equal(file_read(path, &text, 1 << 20, &error), 0);
    assert_non_null(strstr(text.data, "▌ hi\n\n  日本 🙂 e\u0301\n"));
    assert_non_null(strstr(text.data, "\ncursor 23 "));
    buf_clear(&text);
    free(path);
    free(line);
}

/* ---- Without the screen */

static void run_text(struct scene *scene)
{
    SCENE_RUN(scene, "--text", "hi");
}

static void test_text_on_a_terminal(void **state)
{
    static const char *const want[] = {
        "A bold word.", "", "a   │ 日本", "────┼─────", "one │    2", "", "• x",
        "  ◦ y 🙂", "", "c",          "  int i;",   NULL};
    struct scene *scene = *state;
    SERVER_SCRIPT(scene->stage->server, SERVE_STREAM, SERVE_PIECES(table, 7), SERVE(STOPS));
    run_text(scene);
    console_wait_exit(scene->console);
    assert_rows_from(scene->console, "A bold", want);
    assert_non_null(strstr(console_written(scene->console), "A \033[0;1mbold\033[m word."));
}

/* What is over is shown before the rest comes. */
static void test_text_comes_as_it_closes(void **state)
{
    struct scene *scene = *state;
    SERVER_SCRIPT(scene->stage->server, SERVE_STREAM, SERVE(SAYS("*one*\\n\\ntwo **th")),
                  SERVE_WAIT, SERVE(SAYS("ree**")), SERVE(STOPS));
    run_text(scene);
    console_wait(scene->console, "one");
    assert_false(console_shows(scene->console, "two"));
    server_go(scene->stage->server);
    console_wait(scene->console, "two three");
    console_wait_exit(scene->console);
}

static void test_text_on_a_dumb_terminal_stays(void **state)
{
    struct scene *scene = *state;
    SERVER_SCRIPT(scene->stage->server, SERVE_STREAM, SERVE(SAYS("**one** \\u001b[2J")),
                  SERVE(STOPS));
    console_set(scene->console, "TERM", "dumb");
    run_text(scene);
    console_wait(scene->console, "**one** ␛[2J");
    console_wait_exit(scene->console);
}

#define TEST(function) cmocka_unit_test_setup_teardown(function, scene_set_up, scene_tear_down)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(test_streams),
        TEST(test_prompts_stay_as_typed),
        TEST(test_sizes),
        TEST(test_resized_while_it_streams),
        TEST(test_hostile),
        TEST(test_thought_is_folded),
        TEST(test_theme_by_the_ground),
        TEST(test_no_color),
        TEST(test_unknown_theme),
        TEST(test_screen_to_a_file),
        TEST(test_text_on_a_terminal),
        TEST(test_text_comes_as_it_closes),
        TEST(test_text_on_a_dumb_terminal_stays),
    };
    if (!setlocale(LC_ALL, "C.UTF-8"))
        return 1;
    return cmocka_run_group_tests(tests, NULL, NULL);
}
