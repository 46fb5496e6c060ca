/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "base/buf.h"
#include "base/json.h"
#include "describe.h"
#include "llm/codec.h"
#include "llm/conversation.h"
#include "llm/event.h"
#include "llm/model.h"
#include "runnel.h"

/* ---- Lines in, words out; tests/wire has whole bodies, this has the corners ---- */

#define SAYS(fields) \
    "{\"model\":\"q\",\"message\":{\"role\":\"assistant\"," fields "},\"done\":false}\n"
#define DONE(fields)                                                                 \
    "{\"model\":\"q\",\"message\":{\"role\":\"assistant\",\"content\":\"\"}," fields \
    "\"done\":true}\n"
#define CALL(call) SAYS("\"content\":\"\",\"tool_calls\":[" call "]")
#define FN(id, args) "{\"id\":\"" id "\",\"function\":{\"name\":\"f\",\"arguments\":" args "}}"

static const struct {
    const char *about, *body, *want; /* behind start(,q) */
} bodies[] = {
    {"thinking before text, in one line",
     SAYS("\"content\":\"b\",\"thinking\":\"a\"") DONE("\"done_reason\":\"stop\","),
     "think(a) ai(b) finish(stop,stop)"},
    {"no reason", SAYS("\"content\":\"a\"") DONE(""), "ai(a) finish(stop,)"},
    {"it was too long", SAYS("\"content\":\"a\"") DONE("\"done_reason\":\"length\","),
     "ai(a) finish(length,length)"},
    {"loaded", DONE("\"done_reason\":\"load\","), "finish(other,load)"},
    {"unloaded", DONE("\"done_reason\":\"unload\","), "finish(other,unload)"},
    {"text on the last line",
     "{\"model\":\"q\",\"message\":{\"content\":\"z\"},\"done\":true,\"done_reason\":\"stop\"}\n",
     "ai(z) finish(stop,stop)"},
    {"a call on the last line",
     "{\"model\":\"q\",\"message\":{\"tool_calls\":[" FN("a", "{}") "]},\"done\":true}\n",
     "tool(a,f,{}) finish(tool_calls,)"},
    {"two calls in one line", CALL(FN("a", "{\"x\":1}") "," FN("b", "{}")) DONE(""),
     "tool(a,f,{\"x\":1}) tool(b,f,{}) finish(tool_calls,)"},
    {"text after a call", CALL(FN("a", "{}")) SAYS("\"content\":\"t\"") DONE(""),
     "tool(a,f,{}) ai(t) finish(tool_calls,)"},
    {"no arguments", CALL("{\"id\":\"a\",\"function\":{\"name\":\"f\"}}") DONE(""),
     "tool(a,f,{}) finish(tool_calls,)"},
    {"arguments as text", CALL(FN("a", "\"{\\\"x\\\": 1}\"")) DONE(""),
     "tool(a,f,{\"x\":1}) finish(tool_calls,)"},
    {"arguments as text that is no JSON", CALL(FN("a", "\"{x\"")) DONE(""),
     "bad(a,f,{x) finish(tool_calls,)"},
    {"what is no call", CALL("null,7,{},{\"function\":{\"name\":\"\"}}") DONE(""), "finish(stop,)"},
    {"usage, known in part", DONE("\"eval_count\":3,\"total_duration\":182242375123,"),
     "usage(?/3/?/?) finish(stop,)"},
    {"counts that are none", DONE("\"eval_count\":-3,\"prompt_eval_count\":1e300,"),
     "finish(stop,)"},
    {"an error after text", SAYS("\"content\":\"a\"") "{\"error\":\"llama runner crashed\"}\n",
     "ai(a) error(provider: llama runner crashed)"},
    {"nothing after the end", DONE("") SAYS("\"content\":\"a\"") "{\"error\":\"x\"}\n",
     "finish(stop,)"},
    {"fields of other kinds",
     SAYS("\"content\":7,\"thinking\":[],\"tool_calls\":{}") SAYS("\"content\":null") DONE(""),
     "finish(stop,)"},
    {"lines that say nothing",
     SAYS("\"content\":\"a\"") "{}\n\n{\"status\":\"pulling\"}\n" DONE(""), "ai(a) finish(stop,)"},
    {"no end", SAYS("\"content\":\"a\""),
     "ai(a) error(truncated: stream ended before the response was complete, retryable)"},
    {"half an emoji in each of two lines",
     SAYS("\"content\":\"\\ud83d\"") SAYS("\"content\":\"\\ude00\"") DONE(""),
     "ai(\U0001F600) finish(stop,)"},
    {"over several lines",
     "{\n \"model\": \"q\",\n \"message\": {\"content\": \"a\"},\n \"done\": true\n}\n",
     "ai(a) finish(stop,)"},
};

