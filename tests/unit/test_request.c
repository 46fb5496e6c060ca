/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include <jansson.h>

#include "base/mem.h"
#include "llm/conversation.h"
#include "llm/event.h"
#include "llm/model.h"
#include "llm/openai_request.h"
#include "runnel.h"

/* ---- Messages of a conversation, as they go out ---- */

#define USER "{\"role\":\"user\",\"content\":\"hi\"}"
#define SENT_USER USER

static const struct {
    const char *about, *provider, *messages, *want;
} conversations[] = {
    {"none", "openai", "[]", "[]"},
    {"a question", "openai", "[" USER "]", "[" SENT_USER "]"},
    {"an answer", "openai",
     "[" USER ",{\"role\":\"assistant\",\"content\":\"yo\",\"reasoning\":\"hm\",\"run\":\"r\","
     "\"model\":\"g\"}]",
     "[" SENT_USER ",{\"role\":\"assistant\",\"content\":\"yo\"}]"},
    {"a partial answer", "openai", "[{\"role\":\"assistant\",\"content\":\"yo\",\"partial\":true}]",
     "[{\"role\":\"assistant\",\"content\":\"yo\"}]"},
    {"an answer that never began", "openai",
     "[" USER ",{\"role\":\"assistant\",\"content\":\"\",\"partial\":true}," USER "]",
     "[" SENT_USER "," SENT_USER "]"},
    {"a refusal", "openai", "[{\"role\":\"assistant\",\"content\":\"no\",\"refusal\":true}]",
     "[{\"role\":\"assistant\",\"content\":\"no\"}]"},
    {"a call and its result", "openai",
     "[{\"role\":\"assistant\",\"content\":\"\",\"calls\":[{\"id\":\"a\",\"tool\":\"f\",\"args\":{"
     "\"x\": 1}}]},"
     "{\"role\":\"tool\",\"id\":\"a\",\"tool\":\"f\",\"output\":\"11 C\",\"status\":\"ok\"}]",
     "[{\"role\":\"assistant\",\"content\":\"\",\"tool_calls\":[{\"id\":\"a\",\"type\":"
     "\"function\",\"function\":"
     "{\"name\":\"f\",\"arguments\":\"{\\\"x\\\":1}\"}}]},{\"role\":\"tool\",\"tool_call_id\":"
     "\"a\",\"content\":\"11 C\"}]"},
    {"a call without arguments", "openai",
     "[{\"role\":\"assistant\",\"content\":\"x\",\"calls\":[{\"id\":\"a\",\"tool\":\"f\",\"args\":{"
     "}}]}]",
     "[{\"role\":\"assistant\",\"content\":\"x\",\"tool_calls\":[{\"id\":\"a\",\"type\":"
     "\"function\",\"function\":"
     "{\"name\":\"f\",\"arguments\":\"{}\"}}]}]"},
    {"a call that was no JSON", "openai",
     "[{\"role\":\"assistant\",\"content\":\"\",\"calls\":[{\"id\":\"a\",\"tool\":\"f\",\"args_"
     "raw\":\"{x\",\"invalid\":true}]}]",
     "[{\"role\":\"assistant\",\"content\":\"\",\"tool_calls\":[{\"id\":\"a\",\"type\":"
     "\"function\",\"function\":"
     "{\"name\":\"f\",\"arguments\":\"{}\"}}]}]"},
    {"a role that nobody knows", "openai",
     "[{\"role\":\"ghost\",\"content\":\"boo\"},{},null,7," USER "]", "[" SENT_USER "]"},
    {"DeepSeek's thinking, with calls", "deepseek",
     "[{\"role\":\"assistant\",\"content\":\"\",\"reasoning\":\"hm\",\"provider\":\"deepseek\","
     "\"calls\":[{\"id\":\"a\",\"tool\":\"f\",\"args\":{}}]}]",
     "[{\"role\":\"assistant\",\"content\":\"\",\"tool_calls\":[{\"id\":\"a\",\"type\":"
     "\"function\",\"function\":"
     "{\"name\":\"f\",\"arguments\":\"{}\"}}],\"reasoning_content\":\"hm\"}]"},
    {"DeepSeek's empty thinking", "deepseek",
     "[{\"role\":\"assistant\",\"content\":\"\",\"provider\":\"deepseek\",\"calls\":[{\"id\":\"a\","
     "\"tool\":\"f\",\"args\":{}}]}]",
     "[{\"role\":\"assistant\",\"content\":\"\",\"tool_calls\":[{\"id\":\"a\",\"type\":"
     "\"function\",\"function\":"
     "{\"name\":\"f\",\"arguments\":\"{}\"}}],\"reasoning_content\":\"\"}]"},
    {"DeepSeek's thinking, without calls", "deepseek",
     "[{\"role\":\"assistant\",\"content\":\"x\",\"reasoning\":\"hm\",\"provider\":\"deepseek\"}]",
     "[{\"role\":\"assistant\",\"content\":\"x\"}]"},
    {"somebody else's thinking", "deepseek",
     "[{\"role\":\"assistant\",\"content\":\"x\",\"reasoning\":\"hm\",\"provider\":\"openai\","
     "\"calls\":[{\"id\":\"a\",\"tool\":\"f\",\"args\":{}}]}]",
     "[{\"role\":\"assistant\",\"content\":\"x\",\"tool_calls\":[{\"id\":\"a\",\"type\":"
     "\"function\",\"function\":"
     "{\"name\":\"f\",\"arguments\":\"{}\"}}]}]"},
    {"OpenRouter's details, streamed", "openrouter",
     "[{\"role\":\"assistant\",\"content\":\"x\",\"provider\":\"openrouter\",\"opaque\":["
     "{\"field\":\"reasoning_details\",\"data\":[{\"type\":\"reasoning.text\",\"text\":\"a\","
     "\"index\":0,\"format\":\"f\"}]},"
     "{\"field\":\"other\",\"data\":1},"
     "{\"field\":\"reasoning_details\",\"data\":[{\"type\":\"reasoning.text\",\"text\":\"b\","
     "\"index\":0}]},"
     "{\"field\":\"reasoning_details\",\"data\":[{\"type\":\"reasoning.text\",\"signature\":\"s\","
     "\"index\":0}]},"
     "{\"field\":\"reasoning_details\",\"data\":[{\"type\":\"reasoning.text\",\"text\":\"c\","
     "\"index\":0}]},"
     "{\"field\":\"reasoning_details\",\"data\":[{\"type\":\"reasoning.text\",\"text\":\"d\","
     "\"index\":1},"
     "{\"type\":\"reasoning.encrypted\",\"data\":\"e\"},{\"type\":\"reasoning.encrypted\",\"data\":"
     "\"f\"}]}]}]",
     "[{\"role\":\"assistant\",\"content\":\"x\",\"reasoning_details\":["
     "{\"type\":\"reasoning.text\",\"text\":\"ab\",\"index\":0,\"format\":\"f\",\"signature\":"
     "\"s\"},"
     "{\"type\":\"reasoning.text\",\"text\":\"c\",\"index\":0},{\"type\":\"reasoning.text\","
     "\"text\":\"d\",\"index\":1},"
     "{\"type\":\"reasoning.encrypted\",\"data\":\"e\"},{\"type\":\"reasoning.encrypted\",\"data\":"
     "\"f\"}]}]"},
    {"details that are no list", "openrouter",
     "[{\"role\":\"assistant\",\"content\":\"x\",\"provider\":\"openrouter\",\"opaque\":[{"
     "\"field\":\"reasoning_details\",\"data\":{}},7]}]",
     "[{\"role\":\"assistant\",\"content\":\"x\"}]"},
    {"somebody else's details", "openrouter",
     "[{\"role\":\"assistant\",\"content\":\"x\",\"provider\":\"groq\",\"opaque\":[{\"field\":"
     "\"reasoning_details\",\"data\":[{\"a\":1}]}]}]",
     "[{\"role\":\"assistant\",\"content\":\"x\"}]"},
    {"Gemini's signature", "gemini",
     "[{\"role\":\"assistant\",\"content\":\"\",\"provider\":\"gemini\",\"calls\":[{\"id\":\"a\","
     "\"tool\":\"f\",\"args\":{}},"
     "{\"id\":\"b\",\"tool\":\"g\",\"args\":{}}],\"opaque\":[{\"field\":\"thought_signature\","
     "\"data\":\"sig\",\"call\":\"a\"}]}]",
     "[{\"role\":\"assistant\",\"content\":\"\",\"tool_calls\":[{\"id\":\"a\",\"type\":"
     "\"function\",\"function\":"
     "{\"name\":\"f\",\"arguments\":\"{}\"},\"extra_content\":{\"google\":{\"thought_signature\":"
     "\"sig\"}}},"
     "{\"id\":\"b\",\"type\":\"function\",\"function\":{\"name\":\"g\",\"arguments\":\"{}\"}}]}]"},
};

