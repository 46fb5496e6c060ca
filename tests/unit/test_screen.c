/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * The real program on a terminal, against a server that answers by a script.
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
#include <sys/wait.h>
#include <unistd.h>

#include <cmocka.h>

#include "base/buf.h"
#include "base/error.h"
#include "base/fd.h"
#include "base/mem.h"
#include "screen/scene.h"

#define UP "\033[A"
#define PAGE_UP "\033[5~"
#define CTRL_HOME "\033[1;5H"
#define CTRL_END "\033[1;5F"

/* Start it and wait for its prompt. */
static void run(struct scene *scene)
{
    SCENE_RUN(scene, NULL);
    console_wait(scene->console, ">");
}

static char *file_text(const struct scene *scene, const char *name)
{
    struct buf text = BUF_INIT;
    struct error error;
    char *path = home_path(scene->stage->home, name);
    assert_int_equal(file_read(path, &text, 1 << 20, &error), 0);
    free(path);
    return buf_take(&text);
}

static void assert_row(const struct console *console, int row, const char *want)
{
    assert_string_equal(console_row(console, row), want);
}

/* ---- Answers */

static void test_stream(void **state)
{
    struct scene *scene = *state;
    SERVER_SCRIPT(scene->stage->server, SERVE_STREAM, SERVE(SAYS("Hello")), SERVE_WAIT,
                  SERVE(SAYS(" world")), SERVE(STOPS));
    run(scene);
    console_wait(scene->console, "ready");
    console_type(scene->console, "hi there\r");
    console_wait(scene->console, "Hello");
    console_wait(scene->console, "▌ hi there");
    console_wait(scene->console, "answering");
    assert_false(console_shows(scene->console, "world"));
    server_go(scene->stage->server);
    console_wait(scene->console, "  Hello world");
    console_wait(scene->console, "ready");
}

static void test_invoke(void **state)
{
    struct scene *scene = *state;
    SERVER_SCRIPT(scene->stage->server, SERVE_WAIT,
                  SERVE_JSON(200, "{\"choices\":[{\"index\":0,\"message\":{\"role\":\"assistant\","
                                  "\"content\":\"All at once\"},\"finish_reason\":\"stop\"}]}"));
    run(scene);
    console_type(scene->console, "\033t");
    console_wait(scene->console, "invoke ·");
    console_type(scene->console, "hi\r");
    console_wait(scene->console, "waiting for the whole answer");
    server_go(scene->stage->server);
    console_wait(scene->console, "  All at once");
    console_type(scene->console, "\033t");
    console_wait(scene->console, "stream ·");
}

static void check_stop(struct scene *scene, const char *key)
{
    SERVER_SCRIPT(scene->stage->server, SERVE_STREAM, SERVE(SAYS("What came")), SERVE_STALL);
    run(scene);
    console_type(scene->console, "hi\r");
    console_wait(scene->console, "What came");
    console_type(scene->console, key);
    console_wait(scene->console, "[stopped]");
    console_wait(scene->console, "  What came");
    assert_true(server_saw_close(scene->stage->server, 0));
    console_wait(scene->console, "ready");
}

static void test_stop_by_escape(void **state)
{
    check_stop(*state, "\033");
}

static void test_stop_by_interrupt(void **state)
{
    check_stop(*state, "\003");
}

static void test_cut_off(void **state)
{
    struct scene *scene = *state;
    SERVER_SCRIPT(scene->stage->server, SERVE_STREAM, SERVE(SAYS("Half of")), SERVE_CLOSE);
    run(scene);
    console_type(scene->console, "hi\r");
    console_wait(scene->console, "[cut off");
    console_wait(scene->console, "  Half of");
}

static void test_error_says_what_to_do(void **state)
{
    struct scene *scene = *state;
    SERVER_SCRIPT(scene->stage->server, SERVE_JSON(401, "{\"error\":{\"message\":\"Bad key.\"}}"));
    run(scene);
    console_type(scene->console, "hi\r");
    console_wait(scene->console, "! HTTP 401");
    console_wait(scene->console, "Bad key.");
    console_wait(scene->console, "key was not accepted");
    console_wait(scene->console, "ready");
}

