/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * The real program on a terminal: words are found in what was said, and what is selected goes to the
 * clipboard; also within tmux, with its settings as they are by default and with those that matter.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

#include "base/buf.h"
#include "base/mem.h"
#include "screen/scene.h"
#include "tui/osc52.h"

#define RIGHT "\033[C"
#define ALT_S "\033s"
#define ALT_SLASH "\033/"

#define ASKS_FOR_SHELL                                                                        \
    DELTA("\"delta\":{\"tool_calls\":[{\"index\":0,\"id\":\"c\",\"type\":\"function\","       \
          "\"function\":{\"name\":\"shell\",\"arguments\":\"{\\\"command\\\":\\\"ls\\\"}\"}}" \
          "]},\"finish_reason\":null")                                                        \
    ENDS("tool_calls")

static void run(struct scene *scene, const char *tools)
{
    SCENE_RUN(scene, "--tools", tools);
    console_wait(scene->console, "test");
}

static void ask(struct scene *scene, const char *prompt, const char *until)
{
    console_type(scene->console, prompt);
    console_wait(scene->console, until);
}

/* The console has been told to put this on the clipboard. */
static void assert_copied(struct scene *scene, const char *text)
{
    struct buf want = BUF_INIT;
    osc52_add(&want, text, strlen(text), OSC52_DIRECT);
    if (!strstr(console_written(scene->console), want.data))
        fail_msg("\"%s\" has not been copied", text);
    buf_clear(&want);
}

/* ---- Finding */

static void words_are_found(void **state)
{
    struct scene *scene = *state;
    SERVER_SCRIPT(scene->stage->server, SERVE_STREAM,
                  SERVE(SAYS("A brook.\\n\\nA Brook, a river.") STOPS));
    run(scene, "none");
    ask(scene, "which brook?\r", "a river.");
    console_type(scene->console, ALT_SLASH "brook");
    console_wait(scene->console, "find: brook_  3 of 3");
    console_type(scene->console, "\rn");
    console_wait(scene->console, "find: brook  2 of 3");
    console_type(scene->console, "N\r");
    console_wait_gone(scene->console, "find:");
    console_type(scene->console, "/find Brook\r");
    console_wait(scene->console, "find: Brook  1 of 1");
    console_type(scene->console, "hello");
    console_wait(scene->console, "> hello");
    console_wait_gone(scene->console, "find:");
}

static void words_are_found_while_it_streams(void **state)
{
    struct scene *scene = *state;
    SERVER_SCRIPT(scene->stage->server, SERVE_STREAM, SERVE(SAYS("one drop\\n\\n")), SERVE_WAIT,
                  SERVE(SAYS("two drops")), SERVE_WAIT, SERVE(STOPS));
    run(scene, "none");
    ask(scene, "count\r", "one drop");
    console_type(scene->console, ALT_SLASH "drop\r");
    console_wait(scene->console, "find: drop  1 of 1");
    server_go(scene->stage->server);
    console_wait(scene->console, "find: drop  1 of 2");
    console_type(scene->console, "N");
    console_wait(scene->console, "find: drop  2 of 2");
    server_go(scene->stage->server);
    console_wait(scene->console, "ready");
    assert_true(console_shows(scene->console, "find: drop  2 of 2"));
}

/* The end of an answer shows what was held back, and a heading moves what is in it. */
static void words_are_found_where_they_are(void **state)
{
    struct scene *scene = *state;
    SERVER_SCRIPT(scene->stage->server, SERVE_STREAM, SERVE(SAYS("a drop and ")), SERVE_WAIT,
                  SERVE(SAYS("日本 drop\\n===\\n\\n| drop")), SERVE_WAIT, SERVE(STOPS));
    run(scene, "none");
    ask(scene, "count\r", "a drop");
    console_type(scene->console, ALT_SLASH "drop\r");
    console_wait(scene->console, "find: drop  1 of 1");
    server_go(scene->stage->server);
    console_wait(scene->console, "find: drop  1 of 2");
    console_resize(scene->console, 20, 30);
    console_wait(scene->console, "  # a drop and 日本 drop");
    server_go(scene->stage->server);
    console_wait(scene->console, "find: drop  1 of 3");
    console_wait(scene->console, "  | drop");
    console_type(scene->console, "N");
    console_wait(scene->console, "find: drop  2 of 3");
    char *looks = console_looks(scene->console, console_find(scene->console, "# a drop"));
    assert_non_null(strstr(looks, "}drop{"));
    assert_non_null(strstr(looks, " 日本 {"));
    free(looks);
}

