/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * The real program on a terminal, with a model that calls tools: as they are written, asked about, run,
 * and what comes of them.
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

#include "base/mem.h"
#include "call_fixture.h"
#include "screen/scene.h"

#define SHELL(id, command) CALL("0", id, "shell", "{\\\"command\\\":\\\"" command "\\\"}")

#define ANSWERS(server, text) SERVER_SCRIPT(server, SERVE_STREAM, SERVE(SAYS(text)), SERVE(STOPS))
#define CALLS(server, calls) \
    SERVER_SCRIPT(server, SERVE_STREAM, SERVE(calls), SERVE(ENDS("tool_calls")))

#define UP "\033[A"
#define ALT_O "\033o"
#define PAGE_DOWN "\033[6~"

/* With one that says nothing good. */
static const char config[] = TOOL_STEPS TOOL_LINES
    "[tool.hostile]\n"
    "command = printf '\\033]0;evil\\007\\033[2J\\n' >&2; "
    "while [ ! -e \"$HOME/go\" ]; do sleep 0.02; done; printf '\\033[2J\\342\\200\\256out\\n'\n"
    "schema = {\"type\":\"object\"}\n"
    "policy = allow\n" TOOL_CAREFUL;

static int set_up(void **state)
{
    if (scene_set_up(state) < 0)
        return -1;
    struct scene *scene = *state;
    home_configure(scene->stage->home, config);
    scene_open(scene, 30, 80);
    return 0;
}

/* Start it, wait for its prompt, and ask. */
static void run(struct scene *scene)
{
    SCENE_RUN(scene, "--tools", "all");
    console_wait(scene->console, ">");
    console_type(scene->console, "hi\r");
}

static void go_on(const struct scene *scene)
{
    free(home_put(scene->stage->home, "go", ""));
}

/* A question takes keys from now on. */
static void wait_ready(struct scene *scene)
{
    console_wait(scene->console, "y yes");
}

/* What the model is told in its nth request. */
static void assert_told(struct scene *scene, unsigned nth, const char *text)
{
    const struct server_request *request = server_request(scene->stage->server, nth);
    assert_non_null(request);
    assert_non_null(strstr(request->body, text));
}

static void assert_row(const struct scene *scene, int row, const char *want)
{
    assert_string_equal(console_row(scene->console, row), want);
}

static bool shows_rows(struct console *console, const void *arg)
{
    const char *const *want = arg;
    int row = console_find(console, want[0]);
    for (int i = 0; row >= 0 && want[i]; i++)
        if (strcmp(console_row(console, row + i), want[i]) != 0)
            return false;
    return row >= 0;
}

/* Until these rows stand one below the other. */
#define WAIT_ROWS(scene, ...) \
    console_wait_for((scene)->console, shows_rows, (const char *[]){__VA_ARGS__, NULL}, "such rows")

/* ---- A call */

static void test_written(void **state)
{
    struct scene *scene = *state;
    SERVER_SCRIPT(scene->stage->server, SERVE_STREAM, SERVE(SAYS("Let me see.")),
                  SERVE(NAME("0", "a", "calculate")), SERVE_WAIT,
                  SERVE(ARGUMENTS("0", "{\\\"expression\\\": \\\"6 ")), SERVE_WAIT,
                  SERVE(ARGUMENTS("0", "* 7\\\"}")), SERVE(ENDS("tool_calls")));
    ANSWERS(scene->stage->server, "It is 42.");
    run(scene);
    console_wait(scene->console, "→ calculate");
    console_wait(scene->console, "… writing");
    console_wait(scene->console, "writing a tool call");
    server_go(scene->stage->server);
    console_wait(scene->console, "→ calculate  expression=\"6");
    server_go(scene->stage->server);
    console_wait(scene->console, "  It is 42.");
    console_wait(scene->console, "ready ·");
    WAIT_ROWS(scene, "→ calculate  expression=\"6 * 7\"");
    int row = console_find(scene->console, "→ calculate");
    assert_non_null(strstr(console_row(scene->console, row + 1), "✓ ok · "));
    assert_row(scene, row + 2, "│ 42");
    assert_told(scene, 1, "\"42");
}

