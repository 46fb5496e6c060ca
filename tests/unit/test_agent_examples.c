/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * The programs of docs/examples that are agents, against the fake server.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "base/mem.h"
#include "program/stage.h"
#include "session_fixture.h"

static const char *example(const char *name)
{
    static char path[4096];
    const char *folder = getenv("B");
    const char *root = getenv("PWD");
    folder = folder ? folder : "build";
    snprintf(path, sizeof(path), "%s%s%s/examples/%s", *folder == '/' ? "" : root,
             *folder == '/' ? "" : "/", folder, name);
    return path;
}

#define CALL(id, tool, args)                                             \
    DELTA("\"delta\":{\"tool_calls\":[{\"index\":0,\"id\":\"" id         \
          "\",\"function\":{\"name\":\"" tool "\",\"arguments\":\"" args \
          "\"}}]},\"finish_reason\":null")

/* The third snippet of docs/concept.md. */
static void agent(void **state)
{
    struct stage *stage = *state;
    SERVER_SCRIPT(stage->server, SERVE_STREAM,
                  SERVE(SAYS("Let me ") SAYS("check.") CALL(
                      "c", "get_weather", "{\\\"city\\\":\\\"Paris\\\"}") ENDS("tool_calls")));
    SERVER_SCRIPT(stage->server, SERVE_STREAM, SERVE(SAYS("It is ") SAYS("sunny.") STOPS));
    struct subject *program =
        RUN(.program = example("agent"),
            .args = ARGS(stage->url, "test", "What is the weather in Paris?"));
    assert_string_equal(subject_err(program), "");
    assert_string_equal(subject_out(program),
                        "Agent thinking: Let me check.\n"
                        "Agent using tool: get_weather\n"
                        "Tool result: Sunny, 24 C (asked with {\"city\":\"Paris\"})\n"
                        "Agent thinking: It is sunny.\n");
    assert_int_equal(program->status, 0);
    subject_free(program);
}

static void agent_fails(void **state)
{
    struct stage *stage = *state;
    SERVER_SCRIPT(stage->server, SERVE_JSON(400, FAILS("bad", "no")));
    struct subject *program =
        RUN(.program = example("agent"), .args = ARGS(stage->url, "test", "hi"));
    assert_string_equal(subject_err(program), "agent: http\n");
    assert_int_equal(program->status, 1);
    subject_free(program);
}

#define ASKED "Run note with {\"text\":\"\\xc2\\x9bmilk\"}? "

static const struct {
    const char *input, *out, *result;
} answers[] = {
    {"yes\n", "[date: ok]\n" ASKED "[note: ok]\nDone.\n", "milk"},
    {"no\n", "[date: ok]\n" ASKED "[note: denied]\nDone.\n", "The user did not allow this call."},
    {"not today\n", "[date: ok]\n" ASKED "[note: denied]\nDone.\n", "this call: not today"},
    {"", "[date: ok]\n" ASKED "[note: denied]\nDone.\n", "nobody is there to be asked"},
};

static void approve(void **state)
{
    struct stage *stage = *state;
    for (unsigned i = 0; i < sizeof(answers) / sizeof(answers[0]); i++) {
        char *folder = folder_new();
        SERVER_SCRIPT(stage->server, SERVE_STREAM,
                      SERVE(CALL("c", "date", "{}") ENDS("tool_calls")));
        SERVER_SCRIPT(
            stage->server, SERVE_STREAM,
            SERVE(CALL("d", "note", "{\\\"text\\\":\\\"\\u009bmilk\\\"}") ENDS("tool_calls")));
        SERVER_SCRIPT(stage->server, SERVE_STREAM, SERVE(SAYS("Done.") STOPS));
        struct subject *program =
            RUN(.program = "/bin/sh", .input = answers[i].input,
                .args = ARGS("-c", "cd \"$0\" && exec \"$@\"", folder, example("approve"),
                             stage->url, "test", "Note: milk"));
        assert_string_equal(subject_out(program), answers[i].out);
        assert_int_equal(program->status, 0);
        assert_has(server_request(stage->server, 3 * i + 2)->body, answers[i].result);
        char *path = xasprintf("%s/notes.jsonl", folder);
        char *notes = file_get(path);
        assert_string_equal(notes, i == 0 ? "{\"text\":\"\xC2\x9Bmilk\"}" : "(no such file)");
        free(notes);
        free(path);
        subject_free(program);
        folder_free(folder);
    }
}

#define CASE(function) cmocka_unit_test_setup_teardown(function, stage_set_up, stage_tear_down)

int main(void)
{
    const struct CMUnitTest tests[] = {CASE(agent), CASE(agent_fails), CASE(approve)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
