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
#include "screen/console.h"
#include "server/server.h"

#define DELTA(field, text) \
    "data: {\"choices\":[{\"index\":0,\"delta\":{\"" field "\":\"" text "\"}}]}\n\n"
#define PIECE(text) DELTA("content", text)
#define THINKS(text) DELTA("reasoning_content", text)
#define END                                                                           \
    "data: {\"choices\":[{\"index\":0,\"delta\":{},\"finish_reason\":\"stop\"}]}\n\n" \
    "data: [DONE]\n\n"
#define ALT_O "\033o"

static const char table[] = PIECE("A **bold** word.\\n\\n| a | 日本 |\\n|---|--:|\\n| one |")
    PIECE(" 2 |\\n\\n- x\\n  - y 🙂\\n\\n```c\\nint i;\\n```\\n");

struct stage {
    char folder[32];
    struct server *server;
    struct console *console;
};

/* ---- The stage */

static const char *program(void)
{
    const char *given = getenv("RUNNEL");
    return given ? given : "build/runnel";
}

static void open_console(struct stage *stage, int rows, int columns)
{
    static const char *const folders[] = {"HOME", "XDG_CONFIG_HOME", "XDG_DATA_HOME",
                                          "XDG_STATE_HOME"};
    stage->console = console_new(rows, columns);
    console_set(stage->console, "TERM", "xterm-256color");
    console_set(stage->console, "LC_ALL", "C.UTF-8");
    console_set(stage->console, "INPUTRC", "/dev/null");
    for (size_t i = 0; i < sizeof(folders) / sizeof(*folders); i++)
        console_set(stage->console, folders[i], stage->folder);
    console_set(stage->console, "ASAN_OPTIONS", getenv("ASAN_OPTIONS"));
    console_set(stage->console, "LSAN_OPTIONS", "suppressions=tests/screen/lsan.supp");
    console_set(stage->console, "TSAN_OPTIONS", getenv("TSAN_OPTIONS"));
}

static int set_up(void **state)
{
    static const char pattern[] = "/tmp/runnel-screen-XXXXXX";
    struct stage *stage = xnew(struct stage);
    memcpy(stage->folder, pattern, sizeof(pattern));
    assert_non_null(mkdtemp(stage->folder));
    stage->server = server_new(NULL);
    open_console(stage, 24, 80);
    *state = stage;
    return 0;
}

static int tear_down(void **state)
{
    struct stage *stage = *state;
    console_free(stage->console);
    server_free(stage->server);
    char *command = xasprintf("rm -rf '%s'", stage->folder);
    int result = system(command);
    free(command);
    free(stage);
    return result;
}

static void run(struct stage *stage)
{
    const char *url = server_url(stage->server, "/v1");
    console_run(stage->console, (const char *[]){program(), "--url", url, "-m", "test", NULL});
    console_wait(stage->console, ">");
}

static void ask(struct stage *stage)
{
    console_type(stage->console, "hi\r");
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
    struct stage *stage = *state;
    SERVER_SCRIPT(stage->server, SERVE_STREAM, SERVE(PIECE("Some **bold")), SERVE_WAIT,
                  SERVE(PIECE("** text\\n\\n- one")), SERVE_WAIT, SERVE(PIECE("\\n- two\\n")),
                  SERVE(END));
    run(stage);
    ask(stage);
    console_wait(stage->console, "  Some **bold");
    server_go(stage->server);
    console_wait(stage->console, "  • one");
    console_wait(stage->console, "  Some bold text");
    server_go(stage->server);
    console_wait(stage->console, "  • two");
    console_wait(stage->console, "ready");
}

static void test_prompts_stay_as_typed(void **state)
{
    struct stage *stage = *state;
    SERVER_SCRIPT(stage->server, SERVE_STREAM, SERVE(PIECE("yes")), SERVE(END));
    run(stage);
    console_type(stage->console, "is **this** `bold`?\r");
    console_wait(stage->console, "▌ is **this** `bold`?");
    console_wait(stage->console, "  yes");
}