static void test_flood(void **state)
{
    struct scene *scene = *state;
    SERVER_SCRIPT(scene->stage->server, SERVE_STREAM, SERVE_REPEAT(SAYS("word \\# "), 20000),
                  SERVE(SAYS("the end")), SERVE(STOPS));
    run(scene);
    console_type(scene->console, "hi\r");
    console_type(scene->console, "typed meanwhile");
    console_wait(scene->console, "> typed meanwhile");
    console_wait(scene->console, "word 19999 the end");
}

/* ---- Text */

static void test_hostile_text(void **state)
{
    struct scene *scene = *state;
    SERVER_SCRIPT(scene->stage->server, SERVE_STREAM,
                  SERVE(SAYS("\\u001b]0;evil\\u0007\\u001b[2J\\u001b[?1049l|")),
                  SERVE(SAYS("\\u202egnp.exe|\\u0000|\\u200b|")), SERVE(SAYS("漢字|😀|")),
                  SERVE(SAYS("e\\u0301|\\ud83d")), SERVE(SAYS("x\\nend")), SERVE(STOPS));
    run(scene);
    console_type(scene->console, "hi\r");
    console_wait(scene->console, "  end");
    int row = console_find(scene->console, "evil");
    assert_row(scene->console, row,
               "  ␛]0;evil␇␛[2J␛[?1049l|<U+202E>gnp.exe|␀||漢字|😀|e\u0301|\uFFFDx");
    assert_true(console_is_alternate(scene->console));
    assert_null(strstr(console_written(scene->console), "\033]0;"));
}

static void test_user_text_is_filtered(void **state)
{
    struct scene *scene = *state;
    SERVER_SCRIPT(scene->stage->server, SERVE_STREAM, SERVE(SAYS("ok")), SERVE(STOPS));
    run(scene);
    console_type(scene->console, "\026\001x\r"); /* Ctrl-V, Ctrl-A */
    console_wait(scene->console, "▌ ␁x");
}

/* ---- The window */

static void test_scroll(void **state)
{
    struct scene *scene = *state;
    SERVER_SCRIPT(scene->stage->server, SERVE_STREAM, SERVE_REPEAT(SAYS("line \\#\\n"), 100),
                  SERVE_WAIT, SERVE_REPEAT(SAYS("more \\#\\n"), 50), SERVE(STOPS));
    run(scene);
    console_type(scene->console, "hi\r");
    console_wait(scene->console, "line 99");
    console_type(scene->console, PAGE_UP);
    console_wait(scene->console, "↓ more below");
    console_wait_gone(scene->console, "line 99");
    server_go(scene->stage->server);
    console_wait(scene->console, "↓ 50 new lines");
    console_wait(scene->console, "ready");
    assert_false(console_shows(scene->console, "more 0"));
    console_type(scene->console, CTRL_HOME);
    console_wait(scene->console, "▌ hi");
    console_wait(scene->console, "line 0");
    console_type(scene->console, CTRL_END);
    console_wait(scene->console, "more 49");
    console_wait_gone(scene->console, "↓");
    console_type(scene->console, UP UP UP); /* as the wheel sends them */
    console_wait_gone(scene->console, "more 49");
    console_type(scene->console, "\033[1;3A");
    console_wait(scene->console, "▌ hi");
}

static void test_resize_while_streaming(void **state)
{
    struct scene *scene = *state;
    SERVER_SCRIPT(scene->stage->server, SERVE_STREAM,
                  SERVE(SAYS("one two three four five six seven eight nine ten eleven twelve ")),
                  SERVE_WAIT, SERVE(SAYS("thirteen")), SERVE_WAIT, SERVE(SAYS(" fourteen")),
                  SERVE(STOPS));
    run(scene);
    console_type(scene->console, "hi\r");
    console_wait(scene->console, "twelve");
    console_type(scene->console, "draft");
    console_resize(scene->console, 5, 20);
    server_go(scene->stage->server);
    console_wait(scene->console, "thirteen");
    console_wait(scene->console, "> draft");
    console_resize(scene->console, 60, 200);
    server_go(scene->stage->server);
    console_wait(scene->console, "  one two three four five six seven eight nine ten eleven twelve "
                                 "thirteen fourteen");
    console_wait(scene->console, "ready");
    console_wait(scene->console, "> draft");
    assert_int_equal(console_find(scene->console, "> draft"), 59);
}