static void test_content_is_written(void **state)
{
    struct scene *scene = *state;
    SERVER_SCRIPT(
        scene->stage->server, SERVE_STREAM, SERVE(NAME("0", "a", "write_file")),
        SERVE(ARGUMENTS("0", "{\\\"path\\\":\\\"x\\\",\\\"content\\\":\\\"1\\\\n2\\\\n3\\\\n")),
        SERVE(ARGUMENTS("0", "4\\\\n5\\\\n  si")), SERVE_WAIT, SERVE_CLOSE);
    run(scene);
    console_wait(scene->console, "│   si▌");
    WAIT_ROWS(scene, "→ write_file  path=x content=\"1…", "… writing · line 6, 14 bytes", "│ 4",
              "│ 5", "│   si▌");
    server_go(scene->stage->server);
    console_wait(scene->console, "■ broken off");
}

static void test_runs(void **state)
{
    struct scene *scene = *state;
    CALLS(scene->stage->server, CALL("0", "a", "steps", "{}"));
    ANSWERS(scene->stage->server, "Well done.");
    run(scene);
    console_wait(scene->console, "… running · ");
    console_wait(scene->console, "s · step 1");
    console_wait(scene->console, "tool steps for ");
    go_on(scene);
    console_wait(scene->console, "✓ ok · ");
    console_wait(scene->console, "│ done");
    console_wait(scene->console, "  Well done.");
    console_wait_gone(scene->console, "step 1");
}

static void test_parallel(void **state)
{
    struct scene *scene = *state;
    CALLS(scene->stage->server, CALL("0", "a", "steps", "{}") CALL("1", "b", "lines", "{}"));
    ANSWERS(scene->stage->server, "Well done.");
    run(scene);
    console_wait(scene->console, "│ row 1");
    console_wait(scene->console, "s · step 1");
    console_wait(scene->console, "tool steps for ");
    go_on(scene);
    console_wait(scene->console, "ready ·");
    int steps = console_find(scene->console, "→ steps"),
        lines = console_find(scene->console, "→ lines");
    assert_true(steps < lines);
    assert_row(scene, steps + 2, "│ done");
    assert_row(scene, lines + 2, "│ row 1");
}

static void test_fold(void **state)
{
    struct scene *scene = *state;
    CALLS(scene->stage->server, CALL("0", "a", "lines", "{}"));
    ANSWERS(scene->stage->server, "Well done.");
    run(scene);
    console_wait(scene->console, "ready ·");
    console_wait(scene->console, "120 lines, ");
    WAIT_ROWS(scene, "│ row 1", "│ row 2", "│ row 3", "│ row 4", "  … 116 more lines · Alt-O", "",
              "  Well done.");
    console_type(scene->console, ALT_O);
    console_wait(scene->console, "│ row 20");
    assert_row(scene, 0, "→ lines");
    console_wait_gone(scene->console, "more lines");
    console_type(scene->console, ALT_O);
    console_wait(scene->console, "116 more lines");
    console_wait(scene->console, "  Well done.");
}

static void test_stopped(void **state)
{
    struct scene *scene = *state;
    CALLS(scene->stage->server, CALL("0", "a", "steps", "{}"));
    run(scene);
    console_wait(scene->console, "step 1");
    console_type(scene->console, "\033");
    console_wait(scene->console, "■ stopped · ");
    console_wait(scene->console, "  [stopped]");
    console_wait(scene->console, "ready ·");
}

static void test_hostile(void **state)
{
    struct scene *scene = *state;
    CALLS(scene->stage->server,
          CALL("0", "a", "hostile", "{\\\"a\\\":\\\"\\\\u001b[2J\\\\u202e\\\"}"));
    ANSWERS(scene->stage->server, "Oh.");
    run(scene);
    console_wait(scene->console, "s · ␛]0;evil␇␛[2J");
    console_wait(scene->console, "→ hostile  a=\"␛[2J<U+202E>\"");
    go_on(scene);
    console_wait(scene->console, "│ ␛[2J<U+202E>out");
    console_wait(scene->console, "ready ·");
    assert_null(strstr(console_written(scene->console), "\033]0;"));
    assert_true(console_is_alternate(scene->console));
}

/* ---- A question */

static void test_asked(void **state)
{
    struct scene *scene = *state;
    CALLS(scene->stage->server, SHELL("a", "echo one; echo two"));
    ANSWERS(scene->stage->server, "Well done.");
    run(scene);
    wait_ready(scene);
    console_wait(scene->console, "─ asks: shell · ");
    WAIT_ROWS(scene, "→ shell  command=\"echo one; echo two\"", "? waits for your answer");
    WAIT_ROWS(scene, "┃ May shell run?", "┃ Asked because it runs a command.", "┃",
              "┃ echo one; echo two", "┃",
              "┃ y yes, once   a always this tool   n no   w no, and why   e edit   Esc stop");
    console_type(scene->console, "\r x?"); /* none of these is an answer */
    assert_int_equal(server_request_count(scene->stage->server), 1);
    console_type(scene->console, "y");
    console_wait(scene->console, "lines, 7 bytes · allowed by you");
    console_wait(scene->console, "│ two");
    console_wait(scene->console, "  Well done.");
    console_wait_gone(scene->console, "┃");
    assert_told(scene, 1, "one\\ntwo");
}