static rn_model *model_of(const char *provider)
{
    return RN_MODEL(.provider = provider, .model = "m", .url = "http://localhost/v1");
}

static void test_messages(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof(conversations) / sizeof(conversations[0]); i++) {
        rn_model *model = model_of(conversations[i].provider);
        rn_conversation *conversation = rn_conversation_new(NULL);
        json_decref(conversation->messages);
        conversation->messages = json_loads(conversations[i].messages, 0, NULL);
        assert_non_null(conversation->messages);
        char *body = model_encode(model, conversation, NULL, RN_INVOKE);
        char *want =
            xasprintf("{\"model\":\"m\",\"messages\":%s,\"stream\":false}", conversations[i].want);
        if (strcmp(body, want) != 0)
            fail_msg("%s: %s", conversations[i].about, body);
        free(body);
        free(want);
        rn_conversation_free(conversation);
        rn_model_free(model);
    }
}

/* ---- Settings ---- */

static void check(rn_model *model, const char *system, enum rn_mode mode, const char *want)
{
    rn_conversation *conversation = rn_conversation_new(system);
    char *body = model_encode(model, conversation, NULL, mode);
    assert_string_equal(body, want);
    free(body);
    rn_conversation_free(conversation);
    rn_model_free(model);
}

#define LOCAL .model = "m", .url = "http://localhost/v1"
#define STREAM "\"stream\":true,\"stream_options\":{\"include_usage\":true}"