static void check_size(struct stage *stage, int rows, int columns)
{
    static const char *const want[] = {
        "  a   │ 日本", "  ────┼─────", "  one │    2", "", "  • x", "    ◦ y 🙂", "", NULL};
    console_free(stage->console);
    open_console(stage, rows, columns);
    SERVER_SCRIPT(stage->server, SERVE_STREAM, SERVE_PIECES(table, 7), SERVE(END));
    run(stage);
    ask(stage);
    console_wait(stage->console, "int i;");
    if (rows < 20)
        return;
    console_wait(stage->console, "ready");
    assert_rows_from(stage->console, "│ 日本", want);
}

static void test_sizes(void **state)
{
    struct stage *stage = *state;
    check_size(stage, 5, 20);
    check_size(stage, 24, 80);
    check_size(stage, 60, 200);
    check_size(stage, 100, 400);
}

static void test_resized_while_it_streams(void **state)
{
    struct stage *stage = *state;
    SERVER_SCRIPT(stage->server, SERVE_STREAM,
                  SERVE(PIECE("## Title\\n\\nsome words that need a row\\n\\n| a | b |\\n|--|")),
                  SERVE_WAIT, SERVE(PIECE("--|\\n| c | d |\\n\\nlast")), SERVE(END));
    run(stage);
    ask(stage);
    console_wait(stage->console, "some words that need a row");
    console_resize(stage->console, 10, 24);
    console_wait(stage->console, "some words that need");
    server_go(stage->server);
    console_wait(stage->console, "last");
    console_resize(stage->console, 30, 60);
    console_wait(stage->console, "## Title");
    console_wait(stage->console, "some words that need a row");
    console_wait(stage->console, "c │ d");
}

static void test_hostile(void **state)
{
    struct stage *stage = *state;
    SERVER_SCRIPT(stage->server, SERVE_STREAM,
                  SERVE(PIECE("[a](http://x/\\u001b]0;evil\\u0007) `\\u001b[2J` **\\u202eb**\\n\\n"
                              "```\\n\\u001b[6n\\n```\\n| \\u001bc |\\n|--|\\n")),
                  SERVE(END));
    run(stage);
    ask(stage);
    console_wait(stage->console, "␛[6n");
    console_wait(stage->console, "ready");
    assert_null(strstr(console_written(stage->console), "evil\007"));
    assert_null(strstr(console_written(stage->console), "\033[6n"));
    assert_null(strstr(console_written(stage->console), "\033c"));
    assert_null(strstr(console_written(stage->console), "\033]8"));
}

/* ---- Thinking */

static void test_thought_is_folded(void **state)
{
    struct stage *stage = *state;
    SERVER_SCRIPT(stage->server, SERVE_STREAM, SERVE(THINKS("let me ")), SERVE(THINKS("see")),
                  SERVE_WAIT, SERVE(PIECE("yes")), SERVE(END));
    run(stage);
    ask(stage);
    console_wait(stage->console, "┊ let me see");
    server_go(stage->server);
    console_wait(stage->console, "3 words · Alt-O");
    console_wait_gone(stage->console, "let me see");
    console_type(stage->console, ALT_O);
    console_wait(stage->console, "┊ let me see");
    console_type(stage->console, "/fold\r");
    console_wait_gone(stage->console, "let me see");
    console_type(stage->console, "/fold all\r");
    console_wait(stage->console, "┊ let me see");
}

/* ---- Themes */

static void test_theme_by_the_ground(void **state)
{
    struct stage *stage = *state;
    SERVER_SCRIPT(stage->server, SERVE_STREAM, SERVE(PIECE("# Title\\n")), SERVE(END));
    console_set(stage->console, "COLORFGBG", "0;15");
    run(stage);
    ask(stage);
    console_wait(stage->console, "# Title");
    console_wait(stage->console, "ready");
    assert_non_null(strstr(console_written(stage->console), "38;5;24m"));
    assert_null(strstr(console_written(stage->console), "38;5;80m"));
    console_type(stage->console, "/theme dark\r");
    console_type(stage->console, "/theme\r");
    console_wait(stage->console, "theme: dark; there are auto, dark, light");
    assert_non_null(strstr(console_written(stage->console), "38;5;80m"));
}