static void test_denied(void **state)
{
    struct scene *scene = *state;
    CALLS(scene->stage->server, SHELL("a", "touch ran"));
    ANSWERS(scene->stage->server, "I see.");
    run(scene);
    wait_ready(scene);
    console_type(scene->console, "n");
    console_wait(scene->console, "⊘ denied by you");
    console_wait(scene->console, "  I see.");
    assert_told(scene, 1, "did not allow");
    assert_int_not_equal(access("ran", F_OK), 0);
}

static void test_why_not(void **state)
{
    struct scene *scene = *state;
    CALLS(scene->stage->server, SHELL("a", "echo ran"));
    ANSWERS(scene->stage->server, "I see.");
    run(scene);
    wait_ready(scene);
    console_type(scene->console, "w");
    console_wait(scene->console, "Why not?");
    console_type(scene->console, "Not to");
    console_wait(scene->console, "> Not to");
    console_type(scene->console, "\033");
    wait_ready(scene);
    console_wait_gone(scene->console, "> Not to");
    console_type(scene->console, "w");
    console_wait(scene->console, "Why not?");
    console_type(scene->console, "Not today.\r");
    console_wait(scene->console, "⊘ denied by you: Not today.");
    console_wait(scene->console, "  I see.");
    assert_told(scene, 1, "Not today.");
}

static void test_edited(void **state)
{
    struct scene *scene = *state;
    CALLS(scene->stage->server, SHELL("a", "echo one"));
    ANSWERS(scene->stage->server, "Well done.");
    run(scene);
    wait_ready(scene);
    console_type(scene->console, "e");
    console_wait(scene->console, "> {\"command\":\"echo one\"}");
    console_wait(scene->console, "Enter runs it with them");
    console_type(scene->console, "\177\r");
    console_wait(scene->console, "! That is no JSON object.");
    console_wait(scene->console, "> {\"command\":\"echo one\"");
    assert_int_equal(server_request_count(scene->stage->server), 1);
    console_type(scene->console, "\177\177\177\177two\"}\r");
    console_wait(scene->console, "  Well done.");
    WAIT_ROWS(scene, "→ shell  command=\"echo one\"", "  changed by you to command=\"echo two\"");
    console_wait(scene->console, "│ two");
    console_wait_gone(scene->console, "> {");
    assert_told(scene, 1, "\"two");
}

static void test_always(void **state)
{
    struct scene *scene = *state;
    CALLS(scene->stage->server, SHELL("a", "echo 1; echo") CALL(
                                    "1", "b", "shell", "{\\\"command\\\":\\\"echo 2; echo\\\"}"));
    CALLS(scene->stage->server, SHELL("c", "echo 3; echo"));
    ANSWERS(scene->stage->server, "Well done.");
    run(scene);
    wait_ready(scene);
    console_wait(scene->console, "question 1 of 2");
    console_type(scene->console, "a");
    console_wait(scene->console, "  Well done.");
    console_wait(scene->console, "│ 2");
    console_wait(scene->console, "│ 3");
}

static void test_always_like_this(void **state)
{
    struct scene *scene = *state;
    CALLS(scene->stage->server, SHELL("a", "echo one"));
    CALLS(scene->stage->server, SHELL("b", "echo two"));
    CALLS(scene->stage->server, SHELL("c", "true three"));
    ANSWERS(scene->stage->server, "Well done.");
    run(scene);
    wait_ready(scene);
    console_wait(scene->console, "\"Always like this\" (p) is echo *");
    console_type(scene->console, "p");
    console_wait(scene->console, "│ two");
    console_wait(scene->console, "(p) is true *");
    wait_ready(scene);
    console_type(scene->console, "n");
    console_wait(scene->console, "  Well done.");
}

