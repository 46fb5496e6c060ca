/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * runnel compare in a pipe.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "base/buf.h"
#include "base/mem.h"
#include "program/stage.h"

/* stream and invoke ask at the same time, so one answer has to do for both. */
static struct subject *compare(struct stage *stage, const char *option, const char *value)
{
    SERVER_SCRIPT(stage->server, SERVE_JSON(200, WHOLE("Paris.")));
    return ASK(stage, "compare", "The", "capital?", option, value);
}

static size_t count(const char *text, const char *part)
{
    size_t found = 0;
    while ((text = strstr(text, part))) {
        text += strlen(part);
        found++;
    }
    return found;
}

static void a_table(void **state)
{
    struct stage *stage = *state;
    struct subject *program = compare(stage, NULL, NULL);
    assert_int_equal(program->status, 0);
    assert_has(subject_out(program),
               "\n         first text        all     tokens   tokens/s       cost\nstream  ");
    assert_has(subject_out(program), "\ninvoke  ");
    assert_has(subject_out(program), "The first words: after ");
    assert_has(subject_out(program), "The texts are equal.\n");
    assert_has_not(subject_out(program), "simulated");
    assert_string_equal(subject_err(program), "");
    subject_free(program);
    const struct server_request *first = server_request(stage->server, 0);
    const struct server_request *second = server_request(stage->server, 1);
    assert_has(first->body, "The capital?");
    assert_int_equal(count(first->body, "\"stream\":true") + count(second->body, "\"stream\":true"),
                     1);
}

static void as_json(void **state)
{
    struct subject *program = compare(*state, "--json", NULL);
    assert_int_equal(program->status, 0);
    assert_has(subject_out(program),
               "{\"prompt\":\"The capital?\",\"equal\":true,\"simulated\":"
               "false,\"lanes\":[{\"model\":\"url:test\",\"mode\":\"stream\"");
    assert_has(subject_out(program), "\"mode\":\"invoke\",\"median\":{\"ttft_ms\":");
    assert_has(subject_out(program), "\"tokens\":2.0");
    assert_int_equal(count(subject_out(program), "\"content\":\"Paris.\""), 2);
    assert_int_equal(count(subject_out(program), "\n"), 1);
    subject_free(program);
}

static void as_events(void **state)
{
    struct subject *program = compare(*state, "--events", NULL);
    const char *out = subject_out(program);
    assert_int_equal(program->status, 0);
    assert_int_equal(count(out, "\"type\":\"start\""), 2);
    assert_int_equal(count(out, "\"type\":\"finish\""), 2);
    assert_int_equal(count(out, "\"run\":\""), count(out, "\n"));
    assert_has_not(out, "first text");
    subject_free(program);
}

static void again_and_again(void **state)
{
    struct subject *program = compare(*state, "--repeat", "3");
    assert_int_equal(program->status, 0);
    assert_has(subject_out(program), "medians of 3 rounds\n");
    assert_int_equal(count(subject_out(program), "\n  least "), 2);
    assert_int_equal(count(subject_out(program), "\n  most "), 2);
    subject_free(program);
}

static void one_of_two_models_is_down(void **state)
{
    struct stage *stage = *state;
    SERVER_SCRIPT(stage->server, SERVE_JSON(200, WHOLE("Paris.")));
    char *config = xasprintf("[provider.up]\nurl = %s\n[provider.down]\nurl = "
                             "http://127.0.0.1:1/v1\nretries = 0\n",
                             stage->url);
    home_configure(stage->home, config);
    struct subject *program = RUN(.args = ARGS("compare", "-m", "up:a", "-m", "down:b", "Hi"));
    assert_int_equal(program->status, 1);
    assert_has(subject_out(program), "\nup:a  ");
    assert_has(subject_out(program), "\ndown:b  ");
    assert_has(subject_out(program), "127.0.0.1");
    assert_has_not(subject_out(program), "texts are");
    subject_free(program);
    free(config);
}

static void one_session_has_both(void **state)
{
    struct stage *stage = *state;
    struct subject *program = compare(stage, "--name", "both");
    char *session = home_session(stage->home);
    assert_int_equal(program->status, 0);
    assert_int_equal(count(session, "\"type\":\"start\""), 2);
    assert_int_equal(count(session, "\"type\":\"message\""), 2);
    assert_has(session, "\"name\":\"both\"");
    subject_free(program);
    program = RUN(.args = ARGS("replay", "--instant", "--events"));
    assert_int_equal(program->status, 0);
    assert_int_equal(count(subject_out(program), "\"type\":\"finish\""), 2);
    subject_free(program);
    free(session);
}

static void the_guide_says_that_it_is_simulated(void **state)
{
    struct stage *stage = *state;
    home_configure(stage->home, "[guide]\nrate = 0\n");
    struct subject *program = RUN(.args = ARGS("compare", "-m", "guide", "What is streaming?"));
    assert_int_equal(program->status, 0);
    assert_has(subject_out(program), "The guide's pace is simulated");
    subject_free(program);
}

static void what_cannot_be(void **state)
{
    static const struct {
        const char *args[12], *says;
    } cases[] = {
        {{"compare", "-m", "guide", "-c", "Hi", NULL}, "a comparison begins a conversation"},
        {{"compare", "-m", "guide", "--yes", "Hi", NULL}, "it offers none"},
        {{"compare", "-m", "guide", "--record", "x", "Hi", NULL}, "several answers at once"},
        {{"compare", "-mguide", "-mguide", "-mguide", "-mguide", "-mguide", "Hi", NULL},
         "no more than 4 models can be compared"},
        {{"compare", "--repeat", "0", "Hi", NULL}, "--repeat takes a whole number from 1 to 100"},
        {{"compare", "-mguide", NULL}, "nothing was asked"},
        {{"--repeat", "2", "Hi", NULL}, "--repeat goes with: runnel compare"},
    };
    (void)state;
    for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        struct subject *program = RUN(.args = cases[i].args);
        assert_failed(program, 2, cases[i].says);
        subject_free(program);
    }
}

#define ON_STAGE(test) cmocka_unit_test_setup_teardown(test, stage_set_up, stage_tear_down)

int main(void)
{
    const struct CMUnitTest tests[] = {
        ON_STAGE(a_table),
        ON_STAGE(as_json),
        ON_STAGE(as_events),
        ON_STAGE(again_and_again),
        ON_STAGE(one_of_two_models_is_down),
        ON_STAGE(one_session_has_both),
        ON_STAGE(the_guide_says_that_it_is_simulated),
        ON_STAGE(what_cannot_be),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