/* What is typed before this would be echoed by the kernel. */
static bool is_ours(struct console *console, const void *arg)
{
    (void)arg;
    return strstr(console_written(console), "\033[?1007h");
}

static void check_size(struct scene *scene, int rows, int columns)
{
    scene_open(scene, rows, columns);
    SCENE_RUN(scene, NULL);
    console_wait_for(scene->console, is_ours, NULL, "screen");
    console_type(scene->console, "hi\r");
    console_wait(scene->console, "42");
    console_type(scene->console, "\004");
    assert_int_equal(console_wait_exit(scene->console), 0);
}

static void test_sizes(void **state)
{
    static const int sizes[][2] = {{5, 20}, {60, 200}, {100, 400}, {2, 30}, {3, 10}, {4, 4}};
    struct scene *scene = *state;
    SERVER_SCRIPT(scene->stage->server, SERVE_STREAM, SERVE(SAYS("42")), SERVE(STOPS));
    for (size_t i = 0; i < sizeof(sizes) / sizeof(*sizes); i++)
        check_size(scene, sizes[i][0], sizes[i][1]);
}

static bool is_a_letter(struct console *console, const void *letter)
{
    return strcmp(console_row(console, 0), letter) == 0;
}

static void test_one_cell(void **state)
{
    struct scene *scene = *state;
    scene_open(scene, 1, 1);
    SCENE_RUN(scene, NULL);
    console_wait_for(scene->console, is_ours, NULL, "screen");
    console_type(scene->console, "漢字 hello\033[D");
    console_wait_for(scene->console, is_a_letter, "o", "o");
    console_resize(scene->console, 24, 80);
    console_wait(scene->console, "> 漢字 hello");
    console_resize(scene->console, 1, 1);
    console_wait_for(scene->console, is_a_letter, "o", "o");
    console_type(scene->console, "\003\004");
    assert_int_equal(console_wait_exit(scene->console), 0);
}

/* ---- The input */

static void test_queue(void **state)
{
    struct scene *scene = *state;
    SERVER_SCRIPT(scene->stage->server, SERVE_STREAM, SERVE(SAYS("First")), SERVE_WAIT,
                  SERVE(STOPS));
    SERVER_SCRIPT(scene->stage->server, SERVE_STREAM, SERVE(SAYS("Second")), SERVE(STOPS));
    run(scene);
    console_type(scene->console, "one\r");
    console_wait(scene->console, "  First");
    console_type(scene->console, "two\r");
    console_wait(scene->console, "next (Up takes it back): two");
    console_type(scene->console, UP);
    console_wait(scene->console, "> two");
    console_wait_gone(scene->console, "next (Up");
    console_type(scene->console, " b\r");
    console_wait(scene->console, "next (Up takes it back): two b");
    server_go(scene->stage->server);
    console_wait(scene->console, "  Second");
    console_wait(scene->console, "▌ two b");
    assert_non_null(strstr(server_request(scene->stage->server, 1)->body, "two b"));
}

static void test_several_lines(void **state)
{
    struct scene *scene = *state;
    int row, column;
    SERVER_SCRIPT(scene->stage->server, SERVE_STREAM, SERVE(SAYS("ok")), SERVE(STOPS));
    run(scene);
    console_type(scene->console, "one\033\rtwo\nthree");
    console_wait(scene->console, "  three");
    assert_row(scene->console, 21, "> one");
    assert_row(scene->console, 22, "  two");
    console_type(scene->console, UP);
    console_type(scene->console, "!");
    console_wait(scene->console, "  two!");
    console_cursor(scene->console, &row, &column);
    assert_int_equal(row, 22);
    assert_int_equal(column, 6);
    console_type(scene->console, "\r");
    console_wait(scene->console, "  ok");
    assert_non_null(strstr(server_request(scene->stage->server, 0)->body, "one\\ntwo!\\nthree"));
}

