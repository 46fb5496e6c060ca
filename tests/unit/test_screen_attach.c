/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * The real program on a terminal: a file is dropped on it, offered to be attached, and shown with the
 * prompt that it goes with.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "program/stage.h"
#include "screen/console.h"

struct scene {
    struct stage *stage;
    struct console *console;
    char *path; /* of "my cat.txt" in the home */
};

static int set_up(void **state)
{
    static struct scene scene;
    static const char *const folders[] = {"HOME", "XDG_CONFIG_HOME", "XDG_DATA_HOME",
                                          "XDG_STATE_HOME"};
    void *stage;
    if (stage_set_up(&stage) < 0)
        return -1;
    scene.stage = stage;
    scene.console = console_new(24, 80);
    console_set(scene.console, "TERM", "xterm-256color");
    console_set(scene.console, "LC_ALL", "C.UTF-8");
    console_set(scene.console, "INPUTRC", "/dev/null");
    console_set(scene.console, "ASAN_OPTIONS", getenv("ASAN_OPTIONS"));
    console_set(scene.console, "LSAN_OPTIONS", "suppressions=tests/screen/lsan.supp");
    for (size_t i = 0; i < sizeof(folders) / sizeof(*folders); i++)
        console_set(scene.console, folders[i], scene.stage->home);
    scene.path = home_put(scene.stage->home, "my cat.txt", "meow\n");
    *state = &scene;
    return 0;
}

static int tear_down(void **state)
{
    struct scene *scene = *state;
    void *stage = scene->stage;
    console_free(scene->console);
    free(scene->path);
    return stage_tear_down(&stage);
}

static void run(struct scene *scene)
{
    const char *given = getenv("RUNNEL");
    console_run(scene->console,
                ((const char *[]){given ? given : "build/runnel", "--url", scene->stage->url, "-m",
                                  "test", "--no-tools", NULL}));
    console_wait(scene->console, ">");
}

/* As a terminal does it when a file is dropped on it. */
static void drop(struct scene *scene)
{
    char paste[512];
    snprintf(paste, sizeof(paste), "\033[200~'%s' \033[201~", scene->path);
    console_type(scene->console, paste);
    console_wait(scene->console, "Tab attaches my cat.txt to the next prompt");
}

static const char *body(struct scene *scene)
{
    return server_request(scene->stage->server, 0)->body;
}

static void tab_accepts(void **state)
{
    struct scene *scene = *state;
    SERVER_SCRIPT(scene->stage->server, SERVE_STREAM, SERVE(SAYS("a cat") STOPS));
    run(scene);
    drop(scene);
    console_type(scene->console, "\t");
    console_wait(scene->console, "1. [my cat.txt, 5 bytes]");
    assert_false(console_shows(scene->console, "Tab attaches"));
    console_type(scene->console, "what says it?\r");
    console_wait(scene->console, "a cat");
    int row = console_find(scene->console, "what says it?");
    assert_non_null(strstr(console_row(scene->console, row + 1), "[my cat.txt, 5 bytes]"));
    assert_has(body(scene), "<file name=\\\"my cat.txt\\\">\\nmeow\\n</file>\\n\\nwhat says it?");
}

/* What is typed goes on behind the path, and nothing is attached. */
static void any_other_key_declines(void **state)
{
    struct scene *scene = *state;
    SERVER_SCRIPT(scene->stage->server, SERVE_STREAM, SERVE(SAYS("a path") STOPS));
    run(scene);
    drop(scene);
    console_type(scene->console, "what is this?");
    console_wait_gone(scene->console, "Tab attaches");
    console_type(scene->console, "\t\r");
    console_wait(scene->console, "a path");
    assert_has(body(scene), "my cat.txt' what is this?");
    assert_has_not(body(scene), "meow");
}

static void dropped_lines_are_not_offered_again(void **state)
{
    struct scene *scene = *state;
    run(scene);
    drop(scene);
    console_type(scene->console, "\003");
    console_wait_gone(scene->console, "my cat.txt");
    console_type(scene->console, "\t/attach\r");
    console_wait(scene->console, "nothing is attached to the next prompt");
}

static void files_are_completed(void **state)
{
    struct scene *scene = *state;
    run(scene);
    console_type(scene->console, "/att\t~/my\t");
    console_wait(scene->console, "/attach ~/my cat.txt");
    console_type(scene->console, "\r");
    console_wait(scene->console, "1. [my cat.txt, 5 bytes]");
    console_type(scene->console, "/attach ~/my c\t\r");
    console_wait(scene->console, "2. [my cat.txt, 5 bytes]");
}

#define CASE(function) cmocka_unit_test_setup_teardown(function, set_up, tear_down)

int main(void)
{
    const struct CMUnitTest tests[] = {
        CASE(tab_accepts),
        CASE(any_other_key_declines),
        CASE(dropped_lines_are_not_offered_again),
        CASE(files_are_completed),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
