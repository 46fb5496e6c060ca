/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * The real program on screens that are small, or are not what they were.
 */
#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "screen/scene.h"

#define ALT_SLASH "\033/"
#define CTRL_R "\022"

static void answer(struct scene *scene, int rows)
{
    SERVER_SCRIPT(scene->stage->server, SERVE_STREAM, SERVE(SAYS("forty-two")), SERVE(STOPS));
    scene_open(scene, rows, 40);
    SCENE_RUN(scene, NULL);
    console_wait(scene->console, ">");
    console_type(scene->console, "how many\r");
    console_wait(scene->console, "forty-two");
}

/* What is looked for is to be seen, if there is a row for it at all. */
static void test_a_panel_has_its_row(void **state)
{
    struct scene *scene = *state;
    for (int rows = 2; rows <= 7; rows++) {
        answer(scene, rows);
        console_type(scene->console, ALT_SLASH "ty-t");
        console_wait(scene->console, "ty-t");
        console_wait(scene->console, "1 of 1");
        console_type(scene->console, "\033");
        console_wait_gone(scene->console, "1 of 1");
        console_type(scene->console, CTRL_R "man");
        console_wait(scene->console, "▸ how many");
        console_type(scene->console, "\r");
        console_wait(scene->console, "> how many");
        console_type(scene->console, "\003\004");
        assert_int_equal(console_wait_exit(scene->console), 0);
    }
}

static void test_status_comes_back(void **state)
{
    struct scene *scene = *state;
    answer(scene, 5);
    console_wait(scene->console, "ready");
    console_type(scene->console, CTRL_R "man");
    console_wait(scene->console, "▸ how many");
    console_wait_gone(scene->console, "ready");
    console_type(scene->console, "\007");
    console_wait(scene->console, "ready");
}

static bool is_painted_again(struct console *console, const void *mark)
{
    return strstr(console_written(console) + *(const size_t *)mark, "forty-two") != NULL;
}

/* A window that has shrunk and grown again tells that its size has changed, and has the old one; what was
 * outside for a moment is lost. */
static void test_shrunk_and_grown(void **state)
{
    struct scene *scene = *state;
    answer(scene, 24);
    console_wait(scene->console, "ready");
    size_t mark = strlen(console_written(scene->console));
    kill(console_pid(scene->console), SIGWINCH);
    console_wait_for(scene->console, is_painted_again, &mark, "second painting");
}

#define TEST(function) cmocka_unit_test_setup_teardown(function, scene_set_up, scene_tear_down)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(test_a_panel_has_its_row),
        TEST(test_status_comes_back),
        TEST(test_shrunk_and_grown),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
