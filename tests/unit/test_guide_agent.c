/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * The whole loop without any model: an agent, the guide at the other end of a socket, and the built-in
 * tools, which are this program once more.
 */
#include <jansson.h>
#include <netinet/in.h>
#include <pthread.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include <cmocka.h>

#include "base/buf.h"
#include "base/error.h"
#include "base/fd.h"
#include "base/mem.h"
#include "guide/guide.h"
#include "runnel.h"
#include "tools/tools.h"

struct loop {
    pthread_t thread;
    int listen_fd, alive[2];
    struct error error;
    rn_model *model;
};

static void *serve(void *user)
{
    struct loop *loop = user;
    guide_serve(loop->listen_fd, loop->alive[0], 0, &loop->error);
    return NULL;
}

static int set_up(void **state)
{
    struct loop *loop = xnew(struct loop);
    struct sockaddr_in address;
    socklen_t size = sizeof(address);
    loop->listen_fd = guide_listen(0, &loop->error);
    assert_int_equal(getsockname(loop->listen_fd, (struct sockaddr *)&address, &size), 0);
    assert_int_equal(pipe(loop->alive), 0);
    assert_int_equal(pthread_create(&loop->thread, NULL, serve, loop), 0);
    char *url = xasprintf("http://127.0.0.1:%d/v1", ntohs(address.sin_port));
    loop->model = RN_MODEL(.url = url, .model = "guide");
    free(url);
    *state = loop;
    return 0;
}

static int tear_down(void **state)
{
    struct loop *loop = *state;
    rn_model_free(loop->model);
    close(loop->alive[1]);
    pthread_join(loop->thread, NULL);
    free(loop);
    return 0;
}

/* With the built-in tools, or only the one of this name. */
static rn_agent *agent_with(struct loop *loop, rn_policy_fn *policy, const char *only)
{
    rn_agent *agent = RN_AGENT(.model = loop->model, .policy = policy);
    for (const struct builtin *tool = builtins; tool->name; tool++) {
        if (only && strcmp(only, tool->name) != 0)
            continue;
        const char *command[] = {"/proc/self/exe", "--tool", tool->name, NULL};
        char program[4096] = "";
        assert_true(readlink(command[0], program, sizeof(program) - 1) > 0);
        command[0] = program;
        RN_TOOL(agent, .name = tool->name, .description = tool->description, .schema = tool->schema,
                .command = command);
    }
    return agent;
}

/* What happened, a line for each event that tells something, and all the text at the end. */
static char *story_of(rn_stream *stream)
{
    struct buf story = BUF_INIT, text = BUF_INIT;
    for (const rn_event *e; (e = rn_next(stream));) {
        buf_add(&text, e->content, e->content_len);
        if (e->kind == RN_TOOL)
            buf_addf(&story, "tool %s %s\n", e->tool, e->args);
        else if (e->kind == RN_APPROVAL)
            buf_addf(&story, "approval %s\n", e->status);
        else if (e->kind == RN_RESULT)
            buf_addf(&story, "result %s %s\n", e->tool, e->status);
        else if (e->kind == RN_FINISH)
            buf_addf(&story, "finish %s %u\n", e->finish->reason, e->finish->steps);
    }
    assert_int_equal(rn_close(stream), RN_OK);
    buf_add(&story, buf_str(&text), text.len);
    buf_clear(&text);
    return buf_take(&story);
}

static void assert_story(struct loop *loop, rn_policy_fn *policy, const char *prompt,
                         const char *const *parts)
{
    rn_agent *agent = agent_with(loop, policy, NULL);
    char *story = story_of(rn_agent_stream(agent, prompt));
    for (; *parts; parts++) {
        if (!strstr(story, *parts))
            fail_msg("%s: \"%s\" is not in:\n%s", prompt, *parts, story);
    }
    free(story);
    rn_agent_free(agent);
}

static void tools_are_called_and_told(void **state)
{
    static const struct {
        const char *prompt;
        const char *parts[5];
    } talks[] = {
        {"what is 6*7?",
         {"tool calculate {\"expression\":\"6*7\"}\nresult calculate ok\nfinish stop 2\n",
          "I ask the tool `calculate`.\n\nThe tool `calculate` says: `42`"}},
        {"what time is it in UTC and what is the square root of 16?",
         {"tool time {\"zone\":\"UTC\"}\ntool calculate ", "result time ok", "result calculate ok",
          "(UTC)`\n\nThe tool `calculate` says: `4`"}},
        {"first 3 lines of src/runnel.h",
         {"result read_file ok", "/* SPDX-License-Identifier: GPL-3.0-or-later\n *\n * librunnel"}},
        {"what files are in src/guide?", {"result list_files ok", "answer.c"}},
        {"find \"(ended by a\" in the files in src/guide",
         {"result search_files ok", "The tool `search_files` says:"}},
        {"what is streaming?", {"finish stop 1\n", "From "}},
    };
    for (size_t i = 0; i < sizeof(talks) / sizeof(talks[0]); i++)
        assert_story(*state, NULL, talks[i].prompt, talks[i].parts);
}

/* The guide knows a failure by the tool's own words. */
static void failures_are_told_as_such(void **state)
{
    static const struct {
        const char *prompt;
        const char *parts[5];
    } talks[] = {
        {"what is 1/0", {"result calculate error", "The tool `calculate` failed"}},
        {"what time is it in Mars/Olympus", {"result time error", "The tool `time` failed"}},
        {"read nothing.txt", {"result read_file error", "The tool `read_file` failed"}},
        {"read the file src", {"result read_file error", "The tool `read_file` failed"}},
        {"ls README.md", {"result list_files error", "The tool `list_files` failed"}},
        {"lines 900000 to 900001 of Makefile",
         {"result read_file error", "The tool `read_file` failed"}},
        {"find x in nowhere/at/all",
         {"result search_files error", "The tool `search_files` failed"}},
    };
    for (size_t i = 0; i < sizeof(talks) / sizeof(talks[0]); i++)
        assert_story(*state, NULL, talks[i].prompt, talks[i].parts);
}

