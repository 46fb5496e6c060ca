/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * The loop: a call, its tools, their results back, until the model stops or must.
 */
#include "agent_fixture.h"

#include <poll.h>
#include <pthread.h>
#include <unistd.h>

#include "llm/conversation.h"
#include "llm/message.h"

#define WEATHER_ARGS "{\\\"city\\\":\\\"Paris\\\"}"
#define WEATHER PIECE("Let me ") PIECE("look.") CALLS(0, "c1", "weather", WEATHER_ARGS)
#define SENT_WEATHER                                                     \
    SENT_CALLS("Let me look.", SENT_CALL("c1", "weather", WEATHER_ARGS)) \
    "," SENT_RESULT("c1", "Sunny")

static rn_agent *weather_agent(struct place *place)
{
    rn_agent *agent = RN_AGENT(.model = place->model);
    RN_TOOL(agent, .name = "weather", .description = "The weather in a city.",
            .schema = "{\"type\":\"object\",\"properties\":{\"city\":{\"type\":\"string\"}}}",
            .run = say_sunny);
    return agent;
}

/* ---- The loop ---- */

static void test_loop(void **state)
{
    struct place *place = *state;
    ANSWERS(place, WEATHER CALLED);
    ANSWERS(place, PIECE("It is sunny.") STOPPED);
    rn_agent *agent = weather_agent(place);
    assert_run(
        rn_agent_stream(agent, "Weather in Paris?"),
        "start ai(Let me ) ai(look.) tool(c1,weather,{\"city\":\"Paris\"}) result(c1,ok,Sunny) "
        "ai(It is sunny.) finish(stop,2)",
        RN_OK);
    char *tools = sent(place->server, 0, "tools");
    assert_string_equal(
        tools, "[{\"type\":\"function\",\"function\":{\"name\":\"weather\",\"description\":"
               "\"The weather in a city.\",\"parameters\":{\"type\":\"object\",\"properties\":"
               "{\"city\":{\"type\":\"string\"}}}}}]");
    char *again = sent(place->server, 1, "tools");
    assert_string_equal(again, tools);
    assert_sent(place->server, 0, "[" SENT_USER("Weather in Paris?") "]");
    assert_sent(place->server, 1, "[" SENT_USER("Weather in Paris?") "," SENT_WEATHER "]");
    free(tools);
    free(again);
    rn_agent_free(agent);
}

#define WHOLE_CALL                                                               \
    "{\"id\":\"m1\",\"choices\":[{\"message\":{\"content\":\"Let me "            \
    "look.\",\"tool_calls\":[{\"id\":\"c1\","                                    \
    "\"function\":{\"name\":\"weather\",\"arguments\":\"" WEATHER_ARGS "\"}}]}," \
    "\"finish_reason\":\"tool_calls\"}]}"

/* Both modes give the same message and send the same, but that each asks in its own mode. */
static void test_invoke(void **state)
{
    struct place *place = *state;
    SERVER_SCRIPT(place->server, SERVE_JSON(200, WHOLE_CALL));
    SERVER_SCRIPT(place->server, SERVE_JSON(200, WHOLE("It is sunny.")));
    rn_agent *agent = weather_agent(place);
    rn_message *message = rn_agent_invoke(agent, "Weather in Paris?");
    assert_int_equal(message->status, RN_OK);
    assert_string_equal(message->content, "Let me look.It is sunny.");
    assert_string_equal(message->reason, "stop");
    assert_false(message->partial);
    assert_int_equal(message->steps, 2);
    assert_int_equal(message->call_count, 1);
    assert_string_equal(message->calls[0].tool, "weather");
    assert_string_equal(message->calls[0].args, "{\"city\":\"Paris\"}");
    assert_sent(place->server, 1, "[" SENT_USER("Weather in Paris?") "," SENT_WEATHER "]");
    char *mode = sent(place->server, 1, "stream");
    assert_string_equal(mode, "false");
    free(mode);
    rn_message_free(message);
    rn_agent_free(agent);
}

