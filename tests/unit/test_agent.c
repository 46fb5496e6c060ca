/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * An agent as it is made: what cannot work is said, and its runs fail with it.
 */
#include "agent_fixture.h"

#include <string.h>

#include "agent/agent.h"

static rn_tool_fn *const run = say_sunny;
static const char *const no_words[] = {NULL};
#define LONG_NAME "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_-"

static const struct {
    const char *about;
    rn_tool tool;
    const char *error; /* the beginning; NULL: it is well */
} tools[] = {
    {"a function", {.name = "a", .run = say_sunny}, NULL},
    {"a command", {.name = "a", .command = SH("exit 0")}, NULL},
    {"all letters", {.name = LONG_NAME, .run = say_sunny}, NULL},
    {"with a schema", {.name = "a", .schema = " {} ", .run = say_sunny}, NULL},
    {"no name", {.run = say_sunny}, "a tool's name is made of"},
    {"an empty name", {.name = "", .run = say_sunny}, "a tool's name is made of"},
    {"too long a name", {.name = LONG_NAME "x", .run = say_sunny}, "a tool's name is made of"},
    {"a blank in the name", {.name = "a b", .run = say_sunny}, "a tool's name is made of"},
    {"a name that is not ASCII", {.name = "\u00e9", .run = say_sunny}, "a tool's name is made of"},
    {"neither", {.name = "a"}, "the tool a must have either"},
    {"both",
     {.name = "a", .run = say_sunny, .command = SH("exit 0")},
     "the tool a must have either"},
    {"an empty command", {.name = "a", .command = no_words}, "the command of the tool a is empty"},
    {"no JSON",
     {.name = "a", .schema = "{", .run = say_sunny},
     "the schema of the tool a is no JSON"},
    {"no object",
     {.name = "a", .schema = "[]", .run = say_sunny},
     "the schema of the tool a is no"},
    {"its name is taken", {.name = "first", .run = say_sunny}, "there are two tools named first"},
};

static void test_tools(void **state)
{
    struct place *place = *state;
    for (size_t i = 0; i < sizeof(tools) / sizeof(tools[0]); i++) {
        rn_agent *agent = RN_AGENT(.model = place->model);
        rn_tool tool = tools[i].tool;
        tool.size = sizeof(tool);
        RN_TOOL(agent, .name = "first", .run = run);
        rn_agent_tool(agent, &tool);
        RN_TOOL(agent, .name = "last", .run = run);
        const char *error = rn_agent_error(agent);
        size_t len = tools[i].error ? strlen(tools[i].error) : 1;
        if (strncmp(error, tools[i].error ? tools[i].error : "", len) != 0)
            fail_msg("%s: %s", tools[i].about, error);
        if (tools[i].error) {
            char *want = xasprintf("start error(config: %s) finish(error,partial,0)", error);
            assert_run(rn_agent_stream(agent, "hi"), want, RN_ECONFIG);
            free(want);
        }
        rn_agent_free(agent);
    }
    assert_int_equal(server_request_count(place->server), 0);
}

/* The first error stays; that of the model is the agent's too. */
static void test_errors_are_sticky(void **state)
{
    struct place *place = *state;
    rn_agent *agent = RN_AGENT(.model = place->model);
    RN_TOOL(agent, .name = "a");
    RN_TOOL(agent, .name = "?", .run = run);
    assert_non_null(strstr(rn_agent_error(agent), "the tool a"));
    rn_agent_free(agent);
    rn_model *model = RN_MODEL(.url = "nonsense", .model = "m");
    agent = RN_AGENT(.model = model);
    assert_string_equal(rn_agent_error(agent), rn_model_error(model));
    assert_true(*rn_agent_error(agent));
    rn_stream *stream = rn_agent_stream(agent, "hi");
    assert_int_equal(rn_say(stream, "hello?"), -1);
    assert_run(stream, NULL, RN_ECONFIG);
    rn_agent_free(agent);
    rn_model_free(model);
    rn_agent_free(NULL);
}

/* A struct of an earlier version is shorter: what it lacks is as if it were not set. */
static void test_shorter_structs(void **state)
{
    struct place *place = *state;
    rn_agent_options options = {.size = offsetof(rn_agent_options, max_steps),
                                .model = place->model,
                                .max_steps = 7,
                                .whole_messages = true};
    rn_tool tool = {
        .size = offsetof(rn_tool, timeout_ms), .name = "a", .run = run, .timeout_ms = 7};
    rn_agent *agent = rn_agent_new(&options);
    rn_agent_tool(agent, &tool);
    assert_int_equal(agent->options.max_steps, 30);
    assert_false(agent->options.whole_messages);
    assert_int_equal(agent->tools[0].pub.timeout_ms, 60000);
    assert_int_equal(agent->tools[0].pub.output_max, 64 * 1024);
    rn_agent_free(agent);
}

/* What is given is copied; what is no UTF-8 in it does not keep the tool from being offered. */
static void test_copies(void **state)
{
    struct place *place = *state;
    char name[] = "first", text[] = "what it \xFF does", program[] = "/bin/echo", word[] = "one";
    const char *command[] = {program, word, NULL};
    ANSWERS(place, CALLS(0, "c", "first", "{}") CALLED);
    ANSWERS(place, PIECE("ok") STOPPED);
    rn_agent *agent = RN_AGENT(.model = place->model);
    RN_TOOL(agent, .name = name, .description = text, .command = command);
    name[0] = text[0] = program[0] = word[0] = '\0';
    command[0] = NULL;
    assert_run(rn_agent_stream(agent, "hi"),
               "start tool(c,first,{}) result(c,ok,one) ai(ok) finish(stop,2)", RN_OK);
    char *offer = sent(place->server, 0, "tools");
    assert_non_null(strstr(offer, "\"description\":\"what it \uFFFD does\""));
    assert_non_null(strstr(offer, "\"parameters\":{\"type\":\"object\",\"properties\":{}}"));
    free(offer);
    rn_agent_free(agent);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        PLACE_TEST(test_tools),
        PLACE_TEST(test_errors_are_sticky),
        PLACE_TEST(test_shorter_structs),
        PLACE_TEST(test_copies),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
