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
#include "screen/console.h"
#include "server/server.h"

#define PIECE(text) "data: {\"choices\":[{\"index\":0,\"delta\":{\"content\":\"" text "\"}}]}\n\n"
#define END                                                                           \
    "data: {\"choices\":[{\"index\":0,\"delta\":{},\"finish_reason\":\"stop\"}]}\n\n" \
    "data: [DONE]\n\n"
#define UP "\033[A"
#define PAGE_UP "\033[5~"
#define CTRL_HOME "\033[1;5H"
#define CTRL_END "\033[1;5F"

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

static void set_folder(const struct stage *stage, const char *name)
{
    console_set(stage->console, name, stage->folder);
}

static void open_console(struct stage *stage, int rows, int columns)
{
    stage->console = console_new(rows, columns);
    console_set(stage->console, "TERM", "xterm-256color");
    console_set(stage->console, "LC_ALL", "C.UTF-8");
    console_set(stage->console, "INPUTRC", "/dev/null");
    set_folder(stage, "HOME");
    set_folder(stage, "XDG_CONFIG_HOME");
    set_folder(stage, "XDG_DATA_HOME");
    set_folder(stage, "XDG_STATE_HOME");
    console_set(stage->console, "ASAN_OPTIONS", getenv("ASAN_OPTIONS"));
    console_set(stage->console, "LSAN_OPTIONS", "suppressions=tests/screen/lsan.supp");
    console_set(stage->console, "TSAN_OPTIONS", getenv("TSAN_OPTIONS"));
}

static const char folder_pattern[] = "/tmp/runnel-screen-XXXXXX";