static void test_start(void **state)
{
    struct place *place = *state;
    ANSWERS(place, PIECE("yo") STOPPED);
    rn_agent *agent = AGENT(place, .system = "Be brief.");
    RN_TOOL(agent, .name = "a", .run = say_sunny);
    RN_TOOL(agent, .name = "b", .run = say_sunny);
    rn_stream *stream = rn_agent_stream(agent, "hi");
    const rn_event *event = rn_next(stream);
    assert_int_equal(event->kind, RN_START);
    assert_string_equal(event->start->tools, "[\"a\",\"b\"]");
    assert_string_equal(event->start->system, "Be brief.");
    assert_string_equal(event->start->input, "[" SENT_USER("hi") "]");
    assert_string_equal(event->text, "hi");
    assert_non_null(server_request(place->server, 0));
    rn_close(stream);
    assert_sent(place->server, 0,
                "[{\"role\":\"system\",\"content\":\"Be brief.\"}," SENT_USER("hi") "]");
    rn_agent_free(agent);
}

/* ---- Calls side by side ---- */

/* The first call's result comes after the second's: history has them in the order of the calls. */
static void test_order_of_parallel_calls(void **state)
{
    struct place *place = *state;
    struct watch watch = {0};
    int line[2];
    assert_int_equal(pipe(line), 0);
    char *script = xasprintf("cat /proc/%d/fd/%d; echo slow", getpid(), line[0]);
    ANSWERS(place, CALLS(0, "c1", "slow", "{}") CALLS(1, "c2", "fast", "{}") CALLED);
    ANSWERS(place, PIECE("ok") STOPPED);
    rn_agent *agent = RN_AGENT(.model = place->model);
    RN_TOOL(agent, .name = "slow", .command = SH(script));
    RN_TOOL(agent, .name = "fast", .command = SH("echo fast"));
    rn_stream *stream = rn_agent_stream(agent, "go");
    const rn_event *event = watch_until(&watch, stream, RN_RESULT);
    assert_string_equal(event->id, "c2");
    assert_int_equal(rn_step(stream, &event, 0), RN_AGAIN);
    close(line[1]);
    watch_end(
        &watch, stream,
        "start tool(c1,slow,{}) tool(c2,fast,{}) result(c2,ok,fast) result(c1,ok,slow) ai(ok) "
        "finish(stop,2)",
        RN_OK);
    assert_sent(place->server, 1,
                "[" SENT_USER("go") "," SENT_CALLS(
                    "", SENT_CALL("c1", "slow", "{}") "," SENT_CALL(
                            "c2", "fast",
                            "{}")) "," SENT_RESULT("c1", "slow") "," SENT_RESULT("c2", "fast") "]");
    close(line[0]);
    free(script);
    rn_agent_free(agent);
}

/* ---- Calls that are not run ---- */

#define TWO_TOOLS "There is no tool named wether. The tools are: weather, other."
#define NO_OBJECT                                                                                 \
    "The arguments are no JSON object, so nothing was run. Send one object that fits the tool's " \
    "schema."

static void test_unknown_and_invalid(void **state)
{
    struct place *place = *state;
    ANSWERS(place, CALLS(0, "c1", "wether", "{}") CALLS(1, "c2", "weather", "{\\\"city\\\":")
                       CALLS(2, "c3", "weather", "[1]") CALLS(3, "c4", "weather", "") CALLED);
    ANSWERS(place, PIECE("sorry") STOPPED);
    rn_agent *agent = weather_agent(place);
    RN_TOOL(agent, .name = "other", .run = say_sunny);
    assert_run(rn_agent_stream(agent, "hi"),
               "start tool(c1,wether,{}) bad(c2,weather,{\"city\":) bad(c3,weather,[1]) "
               "tool(c4,weather,{}) result(c1,error," TWO_TOOLS ") result(c2,error," NO_OBJECT
               ") result(c3,error," NO_OBJECT ") result(c4,ok,Sunny) ai(sorry) finish(stop,2)",
               RN_OK);
    /* A server would refuse arguments that are no JSON. */
    assert_sent(
        place->server, 1,
        "[" SENT_USER("hi") "," SENT_CALLS(
            "",
            SENT_CALL("c1", "wether", "{}") "," SENT_CALL("c2", "weather", "{}") "," SENT_CALL("c3", "weather", "{}") "," SENT_CALL(
                "c4", "weather",
                "{}")) "," SENT_RESULT("c1",
                                       TWO_TOOLS) "," SENT_RESULT("c2",
                                                                  NO_OBJECT) "," SENT_RESULT("c3",
                                                                                             NO_OBJECT) "," SENT_RESULT("c4",
                                                                                                                        "Sunny") "]");
    rn_agent_free(agent);
}