/* A paste is a part of the line, whatever letter it begins with. */
static void a_paste_ends_it(void **state)
{
    struct scene *scene = *state;
    SERVER_SCRIPT(scene->stage->server, SERVE_STREAM, SERVE(SAYS("a word") STOPS));
    run(scene, "none");
    ask(scene, "do\r", "a word");
    console_type(scene->console, ALT_SLASH "word\r");
    console_wait(scene->console, "find: word  1 of 1");
    console_type(scene->console, "\033[200~now this\033[201~");
    console_wait(scene->console, "> now this");
    console_wait_gone(scene->console, "find:");
}

/* Its answer is one of the keys that would go from place to place. */
static void a_question_ends_it(void **state)
{
    struct scene *scene = *state;
    SERVER_SCRIPT(scene->stage->server, SERVE_STREAM, SERVE(SAYS("a word")), SERVE_WAIT,
                  SERVE(ASKS_FOR_SHELL));
    SERVER_SCRIPT(scene->stage->server, SERVE_STREAM, SERVE(SAYS("as you wish") STOPS));
    run(scene, "shell");
    ask(scene, "do\r", "a word");
    console_type(scene->console, ALT_SLASH "word\r");
    console_wait(scene->console, "find: word  1 of 1");
    server_go(scene->stage->server);
    console_wait(scene->console, "y yes");
    console_wait_gone(scene->console, "find:");
    console_type(scene->console, "n");
    console_wait(scene->console, "as you wish");
}

/* ---- Copying */

static void what_is_selected_is_copied(void **state)
{
    struct scene *scene = *state;
    SERVER_SCRIPT(scene->stage->server, SERVE_STREAM,
                  SERVE(SAYS("**Try**:\\n\\n```sh\\nls \\\\\\n  -l\\n```\\n")), SERVE_WAIT,
                  SERVE(STOPS));
    run(scene, "none");
    ask(scene, "how?\r", "-l");
    console_type(scene->console, ALT_S);
    console_wait(scene->console, "answer, ");
    console_type(scene->console, RIGHT);
    console_wait(scene->console, "code 1 of 1, 2 lines, 9 bytes");
    console_type(scene->console, "\r");
    console_wait(scene->console, "Copied 2 lines, 9 bytes (OSC 52)");
    assert_copied(scene, "ls \\\n  -l");
    console_type(scene->console, "/copy\r");
    console_wait(scene->console, "Copied 6 lines");
    assert_copied(scene, "**Try**:\n\n```sh\nls \\\n  -l\n```\n");
    server_go(scene->stage->server);
    console_wait(scene->console, "ready");
}

static void nothing_is_copied_unasked(void **state)
{
    struct scene *scene = *state;
    SERVER_SCRIPT(scene->stage->server, SERVE_STREAM,
                  SERVE(SAYS("\\u001b]52;c;aGVsbG8K\\u0007 that was all") STOPS));
    run(scene, "none");
    ask(scene, "copy?\r", "that was all");
    console_type(scene->console, "/quit\r");
    console_wait_exit(scene->console);
    assert_null(strstr(console_written(scene->console), "\033]52"));
}