static enum rn_policy deny_time(const char *tool, const char *args, void *user)
{
    (void)args, (void)user;
    return strcmp(tool, "time") == 0 ? RN_DENY : RN_ALLOW;
}

static void denials_are_told_as_such(void **state)
{
    static const char *const parts[] = {
        "approval denied\nresult time denied", "result calculate ok",
        "The tool `time` was not allowed to run.", "The tool `calculate` says: `42`", NULL};
    assert_story(*state, deny_time, "what time is it and what is 6*7?", parts);
}

static enum rn_policy ask(const char *tool, const char *args, void *user)
{
    (void)tool, (void)args, (void)user;
    return RN_ASK;
}

static void what_the_user_says_is_told(void **state)
{
    static const char *const answers[] = {NULL, "not now"};
    for (size_t i = 0; i < 2; i++) {
        rn_agent *agent = agent_with(*state, ask, NULL);
        rn_stream *stream = rn_agent_stream(agent, "what is 6*7?");
        struct buf text = BUF_INIT;
        for (const rn_event *e; (e = rn_next(stream));) {
            buf_add(&text, e->content, e->content_len);
            if (e->kind == RN_APPROVAL && !strcmp(e->status, "requested"))
                assert_int_equal(rn_respond(stream, e->id, RN_DENY, NULL, answers[i]), 0);
        }
        assert_int_equal(rn_close(stream), RN_OK);
        assert_non_null(strstr(buf_str(&text), "The tool `calculate` was not allowed to run."));
        assert_true(!answers[i] || strstr(buf_str(&text), answers[i]));
        buf_clear(&text);
        rn_agent_free(agent);
    }
}

/* One who asks for whole answers gets the same. */
static void invoke_and_stream_agree(void **state)
{
    struct loop *loop = *state;
    rn_agent *agent = agent_with(loop, NULL, NULL);
    rn_message *whole = rn_agent_invoke(agent, "what is 2^10 + 5?");
    int status;
    char *text = rn_text(rn_agent_stream(agent, "what is 2^10 + 5?"), &status);
    assert_int_equal(status, RN_OK);
    assert_string_equal(whole->content, text);
    assert_non_null(strstr(text, "`1029`"));
    free(text);
    rn_message_free(whole);
    rn_agent_free(agent);
}

/* ---- docs/concept.md ---- */

/* The lines of the page that are events of an agent, as JSON; NULL for other lines, and for those that are
 * shortened. */
static json_t *event_in(const char *line, size_t len)
{
    json_t *event = len > 4 && !strncmp(line, "    {", 5) ? json_loadb(line, len, 0, NULL) : NULL;
    if (event && json_object_get(event, "seq"))
        return event;
    json_decref(event);
    return NULL;
}

static json_t *events_of(rn_stream *stream)
{
    json_t *events = json_array();
    for (const rn_event *e; (e = rn_next(stream));) {
        char line[4096];
        assert_true(rn_event_json(e, line, sizeof(line)) < sizeof(line));
        json_array_append_new(events, json_loads(line, 0, NULL));
    }
    assert_int_equal(rn_close(stream), RN_OK);
    return events;
}

/* All that is quoted was so, but for the time that it took. */
static void assert_quoted(const json_t *quote, const json_t *event)
{
    const char *key;
    json_t *value;
    json_object_foreach ((json_t *)quote, key, value) {
        if (strcmp(key, "t") != 0 && !json_equal(value, json_object_get(event, key)))
            fail_msg("docs/concept.md: \"%s\" of event %lld is not so", key,
                     json_integer_value(json_object_get(quote, "seq")));
    }
}

/* What the page shows of a run is what such a run gives. */
static void the_page_quotes_a_real_run(void **state)
{
    struct loop *loop = *state;
    struct buf page = BUF_INIT;
    struct error error = ERROR_INIT;
    size_t quoted = 0;
    rn_agent *agent = agent_with(loop, NULL, "calculate");
    json_t *events = events_of(rn_agent_stream(agent, "What is 6*7?"));
    assert_int_equal(file_read("docs/concept.md", &page, 1 << 20, &error), 0);
    for (const char *line = page.data, *end; *line; line = *end ? end + 1 : end) {
        end = line + strcspn(line, "\n");
        json_t *quote = event_in(line, (size_t)(end - line));
        if (!quote)
            continue;
        json_int_t seq = json_integer_value(json_object_get(quote, "seq"));
        assert_quoted(quote, json_array_get(events, (size_t)seq - 1));
        json_decref(quote);
        quoted++;
    }
    assert_true(quoted >= 7);
    json_decref(events);
    buf_clear(&page);
    rn_agent_free(agent);
}

int main(int argc, char **argv)
{
    /* At exit the leak checker would look where its sandbox does not let it. */
    if (argc == 3 && !strcmp(argv[1], "--tool"))
        tools_main(argv[2]);
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(tools_are_called_and_told), cmocka_unit_test(failures_are_told_as_such),
        cmocka_unit_test(denials_are_told_as_such),  cmocka_unit_test(what_the_user_says_is_told),
        cmocka_unit_test(invoke_and_stream_agree),   cmocka_unit_test(the_page_quotes_a_real_run),
    };
    return cmocka_run_group_tests(tests, set_up, tear_down);
}