static void test_no_tools_at_all(void **state)
{
    struct place *place = *state;
    ANSWERS(place, CALLS(0, "c1", "weather", "{}") CALLED);
    ANSWERS(place, PIECE("sorry") STOPPED);
    rn_agent *agent = RN_AGENT(.model = place->model);
    assert_run(rn_agent_stream(agent, "hi"),
               "start tool(c1,weather,{}) result(c1,error,There are no tools here.) ai(sorry) "
               "finish(stop,2)",
               RN_OK);
    char *tools = sent(place->server, 0, "tools");
    assert_string_equal(tools, "none");
    free(tools);
    rn_agent_free(agent);
}

/* A model's own run ends after its first call; what it called has a result all the same, because the
 * conversation could not go on without. */
static void test_model_that_calls_unasked(void **state)
{
    struct place *place = *state;
    ANSWERS(place, PIECE("hm") CALLS(0, "c1", "weather", "{}") CALLED);
    rn_conversation *conversation = rn_conversation_new(NULL);
    rn_conversation_user(conversation, "hi");
    rn_stream *stream = rn_model_start(place->model, conversation, RN_STREAM);
    assert_int_equal(rn_say(stream, "more"), -1);
    rn_message *message = rn_collect(stream);
    assert_string_equal(message->reason, "tool_calls");
    assert_false(message->partial);
    rn_conversation_add(conversation, message);
    rn_conversation_user(conversation, "go on");
    rn_close(stream);
    assert_run(rn_model_start(place->model, conversation, RN_STREAM),
               "start ai(hm) tool(c1,weather,{}) "
               "result(c1,error,This was not run: there are no tools here.) finish(tool_calls,1)",
               RN_OK);
    assert_sent(
        place->server, 1,
        "[" SENT_USER("hi") "," SENT_CALLS("hm", SENT_CALL("c1", "weather", "{}")) "," SENT_RESULT(
            "c1", "This was not run: there are no tools here.") "," SENT_USER("go on") "]");
    rn_message_free(message);
    rn_conversation_free(conversation);
}

/* ---- How it ends ---- */

#define CUT_OFF "This was not run, because the answer was cut off. Make the call again."
#define ERROR_PAYLOAD "data: {\"error\":{\"message\":\"overloaded\",\"code\":\"busy\"}}\n\n"

/* The second answer, after one that has called; what comes of it; how it ends. */
static const struct {
    const char *about, *answer, *want;
    int status;
} endings[] = {
    {"stop", PIECE("ok") STOPPED, "ai(ok) finish(stop,2)", RN_OK},
    {"nothing said", STOPPED, "finish(stop,2)", RN_OK},
    {"length", PIECE("ok") ENDS("length"), "ai(ok) finish(length,partial,2)", RN_OK},
    {"filtered", PIECE("ok") ENDS("content_filter"), "ai(ok) finish(content_filter,partial,2)",
     RN_OK},
    {"length, in the arguments", CALLS(0, "c2", "weather", "{\\\"ci") ENDS("length"),
     "bad(c2,weather,{\"ci) result(c2,error," CUT_OFF ") finish(length,partial,2)", RN_OK},
    {"length, before the arguments", CALLS(0, "c2", "weather", "") ENDS("length"),
     "tool(c2,weather,{}) result(c2,error," CUT_OFF ") finish(length,partial,2)", RN_OK},
    {"length, after whole arguments",
     CALLS(0, "c2", "weather", "{}") CALLS(1, "c3", "weather", "{") ENDS("length"),
     "tool(c2,weather,{}) bad(c3,weather,{) result(c2,error," CUT_OFF ") result(c3,error," CUT_OFF
     ") finish(length,partial,2)",
     RN_OK},
    {"a reason nobody knows", CALLS(0, "c2", "weather", "{}") ENDS("abort"),
     "tool(c2,weather,{}) result(c2,error," CUT_OFF ") finish(other,2)", RN_OK},
    {"truncated", PIECE("o"),
     "ai(o) error(truncated: stream ended before the response was complete, retryable) "
     "finish(truncated,partial,2)",
     RN_ETRUNCATED},
    {"truncated in a call", CALLS(0, "c2", "weather", "{\\\"ci"),
     "error(truncated: stream ended before the response was complete, retryable) "
     "finish(truncated,partial,2)",
     RN_ETRUNCATED},
    {"the provider breaks off", PIECE("o") CALLS(0, "c2", "weather", "{}") ERROR_PAYLOAD,
     "ai(o) error(provider: overloaded, code busy) finish(error,partial,2)", RN_EPROVIDER},
};