static void test_paste(void **state)
{
    struct scene *scene = *state;
    struct buf paste = BUF_INIT;
    SERVER_SCRIPT(scene->stage->server, SERVE_STREAM, SERVE(SAYS("ok")), SERVE(STOPS));
    run(scene);
    buf_adds(&paste, "\033[200~");
    for (int i = 0; i < 20000; i++)
        buf_addf(&paste, "pasted line %d\r\n", i);
    buf_adds(&paste, "the last\033[201~");
    console_send(scene->console, paste.data, paste.len);
    console_wait(scene->console, "  the last");
    assert_int_equal(server_request_count(scene->stage->server), 0);
    assert_int_equal(console_find(scene->console, "pasted line 19993"),
                     16);                 /* a third of 24 rows */
    console_type(scene->console, "\037"); /* undone in one */
    console_wait_gone(scene->console, "pasted line");
    buf_clear(&paste);
}

static void test_completion(void **state)
{
    struct scene *scene = *state;
    run(scene);
    console_type(scene->console, "/he\t");
    console_wait(scene->console, "> /help");
    console_type(scene->console, "\003");
    console_wait_gone(scene->console, "> /help");
    console_type(scene->console, "/s\t");
    console_wait(scene->console, "/save");
    console_wait(scene->console, "/stream");
    console_type(scene->console, "t");
    console_wait_gone(scene->console, "/save");
    console_wait(scene->console, "> /st");
}

static void test_history(void **state)
{
    struct scene *scene = *state;
    SERVER_SCRIPT(scene->stage->server, SERVE_STREAM, SERVE(SAYS("ok")), SERVE(STOPS));
    run(scene);
    console_type(scene->console, "an apple\033\rand more\r");
    console_wait(scene->console, "  ok");
    console_wait(scene->console, "ready");
    console_type(scene->console, "/stream\r");
    console_wait(scene->console, "· stream");
    console_type(scene->console, "\004");
    assert_int_equal(console_wait_exit(scene->console), 0);
    char *text = file_text(scene, "state/runnel/history");
    assert_string_equal(text, "an apple\\nand more\n/stream\n");
    free(text);

    scene_open(scene, 24, 80);
    run(scene);
    console_type(scene->console, "draft" UP);
    console_wait(scene->console, "> /stream");
    console_type(scene->console, UP);
    console_wait(scene->console, "> an apple");
    console_type(scene->console, "\033>"); /* to the newest: the draft */
    console_wait(scene->console, "> draft");
    console_type(scene->console, "\022APP");
    console_wait(scene->console, "search APP");
    console_wait(scene->console, "▸ an apple");
    console_type(scene->console, "\007");
    console_wait(scene->console, "> draft");
    console_type(scene->console, "\022APP\r");
    console_wait(scene->console, "> an apple");
    console_wait(scene->console, "  and more");
}

static void test_editor(void **state)
{
    struct scene *scene = *state;
    char *path = home_put(
        scene->stage->home, "editor",
        "#!/bin/sh\necho in the editor\nprintf '%s, edited\\n' \"$(cat \"$2\")\" >\"$2\"\n");
    char *editor = xasprintf("%s -x", path);
    assert_int_equal(chmod(path, 0700), 0);
    console_set(scene->console, "EDITOR", editor);
    run(scene);
    console_type(scene->console, "a draft\030\005");
    console_wait(scene->console, "> a draft, edited");
    assert_true(console_is_alternate(scene->console));
    free(editor);
    free(path);
}

/* A machine that has no language set, as in a container. */
static void test_no_locale(void **state)
{
    struct scene *scene = *state;
    SERVER_SCRIPT(scene->stage->server, SERVE_STREAM, SERVE(SAYS("漢字")), SERVE(STOPS));
    console_set(scene->console, "LC_ALL", "C");
    run(scene);
    console_type(scene->console, "grüße 漢字\002\002x\177");
    console_wait(scene->console, "> grüße 漢字");
    console_type(scene->console, "\177\r");      /* the space before the cursor */
    console_wait(scene->console, "| grüße漢字"); /* our own signs are ASCII then */
    console_wait(scene->console, "  漢字");
}

