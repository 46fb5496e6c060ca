/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * An answer on a terminal without a screen: Markdown as rows, and links that the terminal may follow.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "program/stage.h"

#define OPEN "\033]8;id="

static const char answer[] =
    SAYS("# Brooks\\n\\nSee **this** [page](http://a.b/c).\\n\\n- one\\n") STOPS;

/* What is on the terminal, or in the pipe where it has no columns. */
static struct subject *ask(struct stage *stage, const char *term, int columns)
{
    const char *env[] = {term, NULL};
    SERVER_SCRIPT(stage->server, SERVE_STREAM, SERVE(answer));
    struct subject *program = RUN(.args = ASKS(stage, "--text", "--no-save", "hi"), .env = env,
                                  .columns = columns, .rows = columns ? 24 : 0);
    assert_int_equal(program->status, 0);
    return program;
}

static void markdown_becomes_rows(void **state)
{
    struct stage *stage = *state;
    struct subject *program = ask(stage, "TERM=vt100", 80);
    assert_has(subject_out(program), "Brooks\033[m\r\n\r\nSee ");
    assert_has(subject_out(program), "\033[0;1mthis\033[m");
    assert_has(subject_out(program), "\033[0;2mhttp://a.b/c\033[m");
    assert_has(subject_out(program), "one\r\n");
    assert_has_not(subject_out(program), "**");
    assert_has_not(subject_out(program), "\033]");
    subject_free(program);
}

static void rows_are_as_wide_as_the_terminal(void **state)
{
    struct stage *stage = *state;
    struct subject *program = ask(stage, "TERM=vt100", 16);
    assert_has(subject_out(program), "page\033[m\r\n");
    subject_free(program);
}

static void without_a_terminal_bytes_stay(void **state)
{
    struct stage *stage = *state;
    home_configure(stage->home, "[screen]\nhyperlinks = yes\n");
    struct subject *program = ask(stage, "TERM=xterm-256color", 0);
    assert_string_equal(subject_out(program),
                        "# Brooks\n\nSee **this** [page](http://a.b/c).\n\n- one\n");
    subject_free(program);
}

static void links_are_told_where_that_is_wanted(void **state)
{
    struct stage *stage = *state;
    home_configure(stage->home, "[screen]\nhyperlinks = yes\n");
    struct subject *program = ask(stage, "TERM=xterm-256color", 80);
    assert_has(subject_out(program), OPEN);
    assert_has(subject_out(program), ";http://a.b/c\033\\");
    assert_has(subject_out(program), "\033]8;;\033\\");
    subject_free(program);
    program = ask(stage, "TERM=dumb", 80);
    assert_has_not(subject_out(program), "\033");
    subject_free(program);
}

#define CASE(function) cmocka_unit_test_setup_teardown(function, stage_set_up, stage_tear_down)

int main(void)
{
    const struct CMUnitTest tests[] = {
        CASE(markdown_becomes_rows),
        CASE(rows_are_as_wide_as_the_terminal),
        CASE(without_a_terminal_bytes_stay),
        CASE(links_are_told_where_that_is_wanted),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
