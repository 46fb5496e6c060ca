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

#include "base/mem.h"
#include "screen/scene.h"

static int set_up(void **state)
{
    if (scene_set_up(state) < 0)
        return -1;
    struct scene *scene = *state;
    free(home_put(scene->stage->home, "my cat.txt", "meow\n"));
    return 0;
}

static void run(struct scene *scene)
{
    SCENE_RUN(scene, "--no-tools");
    console_wait(scene->console, ">");
}

/* As a terminal does it when a file is dropped on it. */
static void drop(struct scene *scene)
{
    char *paste = xasprintf("\033[200~'%s/my cat.txt' \033[201~", scene->stage->home);
    console_type(scene->console, paste);
    free(paste);
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
    console_wait_gone(scene->console, "Tab attaches");
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

#define CASE(function) cmocka_unit_test_setup_teardown(function, set_up, scene_tear_down)

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