static void test_one_after_the_other(void **state)
{
    struct scene *scene = *state;
    CALLS(scene->stage->server,
          SHELL("a", "echo one; exit 3") CALL("1", "b", "careful", "{\\\"word\\\":\\\"two\\\"}"));
    ANSWERS(scene->stage->server, "Well done.");
    run(scene);
    wait_ready(scene);
    console_wait(scene->console, "question 1 of 2");
    console_type(scene->console, "y");
    console_wait(scene->console, "May careful run?");
    console_wait(scene->console, "✗ failed");
    console_wait_gone(scene->console, "question 1");
    wait_ready(scene);
    WAIT_ROWS(scene, "┃ word: \"two\"");
    console_type(scene->console, "y");
    console_wait(scene->console, "  Well done.");
    console_wait(scene->console, "│ {\"word\":\"two\"}");
}

static void check_stop(struct scene *scene, const char *key)
{
    CALLS(scene->stage->server, SHELL("a", "touch ran"));
    run(scene);
    wait_ready(scene);
    console_type(scene->console, key);
    console_wait(scene->console, "■ stopped");
    console_wait(scene->console, "  [stopped]");
    console_wait(scene->console, "ready ·");
    console_wait_gone(scene->console, "┃");
    assert_int_not_equal(access("ran", F_OK), 0);
    console_type(scene->console, "y"); /* a key is a letter again */
    console_wait(scene->console, "> y");
}

static void test_stop_by_escape(void **state)
{
    check_stop(*state, "\033");
}

static void test_stop_by_interrupt(void **state)
{
    check_stop(*state, "\003");
}

/* What was typed before the question is no answer, and stays in the line. */
static void test_typed_ahead(void **state)
{
    struct scene *scene = *state;
    SERVER_SCRIPT(scene->stage->server, SERVE_STREAM, SERVE(SAYS("Wait.")), SERVE_WAIT,
                  SERVE(SHELL("a", "touch ran")), SERVE(ENDS("tool_calls")));
    ANSWERS(scene->stage->server, "I see.");
    run(scene);
    console_wait(scene->console, "  Wait.");
    console_type(scene->console, "yes, a draft");
    server_go(scene->stage->server);
    wait_ready(scene);
    console_wait(scene->console, "> yes, a draft");
    assert_int_equal(server_request_count(scene->stage->server), 1);
    console_type(scene->console, "w");
    console_wait(scene->console, "Why not?");
    console_wait_gone(scene->console, "> yes, a draft");
    console_type(scene->console, "No.\r");
    console_wait(scene->console, "⊘ denied by you: No.");
    console_wait(scene->console, "> yes, a draft");
    assert_int_not_equal(access("ran", F_OK), 0);
    console_type(scene->console, ", still");
    console_wait(scene->console, "> yes, a draft, still");
}

static void test_nothing_hides(void **state)
{
    struct scene *scene = *state;
    CALLS(scene->stage->server, SHELL("a", "echo \\\\u0430\\\\u202e\\\\u200b\\\\u001b[2J"));
    ANSWERS(scene->stage->server, "I see.");
    run(scene);
    wait_ready(scene);
    console_wait(scene->console, "┃ ! 4 characters are not plain ASCII");
    console_wait(scene->console, "┃ echo а<U+0430><U+202E><U+200B>␛[2J");
    console_type(scene->console, "n");
    console_wait(scene->console, "  I see.");
}

/* With its keys on this row, and its end or a sign that more follows. */
static bool shows_question_at(struct console *console, const void *row)
{
    bool has_keys = strncmp(console_row(console, *(const int *)row), "┃ y", strlen("┃ y")) == 0;
    return has_keys && (console_shows(console, "PgDn") || console_shows(console, "┃ : the end"));
}

static void page_to_end(struct console *console, int keys)
{
    for (;;) {
        console_wait_for(console, shows_question_at, &keys, "question");
        if (console_shows(console, "┃ : the end"))
            return;
        char *head = xstrdup(console_row(console, console_find(console, "PgDn")));
        console_type(console, PAGE_DOWN);
        console_wait_gone(console, head);
        free(head);
    }
}

/* A command of many lines, on a small terminal and on larger ones: all of it can be read. */
static void test_long(void **state)
{
    static const int sizes[][2] = {{5, 20}, {7, 40}, {10, 40}, {24, 80}, {60, 200}};
    struct scene *scene = *state;
    CALLS(scene->stage->server,
          SHELL("a", "echo 1\\\\n:\\\\n:\\\\n:\\\\n:\\\\n:\\\\n:\\\\n:\\\\n:\\\\n:\\\\n:\\\\n"
                     ":\\\\n:\\\\n:\\\\n:\\\\n:\\\\n:\\\\n:\\\\n: the end"));
    ANSWERS(scene->stage->server, "I see.");
    run(scene);
    wait_ready(scene);
    for (size_t i = 0; i < sizeof(sizes) / sizeof(*sizes); i++) {
        console_resize(scene->console, sizes[i][0], sizes[i][1]);
        page_to_end(scene->console, sizes[i][0] - 2);
    }
    console_type(scene->console, "n");
    console_wait(scene->console, "  I see.");
}

