/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * The options of a replay: what they show, and what is wrong with them.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "base/mem.h"
#include "player_fixture.h"

/* ---- Options ---- */

static void options_say_how_it_begins(void **state)
{
    static const struct {
        const char *options, *shows, *shows_not;
    } cases[] = {
        {"--from 1:00:00 --step", "paused 1:00:00", "beta"},
        {"--from 3600", "  alpha", "beta"},
        {"--from 9:00:00", "end 3:00:00", "paused"},
        {"--instant --to 1:00:00", "end 1:00:00", "beta"},
        {"--from 1:00:00 --to 1:30:00 --instant", "end 1:30:00", "gamma"},
        {"--speed 4 --step", " x4 ", "One?"},
        {"--speed 0.5 --step", " x0.5 ", "One?"},
        {"--max-gap 60 --step", "paused 0:00 ┄┄┄┄┄┄┄┄┄┄┄┄┄┄┄┄ 4:00", "One?"},
        {"--max-gap 0", "end 0:00", "paused"},
        {"--max-gap 0.01 --speed 1000", "end 0:00", "paused"},
        {"--instant --step", "paused 0:00", "One?"},
    };
    struct scene *scene = *state;
    for (size_t i = 0; i < sizeof(cases) / sizeof(*cases); i++) {
        scene_open(scene, 24, 80);
        play(scene, cases[i].options);
        console_wait(scene->console, cases[i].shows);
        assert_false(console_shows(scene->console, cases[i].shows_not));
        assert_leaves(scene, "q");
    }
}

/* A thousand prompts, and an answer in pieces to each. */
static void put_long_film(const struct scene *scene)
{
    struct buf text = BUF_INIT;
    for (int i = 0; i < 1000; i++) {
        buf_addf(&text, PROMPT("r%d", "", "Question %d?"), i, i);
        for (int j = 1; j <= 20; j++)
            buf_addf(&text, AI("%d", "word **%d** "), j * 10, j);
        buf_addf(&text, FINISH("r%d", "250", "..."), i);
    }
    free(home_put(scene->stage->home, "film.jsonl", text.data));
    buf_clear(&text);
}

/* All that is written to the terminal, and how each row of it looks in the end. */
static char *play_at_once(struct scene *scene)
{
    struct buf all = BUF_INIT;
    scene_open(scene, 24, 80);
    scene_run_line(scene, "replay --instant \"$HOME\"/film.jsonl");
    console_wait(scene->console, "The end.");
    for (int row = 0; row < 24; row++) {
        char *looks = console_looks(scene->console, row);
        buf_addf(&all, "%s\n", looks);
        free(looks);
    }
    assert_leaves(scene, "q");
    buf_adds(&all, console_written(scene->console));
    return buf_take(&all);
}

static void what_comes_at_once_is_the_same_each_time(void **state)
{
    struct scene *scene = *state;
    put_long_film(scene);
    char *first = play_at_once(scene), *second = play_at_once(scene);
    assert_has(first, "Question 999?");
    assert_string_equal(first, second);
    free(first);
    free(second);
}

static void in_a_pipe_too(void **state)
{
    static const char *const formats[] = {"--text", "--events", "--json"};
    struct scene *scene = *state;
    put_long_film(scene);
    char *path = home_path(scene->stage->home, "film.jsonl");
    for (size_t i = 0; i < sizeof(formats) / sizeof(*formats); i++) {
        struct subject *first = RUN(.args = ARGS("replay", "--instant", path, formats[i]));
        struct subject *second = RUN(.args = ARGS("replay", "--instant", path, formats[i]));
        assert_int_equal(first->status, 0);
        assert_string_equal(subject_out(first), subject_out(second));
        assert_has(subject_out(first), i < 2 ? "Question 999?" : "word **20**");
        subject_free(first);
        subject_free(second);
    }
    free(path);
}

static void bad_values_are_told(void **state)
{
    static const struct {
        const char *option, *value, *says;
    } cases[] = {
        {"--speed", "0", "--speed takes a number from 0.01 to 1000, not \"0\""},
        {"--speed", "-1", "--speed takes a number"},
        {"--speed", "fast", "--speed takes a number"},
        {"--speed", "nan", "--speed takes a number"},
        {"--speed", "1e9", "--speed takes a number"},
        {"--speed", "", "--speed takes a number"},
        {"--max-gap", "-1", "--max-gap takes a number from 0 to 86400, not \"-1\""},
        {"--max-gap", "inf", "--max-gap takes a number"},
        {"--max-gap", "1:00", "--max-gap takes a number"},
        {"--from", "soon", "--from takes SECONDS or MINUTES:SECONDS, not \"soon\""},
        {"--from", "-5", "--from takes SECONDS"},
        {"--from", "1:", "--from takes SECONDS"},
        {"--to", "1e3", "--to takes SECONDS or MINUTES:SECONDS, not \"1e3\""},
        {"--to", "", "--to takes SECONDS"},
        {"--to", "0", "--to 0 is not after the beginning: nothing would be played"},
        {"--step", NULL, "--step waits for keys, and there is no screen"},
        {"--instant=1", NULL, "--instant takes no value"},
    };
    const struct scene *scene = *state;
    char *path = home_path(scene->stage->home, "film.jsonl");
    for (size_t i = 0; i < sizeof(cases) / sizeof(*cases); i++) {
        struct subject *program =
            RUN(.args = ARGS("replay", path, cases[i].option, cases[i].value));
        assert_failed(program, 2, cases[i].says);
        assert_string_equal(subject_out(program), "");
        subject_free(program);
    }
    struct subject *program = RUN(.args = ARGS("replay", path, "--from", "1:00", "--to", "0:30"));
    assert_failed(program, 2, "--to 0:30 is not after --from");
    subject_free(program);
    free(path);
}

static void nothing_to_play_needs_no_screen(void **state)
{
    static const char *const texts[] = {"", "{\"type\":\"start\",\"se", "no session\n\n",
                                        "{\"type\":\"session\",\"v\":9,\"id\":\"x\"}\n"};
    struct scene *scene = *state;
    for (size_t i = 0; i < sizeof(texts) / sizeof(*texts); i++) {
        free(home_put(scene->stage->home, "none.jsonl", texts[i]));
        scene_open(scene, 24, 80);
        scene_run_line(scene, "replay \"$HOME\"/none.jsonl");
        int status = console_wait_exit(scene->console);
        assert_true(WIFEXITED(status));
        assert_int_equal(WEXITSTATUS(status), 1);
        console_wait(scene->console, "there is nothing to play");
    }
}

#define CASE(function) cmocka_unit_test_setup_teardown(function, set_up, scene_tear_down)

int main(void)
{
    const struct CMUnitTest tests[] = {
        CASE(options_say_how_it_begins),
        CASE(what_comes_at_once_is_the_same_each_time),
        CASE(in_a_pipe_too),
        CASE(bad_values_are_told),
        CASE(nothing_to_play_needs_no_screen),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
