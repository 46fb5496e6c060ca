/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * The real program on a terminal, with a model that calls tools: as they are written, asked about, run,
 * and what comes of them.
 */
#include <locale.h>
#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cmocka.h>

#include "base/mem.h"
#include "screen/console.h"
#include "server/server.h"

#define DATA(json) "data: {\"choices\":[{\"index\":0," json "}]}\n\n"
#define PIECE(text) DATA("\"delta\":{\"content\":\"" text "\"}")
#define NAME(number, id, tool)                                           \
    DATA("\"delta\":{\"tool_calls\":[{\"index\":" number ",\"id\":\"" id \
         "\",\"type\":\"function\",\"function\":{\"name\":\"" tool "\",\"arguments\":\"\"}}]}")
/* A piece of the arguments, as it stands in a JSON string. */
#define ARGS(number, fragment)                           \
    DATA("\"delta\":{\"tool_calls\":[{\"index\":" number \
         ",\"function\":{\"arguments\":\"" fragment "\"}}]}")
#define CALL(number, id, tool, args) NAME(number, id, tool) ARGS(number, args)
#define CALLS_END DATA("\"delta\":{},\"finish_reason\":\"tool_calls\"") "data: [DONE]\n\n"
#define END DATA("\"delta\":{},\"finish_reason\":\"stop\"") "data: [DONE]\n\n"
#define SHELL(id, command) CALL("0", id, "shell", "{\\\"command\\\":\\\"" command "\\\"}")

#define SAYS(server, text) SERVER_SCRIPT(server, SERVE_STREAM, SERVE(PIECE(text)), SERVE(END))
#define CALLS(server, calls) SERVER_SCRIPT(server, SERVE_STREAM, SERVE(calls), SERVE(CALLS_END))

#define UP "\033[A"
#define ALT_O "\033o"
#define PAGE_DOWN "\033[6~"

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

static void write_file(const struct stage *stage, const char *name, const char *text)
{
    char *path = xasprintf("%s/%s", stage->folder, name);
    FILE *file = fopen(path, "w");
    assert_non_null(file);
    fputs(text, file);
    fclose(file);
    free(path);
}

/* A tool that tells how far it is and goes on when there is a file; one that gives many lines; one that
 * says nothing good. */
static const char config[] =
    "[tool.steps]\n"
    "command = echo 'step 1' >&2; while [ ! -e \"$HOME/go\" ]; do sleep 0.02; done; echo done\n"
    "schema = {\"type\":\"object\"}\n"
    "policy = allow\n"
    "[tool.lines]\n"
    "command = i=1; while [ $i -le 120 ]; do echo \"row $i\"; i=$((i+1)); done\n"
    "schema = {\"type\":\"object\"}\n"
    "policy = allow\n"
    "[tool.hostile]\n"
    "command = printf '\\033]0;evil\\007\\033[2J\\n' >&2; "
    "while [ ! -e \"$HOME/go\" ]; do sleep 0.02; done; printf '\\033[2J\\342\\200\\256out\\n'\n"
    "schema = {\"type\":\"object\"}\n"
    "policy = allow\n"
    "[tool.careful]\n"
    "command = cat\n"
    "schema = {\"type\":\"object\"}\n"
    "policy = ask\n";