/* The smallest terminal that is worth something. */
static void test_small(void **state)
{
    struct scene *scene = *state;
    scene_open(scene, 5, 20);
    CALLS(scene->stage->server, SHELL("a", "echo ran"));
    ANSWERS(scene->stage->server, "Well done.");
    run(scene);
    console_wait(scene->console, "┃ y a p n w e Esc");
    console_wait(scene->console, "┃ shell?");
    console_type(scene->console, "y");
    console_wait(scene->console, "  Well done.");
    assert_told(scene, 1, "\"ran");
}

/* ---- Prompts, sessions */

/* A prompt that is entered while a tool runs can be taken back until the tools are done; then the run
 * takes it up. */
static void test_said(void **state)
{
    struct scene *scene = *state;
    CALLS(scene->stage->server, CALL("0", "a", "steps", "{}"));
    ANSWERS(scene->stage->server, "Well done.");
    run(scene);
    console_wait(scene->console, "step 1");
    console_type(scene->console, "and th\r");
    console_wait(scene->console, "next (Up takes it back): and th");
    console_type(scene->console, UP);
    console_wait(scene->console, "> and th");
    console_type(scene->console, "is\r");
    console_wait(scene->console, "next (Up takes it back): and this");
    go_on(scene);
    console_wait(scene->console, "  Well done.");
    WAIT_ROWS(scene, "│ done", "", "▌ and this", "", "  Well done.");
    console_wait_gone(scene->console, "next (Up");
    assert_told(scene, 1, "and this");
    assert_int_equal(server_request_count(scene->stage->server), 2);
}

/* As it was, with nobody asked. */
static void test_replay(void **state)
{
    struct scene *scene = *state;
    CALLS(scene->stage->server, SHELL("a", "echo one"));
    CALLS(scene->stage->server, SHELL("b", "echo two"));
    ANSWERS(scene->stage->server, "Well done.");
    run(scene);
    wait_ready(scene);
    console_type(scene->console, "y");
    console_wait(scene->console, "│ one");
    console_wait(scene->console, "┃ echo two");
    wait_ready(scene);
    console_type(scene->console, "w");
    console_wait(scene->console, "Why not?");
    console_type(scene->console, "Enough.\r");
    console_wait(scene->console, "  Well done.");
    console_wait(scene->console, "ready ·");
    console_type(scene->console, "\004");
    assert_int_equal(console_wait_exit(scene->console), 0);

    scene_open(scene, 30, 80);
    console_run(scene->console, (const char *[]){subject_path(), "replay", "--instant", NULL});
    console_wait(scene->console, "  Well done.");
    console_wait(scene->console, "ready ·");
    int row = console_find(scene->console, "→ shell  command=\"echo one\"");
    assert_non_null(strstr(console_row(scene->console, row + 1), "· allowed by you"));
    assert_row(scene, row + 2, "│ one");
    assert_row(scene, row + 4, "→ shell  command=\"echo two\"");
    assert_row(scene, row + 5, "⊘ denied by you: Enough.");
    assert_null(strstr(console_written(scene->console), "┃"));
    assert_int_equal(server_request_count(scene->stage->server), 3);
}

#define TEST(function) cmocka_unit_test_setup_teardown(function, set_up, scene_tear_down)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(test_written),
        TEST(test_content_is_written),
        TEST(test_runs),
        TEST(test_parallel),
        TEST(test_fold),
        TEST(test_stopped),
        TEST(test_hostile),
        TEST(test_asked),
        TEST(test_denied),
        TEST(test_why_not),
        TEST(test_edited),
        TEST(test_always),
        TEST(test_always_like_this),
        TEST(test_one_after_the_other),
        TEST(test_stop_by_escape),
        TEST(test_stop_by_interrupt),
        TEST(test_typed_ahead),
        TEST(test_nothing_hides),
        TEST(test_long),
        TEST(test_small),
        TEST(test_said),
        TEST(test_replay),
    };
    if (!setlocale(LC_ALL, "C.UTF-8"))
        return 1;
    return cmocka_run_group_tests(tests, NULL, NULL);
}