static void test_endings(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof(endings) / sizeof(endings[0]); i++) {
        void *own;
        place_set_up(&own);
        struct place *place = own;
        ANSWERS(place, WEATHER CALLED);
        ANSWERS(place, endings[i].answer);
        rn_agent *agent = weather_agent(place);
        char *want = xasprintf("start ai(Let me ) ai(look.) tool(c1,weather,{\"city\":\"Paris\"}) "
                               "result(c1,ok,Sunny) %s",
                               endings[i].want);
        assert_run(rn_agent_stream(agent, endings[i].about), want, endings[i].status);
        free(want);
        rn_agent_free(agent);
        place_tear_down(&own);
    }
}

/* A model that calls for ever is stopped, with every call answered. */
static void test_max_steps(void **state)
{
    struct place *place = *state;
    ANSWERS(place, CALLS(0, "c1", "weather", "{}") CALLED);
    rn_agent *agent = AGENT(place, .max_steps = 3);
    RN_TOOL(agent, .name = "weather", .run = say_sunny);
#define ROUND " tool(c1,weather,{}) result(c1,ok,Sunny)"
    assert_run(rn_agent_stream(agent, "hi"),
               "start" ROUND ROUND ROUND " finish(max_steps,partial,3)", RN_OK);
    assert_int_equal(server_request_count(place->server), 3);
    rn_agent_free(agent);
}

static void test_max_steps_unless_said(void **state)
{
    struct place *place = *state;
    ANSWERS(place, CALLS(0, "c1", "weather", "{}") CALLED);
    rn_agent *agent = weather_agent(place);
    rn_message *message = rn_agent_invoke(agent, "hi");
    assert_int_equal(message->steps, 30);
    assert_string_equal(message->reason, "max_steps");
    assert_int_equal(message->call_count, 30);
    rn_message_free(message);
    rn_agent_free(agent);
}

/* ---- What it adds up to ---- */

#define COUNTS(in, out)                                                                      \
    "data: {\"choices\":[],\"usage\":{\"prompt_tokens\":" #in ",\"completion_tokens\":" #out \
    "}}\n\n"

static void test_totals(void **state)
{
    struct place *place = *state;
    ANSWERS(place, WEATHER COUNTS(10, 3) CALLED);
    ANSWERS(place, PIECE(" Sunny.") COUNTS(20, 4) STOPPED);
    rn_agent *agent = weather_agent(place);
    rn_stream *stream = rn_agent_stream(agent, "hi");
    struct watch watch = {0};
    watch_until(&watch, stream, RN_RESULT);
    const rn_message *sofar = rn_snapshot(stream);
    assert_string_equal(sofar->content, "Let me look.");
    assert_int_equal(sofar->call_count, 1);
    assert_int_equal(sofar->usage.input, 10);
    assert_string_equal(sofar->reason, "");
    const rn_event *finish = watch_until(&watch, stream, RN_FINISH);
    assert_int_equal(finish->usage->input, 30);
    assert_int_equal(finish->usage->output, 7);
    assert_int_equal(finish->finish->steps, 2);
    assert_true(finish->finish->ttft_ms >= 0 && finish->finish->ttft_ms <= finish->finish->ms);
    assert_true(finish->finish->timing.first_byte >= 0);
    rn_message *message = rn_collect(stream);
    assert_string_equal(message->content, "Let me look. Sunny.");
    assert_int_equal(message->usage.input, 30);
    size_t len = rn_message_json(message, NULL, 0);
    char *json = xcalloc(len + 1, 1);
    rn_message_json(message, json, len + 1);
    assert_non_null(strstr(json, "\"content\":\"Let me look. Sunny.\""));
    assert_non_null(strstr(json,
                           "\"calls\":[{\"id\":\"c1\",\"tool\":\"weather\",\"args\":{\"city\":"
                           "\"Paris\"}}]"));
    free(json);
    rn_message_free(message);
    watch_end(&watch, stream, NULL, RN_OK);
    rn_agent_free(agent);
}