static char *decode(const char *body, size_t piece)
{
    struct buf got = BUF_INIT;
    rn_decoder *decoder = rn_decoder_new("ollama");
    const rn_event *event;
    size_t len = strlen(body);
    rn_decoder_head(decoder, 200, "application/x-ndjson");
    for (size_t at = 0; at < len; at += piece)
        rn_decoder_feed(decoder, body + at, len - at < piece ? len - at : piece);
    rn_decoder_end(decoder);
    while ((event = rn_decoder_next(decoder)))
        if (event->kind != RN_TOOL_DELTA)
            describe(&got, event);
    rn_decoder_free(decoder);
    return buf_take(&got);
}

static void test_bodies(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof(bodies) / sizeof(bodies[0]); i++) {
        struct buf want = BUF_INIT;
        buf_addf(&want, "start(,q) %s", bodies[i].want);
        for (size_t piece = 1; piece < 400; piece += 3) {
            char *got = decode(bodies[i].body, piece);
            if (strcmp(got, want.data) != 0)
                fail_msg("%s, %zu bytes at a time: %s", bodies[i].about, piece, got);
            free(got);
        }
        buf_clear(&want);
    }
}

static void test_no_answer(void **state)
{
    (void)state;
    static const struct {
        const char *body, *want;
    } cases[] = {
        {"{\"error\":\"model requires more system memory\"}\n",
         "error(provider: model requires more system memory)"},
        {"{\"version\":\"0.12\"}\n",
         "error(truncated: stream ended before the response was complete, retryable)"},
        {"{\n\"version\":\"0.12\"}\n",
         "error(protocol: the response is JSON but holds no answer (no \"message\"))"},
    };
    for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        char *got = decode(cases[i].body, 1);
        assert_string_equal(got, cases[i].want);
        free(got);
    }
}

/* Ids that are missing, or given twice, are made: no two calls share one. */
static void test_ids(void **state)
{
    (void)state;
    rn_decoder *decoder = rn_decoder_new("ollama");
    const char *body =
        CALL(FN("call_0", "{}")) CALL(FN("call_0", "{}")) CALL(FN("", "{}")) DONE("");
    const rn_event *event;
    char ids[3][16];
    size_t count = 0;
    rn_decoder_feed(decoder, body, strlen(body));
    while ((event = rn_decoder_next(decoder)))
        if (event->kind == RN_TOOL)
            snprintf(ids[count++], sizeof(ids[0]), "%s", event->id);
    assert_int_equal(count, 3);
    assert_string_equal(ids[0], "call_0");
    assert_int_equal(strlen(ids[1]), 9);
    assert_int_equal(strlen(ids[2]), 9);
    assert_string_not_equal(ids[1], ids[2]);
    rn_decoder_free(decoder);
}

/* ---- A conversation, as it goes out ---- */