static void test_vi_mode(void **state)
{
    struct scene *scene = *state;
    char *inputrc = home_put(scene->stage->home, "inputrc", "set editing-mode vi\n");
    console_set(scene->console, "INPUTRC", inputrc);
    run(scene);
    console_type(scene->console, "one two\033");
    console_wait(scene->console, "cmd> one two");
    console_type(scene->console, "bcwthree");
    console_wait(scene->console, "ins> one three");
    free(inputrc);
}

/* ---- Leaving */

static void assert_restored(const struct scene *scene, const struct termios *before)
{
    struct termios after = console_modes(scene->console);
    const char *written = console_written(scene->console);
    assert_false(console_is_alternate(scene->console));
    assert_int_equal(after.c_lflag, before->c_lflag);
    assert_int_equal(after.c_iflag, before->c_iflag);
    assert_int_equal(after.c_oflag, before->c_oflag);
    assert_non_null(strstr(written, "\033[?2004h"));
    assert_non_null(strstr(written, "\033[?2004l"));
    assert_non_null(strstr(written, "\033[?1007l"));
}

static void test_quit(void **state)
{
    static const char *const ways[] = {"\004", "\003\003", "/quit\r"};
    struct scene *scene = *state;
    SERVER_SCRIPT(scene->stage->server, SERVE_STREAM, SERVE(SAYS("The answer\\u001b[2J")),
                  SERVE(STOPS));
    for (size_t i = 0; i < sizeof(ways) / sizeof(*ways); i++) {
        scene_open(scene, 24, 80);
        struct termios before = console_modes(scene->console);
        run(scene);
        console_type(scene->console, "A question\r");
        console_wait(scene->console, "  The answer");
        console_wait(scene->console, "ready");
        console_type(scene->console, ways[i]);
        assert_int_equal(console_wait_exit(scene->console), 0);
        assert_restored(scene, &before);
        console_wait(scene->console, "▌ A question");
        console_wait(scene->console, "The answer␛[2J");
    }
}

static void test_signals(void **state)
{
    static const struct {
        int signal, exit_status, death;
    } cases[] = {
        {SIGTERM, 128 + SIGTERM, 0},
        {SIGHUP, 128 + SIGHUP, 0},
        {SIGSEGV, 0, SIGSEGV},
        {SIGABRT, 0, SIGABRT},
    };
    struct scene *scene = *state;
    SERVER_SCRIPT(scene->stage->server, SERVE_STREAM, SERVE(SAYS("Hello")), SERVE_STALL);
    for (size_t i = 0; i < sizeof(cases) / sizeof(*cases); i++) {
        scene_open(scene, 24, 80);
        struct termios before = console_modes(scene->console);
        console_set(scene->console, "ASAN_OPTIONS", "handle_segv=0:handle_abort=0");
        console_set(scene->console, "TSAN_OPTIONS", "handle_segv=0:handle_abort=0");
        run(scene);
        console_type(scene->console, "hi\r");
        console_wait(scene->console, "  Hello");
        kill(console_pid(scene->console), cases[i].signal);
        int status = console_wait_exit(scene->console);
        assert_restored(scene, &before);
        if (cases[i].death)
            assert_int_equal(WIFSIGNALED(status) ? WTERMSIG(status) : 0, cases[i].death);
        else
            assert_int_equal(WIFEXITED(status) ? WEXITSTATUS(status) : -1, cases[i].exit_status);
    }
}

static void test_leave_nothing(void **state)
{
    struct scene *scene = *state;
    SERVER_SCRIPT(scene->stage->server, SERVE_STREAM, SERVE(SAYS("The answer")), SERVE(STOPS));
    home_configure(scene->stage->home, "[screen]\nleave = none\n");
    run(scene);
    console_type(scene->console, "A question\r");
    console_wait(scene->console, "  The answer");
    console_wait(scene->console, "ready");
    console_type(scene->console, "\004");
    assert_int_equal(console_wait_exit(scene->console), 0);
    assert_false(console_shows(scene->console, "answer"));
}