static void test_text(void **state)
{
    struct place *place = *state;
    ANSWERS(place, WEATHER CALLED);
    ANSWERS(place, PIECE(" Sunny.") STOPPED);
    rn_agent *agent = weather_agent(place);
    int status;
    char *text = rn_text(rn_agent_stream(agent, "hi"), &status);
    assert_string_equal(text, "Let me look. Sunny.");
    assert_int_equal(status, RN_OK);
    free(text);
    rn_agent_free(agent);
}

static void test_whole_messages(void **state)
{
    struct place *place = *state;
    ANSWERS(place, CHUNK("\"reasoning\":\"h\"") PIECE("Let ") CHUNK("\"reasoning\":\"m\"") PIECE(
                       "me ") PIECE("look.") CALLS(0, "c1", "weather", "{}") COUNTS(1, 1) CALLED);
    ANSWERS(place, PIECE("Sun") PIECE("ny") CHUNK("\"refusal\":\"but \"")
                       CHUNK("\"refusal\":\"no\"") ERROR_PAYLOAD);
    rn_agent *agent = AGENT(place, .whole_messages = true);
    RN_TOOL(agent, .name = "weather", .run = say_sunny);
    rn_stream *stream = rn_agent_stream(agent, "hi");
    struct watch watch = {0};
    const rn_event *event = watch_until(&watch, stream, RN_AI);
    assert_string_equal(event->id, "m1");
    assert_int_equal(event->step, 1);
    while (watch_next(&watch, stream))
        continue;
    assert_string_equal(rn_snapshot(stream)->content, "Let me look.Sunnybut no");
    watch_end(&watch, stream,
              "start think(h) think(m) ai(Let me look.) tool(c1,weather,{}) usage(1/1/?/?) "
              "result(c1,ok,Sunny) ai(Sunny) refusal(but no) "
              "error(provider: overloaded, code busy) finish(error,partial,2)",
              RN_EPROVIDER);
    rn_agent_free(agent);
}

/* ---- Conversations ---- */

/* Two runs of an agent, then one of the model alone: each is sent all that was before. */
static void test_conversation(void **state)
{
    struct place *place = *state;
    ANSWERS(place, WEATHER CALLED);
    ANSWERS(place, PIECE("Sunny.") STOPPED);
    ANSWERS(place, CALLS(0, "c1", "weather", "{\\\"x\\\":[0.1,-3,\\\"\\u00e9\\\"]}") CALLED);
    ANSWERS(place, PIECE("Still.") STOPPED);
    rn_agent *agent = weather_agent(place);
    rn_conversation *conversation = rn_conversation_new("Be brief.");
    for (int i = 0; i < 2; i++) {
        rn_conversation_user(conversation, i == 0 ? "Weather?" : "And now?");
        rn_stream *stream = rn_agent_start(agent, conversation, RN_STREAM);
        rn_message *message = rn_collect(stream);
        assert_int_equal(rn_close(stream), RN_OK);
        rn_conversation_add(conversation, message);
        assert_string_equal(conversation_parent(conversation), message->run);
        rn_message_free(message);
    }
#define FIRST                                                      \
    "[{\"role\":\"system\",\"content\":\"Be brief.\"}," SENT_USER( \
        "Weather?") "," SENT_WEATHER "," SENT_TEXT("Sunny.") "," SENT_USER("And now?")
#define SECOND                                                                                 \
    "," SENT_CALLS("", SENT_CALL("c1", "weather",                                              \
                                 "{\\\"x\\\":[0.1,-3,\\\"\u00e9\\\"]}")) "," SENT_RESULT("c1", \
                                                                                         "Sunny")
    assert_sent(place->server, 2, FIRST "]");
    assert_sent(place->server, 3, FIRST SECOND "]");
    assert_int_equal(rn_conversation_length(conversation), 8);
    static const char *const roles[] = {"user", "assistant", "tool", "assistant",
                                        "user", "assistant", "tool", "assistant"};
    for (size_t i = 0; i < 8; i++)
        assert_string_equal(rn_conversation_role(conversation, i), roles[i]);
    assert_string_equal(rn_conversation_content(conversation, 6), "Sunny");
    rn_conversation_user(conversation, "bye");
    rn_stream *stream = rn_model_start(place->model, conversation, RN_STREAM);
    assert_sent(place->server, 4, FIRST SECOND "," SENT_TEXT("Still.") "," SENT_USER("bye") "]");
    rn_close(stream);
    /* Taking back takes the whole run back. */
    assert_true(rn_conversation_undo(conversation));
    assert_true(rn_conversation_undo(conversation));
    assert_int_equal(rn_conversation_length(conversation), 4);
    rn_conversation_free(conversation);
    rn_agent_free(agent);
}