/* With mouse reporting (DECSET 9, 1000 to 1003, 1006) the terminal's own selection would not work. */
static void the_mouse_is_the_terminals(void **state)
{
    static const char *const modes[] = {"\033[?9h",    "\033[?1000h", "\033[?1001h",
                                        "\033[?1002h", "\033[?1003h", "\033[?1006h"};
    struct scene *scene = *state;
    SERVER_SCRIPT(scene->stage->server, SERVE_STREAM, SERVE(SAYS("an answer") STOPS));
    run(scene, "none");
    ask(scene, "what?\r", "an answer");
    console_type(scene->console, ALT_S "y");
    console_wait(scene->console, "Copied");
    for (size_t i = 0; i < sizeof(modes) / sizeof(*modes); i++)
        assert_null(strstr(console_written(scene->console), modes[i]));
}

static void where_there_is_no_way_that_is_said(void **state)
{
    struct scene *scene = *state;
    home_configure(scene->stage->home, "[screen]\nclipboard = none\n");
    SERVER_SCRIPT(scene->stage->server, SERVE_STREAM, SERVE(SAYS("an answer") STOPS));
    run(scene, "none");
    ask(scene, "what?\r", "an answer");
    console_type(scene->console, "/copy\r");
    console_wait(scene->console, "nothing is copied: clipboard = none in [screen]");
    console_type(scene->console, "/copy code\r");
    console_wait(scene->console, "the last answer has no block of code");
}

/* ---- Within tmux */

static bool has_tmux(void)
{
    return system("command -v tmux > /dev/null 2>&1") == 0;
}

static bool is_written(struct console *console, const void *text)
{
    return strstr(console_written(console), text);
}

/* tmux ends each OSC 52 of its own in its own way: what is common is looked for. */
static void wait_copied(struct scene *scene, const char *base64)
{
    char *text = xasprintf(";%s", base64);
    console_wait_for(scene->console, is_written, text, "the clipboard");
    free(text);
}

static void run_in_tmux(struct scene *scene, const char *config)
{
    char *path = home_put(scene->stage->home, "tmux.conf", config);
    char *command = xasprintf("exec tmux -f %s new-session '%s --url %s -m test --no-tools'", path,
                              subject_path(), scene->stage->url);
    console_set(scene->console, "TMUX_TMPDIR", scene->stage->home);
    SERVER_SCRIPT(scene->stage->server, SERVE_STREAM, SERVE(SAYS("hello") STOPS));
    console_run(scene->console, (const char *[]){"/bin/sh", "-c", command, NULL});
    console_wait(scene->console, "─ ready");
    ask(scene, "say it\r", "hello");
    console_wait(scene->console, "─ ready");
    free(command);
    free(path);
}

static void tmux_hands_it_on(void **state)
{
    static const struct {
        const char *about, *config, *setting;
    } cases[] = {
        {"by default, through its own command", "", "auto"},
        {"the sequence as it is", "set -g set-clipboard on\n", "osc52"},
        {"the sequence wrapped", "set -g set-clipboard off\nset -g allow-passthrough on\n",
         "osc52"},
    };
    (void)state;
    if (!has_tmux())
        skip();
    for (size_t i = 0; i < sizeof(cases) / sizeof(*cases); i++) {
        void *state_of_case;
        assert_int_equal(scene_set_up(&state_of_case), 0);
        struct scene *scene = state_of_case;
        char *config = xasprintf("[screen]\nclipboard = %s\n", cases[i].setting);
        home_configure(scene->stage->home, config);
        run_in_tmux(scene, cases[i].config);
        console_type(scene->console, "/copy\r");
        wait_copied(scene, "aGVsbG8=");
        console_type(scene->console, "/quit\r");
        console_wait_exit(scene->console);
        free(config);
        scene_tear_down(&state_of_case);
    }
}

#define TEST(function) cmocka_unit_test_setup_teardown(function, scene_set_up, scene_tear_down)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(words_are_found),
        TEST(words_are_found_while_it_streams),
        TEST(words_are_found_where_they_are),
        TEST(a_paste_ends_it),
        TEST(a_question_ends_it),
        TEST(what_is_selected_is_copied),
        TEST(nothing_is_copied_unasked),
        TEST(the_mouse_is_the_terminals),
        TEST(where_there_is_no_way_that_is_said),
        cmocka_unit_test(tmux_hands_it_on),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