static void test_no_color(void **state)
{
    struct stage *stage = *state;
    SERVER_SCRIPT(stage->server, SERVE_STREAM, SERVE(PIECE("# Title\\n**b**\\n")), SERVE(END));
    console_set(stage->console, "NO_COLOR", "1");
    run(stage);
    ask(stage);
    console_wait(stage->console, "# Title");
    console_wait(stage->console, "ready");
    assert_null(strstr(console_written(stage->console), "38;5"));
    assert_null(strstr(console_written(stage->console), "[36m"));
}

static void test_unknown_theme(void **state)
{
    struct stage *stage = *state;
    run(stage);
    console_type(stage->console, "/theme drak\r");
    console_wait(stage->console, "! there is no theme drak: there are auto, dark");
}

/* ---- /screen */

static void test_screen_to_a_file(void **state)
{
    struct stage *stage = *state;
    struct buf text = BUF_INIT;
    struct error error;
    char *path = xasprintf("%s/screen.txt", stage->folder);
    char *line = xasprintf("/screen %s\r", path);
    SERVER_SCRIPT(stage->server, SERVE_STREAM, SERVE(PIECE("**日本** 🙂 e\\u0301")),
                  SERVE(END));
    run(stage);
    ask(stage);
    console_wait(stage->console, "日本");
    console_wait(stage->console, "ready");
    console_type(stage->console, line);
    console_type(stage->console, "/screen\r");
    console_wait(stage->console, "! which file? /screen FILE");
    assert_int_equal(file_read(path, &text, 1 << 20, &error), 0);
    assert_non_null(strstr(text.data, "▌ hi\n\n  日本 🙂 e\u0301\n"));
    assert_non_null(strstr(text.data, "\ncursor 23 "));
    buf_clear(&text);
    free(path);
    free(line);
}

/* ---- Without the screen */

static void run_text(struct stage *stage)
{
    const char *url = server_url(stage->server, "/v1");
    console_run(stage->console,
                (const char *[]){program(), "--text", "--url", url, "-m", "test", "hi", NULL});
}

static void test_text_on_a_terminal(void **state)
{
    static const char *const want[] = {
        "A bold word.", "", "a   │ 日本", "────┼─────", "one │    2", "", "• x",
        "  ◦ y 🙂", "", "c",          "  int i;",   NULL};
    struct stage *stage = *state;
    SERVER_SCRIPT(stage->server, SERVE_STREAM, SERVE_PIECES(table, 7), SERVE(END));
    run_text(stage);
    console_wait_exit(stage->console);
    assert_rows_from(stage->console, "A bold", want);
    assert_non_null(strstr(console_written(stage->console), "A \033[0;1mbold\033[m word."));
}

/* What is over is shown before the rest comes. */
static void test_text_comes_as_it_closes(void **state)
{
    struct stage *stage = *state;
    SERVER_SCRIPT(stage->server, SERVE_STREAM, SERVE(PIECE("*one*\\n\\ntwo **th")), SERVE_WAIT,
                  SERVE(PIECE("ree**")), SERVE(END));
    run_text(stage);
    console_wait(stage->console, "one");
    assert_false(console_shows(stage->console, "two"));
    server_go(stage->server);
    console_wait(stage->console, "two three");
    console_wait_exit(stage->console);
}

static void test_text_on_a_dumb_terminal_stays(void **state)
{
    struct stage *stage = *state;
    SERVER_SCRIPT(stage->server, SERVE_STREAM, SERVE(PIECE("**one** \\u001b[2J")), SERVE(END));
    console_set(stage->console, "TERM", "dumb");
    run_text(stage);
    console_wait(stage->console, "**one** ␛[2J");
    console_wait_exit(stage->console);
}

static void test_without_program(void **state)
{
    (void)state;
    skip();
}

#define TEST(function) cmocka_unit_test_setup_teardown(function, set_up, tear_down)

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
    const struct CMUnitTest none[] = {cmocka_unit_test(test_without_program)};
    if (!setlocale(LC_ALL, "C.UTF-8"))
        return 1;
    if (access(program(), X_OK) != 0)
        return cmocka_run_group_tests(none, NULL, NULL);
    return cmocka_run_group_tests(tests, NULL, NULL);
}