static int set_up(void **state)
{
    static const char pattern[] = "/tmp/runnel-screen-XXXXXX";
    struct stage *stage = xnew(struct stage);
    memcpy(stage->folder, pattern, sizeof(pattern));
    assert_non_null(mkdtemp(stage->folder));
    char *folder = xasprintf("%s/runnel", stage->folder);
    assert_int_equal(mkdir(folder, 0700), 0);
    free(folder);
    write_file(stage, "runnel/config.ini", config);
    stage->server = server_new(NULL);
    open_console(stage, 30, 80);
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

/* Start it, wait for its prompt, and ask. */
static void run(struct stage *stage)
{
    const char *url = server_url(stage->server, "/v1");
    console_run(stage->console, (const char *[]){program(), "--url", url, "-m", "test-model",
                                                 "--tools", "all", NULL});
    console_wait(stage->console, ">");
    console_type(stage->console, "hi\r");
}

static void go_on(const struct stage *stage)
{
    write_file(stage, "go", "");
}

/* A question takes keys from now on. */
static void wait_ready(struct stage *stage)
{
    console_wait(stage->console, "y yes");
}

/* What the model is told in its nth request. */
static void assert_told(struct stage *stage, unsigned nth, const char *text)
{
    const struct server_request *request = server_request(stage->server, nth);
    assert_non_null(request);
    assert_non_null(strstr(request->body, text));
}

static void assert_row(const struct stage *stage, int row, const char *want)
{
    assert_string_equal(console_row(stage->console, row), want);
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
#define WAIT_ROWS(stage, ...) \
    console_wait_for((stage)->console, shows_rows, (const char *[]){__VA_ARGS__, NULL}, "such rows")

/* ---- A call */

static void test_written(void **state)
{
    struct stage *stage = *state;
    SERVER_SCRIPT(stage->server, SERVE_STREAM, SERVE(PIECE("Let me see.")),
                  SERVE(NAME("0", "a", "calculate")), SERVE_WAIT,
                  SERVE(ARGS("0", "{\\\"expression\\\": \\\"6 ")), SERVE_WAIT,
                  SERVE(ARGS("0", "* 7\\\"}")), SERVE(CALLS_END));
    SAYS(stage->server, "It is 42.");
    run(stage);
    console_wait(stage->console, "→ calculate");
    console_wait(stage->console, "… writing");
    console_wait(stage->console, "writing a tool call");
    server_go(stage->server);
    console_wait(stage->console, "→ calculate  expression=\"6");
    server_go(stage->server);
    console_wait(stage->console, "  It is 42.");
    console_wait(stage->console, "ready ·");
    WAIT_ROWS(stage, "→ calculate  expression=\"6 * 7\"");
    int row = console_find(stage->console, "→ calculate");
    assert_non_null(strstr(console_row(stage->console, row + 1), "✓ ok · "));
    assert_row(stage, row + 2, "│ 42");
    assert_told(stage, 1, "\"42");
}

static void test_content_is_written(void **state)
{
    struct stage *stage = *state;
    SERVER_SCRIPT(
        stage->server, SERVE_STREAM, SERVE(NAME("0", "a", "write_file")),
        SERVE(ARGS("0", "{\\\"path\\\":\\\"x\\\",\\\"content\\\":\\\"1\\\\n2\\\\n3\\\\n")),
        SERVE(ARGS("0", "4\\\\n5\\\\n  si")), SERVE_WAIT, SERVE_CLOSE);
    run(stage);
    console_wait(stage->console, "│   si▌");
    WAIT_ROWS(stage, "→ write_file  path=x content=\"1…", "… writing · line 6, 14 bytes", "│ 4",
              "│ 5", "│   si▌");
    server_go(stage->server);
    console_wait(stage->console, "■ broken off");
}

static void test_runs(void **state)
{
    struct stage *stage = *state;
    CALLS(stage->server, CALL("0", "a", "steps", "{}"));
    SAYS(stage->server, "Well done.");
    run(stage);
    console_wait(stage->console, "… running · ");
    console_wait(stage->console, "s · step 1");
    console_wait(stage->console, "tool steps for ");
    go_on(stage);
    console_wait(stage->console, "✓ ok · ");
    console_wait(stage->console, "│ done");
    console_wait(stage->console, "  Well done.");
    console_wait_gone(stage->console, "step 1");
}

static void test_parallel(void **state)
{
    struct stage *stage = *state;
    CALLS(stage->server, CALL("0", "a", "steps", "{}") CALL("1", "b", "lines", "{}"));
    SAYS(stage->server, "Well done.");
    run(stage);
    console_wait(stage->console, "│ row 1");
    console_wait(stage->console, "s · step 1");
    console_wait(stage->console, "tool steps for ");
    go_on(stage);
    console_wait(stage->console, "ready ·");
    int steps = console_find(stage->console, "→ steps"),
        lines = console_find(stage->console, "→ lines");
    assert_true(steps < lines);
    assert_row(stage, steps + 2, "│ done");
    assert_row(stage, lines + 2, "│ row 1");
}

static void test_fold(void **state)
{
    struct stage *stage = *state;
    CALLS(stage->server, CALL("0", "a", "lines", "{}"));
    SAYS(stage->server, "Well done.");
    run(stage);
    console_wait(stage->console, "ready ·");
    console_wait(stage->console, "120 lines, ");
    WAIT_ROWS(stage, "│ row 1", "│ row 2", "│ row 3", "│ row 4", "  … 116 more lines · Alt-O", "",
              "  Well done.");
    console_type(stage->console, ALT_O);
    console_wait(stage->console, "│ row 20");
    assert_row(stage, 0, "→ lines");
    assert_false(console_shows(stage->console, "more lines"));
    console_type(stage->console, ALT_O);
    console_wait(stage->console, "116 more lines");
    console_wait(stage->console, "  Well done.");
}

static void test_stopped(void **state)
{
    struct stage *stage = *state;
    CALLS(stage->server, CALL("0", "a", "steps", "{}"));
    run(stage);
    console_wait(stage->console, "step 1");
    console_type(stage->console, "\033");
    console_wait(stage->console, "■ stopped · ");
    console_wait(stage->console, "  [stopped]");
    console_wait(stage->console, "ready ·");
}

static void test_hostile(void **state)
{
    struct stage *stage = *state;
    CALLS(stage->server, CALL("0", "a", "hostile", "{\\\"a\\\":\\\"\\\\u001b[2J\\\\u202e\\\"}"));
    SAYS(stage->server, "Oh.");
    run(stage);
    console_wait(stage->console, "s · ␛]0;evil␇␛[2J");
    console_wait(stage->console, "→ hostile  a=\"␛[2J<U+202E>\"");
    go_on(stage);
    console_wait(stage->console, "│ ␛[2J<U+202E>out");
    console_wait(stage->console, "ready ·");
    assert_null(strstr(console_written(stage->console), "\033]0;"));
    assert_true(console_is_alternate(stage->console));
}

/* ---- A question */

static void test_asked(void **state)
{
    struct stage *stage = *state;
    CALLS(stage->server, SHELL("a", "echo one; echo two"));
    SAYS(stage->server, "Well done.");
    run(stage);
    wait_ready(stage);
    console_wait(stage->console, "─ asks: shell · ");
    WAIT_ROWS(stage, "→ shell  command=\"echo one; echo two\"", "? waits for your answer");
    WAIT_ROWS(stage, "┃ May shell run?", "┃ Asked because it runs a command.", "┃",
              "┃ echo one; echo two", "┃",
              "┃ y yes, once   a always this tool   n no   w no, and why   e edit   Esc stop");
    console_type(stage->console, "\r x?"); /* none of these is an answer */
    assert_int_equal(server_request_count(stage->server), 1);
    console_type(stage->console, "y");
    console_wait(stage->console, "lines, 7 bytes · allowed by you");
    console_wait(stage->console, "│ two");
    console_wait(stage->console, "  Well done.");
    assert_false(console_shows(stage->console, "┃"));
    assert_told(stage, 1, "one\\ntwo");
}

static void test_denied(void **state)
{
    struct stage *stage = *state;
    CALLS(stage->server, SHELL("a", "touch ran"));
    SAYS(stage->server, "I see.");
    run(stage);
    wait_ready(stage);
    console_type(stage->console, "n");
    console_wait(stage->console, "⊘ denied by you");
    console_wait(stage->console, "  I see.");
    assert_told(stage, 1, "did not allow");
    assert_int_not_equal(access("ran", F_OK), 0);
}

static void test_why_not(void **state)
{
    struct stage *stage = *state;
    CALLS(stage->server, SHELL("a", "echo ran"));
    SAYS(stage->server, "I see.");
    run(stage);
    wait_ready(stage);
    console_type(stage->console, "w");
    console_wait(stage->console, "Why not?");
    console_type(stage->console, "Not to");
    console_wait(stage->console, "> Not to");
    console_type(stage->console, "\033");
    wait_ready(stage);
    console_wait_gone(stage->console, "> Not to");
    console_type(stage->console, "w");
    console_wait(stage->console, "Why not?");
    console_type(stage->console, "Not today.\r");
    console_wait(stage->console, "⊘ denied by you: Not today.");
    console_wait(stage->console, "  I see.");
    assert_told(stage, 1, "Not today.");
}

static void test_edited(void **state)
{
    struct stage *stage = *state;
    CALLS(stage->server, SHELL("a", "echo one"));
    SAYS(stage->server, "Well done.");
    run(stage);
    wait_ready(stage);
    console_type(stage->console, "e");
    console_wait(stage->console, "> {\"command\":\"echo one\"}");
    console_wait(stage->console, "Enter runs it with them");
    console_type(stage->console, "\177\r");
    console_wait(stage->console, "! That is no JSON object.");
    console_wait(stage->console, "> {\"command\":\"echo one\"");
    assert_int_equal(server_request_count(stage->server), 1);
    console_type(stage->console, "\177\177\177\177two\"}\r");
    console_wait(stage->console, "  Well done.");
    WAIT_ROWS(stage, "→ shell  command=\"echo one\"", "  changed by you to command=\"echo two\"");
    console_wait(stage->console, "│ two");
    console_wait_gone(stage->console, "> {");
    assert_told(stage, 1, "\"two");
}

static void test_always(void **state)
{
    struct stage *stage = *state;
    CALLS(stage->server, SHELL("a", "echo 1; echo")
                             CALL("1", "b", "shell", "{\\\"command\\\":\\\"echo 2; echo\\\"}"));
    CALLS(stage->server, SHELL("c", "echo 3; echo"));
    SAYS(stage->server, "Well done.");
    run(stage);
    wait_ready(stage);
    console_wait(stage->console, "question 1 of 2");
    console_type(stage->console, "a");
    console_wait(stage->console, "  Well done.");
    console_wait(stage->console, "│ 2");
    console_wait(stage->console, "│ 3");
}

static void test_always_like_this(void **state)
{
    struct stage *stage = *state;
    CALLS(stage->server, SHELL("a", "echo one"));
    CALLS(stage->server, SHELL("b", "echo two"));
    CALLS(stage->server, SHELL("c", "true three"));
    SAYS(stage->server, "Well done.");
    run(stage);
    wait_ready(stage);
    console_wait(stage->console, "\"Always like this\" (p) is echo *");
    console_type(stage->console, "p");
    console_wait(stage->console, "│ two");
    console_wait(stage->console, "(p) is true *");
    wait_ready(stage);
    console_type(stage->console, "n");
    console_wait(stage->console, "  Well done.");
}

static void test_one_after_the_other(void **state)
{
    struct stage *stage = *state;
    CALLS(stage->server,
          SHELL("a", "echo one; exit 3") CALL("1", "b", "careful", "{\\\"word\\\":\\\"two\\\"}"));
    SAYS(stage->server, "Well done.");
    run(stage);
    wait_ready(stage);
    console_wait(stage->console, "question 1 of 2");
    console_type(stage->console, "y");
    console_wait(stage->console, "May careful run?");
    console_wait(stage->console, "✗ failed");
    assert_false(console_shows(stage->console, "question 1"));
    wait_ready(stage);
    WAIT_ROWS(stage, "┃ word: \"two\"");
    console_type(stage->console, "y");
    console_wait(stage->console, "  Well done.");
    console_wait(stage->console, "│ {\"word\":\"two\"}");
}

static void check_stop(struct stage *stage, const char *key)
{
    CALLS(stage->server, SHELL("a", "touch ran"));
    run(stage);
    wait_ready(stage);
    console_type(stage->console, key);
    console_wait(stage->console, "■ stopped");
    console_wait(stage->console, "  [stopped]");
    console_wait(stage->console, "ready ·");
    assert_false(console_shows(stage->console, "┃"));
    assert_int_not_equal(access("ran", F_OK), 0);
    console_type(stage->console, "y"); /* a key is a letter again */
    console_wait(stage->console, "> y");
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
    struct stage *stage = *state;
    SERVER_SCRIPT(stage->server, SERVE_STREAM, SERVE(PIECE("Wait.")), SERVE_WAIT,
                  SERVE(SHELL("a", "touch ran")), SERVE(CALLS_END));
    SAYS(stage->server, "I see.");
    run(stage);
    console_wait(stage->console, "  Wait.");
    console_type(stage->console, "yes, a draft");
    server_go(stage->server);
    wait_ready(stage);
    console_wait(stage->console, "> yes, a draft");
    assert_int_equal(server_request_count(stage->server), 1);
    console_type(stage->console, "w");
    console_wait(stage->console, "Why not?");
    console_wait_gone(stage->console, "> yes, a draft");
    console_type(stage->console, "No.\r");
    console_wait(stage->console, "⊘ denied by you: No.");
    console_wait(stage->console, "> yes, a draft");
    assert_int_not_equal(access("ran", F_OK), 0);
    console_type(stage->console, ", still");
    console_wait(stage->console, "> yes, a draft, still");
}

static void test_nothing_hides(void **state)
{
    struct stage *stage = *state;
    CALLS(stage->server, SHELL("a", "echo \\\\u0430\\\\u202e\\\\u200b\\\\u001b[2J"));
    SAYS(stage->server, "I see.");
    run(stage);
    wait_ready(stage);
    console_wait(stage->console, "┃ ! 4 characters are not plain ASCII");
    console_wait(stage->console, "┃ echo а<U+0430><U+202E><U+200B>␛[2J");
    console_type(stage->console, "n");
    console_wait(stage->console, "  I see.");
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
    struct stage *stage = *state;
    CALLS(stage->server,
          SHELL("a", "echo 1\\\\n:\\\\n:\\\\n:\\\\n:\\\\n:\\\\n:\\\\n:\\\\n:\\\\n:\\\\n:\\\\n"
                     ":\\\\n:\\\\n:\\\\n:\\\\n:\\\\n:\\\\n:\\\\n: the end"));
    SAYS(stage->server, "I see.");
    run(stage);
    wait_ready(stage);
    for (size_t i = 0; i < sizeof(sizes) / sizeof(*sizes); i++) {
        console_resize(stage->console, sizes[i][0], sizes[i][1]);
        page_to_end(stage->console, sizes[i][0] - 2);
    }
    console_type(stage->console, "n");
    console_wait(stage->console, "  I see.");
}

/* The smallest terminal that is worth something. */
static void test_small(void **state)
{
    struct stage *stage = *state;
    console_free(stage->console);
    open_console(stage, 5, 20);
    CALLS(stage->server, SHELL("a", "echo ran"));
    SAYS(stage->server, "Well done.");
    run(stage);
    console_wait(stage->console, "┃ y a p n w e Esc");
    console_wait(stage->console, "┃ shell?");
    console_type(stage->console, "y");
    console_wait(stage->console, "  Well done.");
    assert_told(stage, 1, "\"ran");
}

/* ---- Prompts, sessions */

/* A prompt that is entered while a tool runs can be taken back until the tools are done; then the run
 * takes it up. */
static void test_said(void **state)
{
    struct stage *stage = *state;
    CALLS(stage->server, CALL("0", "a", "steps", "{}"));
    SAYS(stage->server, "Well done.");
    run(stage);
    console_wait(stage->console, "step 1");
    console_type(stage->console, "and th\r");
    console_wait(stage->console, "next (Up takes it back): and th");
    console_type(stage->console, UP);
    console_wait(stage->console, "> and th");
    console_type(stage->console, "is\r");
    console_wait(stage->console, "next (Up takes it back): and this");
    go_on(stage);
    console_wait(stage->console, "  Well done.");
    WAIT_ROWS(stage, "│ done", "", "▌ and this", "", "  Well done.");
    assert_false(console_shows(stage->console, "next (Up"));
    assert_told(stage, 1, "and this");
    assert_int_equal(server_request_count(stage->server), 2);
}

/* As it was, with nobody asked. */
static void test_replay(void **state)
{
    struct stage *stage = *state;
    CALLS(stage->server, SHELL("a", "echo one"));
    CALLS(stage->server, SHELL("b", "echo two"));
    SAYS(stage->server, "Well done.");
    run(stage);
    wait_ready(stage);
    console_type(stage->console, "y");
    console_wait(stage->console, "│ one");
    console_wait(stage->console, "┃ echo two");
    wait_ready(stage);
    console_type(stage->console, "w");
    console_wait(stage->console, "Why not?");
    console_type(stage->console, "Enough.\r");
    console_wait(stage->console, "  Well done.");
    console_wait(stage->console, "ready ·");
    console_type(stage->console, "\004");
    assert_int_equal(console_wait_exit(stage->console), 0);

    console_free(stage->console);
    open_console(stage, 30, 80);
    console_run(stage->console, (const char *[]){program(), "replay", "--instant", NULL});
    console_wait(stage->console, "  Well done.");
    console_wait(stage->console, "ready ·");
    int row = console_find(stage->console, "→ shell  command=\"echo one\"");
    assert_non_null(strstr(console_row(stage->console, row + 1), "· allowed by you"));
    assert_row(stage, row + 2, "│ one");
    assert_row(stage, row + 4, "→ shell  command=\"echo two\"");
    assert_row(stage, row + 5, "⊘ denied by you: Enough.");
    assert_null(strstr(console_written(stage->console), "┃"));
    assert_int_equal(server_request_count(stage->server), 3);
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
    const struct CMUnitTest none[] = {cmocka_unit_test(test_without_program)};
    if (!setlocale(LC_ALL, "C.UTF-8"))
        return 1;
    if (access(program(), X_OK) != 0)
        return cmocka_run_group_tests(none, NULL, NULL);
    return cmocka_run_group_tests(tests, NULL, NULL);
}