static const struct {
    const char *about, *messages, *want;
} conversations[] = {
    {"a question and an answer",
     "[{\"role\":\"user\",\"content\":\"hi\"},{\"role\":\"assistant\",\"content\":\"yo\","
     "\"reasoning\":\"hm\",\"provider\":\"ollama\"}]",
     "[{\"role\":\"user\",\"content\":\"hi\"},{\"role\":\"assistant\",\"content\":\"yo\"}]"},
    {"an answer that never began", "[{\"role\":\"assistant\",\"content\":\"\",\"partial\":true}]",
     "[]"},
    {"pictures",
     "[{\"role\":\"user\",\"content\":\"?\",\"attachments\":[{\"type\":\"image/png\",\"data\":"
     "\"AAAA\"},{\"type\":\"image/gif\",\"data\":\"BBBB\"},{\"name\":\"a\",\"type\":\"text/"
     "plain\",\"text\":\"t\"}]}]",
     "[{\"role\":\"user\",\"content\":\"<file name=\\\"a\\\">\\nt\\n</file>\\n\\n?\",\"images\":["
     "\"AAAA\",\"BBBB\"]}]"},
    {"a call, its thinking and its result",
     "[{\"role\":\"assistant\",\"content\":\"\",\"reasoning\":\"hm\",\"provider\":\"ollama\","
     "\"calls\":[{\"id\":\"a\",\"tool\":\"f\",\"args\":{\"x\":1}},{\"id\":\"b\",\"tool\":\"g\","
     "\"args_raw\":\"{x\",\"invalid\":true}]},{\"role\":\"tool\",\"id\":\"a\",\"tool\":\"f\","
     "\"output\":\"11 C\",\"status\":\"ok\"}]",
     "[{\"role\":\"assistant\",\"content\":\"\",\"tool_calls\":[{\"id\":\"a\",\"function\":{"
     "\"index\":0,\"name\":\"f\",\"arguments\":{\"x\":1}}},{\"id\":\"b\",\"function\":{\"index\":1,"
     "\"name\":\"g\",\"arguments\":{}}}],\"thinking\":\"hm\"},{\"role\":\"tool\",\"tool_name\":"
     "\"f\",\"tool_call_id\":\"a\",\"content\":\"11 C\"}]"},
    {"somebody else's thinking",
     "[{\"role\":\"assistant\",\"content\":\"x\",\"reasoning\":\"hm\",\"provider\":\"gemini\","
     "\"calls\":[{\"id\":\"a\",\"tool\":\"f\",\"args\":{}}]}]",
     "[{\"role\":\"assistant\",\"content\":\"x\",\"tool_calls\":[{\"id\":\"a\",\"function\":{"
     "\"index\":0,\"name\":\"f\",\"arguments\":{}}}]}]"},
};

static void test_messages(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof(conversations) / sizeof(conversations[0]); i++) {
        rn_model *model = RN_MODEL(.provider = "ollama", .model = "q");
        rn_conversation *conversation = rn_conversation_new(NULL);
        struct buf want = BUF_INIT;
        json_decref(conversation->messages);
        conversation->messages = json_loads(conversations[i].messages, 0, NULL);
        char *body = model_encode(model, conversation, NULL, RN_STREAM);
        buf_addf(&want, "{\"model\":\"q\",\"messages\":%s,\"stream\":true}", conversations[i].want);
        if (strcmp(body, want.data) != 0)
            fail_msg("%s: %s", conversations[i].about, body);
        free(body);
        buf_clear(&want);
        rn_conversation_free(conversation);
        rn_model_free(model);
    }
}

/* ---- Settings ---- */

static void check(rn_model *model, const char *tools, const char *want)
{
    rn_conversation *conversation = rn_conversation_new("be brief");
    json_t *offer = tools ? json_loads(tools, 0, NULL) : NULL;
    char *body = model_encode(model, conversation, offer, RN_INVOKE);
    struct buf all = BUF_INIT;
    buf_addf(&all,
             "{\"model\":\"q\",\"messages\":[{\"role\":\"system\",\"content\":\"be brief\"}],"
             "\"stream\":false%s}",
             want);
    assert_string_equal(body, all.data);
    free(body);
    buf_clear(&all);
    json_decref(offer);
    rn_conversation_free(conversation);
    rn_model_free(model);
}

#define OLLAMA .provider = "ollama", .model = "q"

static void test_settings(void **state)
{
    (void)state;
    double temperature = 0.5;
    const char *stop[] = {"END", NULL};
    check(RN_MODEL(OLLAMA), NULL, "");
    check(RN_MODEL(OLLAMA, .temperature = &temperature, .max_tokens = 9, .stop = stop), NULL,
          ",\"options\":{\"temperature\":0.5,\"num_predict\":9,\"stop\":[\"END\"]}");
    check(RN_MODEL(OLLAMA, .schema = "{\"type\":\"object\"}"), NULL,
          ",\"format\":{\"type\":\"object\"}");
    check(RN_MODEL(OLLAMA),
          "[{\"name\":\"f\",\"description\":\"does f\",\"schema\":{\"type\":\"object\"}}]",
          ",\"tools\":[{\"type\":\"function\",\"function\":{\"name\":\"f\",\"description\":\"does "
          "f\","
          "\"parameters\":{\"type\":\"object\"}}}]");
}

static void test_think(void **state)
{
    (void)state;
    check(RN_MODEL(OLLAMA, .reasoning = "none"), NULL, ",\"think\":false");
    check(RN_MODEL(OLLAMA, .reasoning = "minimal"), NULL, ",\"think\":true");
    check(RN_MODEL(OLLAMA, .reasoning = "low"), NULL, ",\"think\":\"low\"");
    check(RN_MODEL(OLLAMA, .reasoning = "medium"), NULL, ",\"think\":\"medium\"");
    check(RN_MODEL(OLLAMA, .reasoning = "high"), NULL, ",\"think\":\"high\"");
}