static void test_settings(void **state)
{
    (void)state;
    double temperature = 0.7;
    check(RN_MODEL(LOCAL), NULL, RN_STREAM, "{\"model\":\"m\",\"messages\":[]," STREAM "}");
    check(RN_MODEL(LOCAL), NULL, RN_INVOKE, "{\"model\":\"m\",\"messages\":[],\"stream\":false}");
    check(RN_MODEL(LOCAL, .no_stream_options = true), NULL, RN_STREAM,
          "{\"model\":\"m\",\"messages\":[],\"stream\":true}");
    check(RN_MODEL(LOCAL, .temperature = &temperature, .max_tokens = 9, .reasoning = "low"), NULL,
          RN_INVOKE,
          "{\"model\":\"m\",\"messages\":[],\"stream\":false,\"max_tokens\":9,\"temperature\":0.7,"
          "\"reasoning_effort\":\"low\"}");
    check(RN_MODEL(LOCAL, .max_tokens = 9, .max_completion_tokens = true), NULL, RN_INVOKE,
          "{\"model\":\"m\",\"messages\":[],\"stream\":false,\"max_completion_tokens\":9}");
    check(RN_MODEL(.provider = "openai", .model = "m", .max_tokens = 9), NULL, RN_INVOKE,
          "{\"model\":\"m\",\"messages\":[],\"stream\":false,\"max_completion_tokens\":9}");
    check(RN_MODEL(.provider = "ollama", .model = "m", .max_tokens = 9), NULL, RN_INVOKE,
          "{\"model\":\"m\",\"messages\":[],\"stream\":false,\"max_tokens\":9}");
    check(RN_MODEL(.provider = "mistral", .model = "m"), NULL, RN_STREAM,
          "{\"model\":\"m\",\"messages\":[],\"stream\":true}");
}

