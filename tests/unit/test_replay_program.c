/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * runnel replay: what it finds, what it writes, and that it asks nobody.
 */
#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

#include "base/buf.h"
#include "base/mem.h"
#include "program/stage.h"

/* A session made by hand: two runs, with hours of silence in them. */
static const char two_runs[] =
    "{\"type\":\"session\",\"v\":1,\"id\":\"x\"}\n"
    "{\"type\":\"start\",\"seq\":1,\"t\":0,\"run\":\"a\",\"provider\":\"ollama\",\"model\":"
    "\"small\","
    "\"mode\":\"stream\",\"input\":[{\"role\":\"user\",\"content\":\"one\\ntwo\"}]}\n"
    "{\"type\":\"ai\",\"seq\":2,\"t\":7200000,\"content\":\"first\"}\n"
    "{\"type\":\"ai\",\"seq\":3,\"t\":14400000,\"content\":\" answer\",\"new_field\":[1,2]}\n"
    "{\"type\":\"finish\",\"seq\":4,\"t\":14400001,\"reason\":\"stop\"}\n"
    "{\"type\":\"message\",\"run\":\"a\",\"content\":\"first answer\"}\n"
    "{\"type\":\"start\",\"seq\":1,\"t\":0,\"run\":\"b\",\"parent\":\"a\",\"provider\":\"openai\","
    "\"model\":\"big\",\"mode\":\"stream\",\"input\":[{\"role\":\"user\",\"content\":\"three\"}]}\n"
    "{\"type\":\"dream\",\"seq\":2,\"t\":1,\"of\":\"a newer version\"}\n"
    "{\"type\":\"error\",\"seq\":3,\"t\":2,\"code\":\"http\",\"http\":401,\"message\":\"no key\"}\n"
    "{\"type\":\"finish\",\"seq\":4,\"t\":3,\"reason\":\"error\",\"partial\":true}\n";

static struct subject *record_answer(struct stage *stage, const char *prompt)
{
    SERVER_SCRIPT(stage->server, SERVE_STREAM, SERVE(SAYS("one ") SAYS("t\\u00fc") STOPS));
    struct subject *program = ASK(stage, "--events", prompt);
    assert_int_equal(program->status, 0);
    return program;
}

/* The lines of a session that are events. */
static char *event_lines(const char *session)
{
    struct buf events = BUF_INIT;
    for (const char *line = session; *line;) {
        size_t len = strcspn(line, "\n") + 1;
        if (strncmp(line, "{\"type\":\"session\"", 17) != 0 &&
            strncmp(line, "{\"type\":\"message\"", 17) != 0)
            buf_add(&events, line, len);
        line += len;
    }
    return buf_take(&events);
}

static void events_come_out_as_they_went_in(void **state)
{
    struct stage *stage = *state;
    struct subject *live = record_answer(stage, "hi");
    char *session = home_session(stage->home), *events = event_lines(session);
    struct subject *again = RUN(.args = ARGS("replay", "--instant", "--events"));
    assert_int_equal(again->status, 0);
    assert_string_equal(subject_out(again), events);
    assert_string_equal(subject_out(again), subject_out(live));
    subject_free(again);
    subject_free(live);
    free(events);
    free(session);
}

static void unknown_lines_and_fields_pass_through(void **state)
{
    struct stage *stage = *state;
    char *path = home_put(stage->home, "two.jsonl", two_runs), *events = event_lines(two_runs);
    struct subject *program = RUN(.args = ARGS("replay", path, "--instant", "--events"));
    assert_string_equal(subject_out(program), events);
    assert_int_equal(program->status, 0);
    subject_free(program);
    free(events);
    free(path);
}

static void a_tee_of_events_is_a_session(void **state)
{
    struct stage *stage = *state;
    struct subject *live = record_answer(stage, "hi");
    char *path = home_put(stage->home, "tee.jsonl", subject_out(live));
    struct subject *again = RUN(.args = ARGS("replay", path, "--instant"));
    assert_string_equal(subject_out(again), "> hi\n\none tü\n\n");
    assert_int_equal(again->status, 0);
    subject_free(again);
    again = RUN(.args = ARGS("replay", "-", "--instant"), .input = subject_out(live));
    assert_string_equal(subject_out(again), "> hi\n\none tü\n\n");
    subject_free(again);
    subject_free(live);
    free(path);
}

static void a_session_is_found_by_what_one_knows_of_it(void **state)
{
    struct stage *stage = *state;
    struct subject *program;
    SERVER_SCRIPT(stage->server, SERVE_STREAM, SERVE(SAYS("ok") STOPS));
    subject_free(ASK(stage, "--name", "trip", "hi"));
    struct subject *list = RUN(.args = ARGS("sessions"));
    char *id = xstrndup(subject_out(list), strcspn(subject_out(list), " "));
    char *beginning = xstrndup(id, strlen(id) - 1);
    const char *const names[] = {id, beginning, "trip", NULL};
    for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++) {
        program = RUN(.args = ARGS("replay", "--instant", "--text", names[i]));
        assert_string_equal(subject_out(program), "> hi\n\nok\n\n");
        assert_string_equal(subject_err(program), "");
        subject_free(program);
    }
    program = RUN(.args = ARGS("replay", "nothing-like-it"));
    assert_failed(program, 2, "no session \"nothing-like-it\"");
    subject_free(program);
    free(beginning);
    free(id);
    subject_free(list);
}

static void text_has_the_prompts_and_errors_name_their_model(void **state)
{
    struct stage *stage = *state;
    char *path = home_put(stage->home, "two.jsonl", two_runs);
    struct subject *program = RUN(.args = ARGS("replay", path, "--instant"));
    assert_string_equal(subject_out(program), "> one\n> two\n\nfirst answer\n\n> three\n\n\n");
    assert_string_equal(subject_err(program), "runnel: HTTP 401 from openai:big: no key\n");
    assert_int_equal(program->status, 0); /* it was played */
    subject_free(program);
    free(path);
}

