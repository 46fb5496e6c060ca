/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * What stays on the terminal when the real program has left it: the rows that the screen showed.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "base/mem.h"
#include "screen/scene.h"

enum { ROWS = 30, COLUMNS = 60, SHOWN_MAX = 20 };

static const char first[] = SAYS("The first answer.") STOPS;
static const char second[] =
    SAYS("A **bold** word, a [link](http://a.b/c).\\n\\n| a | 日本 |\\n|---|--:|\\n| one |")
        SAYS(" 2 |\\n\\n- x\\n  - y\\n\\n```c\\nint i;\\n```\\nEscape: \\u001b[31mred\\n") STOPS;

static void talk(struct scene *scene)
{
    SERVER_SCRIPT(scene->stage->server, SERVE_STREAM, SERVE(first));
    SERVER_SCRIPT(scene->stage->server, SERVE_STREAM, SERVE(second));
    scene_open(scene, ROWS, COLUMNS);
}

static void ask(struct scene *scene)
{
    SCENE_RUN(scene, "--no-save");
    console_wait(scene->console, "ready");
    console_type(scene->console, "one\r");
    console_wait(scene->console, "The first answer.");
    console_wait(scene->console, "ready");
    console_type(scene->console, "two\r");
    console_wait(scene->console, "[31mred");
    console_wait(scene->console, "ready");
}

static void leave(struct scene *scene)
{
    console_type(scene->console, "\004");
    assert_int_equal(console_wait_exit(scene->console), 0);
    assert_false(console_is_alternate(scene->console));
}

/* The rows from the one with the prompt to the one with the answer's end, each the caller's. */
static size_t copy_rows(const struct console *console, char *rows[SHOWN_MAX])
{
    int from = console_find(console, "two"), to = console_find(console, "[31mred");
    assert_true(from >= 0 && to > from && to - from < SHOWN_MAX);
    for (int i = from; i <= to; i++)
        rows[i - from] = xstrdup(console_row(console, i));
    return (size_t)(to - from + 1);
}

static void the_rows_are_those_of_the_screen(void **state)
{
    struct scene *scene = *state;
    char *before[SHOWN_MAX], *after[SHOWN_MAX];
    talk(scene);
    ask(scene);
    size_t count = copy_rows(scene->console, before);
    leave(scene);
    assert_int_equal(copy_rows(scene->console, after), count);
    for (size_t i = 0; i < count; i++) {
        assert_string_equal(after[i], before[i]);
        free(before[i]);
        free(after[i]);
    }
    assert_false(console_shows(scene->console, "The first answer."));
    assert_false(console_shows(scene->console, "ready"));
}

/* What has been written since the screen was left. */
static const char *written_last(const struct scene *scene)
{
    const char *text = console_written(scene->console), *at = strstr(text, "\033[?1049l");
    assert_non_null(at);
    return at;
}

static void they_have_the_colours_of_the_theme(void **state)
{
    struct scene *scene = *state;
    home_configure(scene->stage->home, "[screen]\ntheme = dark\n");
    talk(scene);
    console_set(scene->console, "TERM", "xterm-256color");
    ask(scene);
    leave(scene);
    const char *written = written_last(scene);
    assert_non_null(strstr(written, "\033[0;1mbold\033[m word"));
    assert_non_null(strstr(written, "\033[0;38;5;80mint\033[m i;"));
    assert_null(strstr(written, "\033[31m"));
    assert_null(strstr(written, "\033]8;"));
}

static void all_of_it_stays_where_that_is_wanted(void **state)
{
    struct scene *scene = *state;
    home_configure(scene->stage->home, "[screen]\nleave = all\nhyperlinks = yes\n");
    talk(scene);
    ask(scene);
    leave(scene);
    console_wait(scene->console, "The first answer.");
    console_wait(scene->console, "a link (http://a.b/c).");
    assert_non_null(strstr(written_last(scene), ";http://a.b/c\033\\"));
}

static void signs_are_ascii_where_the_terminal_has_no_others(void **state)
{
    struct scene *scene = *state;
    talk(scene);
    console_set(scene->console, "TERM", "linux");
    ask(scene);
    leave(scene);
    console_wait(scene->console, "| two");
    console_wait(scene->console, "* x");
}

/* An answer that has not ended, found words that stand out: what stays is the conversation. */
static void an_answer_that_is_cut_off_stays(void **state)
{
    struct scene *scene = *state;
    SERVER_SCRIPT(scene->stage->server, SERVE_STREAM, SERVE(SAYS("one\\n\\n| half a")),
                  SERVE_STALL);
    SCENE_RUN(scene, "--no-save");
    console_wait(scene->console, "ready");
    console_type(scene->console, "go\r");
    console_wait(scene->console, "  one");
    console_type(scene->console, "/quit\r");
    assert_int_equal(console_wait_exit(scene->console), 0);
    console_wait(scene->console, "  | half a");
}

#define TEST(function) cmocka_unit_test_setup_teardown(function, scene_set_up, scene_tear_down)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(the_rows_are_those_of_the_screen),
        TEST(they_have_the_colours_of_the_theme),
        TEST(all_of_it_stays_where_that_is_wanted),
        TEST(signs_are_ascii_where_the_terminal_has_no_others),
        TEST(an_answer_that_is_cut_off_stays),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