/* Stopped and continued: the child of a test is no shell's job, so the kernel lets it go on at once. */
static void test_suspend(void **state)
{
    struct scene *scene = *state;
    run(scene);
    console_type(scene->console, "a draft\032 goes on");
    console_wait(scene->console, "> a draft goes on");
    assert_true(console_is_alternate(scene->console));
    assert_non_null(strstr(console_written(scene->console), "\033[?1049l"));
}

/* ---- Terminals */

static void test_no_screen(void **state)
{
    static const char *const terms[] = {"dumb", "no-such-terminal", NULL};
    struct scene *scene = *state;
    for (size_t i = 0; i < sizeof(terms) / sizeof(*terms); i++) {
        scene_open(scene, 24, 80);
        console_set(scene->console, "TERM", terms[i]);
        run(scene);
        console_type(scene->console, "/quit\r");
        assert_int_equal(console_wait_exit(scene->console), 0);
        assert_null(strstr(console_written(scene->console), "\033[?1049h"));
        assert_null(strstr(console_written(scene->console), "\033[?1007h"));
    }
}

/* Whether a colour is set; what begins like that may also move the cursor. */
static bool has_colour(const char *written)
{
    for (const char *at = written; (at = strstr(at, "\033[3")); at++)
        if (at[2 + strspn(at + 2, "0123456789;")] == 'm')
            return true;
    return false;
}

static void test_colours(void **state)
{
    static const struct {
        const char *term, *no_color, *accent;
    } cases[] = {
        {"xterm-256color", NULL, "\033[38;5;"},
        {"xterm", NULL, "\033[36m"},
        {"xterm-256color", "1", NULL},
        {"vt100", NULL, NULL},
    };
    struct scene *scene = *state;
    for (size_t i = 0; i < sizeof(cases) / sizeof(*cases); i++) {
        scene_open(scene, 24, 80);
        console_set(scene->console, "TERM", cases[i].term);
        console_set(scene->console, "NO_COLOR", cases[i].no_color);
        run(scene);
        console_wait(scene->console, "ready");
        const char *written = console_written(scene->console);
        if (cases[i].accent)
            assert_non_null(strstr(written, cases[i].accent));
        else
            assert_false(has_colour(written));
        console_type(scene->console, "\004");
        assert_int_equal(console_wait_exit(scene->console), 0);
    }
}

static void test_screen_command(void **state)
{
    struct scene *scene = *state;
    SERVER_SCRIPT(scene->stage->server, SERVE_STREAM, SERVE(SAYS("漢字 and e\\u0301")),
                  SERVE(STOPS));
    run(scene);
    console_type(scene->console, "hi\r");
    console_wait(scene->console, "ready ·");
    char *command = xasprintf("/screen %s/saved\r", scene->stage->home);
    console_type(scene->console, command);
    console_type(scene->console, "then");
    console_wait(scene->console, "> then");
    char *saved = file_text(scene, "saved");
    assert_non_null(strstr(saved, "\n▌ hi\n\n  漢字 and e\u0301\n"));
    assert_non_null(strstr(saved, "\n>\ncursor 23 2\n"));
    free(saved);
    free(command);
}

#define TEST(function) cmocka_unit_test_setup_teardown(function, scene_set_up, scene_tear_down)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(test_stream),
        TEST(test_invoke),
        TEST(test_stop_by_escape),
        TEST(test_stop_by_interrupt),
        TEST(test_cut_off),
        TEST(test_error_says_what_to_do),
        TEST(test_flood),
        TEST(test_hostile_text),
        TEST(test_user_text_is_filtered),
        TEST(test_scroll),
        TEST(test_resize_while_streaming),
        TEST(test_sizes),
        TEST(test_one_cell),
        TEST(test_queue),
        TEST(test_several_lines),
        TEST(test_paste),
        TEST(test_completion),
        TEST(test_history),
        TEST(test_editor),
        TEST(test_no_locale),
        TEST(test_vi_mode),
        TEST(test_quit),
        TEST(test_signals),
        TEST(test_leave_nothing),
        TEST(test_suspend),
        TEST(test_no_screen),
        TEST(test_colours),
        TEST(test_screen_command),
    };
    if (!setlocale(LC_ALL, "C.UTF-8"))
        return 1;
    return cmocka_run_group_tests(tests, NULL, NULL);
}