static void test_amend(void **state)
{
    (void)state;
    static const struct {
        const char *about, *body;
        int http;
        const char *text, *want; /* NULL: there is no other way */
    } cases[] = {
        {"it cannot think", "{\"think\":true,\"a\":1}", 400, "\"q\" does not support thinking",
         "{\"a\":1}"},
        {"it knows no levels", "{\"think\":\"low\"}", 400,
         "think value \"low\" is not supported for this model", "{\"think\":true}"},
        {"it was not asked to", "{\"a\":1}", 400, "\"q\" does not support thinking", NULL},
        {"no level was asked for", "{\"think\":true}", 400, "think value \"x\" is not supported",
         NULL},
        {"another status", "{\"think\":true}", 500, "\"q\" does not support thinking", NULL},
        {"it knows no tools", "{\"think\":true,\"tools\":[]}", 400, "\"q\" does not support tools",
         NULL},
    };
    for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        struct event error;
        json_t *body = json_loads(cases[i].body, 0, NULL);
        event_init(&error, RN_ERROR);
        error.error.http = cases[i].http;
        error.pub.text = cases[i].text;
        bool amended = codec_ollama.amend(body, &error.pub);
        char *got = json_dumps(body, JSON_COMPACT);
        if (amended != (cases[i].want != NULL) ||
            strcmp(got, amended ? cases[i].want : cases[i].body) != 0)
            fail_msg("%s: %s", cases[i].about, got);
        free(got);
        json_decref(body);
    }
}

static void test_takes(void **state)
{
    (void)state;
    rn_model *model = RN_MODEL(OLLAMA);
    assert_true(rn_model_takes(model, "image/png", false));
    assert_false(rn_model_takes(model, "image/png", true));
    assert_false(rn_model_takes(model, "application/pdf", false));
    assert_true(rn_model_takes(model, "text/x-c", false));
    rn_model_free(model);
}

/* ---- The list of models ---- */

static void test_models(void **state)
{
    (void)state;
    static const struct {
        const char *answer, *want; /* NULL: it is no list of this wire */
    } cases[] = {
        {"{\"models\":[{\"name\":\"q:7b\",\"model\":\"q:7b\",\"size\":1,\"details\":{\"family\":"
         "\"qwen3\",\"parameter_size\":\"7B\",\"quantization_level\":\"Q4_K_M\"}}]}",
         "[{\"name\":\"q:7b\",\"title\":\"7B Q4_K_M\"}]"},
        {"{\"models\":[{\"model\":\"q\",\"details\":{\"parameter_size\":\"7B\",\"context_length\":"
         "40960},\"capabilities\":[\"completion\",\"tools\",\"thinking\"]}]}",
         "[{\"name\":\"q\",\"title\":\"7B\",\"context\":40960,\"images\":false,\"tools\":true,"
         "\"reasoning\":true}]"},
        {"{\"models\":[{\"name\":\"e\",\"capabilities\":[\"embedding\"]},"
         "{\"name\":\"n\",\"details\":{\"family\":\"nomic-bert\"}}]}",
         "[]"},
        {"{\"models\":[null,7,{},{\"name\":\"\"},{\"name\":\"x\",\"details\":[],\"capabilities\":"
         "{}}]}",
         "[{\"name\":\"x\"}]"},
        {"{\"models\":null}", "[]"},
        {"[]", NULL},
        {"{\"data\":[]}", NULL},
        {"{\"models\":{}}", NULL},
    };
    for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        json_t *answer = json_loads(cases[i].answer, 0, NULL);
        json_t *list = codec_ollama.models(answer);
        char *got = list ? json_dumps(list, JSON_COMPACT) : NULL;
        if (!got != !cases[i].want || (got && strcmp(got, cases[i].want) != 0))
            fail_msg("%s: %s", cases[i].answer, got ? got : "no list");
        free(got);
        json_decref(list);
        json_decref(answer);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_bodies),   cmocka_unit_test(test_no_answer),
        cmocka_unit_test(test_ids),      cmocka_unit_test(test_messages),
        cmocka_unit_test(test_settings), cmocka_unit_test(test_think),
        cmocka_unit_test(test_amend),    cmocka_unit_test(test_takes),
        cmocka_unit_test(test_models),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