/* ---- Lives ---- */

static void test_freed_while_it_runs(void **state)
{
    struct place *place = *state;
    ANSWERS(place, WEATHER CALLED);
    ANSWERS(place, PIECE("Sunny.") STOPPED);
    ANSWERS(place, WEATHER CALLED);
    ANSWERS(place, PIECE("Sunny.") STOPPED);
    rn_model *model = MODEL(place->server, .retries = -1);
    rn_agent *agent = RN_AGENT(.model = model);
    RN_TOOL(agent, .name = "weather", .run = say_sunny);
    rn_stream *first = rn_agent_stream(agent, "hi"), *second;
    struct watch watch = {0};
    watch_until(&watch, first, RN_FINISH);
    second = rn_agent_stream(agent, "hi");
    rn_agent_free(agent);
    rn_model_free(model);
    assert_run(second,
               "start ai(Let me ) ai(look.) tool(c1,weather,{\"city\":\"Paris\"}) "
               "result(c1,ok,Sunny) ai(Sunny.) finish(stop,2)",
               RN_OK);
    watch_end(&watch, first, NULL, RN_OK);
}

enum { THREADS = 4, RUNS_EACH = 5 };

static void *run_some(void *agent)
{
    uintptr_t good = 0;
    for (int i = 0; i < RUNS_EACH; i++) {
        rn_message *message = rn_agent_invoke(agent, "hi");
        good += message->status == RN_OK && message->call_count == 6 &&
                strcmp(message->reason, "max_steps") == 0;
        rn_message_free(message);
    }
    return (void *)good;
}

/* On several threads at once, functions and commands. */
static void test_threads(void **state)
{
    struct place *place = *state;
    pthread_t threads[THREADS];
    ANSWERS(place, CALLS(0, "c1", "weather", "{}") CALLS(1, "c2", "echo", "{}") CALLED);
    rn_agent *agent = AGENT(place, .max_steps = 3);
    RN_TOOL(agent, .name = "weather", .run = say_sunny);
    RN_TOOL(agent, .name = "echo", .command = SH("echo hi"));
    for (size_t i = 0; i < THREADS; i++)
        assert_int_equal(pthread_create(&threads[i], NULL, run_some, agent), 0);
    for (size_t i = 0; i < THREADS; i++) {
        void *good;
        pthread_join(threads[i], &good);
        assert_int_equal((uintptr_t)good, RUNS_EACH);
    }
    rn_agent_free(agent);
}

/* Readable whenever there is something: a reader that only ever polls and steps gets it all. */
static void test_descriptor(void **state)
{
    struct place *place = *state;
    struct buf words = BUF_INIT;
    const rn_event *event;
    int result = RN_AGAIN;
    ANSWERS(place, CALLS(0, "c1", "weather", "{}") CALLS(1, "c2", "echo", "{}") CALLED);
    ANSWERS(place, PIECE("ok") STOPPED);
    rn_agent *agent = weather_agent(place);
    RN_TOOL(agent, .name = "echo", .command = SH("echo hi"));
    rn_stream *stream = rn_agent_stream(agent, "hi");
    while (result != RN_DONE) {
        struct pollfd wait = {.fd = rn_fd(stream), .events = POLLIN};
        assert_int_equal(poll(&wait, 1, SERVER_PATIENCE_MS), 1);
        result = rn_step(stream, &event, 0);
        if (result == RN_EVENT)
            watch_describe(&words, event);
    }
    assert_string_equal(buf_str(&words),
                        "start tool(c1,weather,{}) tool(c2,echo,{}) result(c1,ok,Sunny) "
                        "result(c2,ok,hi) ai(ok) finish(stop,2)");
    buf_clear(&words);
    rn_close(stream);
    rn_agent_free(agent);
}

/* ---- What a server has refused, and what it has put off ---- */

