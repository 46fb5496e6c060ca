/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * The real program on a terminal: however the rows have come and gone, what the terminal shows is what the
 * screen holds to be on it.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "base/buf.h"
#include "base/error.h"
#include "base/fd.h"
#include "base/mem.h"
#include "screen/scene.h"

enum { SCREEN_ROWS = 16, SCREEN_COLUMNS = 34, BELOW = 3, ROUNDS = 12, KEYS = 9 };

/* Rows that share letters, cells of two columns beside such of one, marks, tabs, colours. */
#define PROSE "# One 漢字 two\\n\\nabc def abc déf e\\u0301 **e\\u0301 漢** *x* `code 字` abc\\n\\n"
#define TABLE "| a | 漢 |\\n|---|---|\\n| bc | 字字 |\\n\\n"
#define CODE "```c\\nint\\tx = 1; /* 漢字漢字漢字 */\\n\\tif (x)\\n```\\n\\n"
#define WIDE "- 漢a漢b漢c漢d漢e漢f漢g漢h漢i\\n- a漢b漢c漢d漢e漢f漢g漢h漢i漢\\n"
#define SIGNS "- 👍 ok 👍🏽 ❤️ \\u0301 x\\n\\n"
#define ALIKE "aaaa aaaa aaaa aaaa aaab aaaa aaaa aaaa aaaa aaaa aaaa aaaa\\n\\n"
#define ANSWER PROSE TABLE CODE WIDE SIGNS ALIKE

static char *saved(const struct scene *scene)
{
    struct buf text = BUF_INIT;
    struct error error;
    char *path = home_path(scene->stage->home, "saved");
    assert_int_equal(file_read(path, &text, 1 << 20, &error), 0);
    free(path);
    return buf_take(&text);
}

/* The last rows have changed since the screen was saved. */
static void compare(const struct scene *scene)
{
    char *text = saved(scene), *line = text;
    for (int row = 0; row < SCREEN_ROWS - BELOW; row++) {
        char *end = strchr(line, '\n');
        *end = '\0';
        assert_string_equal(console_row(scene->console, row), line);
        line = end + 1;
    }
    free(text);
}

static void look(const struct scene *scene)
{
    char *command = xasprintf("/screen %s/saved\r", scene->stage->home);
    console_type(scene->console, command);
    console_type(scene->console, "then");
    console_wait(scene->console, "> then");
    compare(scene);
    console_type(scene->console, "\025"); /* Ctrl-U */
    console_wait_gone(scene->console, "> then");
    free(command);
}

static void test_what_is_shown(void **state)
{
    static const char *const keys[] = {"\033[5~",   "\033[6~",   "\033[1;3A",
                                       "\033[1;3B", "\033[1;5H", "\033[1;5F",
                                       "\f",        "漢字 x",    "\033[D"};
    struct scene *scene = *state;
    unsigned random = 1;
    SERVER_SCRIPT(scene->stage->server, SERVE_STREAM, SERVE(SAYS(ANSWER) SAYS(ANSWER) STOPS));
    scene_open(scene, SCREEN_ROWS, SCREEN_COLUMNS);
    SCENE_RUN(scene, NULL);
    console_wait(scene->console, ">");
    console_type(scene->console, "hi\r");
    console_wait(scene->console, "ready");
    for (int round = 0; round < ROUNDS; round++) {
        for (int i = 0; i < KEYS; i++) {
            random = random * 1103515245 + 12345;
            console_type(scene->console, keys[(random >> 16) % KEYS]);
        }
        console_type(scene->console, " \005\025"); /* to the end, and all of it away */
        look(scene);
    }
}

#define TEST(function) cmocka_unit_test_setup_teardown(function, scene_set_up, scene_tear_down)

int main(void)
{
    const struct CMUnitTest tests[] = {TEST(test_what_is_shown)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