static void test_system(void **state)
{
    (void)state;
    check(RN_MODEL(LOCAL, .system = "be brief"), NULL, RN_INVOKE,
          "{\"model\":\"m\",\"messages\":[{\"role\":\"system\",\"content\":\"be "
          "brief\"}],\"stream\":false}");
    check(RN_MODEL(LOCAL, .system = "be brief"), "be long", RN_INVOKE,
          "{\"model\":\"m\",\"messages\":[{\"role\":\"system\",\"content\":\"be "
          "long\"}],\"stream\":false}");
    check(RN_MODEL(LOCAL, .system = "be brief"), "", RN_INVOKE,
          "{\"model\":\"m\",\"messages\":[],\"stream\":false}");
}

static void test_not_utf8(void **state)
{
    (void)state;
    check(RN_MODEL(.model = "m\xFF", .url = "http://localhost/v1", .reasoning = "\xC3"),
          "s\xE2\x82", RN_INVOKE,
          "{\"model\":\"m\uFFFD\",\"messages\":[{\"role\":\"system\",\"content\":\"s\uFFFD\"}],"
          "\"stream\":false,"
          "\"reasoning_effort\":\"\uFFFD\"}");
}

static void test_extra(void **state)
{
    (void)state;
    check(RN_MODEL(LOCAL, .max_tokens = 9,
                   .extra = "{\"top_p\": 0.1, \"max_tokens\": 5, \"a\": [null]}"),
          NULL, RN_INVOKE,
          "{\"model\":\"m\",\"messages\":[],\"stream\":false,\"max_tokens\":5,\"top_p\":0.1,\"a\":["
          "null]}");
}

/* ---- A request that was refused, said in another way ---- */

static void test_amend(void **state)
{
    (void)state;
    static const struct {
        const char *about, *body;
        int http;
        const char *code, *text, *want; /* NULL: there is no other way */
    } cases[] = {
        {"the other name", "{\"max_tokens\":5,\"a\":1}", 400, "unsupported_parameter",
         "Unsupported parameter: 'max_tokens' is not supported with this model. Use "
         "'max_completion_tokens' instead.",
         "{\"a\":1,\"max_completion_tokens\":5}"},
        {"it was the other name", "{\"max_completion_tokens\":5}", 400, "unsupported_parameter",
         "Unsupported parameter: 'max_completion_tokens'", NULL},
        {"another parameter", "{\"max_tokens\":5}", 400, "unsupported_parameter",
         "Unsupported parameter: 'top_p'", NULL},
        {"too large a number", "{\"max_tokens\":5}", 400, "invalid_value",
         "max_tokens is too large, or use max_completion_tokens", NULL},
        {"another status", "{\"max_tokens\":5}", 500, "unsupported_parameter",
         "Use 'max_completion_tokens'", NULL},
        {"stream_options", "{\"stream\":true,\"stream_options\":{}}", 422, "",
         "[{\"loc\":[\"body\",\"stream_options\"]}]", "{\"stream\":true}"},
        {"stream_options that were not sent", "{\"stream\":true}", 400, "", "stream_options", NULL},
    };
    for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        struct event error;
        json_t *body = json_loads(cases[i].body, 0, NULL);
        event_init(&error, RN_ERROR);
        error.error.http = cases[i].http;
        error.error.provider_code = cases[i].code;
        error.public.text = cases[i].text;
        bool amended = openai_amend(body, &error.public);
        char *got = json_dumps(body, JSON_COMPACT);
        if (amended != (cases[i].want != NULL) ||
            strcmp(got, amended ? cases[i].want : cases[i].body) != 0)
            fail_msg("%s: %s", cases[i].about, got);
        free(got);
        json_decref(body);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_messages), cmocka_unit_test(test_settings),
        cmocka_unit_test(test_system),   cmocka_unit_test(test_not_utf8),
        cmocka_unit_test(test_extra),    cmocka_unit_test(test_amend),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