static void test_refusal_is_heeded_in_all_steps(void **state)
{
    struct place *place = *state;
    rn_model *model = MODEL(place->server, .retries = -1, .max_tokens = 9);
    SERVER_SCRIPT(place->server,
                  SERVE_JSON(400, "{\"error\":{\"code\":\"unsupported_parameter\",\"message\":"
                                  "\"Use 'max_completion_tokens' instead.\"}}"));
    ANSWERS(place, WEATHER CALLED);
    ANSWERS(place, PIECE("It is sunny.") STOPPED);
    rn_agent *agent = RN_AGENT(.model = model);
    RN_TOOL(agent, .name = "weather", .run = say_sunny);
    free(rn_text(rn_agent_stream(agent, "Weather in Paris?"), NULL));
    assert_int_equal(server_request_count(place->server), 3);
    for (unsigned i = 0; i < 3; i++) {
        char *old = sent(place->server, i, "max_tokens");
        char *amended = sent(place->server, i, "max_completion_tokens");
        assert_string_equal(old, i == 0 ? "9" : "none");
        assert_string_equal(amended, i == 0 ? "none" : "9");
        free(old);
        free(amended);
    }
    rn_agent_free(agent);
    rn_model_free(model);
}

#define BLOCK(index, block)                                                                \
    "data: {\"type\":\"content_block_start\",\"index\":" index ",\"content_block\":" block \
    "}\n\ndata: {\"type\":\"content_block_stop\",\"index\":" index "}\n\n"
#define SEARCH                                                                                  \
    "{\"type\":\"server_tool_use\",\"id\":\"s1\",\"name\":\"web_search\",\"input\":{\"query\":" \
    "\"x\"}}"
#define SPOKEN(text) "{\"type\":\"text\",\"text\":\"" text "\"}"
#define ENDED(reason)                                                                         \
    "data: {\"type\":\"message_delta\",\"delta\":{\"stop_reason\":\"" reason "\"}}\n\ndata: " \
    "{\"type\":\"message_stop\"}\n\n"

/* Anthropic's pause_turn: the work of its own tools goes on when it gets back what it has said. */
static void test_pause(void **state)
{
    struct place *place = *state;
    rn_model *model = MODEL(place->server, .wire = "anthropic", .retries = -1);
    ANSWERS(place, BLOCK("0", SPOKEN("Let me look.")) BLOCK("1", SEARCH) ENDED("pause_turn"));
    ANSWERS(place, BLOCK("0", SPOKEN(" It is x.")) ENDED("end_turn"));
    rn_agent *agent = RN_AGENT(.model = model);
    rn_message *message = rn_agent_invoke(agent, "x?");
    assert_string_equal(message->content, "Let me look. It is x.");
    assert_string_equal(message->reason, "stop");
    assert_int_equal(message->steps, 2);
    rn_message_free(message);
    char *messages = sent(place->server, 1, "messages");
    assert_non_null(strstr(messages, "{\"role\":\"assistant\",\"content\":[" SPOKEN(
                                         "Let me look.") ","
                                                         "{\"type\":\"server_tool_use\""));
    free(messages);
    rn_agent_free(agent);
    rn_model_free(model);
}

/* Without an agent nobody goes on: what came is part of an answer. */
static void test_pause_of_a_model(void **state)
{
    struct place *place = *state;
    rn_model *model = MODEL(place->server, .wire = "anthropic", .retries = -1);
    ANSWERS(place, BLOCK("0", SPOKEN("Let me look.")) ENDED("pause_turn"));
    rn_stream *stream = rn_model_stream(model, "x?");
    rn_message *message = rn_collect(stream);
    assert_string_equal(message->reason, "pause");
    assert_true(message->partial);
    rn_message_free(message);
    rn_close(stream);
    rn_model_free(model);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        PLACE_TEST(test_loop),
        PLACE_TEST(test_invoke),
        PLACE_TEST(test_start),
        PLACE_TEST(test_order_of_parallel_calls),
        PLACE_TEST(test_unknown_and_invalid),
        PLACE_TEST(test_no_tools_at_all),
        PLACE_TEST(test_model_that_calls_unasked),
        cmocka_unit_test(test_endings),
        PLACE_TEST(test_max_steps),
        PLACE_TEST(test_max_steps_unless_said),
        PLACE_TEST(test_totals),
        PLACE_TEST(test_text),
        PLACE_TEST(test_whole_messages),
        PLACE_TEST(test_conversation),
        PLACE_TEST(test_freed_while_it_runs),
        PLACE_TEST(test_threads),
        PLACE_TEST(test_descriptor),
        PLACE_TEST(test_refusal_is_heeded_in_all_steps),
        PLACE_TEST(test_pause),
        PLACE_TEST(test_pause_of_a_model),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