static void json_is_the_last_message(void **state)
{
    struct stage *stage = *state;
    subject_free(record_answer(stage, "hi"));
    struct subject *program = RUN(.args = ARGS("replay", "--instant", "--json"));
    assert_has(subject_out(program), "\"content\":\"one tü\"");
    assert_has(subject_out(program), "\"reason\":\"stop\"");
    subject_free(program);
}

/* Four hours pass in no time that a test could measure, or in a tenth of a second of it. */
static void silences_are_shortened(void **state)
{
    struct stage *stage = *state;
    char *path = home_put(stage->home, "two.jsonl", two_runs);
    struct subject *program = RUN(.args = ARGS("replay", path, "--max-gap", "0.05"));
    assert_has(subject_out(program), "first answer\n");
    assert_int_equal(program->status, 0);
    subject_free(program);
    program = RUN(.args = ARGS("replay", path, "--max-gap", "20", "--speed", "1000"));
    assert_has(subject_out(program), "first answer\n");
    subject_free(program);
    free(path);
}

static void a_replay_can_be_stopped(void **state)
{
    struct stage *stage = *state;
    char *path = home_put(stage->home, "two.jsonl", two_runs);
    struct subject *program = START(.args = ARGS("replay", path));
    subject_await(program, "> two\n\n", 0);
    subject_signal(program, SIGINT);
    subject_finish(program);
    assert_string_equal(subject_out(program), "> one\n> two\n\n");
    assert_int_equal(program->status, 130);
    subject_free(program);
    program = START(.args = ARGS("replay", path));
    subject_await(program, "> two\n\n", 0);
    subject_close_stdout(program);
    subject_finish(program);
    assert_int_equal(program->status, 141);
    subject_free(program);
    free(path);
}

static void a_replay_wants_no_key_and_asks_nobody(void **state)
{
    struct stage *stage = *state;
    subject_free(record_answer(stage, "hi"));
    home_configure(stage->home, "[chat]\nmodel = openai:gpt-5\n");
    struct subject *program = RUN(.args = ARGS("replay", "--instant"));
    assert_string_equal(subject_out(program), "> hi\n\none tü\n\n");
    assert_string_equal(subject_err(program), "");
    assert_int_equal(server_request_count(stage->server), 1);
    subject_free(program);
}

static void what_is_no_session_is_told(void **state)
{
    struct stage *stage = *state;
    char *empty = home_put(stage->home, "empty.jsonl", "");
    char *page = home_put(stage->home, "page.html", "<html>\n</html>\n");
    const char *const paths[] = {empty, page, "-"};
    struct subject *program;
    for (size_t i = 0; i < sizeof(paths) / sizeof(paths[0]); i++) {
        program = RUN(.args = ARGS("replay", paths[i]));
        assert_failed(program, 1, "there is nothing to play");
        assert_string_equal(subject_out(program), "");
        subject_free(program);
    }
    program = RUN(.args = ARGS("replay", "/"));
    assert_failed(program, 1, "/ is a folder, not a session");
    subject_free(program);
    program =
        RUN(.program = "/bin/sh", .args = ARGS("-c", "exec \"$0\" replay - </", subject_path()));
    assert_failed(program, 1, "the session cannot be read to its end: Is a directory");
    subject_free(program);
    program = RUN(.args = ARGS("replay", "/nowhere/at.jsonl"));
    assert_failed(program, 2, "/nowhere/at.jsonl");
    subject_free(program);
    program = RUN(.args = ARGS("replay"));
    assert_failed(program, 2, "session");
    subject_free(program);
    free(page);
    free(empty);
}

static void a_run_that_was_interrupted_is_played_as_far_as_it_goes(void **state)
{
    struct stage *stage = *state;
    size_t cut = (size_t)(strstr(two_runs, "{\"type\":\"finish\"") - two_runs) + 20;
    char *half = xstrndup(two_runs, cut), *path = home_put(stage->home, "half.jsonl", half);
    struct subject *program = RUN(.args = ARGS("replay", path, "--instant"));
    assert_string_equal(subject_out(program), "> one\n> two\n\nfirst answer\n");
    assert_int_equal(program->status, 0);
    subject_free(program);
    free(path);
    free(half);
}

static void a_replay_is_not_journalled(void **state)
{
    struct stage *stage = *state;
    subject_free(record_answer(stage, "hi"));
    char *before = home_session(stage->home);
    subject_free(RUN(.args = ARGS("replay", "--instant")));
    char *after = home_session(stage->home);
    struct subject *list = RUN(.args = ARGS("sessions"));
    assert_string_equal(after, before);
    assert_string_equal(strchr(subject_out(list), '\n'), "\n");
    subject_free(list);
    free(before);
    free(after);
}

#define CASE(function) cmocka_unit_test_setup_teardown(function, stage_set_up, stage_tear_down)

int main(void)
{
    const struct CMUnitTest tests[] = {
        CASE(events_come_out_as_they_went_in),
        CASE(unknown_lines_and_fields_pass_through),
        CASE(a_tee_of_events_is_a_session),
        CASE(a_session_is_found_by_what_one_knows_of_it),
        CASE(text_has_the_prompts_and_errors_name_their_model),
        CASE(json_is_the_last_message),
        CASE(silences_are_shortened),
        CASE(a_replay_can_be_stopped),
        CASE(a_replay_wants_no_key_and_asks_nobody),
        CASE(what_is_no_session_is_told),
        CASE(a_run_that_was_interrupted_is_played_as_far_as_it_goes),
        CASE(a_replay_is_not_journalled),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