static int set_up(void **state)
{
    struct stage *stage = xnew(struct stage);
    memcpy(stage->folder, folder_pattern, sizeof(folder_pattern));
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

static void start(struct stage *stage)
{
    const char *url = server_url(stage->server, "/v1");
    console_run(stage->console,
                (const char *[]){program(), "--url", url, "-m", "test-model", NULL});
}

/* Start it and wait for its prompt. */
static void run(struct stage *stage)
{
    start(stage);
    console_wait(stage->console, ">");
}

static char *file_text(const struct stage *stage, const char *name)
{
    struct buf text = BUF_INIT;
    struct error error;
    char *path = xasprintf("%s/%s", stage->folder, name);
    assert_int_equal(file_read(path, &text, 1 << 20, &error), 0);
    free(path);
    return buf_take(&text);
}

static void write_file(const struct stage *stage, const char *name, const char *text, mode_t mode)
{
    char *path = xasprintf("%s/%s", stage->folder, name);
    FILE *file = fopen(path, "w");
    assert_non_null(file);
    fputs(text, file);
    fclose(file);
    assert_int_equal(chmod(path, mode), 0);
    free(path);
}

static void assert_row(const struct console *console, int row, const char *want)
{
    assert_string_equal(console_row(console, row), want);
}

/* ---- Answers */

static void test_stream(void **state)
{
    struct stage *stage = *state;
    SERVER_SCRIPT(stage->server, SERVE_STREAM, SERVE(PIECE("Hello")), SERVE_WAIT,
                  SERVE(PIECE(" world")), SERVE(END));
    run(stage);
    console_wait(stage->console, "ready");
    console_type(stage->console, "hi there\r");
    console_wait(stage->console, "Hello");
    console_wait(stage->console, "▌ hi there");
    console_wait(stage->console, "answering");
    assert_false(console_shows(stage->console, "world"));
    server_go(stage->server);
    console_wait(stage->console, "  Hello world");
    console_wait(stage->console, "ready");
}

static void test_invoke(void **state)
{
    struct stage *stage = *state;
    SERVER_SCRIPT(stage->server, SERVE_WAIT,
                  SERVE_JSON(200, "{\"choices\":[{\"index\":0,\"message\":{\"role\":\"assistant\","
                                  "\"content\":\"All at once\"},\"finish_reason\":\"stop\"}]}"));
    run(stage);
    console_type(stage->console, "\033t");
    console_wait(stage->console, "invoke ·");
    console_type(stage->console, "hi\r");
    console_wait(stage->console, "waiting for the whole answer");
    server_go(stage->server);
    console_wait(stage->console, "  All at once");
    console_type(stage->console, "\033t");
    console_wait(stage->console, "stream ·");
}

static void check_stop(struct stage *stage, const char *key)
{
    SERVER_SCRIPT(stage->server, SERVE_STREAM, SERVE(PIECE("What came")), SERVE_STALL);
    run(stage);
    console_type(stage->console, "hi\r");
    console_wait(stage->console, "What came");
    console_type(stage->console, key);
    console_wait(stage->console, "[stopped]");
    console_wait(stage->console, "  What came");
    assert_true(server_saw_close(stage->server, 0));
    console_wait(stage->console, "ready");
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
    struct stage *stage = *state;
    SERVER_SCRIPT(stage->server, SERVE_STREAM, SERVE(PIECE("Half of")), SERVE_CLOSE);
    run(stage);
    console_type(stage->console, "hi\r");
    console_wait(stage->console, "[cut off");
    console_wait(stage->console, "  Half of");
}

static void test_error_says_what_to_do(void **state)
{
    struct stage *stage = *state;
    SERVER_SCRIPT(stage->server, SERVE_JSON(401, "{\"error\":{\"message\":\"Bad key.\"}}"));
    run(stage);
    console_type(stage->console, "hi\r");
    console_wait(stage->console, "! HTTP 401");
    console_wait(stage->console, "Bad key.");
    console_wait(stage->console, "key was not accepted");
    console_wait(stage->console, "ready");
}

static void test_flood(void **state)
{
    struct stage *stage = *state;
    SERVER_SCRIPT(stage->server, SERVE_STREAM, SERVE_REPEAT(PIECE("word \\# "), 20000),
                  SERVE(PIECE("the end")), SERVE(END));
    run(stage);
    console_type(stage->console, "hi\r");
    console_type(stage->console, "typed meanwhile");
    console_wait(stage->console, "> typed meanwhile");
    console_wait(stage->console, "word 19999 the end");
}

/* ---- Text */

static void test_hostile_text(void **state)
{
    struct stage *stage = *state;
    SERVER_SCRIPT(stage->server, SERVE_STREAM,
                  SERVE(PIECE("\\u001b]0;evil\\u0007\\u001b[2J\\u001b[?1049l|")),
                  SERVE(PIECE("\\u202egnp.exe|\\u0000|\\u200b|")), SERVE(PIECE("漢字|😀|")),
                  SERVE(PIECE("e\\u0301|\\ud83d")), SERVE(PIECE("x\\nend")), SERVE(END));
    run(stage);
    console_type(stage->console, "hi\r");
    console_wait(stage->console, "  end");
    int row = console_find(stage->console, "evil");
    assert_row(stage->console, row,
               "  ␛]0;evil␇␛[2J␛[?1049l|<U+202E>gnp.exe|␀||漢字|😀|e\u0301|\uFFFDx");
    assert_true(console_is_alternate(stage->console));
    assert_null(strstr(console_written(stage->console), "\033]0;"));
}

static void test_user_text_is_filtered(void **state)
{
    struct stage *stage = *state;
    SERVER_SCRIPT(stage->server, SERVE_STREAM, SERVE(PIECE("ok")), SERVE(END));
    run(stage);
    console_type(stage->console, "\026\001x\r"); /* Ctrl-V, Ctrl-A */
    console_wait(stage->console, "▌ ␁x");
}

/* ---- The window */

static void test_scroll(void **state)
{
    struct stage *stage = *state;
    SERVER_SCRIPT(stage->server, SERVE_STREAM, SERVE_REPEAT(PIECE("line \\#\\n"), 100), SERVE_WAIT,
                  SERVE_REPEAT(PIECE("more \\#\\n"), 50), SERVE(END));
    run(stage);
    console_type(stage->console, "hi\r");
    console_wait(stage->console, "line 99");
    console_type(stage->console, PAGE_UP);
    console_wait(stage->console, "↓ more below");
    console_wait_gone(stage->console, "line 99");
    server_go(stage->server);
    console_wait(stage->console, "↓ 50 new lines");
    console_wait(stage->console, "ready");
    assert_false(console_shows(stage->console, "more 0"));
    console_type(stage->console, CTRL_HOME);
    console_wait(stage->console, "▌ hi");
    console_wait(stage->console, "line 0");
    console_type(stage->console, CTRL_END);
    console_wait(stage->console, "more 49");
    console_wait_gone(stage->console, "↓");
    console_type(stage->console, UP UP UP); /* as the wheel sends them */
    console_wait_gone(stage->console, "more 49");
    console_type(stage->console, "\033[1;3A");
    console_wait(stage->console, "▌ hi");
}

static void test_resize_while_streaming(void **state)
{
    struct stage *stage = *state;
    SERVER_SCRIPT(stage->server, SERVE_STREAM,
                  SERVE(PIECE("one two three four five six seven eight nine ten eleven twelve ")),
                  SERVE_WAIT, SERVE(PIECE("thirteen")), SERVE_WAIT, SERVE(PIECE(" fourteen")),
                  SERVE(END));
    run(stage);
    console_type(stage->console, "hi\r");
    console_wait(stage->console, "twelve");
    console_type(stage->console, "draft");
    console_resize(stage->console, 5, 20);
    server_go(stage->server);
    console_wait(stage->console, "thirteen");
    console_wait(stage->console, "> draft");
    console_resize(stage->console, 60, 200);
    server_go(stage->server);
    console_wait(stage->console, "  one two three four five six seven eight nine ten eleven twelve "
                                 "thirteen fourteen");
    console_wait(stage->console, "ready");
    console_wait(stage->console, "> draft");
    assert_int_equal(console_find(stage->console, "> draft"), 59);
}

/* What is typed before this would be echoed by the kernel. */
static bool is_ours(struct console *console, const void *arg)
{
    (void)arg;
    return strstr(console_written(console), "\033[?1007h");
}

static void check_size(struct stage *stage, int rows, int columns)
{
    console_free(stage->console);
    open_console(stage, rows, columns);
    start(stage);
    console_wait_for(stage->console, is_ours, NULL, "screen");
    console_type(stage->console, "hi\r");
    console_wait(stage->console, "42");
    console_type(stage->console, "\004");
    assert_int_equal(console_wait_exit(stage->console), 0);
}

static void test_sizes(void **state)
{
    static const int sizes[][2] = {{5, 20}, {60, 200}, {100, 400}, {2, 30}, {3, 10}, {4, 4}};
    struct stage *stage = *state;
    SERVER_SCRIPT(stage->server, SERVE_STREAM, SERVE(PIECE("42")), SERVE(END));
    for (size_t i = 0; i < sizeof(sizes) / sizeof(*sizes); i++)
        check_size(stage, sizes[i][0], sizes[i][1]);
}

static bool is_a_letter(struct console *console, const void *letter)
{
    return strcmp(console_row(console, 0), letter) == 0;
}

static void test_one_cell(void **state)
{
    struct stage *stage = *state;
    console_free(stage->console);
    open_console(stage, 1, 1);
    start(stage);
    console_wait_for(stage->console, is_ours, NULL, "screen");
    console_type(stage->console, "漢字 hello\033[D");
    console_wait_for(stage->console, is_a_letter, "o", "o");
    console_resize(stage->console, 24, 80);
    console_wait(stage->console, "> 漢字 hello");
    console_resize(stage->console, 1, 1);
    console_wait_for(stage->console, is_a_letter, "o", "o");
    console_type(stage->console, "\003\004");
    assert_int_equal(console_wait_exit(stage->console), 0);
}

/* ---- The input */

static void test_queue(void **state)
{
    struct stage *stage = *state;
    SERVER_SCRIPT(stage->server, SERVE_STREAM, SERVE(PIECE("First")), SERVE_WAIT, SERVE(END));
    SERVER_SCRIPT(stage->server, SERVE_STREAM, SERVE(PIECE("Second")), SERVE(END));
    run(stage);
    console_type(stage->console, "one\r");
    console_wait(stage->console, "  First");
    console_type(stage->console, "two\r");
    console_wait(stage->console, "next (Up takes it back): two");
    console_type(stage->console, UP);
    console_wait(stage->console, "> two");
    console_wait_gone(stage->console, "next (Up");
    console_type(stage->console, " b\r");
    console_wait(stage->console, "next (Up takes it back): two b");
    server_go(stage->server);
    console_wait(stage->console, "  Second");
    console_wait(stage->console, "▌ two b");
    assert_non_null(strstr(server_request(stage->server, 1)->body, "two b"));
}

static void test_several_lines(void **state)
{
    struct stage *stage = *state;
    int row, column;
    SERVER_SCRIPT(stage->server, SERVE_STREAM, SERVE(PIECE("ok")), SERVE(END));
    run(stage);
    console_type(stage->console, "one\033\rtwo\nthree");
    console_wait(stage->console, "  three");
    assert_row(stage->console, 21, "> one");
    assert_row(stage->console, 22, "  two");
    console_type(stage->console, UP);
    console_type(stage->console, "!");
    console_wait(stage->console, "  two!");
    console_cursor(stage->console, &row, &column);
    assert_int_equal(row, 22);
    assert_int_equal(column, 6);
    console_type(stage->console, "\r");
    console_wait(stage->console, "  ok");
    assert_non_null(strstr(server_request(stage->server, 0)->body, "one\\ntwo!\\nthree"));
}

static void test_paste(void **state)
{
    struct stage *stage = *state;
    struct buf paste = BUF_INIT;
    SERVER_SCRIPT(stage->server, SERVE_STREAM, SERVE(PIECE("ok")), SERVE(END));
    run(stage);
    buf_adds(&paste, "\033[200~");
    for (int i = 0; i < 20000; i++)
        buf_addf(&paste, "pasted line %d\r\n", i);
    buf_adds(&paste, "the last\033[201~");
    console_send(stage->console, paste.data, paste.len);
    console_wait(stage->console, "  the last");
    assert_int_equal(server_request_count(stage->server), 0);
    assert_int_equal(console_find(stage->console, "pasted line 19993"),
                     16);                 /* a third of 24 rows */
    console_type(stage->console, "\037"); /* undone in one */
    console_wait_gone(stage->console, "pasted line");
    buf_clear(&paste);
}

static void test_completion(void **state)
{
    struct stage *stage = *state;
    run(stage);
    console_type(stage->console, "/he\t");
    console_wait(stage->console, "> /help");
    console_type(stage->console, "\003");
    console_wait_gone(stage->console, "> /help");
    console_type(stage->console, "/s\t");
    console_wait(stage->console, "/save");
    console_wait(stage->console, "/stream");
    console_type(stage->console, "t");
    console_wait_gone(stage->console, "/save");
    console_wait(stage->console, "> /st");
}

static void test_history(void **state)
{
    struct stage *stage = *state;
    SERVER_SCRIPT(stage->server, SERVE_STREAM, SERVE(PIECE("ok")), SERVE(END));
    run(stage);
    console_type(stage->console, "an apple\033\rand more\r");
    console_wait(stage->console, "  ok");
    console_wait(stage->console, "ready");
    console_type(stage->console, "/stream\r");
    console_wait(stage->console, "· stream");
    console_type(stage->console, "\004");
    assert_int_equal(console_wait_exit(stage->console), 0);
    char *text = file_text(stage, "runnel/history");
    assert_string_equal(text, "an apple\\nand more\n/stream\n");
    free(text);

    console_free(stage->console);
    open_console(stage, 24, 80);
    run(stage);
    console_type(stage->console, "draft" UP);
    console_wait(stage->console, "> /stream");
    console_type(stage->console, UP);
    console_wait(stage->console, "> an apple");
    console_type(stage->console, "\033>"); /* to the newest: the draft */
    console_wait(stage->console, "> draft");
    console_type(stage->console, "\022APP");
    console_wait(stage->console, "search APP");
    console_wait(stage->console, "▸ an apple");
    console_type(stage->console, "\007");
    console_wait(stage->console, "> draft");
    console_type(stage->console, "\022APP\r");
    console_wait(stage->console, "> an apple");
    console_wait(stage->console, "  and more");
}

static void test_editor(void **state)
{
    struct stage *stage = *state;
    char *editor = xasprintf("%s/editor -x", stage->folder);
    write_file(stage, "editor",
               "#!/bin/sh\necho in the editor\nprintf '%s, edited\\n' \"$(cat \"$2\")\" >\"$2\"\n",
               0700);
    console_set(stage->console, "EDITOR", editor);
    run(stage);
    console_type(stage->console, "a draft\030\005");
    console_wait(stage->console, "> a draft, edited");
    assert_true(console_is_alternate(stage->console));
    console_set(stage->console, "EDITOR", NULL);
    free(editor);
}

/* A machine that has no language set, as in a container. */
static void test_no_locale(void **state)
{
    struct stage *stage = *state;
    SERVER_SCRIPT(stage->server, SERVE_STREAM, SERVE(PIECE("漢字")), SERVE(END));
    console_set(stage->console, "LC_ALL", "C");
    run(stage);
    console_type(stage->console, "grüße 漢字\002\002x\177");
    console_wait(stage->console, "> grüße 漢字");
    console_type(stage->console, "\177\r");      /* the space before the cursor */
    console_wait(stage->console, "| grüße漢字"); /* our own signs are ASCII then */
    console_wait(stage->console, "  漢字");
}

static void test_vi_mode(void **state)
{
    struct stage *stage = *state;
    char *inputrc = xasprintf("%s/inputrc", stage->folder);
    write_file(stage, "inputrc", "set editing-mode vi\n", 0600);
    console_set(stage->console, "INPUTRC", inputrc);
    run(stage);
    console_type(stage->console, "one two\033");
    console_wait(stage->console, "cmd> one two");
    console_type(stage->console, "bcwthree");
    console_wait(stage->console, "ins> one three");
    free(inputrc);
}

/* ---- Leaving */

static void assert_restored(const struct stage *stage, const struct termios *before)
{
    struct termios after = console_modes(stage->console);
    const char *written = console_written(stage->console);
    assert_false(console_is_alternate(stage->console));
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
    struct stage *stage = *state;
    SERVER_SCRIPT(stage->server, SERVE_STREAM, SERVE(PIECE("The answer\\u001b[2J")), SERVE(END));
    for (size_t i = 0; i < sizeof(ways) / sizeof(*ways); i++) {
        console_free(stage->console);
        open_console(stage, 24, 80);
        struct termios before = console_modes(stage->console);
        run(stage);
        console_type(stage->console, "A question\r");
        console_wait(stage->console, "  The answer");
        console_wait(stage->console, "ready");
        console_type(stage->console, ways[i]);
        assert_int_equal(console_wait_exit(stage->console), 0);
        assert_restored(stage, &before);
        console_wait(stage->console, "> A question");
        console_wait(stage->console, "The answer␛[2J");
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
    struct stage *stage = *state;
    SERVER_SCRIPT(stage->server, SERVE_STREAM, SERVE(PIECE("Hello")), SERVE_STALL);
    for (size_t i = 0; i < sizeof(cases) / sizeof(*cases); i++) {
        console_free(stage->console);
        open_console(stage, 24, 80);
        struct termios before = console_modes(stage->console);
        console_set(stage->console, "ASAN_OPTIONS", "handle_segv=0:handle_abort=0");
        console_set(stage->console, "TSAN_OPTIONS", "handle_segv=0:handle_abort=0");
        run(stage);
        console_type(stage->console, "hi\r");
        console_wait(stage->console, "  Hello");
        kill(console_pid(stage->console), cases[i].signal);
        int status = console_wait_exit(stage->console);
        assert_restored(stage, &before);
        if (cases[i].death)
            assert_int_equal(WIFSIGNALED(status) ? WTERMSIG(status) : 0, cases[i].death);
        else
            assert_int_equal(WIFEXITED(status) ? WEXITSTATUS(status) : -1, cases[i].exit_status);
    }
}

static void test_leave_nothing(void **state)
{
    struct stage *stage = *state;
    SERVER_SCRIPT(stage->server, SERVE_STREAM, SERVE(PIECE("The answer")), SERVE(END));
    char *folder = xasprintf("%s/runnel", stage->folder);
    assert_int_equal(mkdir(folder, 0700), 0);
    free(folder);
    write_file(stage, "runnel/config.ini", "[screen]\nleave = none\n", 0600);
    run(stage);
    console_type(stage->console, "A question\r");
    console_wait(stage->console, "  The answer");
    console_wait(stage->console, "ready");
    console_type(stage->console, "\004");
    assert_int_equal(console_wait_exit(stage->console), 0);
    assert_false(console_shows(stage->console, "answer"));
}

/* Stopped and continued: the child of a test is no shell's job, so the kernel lets it go on at once. */
static void test_suspend(void **state)
{
    struct stage *stage = *state;
    run(stage);
    console_type(stage->console, "a draft\032 goes on");
    console_wait(stage->console, "> a draft goes on");
    assert_true(console_is_alternate(stage->console));
    assert_non_null(strstr(console_written(stage->console), "\033[?1049l"));
}

/* ---- Terminals */

static void test_no_screen(void **state)
{
    static const char *const terms[] = {"dumb", "no-such-terminal", NULL};
    struct stage *stage = *state;
    for (size_t i = 0; i < sizeof(terms) / sizeof(*terms); i++) {
        console_free(stage->console);
        open_console(stage, 24, 80);
        console_set(stage->console, "TERM", terms[i]);
        run(stage);
        console_type(stage->console, "/quit\r");
        assert_int_equal(console_wait_exit(stage->console), 0);
        assert_null(strstr(console_written(stage->console), "\033[?1049h"));
        assert_null(strstr(console_written(stage->console), "\033[?1007h"));
    }
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
    struct stage *stage = *state;
    for (size_t i = 0; i < sizeof(cases) / sizeof(*cases); i++) {
        console_free(stage->console);
        open_console(stage, 24, 80);
        console_set(stage->console, "TERM", cases[i].term);
        console_set(stage->console, "NO_COLOR", cases[i].no_color);
        run(stage);
        console_wait(stage->console, "ready");
        const char *written = console_written(stage->console);
        if (cases[i].accent) {
            assert_non_null(strstr(written, cases[i].accent));
        } else {
            assert_null(strstr(written, "\033[3"));
            assert_null(strstr(written, "\033[38"));
        }
        console_type(stage->console, "\004");
        assert_int_equal(console_wait_exit(stage->console), 0);
    }
}

static void test_screen_command(void **state)
{
    struct stage *stage = *state;
    SERVER_SCRIPT(stage->server, SERVE_STREAM, SERVE(PIECE("漢字 and e\\u0301")), SERVE(END));
    run(stage);
    console_type(stage->console, "hi\r");
    console_wait(stage->console, "ready ·");
    char *command = xasprintf("/screen %s/saved\r", stage->folder);
    console_type(stage->console, command);
    console_type(stage->console, "then");
    console_wait(stage->console, "> then");
    char *saved = file_text(stage, "saved");
    assert_non_null(strstr(saved, "\n▌ hi\n\n  漢字 and e\u0301\n"));
    assert_non_null(strstr(saved, "\n>\ncursor 23 2\n"));
    free(saved);
    free(command);
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
    const struct CMUnitTest none[] = {cmocka_unit_test(test_without_program)};
    if (!setlocale(LC_ALL, "C.UTF-8"))
        return 1;
    if (access(program(), X_OK) != 0)
        return cmocka_run_group_tests(none, NULL, NULL);
    return cmocka_run_group_tests(tests, NULL, NULL);
}
