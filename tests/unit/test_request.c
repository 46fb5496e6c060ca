/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <ctype.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include <jansson.h>

#include "base/json.h"
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
    {"a refusal, to a server of OpenAI's own", "azure",
     "[{\"role\":\"assistant\",\"content\":\"no\",\"refusal\":true}]",
     "[{\"role\":\"assistant\",\"content\":null,\"refusal\":\"no\"}]"},
    {"text with a question", "openai",
     "[{\"role\":\"user\",\"content\":\"why?\",\"attachments\":[{\"name\":\"a.c\",\"type\":\"text/"
     "plain\",\"text\":\"int a;\"}]}]",
     "[{\"role\":\"user\",\"content\":\"<file name=\\\"a.c\\\">\\nint a;\\n</file>\\n\\nwhy?\"}]"},
    {"pictures with a question", "openai",
     "[{\"role\":\"user\",\"content\":\"what?\",\"attachments\":[{\"type\":\"image/"
     "png\",\"data\":\"AAAA\"},{\"type\":\"image/jpeg\",\"url\":\"https://x/y.jpg\"}]}]",
     "[{\"role\":\"user\",\"content\":[{\"type\":\"text\",\"text\":\"what?\"},"
     "{\"type\":\"image_url\",\"image_url\":{\"url\":\"data:image/png;base64,AAAA\"}},"
     "{\"type\":\"image_url\",\"image_url\":{\"url\":\"https://x/y.jpg\"}}]}]"},
    {"a document and no words", "openai",
     "[{\"role\":\"user\",\"content\":\"\",\"attachments\":[{\"name\":\"b.pdf\",\"type\":"
     "\"application/pdf\",\"data\":\"AAAA\"}]}]",
     "[{\"role\":\"user\",\"content\":[{\"type\":\"file\",\"file\":{\"filename\":\"b.pdf\",\"file_"
     "data\":\"data:application/pdf;base64,AAAA\"}}]}]"},
    {"a document without a name", "openai",
     "[{\"role\":\"user\",\"content\":\"\",\"attachments\":[{\"type\":\"application/pdf\",\"data\":"
     "\"AAAA\"}]}]",
     "[{\"role\":\"user\",\"content\":[{\"type\":\"file\",\"file\":{\"filename\":\"input.pdf\","
     "\"file_data\":\"data:application/pdf;base64,AAAA\"}}]}]"},
    {"a document for Mistral", "mistral",
     "[{\"role\":\"user\",\"content\":\"?\",\"attachments\":[{\"type\":\"application/"
     "pdf\",\"data\":"
     "\"AAAA\"}]}]",
     "[{\"role\":\"user\",\"content\":[{\"type\":\"text\",\"text\":\"?\"},{\"type\":\"document_"
     "url\",\"document_url\":\"data:application/pdf;base64,AAAA\"}]}]"},
    {"an id that Mistral takes", "mistral",
     "[{\"role\":\"tool\",\"id\":\"abcDEF019\",\"tool\":\"f\",\"output\":\"x\"}]",
     "[{\"role\":\"tool\",\"tool_call_id\":\"abcDEF019\",\"content\":\"x\"}]"},
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
    return RN_MODEL(.provider = provider, .wire = "openai", .model = "m",
                    .url = "http://localhost/v1");
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
    check(RN_MODEL(.provider = "openai", .wire = "openai", .model = "m", .max_tokens = 9), NULL,
          RN_INVOKE,
          "{\"model\":\"m\",\"messages\":[],\"stream\":false,\"max_completion_tokens\":9}");
    check(RN_MODEL(.provider = "ollama", LOCAL, .max_tokens = 9), NULL, RN_INVOKE,
          "{\"model\":\"m\",\"messages\":[],\"stream\":false,\"max_tokens\":9}");
    check(RN_MODEL(.provider = "mistral", .model = "m"), NULL, RN_STREAM,
          "{\"model\":\"m\",\"messages\":[],\"stream\":true}");
}

/* An id that another provider made goes out to Mistral as one that it takes: the same in the call and in
 * its result, another for another call. */
static void test_mistral_ids(void **state)
{
    (void)state;
    static const char *const ids[] = {"call_1", "call_2",    "toolu_0123456789",
                                      "",       "abcdefgh-", "abcdefghij"};
    char sent[6][10];
    for (size_t i = 0; i < sizeof(ids) / sizeof(ids[0]); i++) {
        rn_model *model = RN_MODEL(.provider = "mistral", .model = "m");
        rn_conversation *conversation = rn_conversation_new(NULL);
        conversation_add_json(conversation,
                              json_pack("{s:s, s:s, s:[{s:s, s:s, s:{}}]}", "role", "assistant",
                                        "content", "", "calls", "id", ids[i], "tool", "f", "args"));
        conversation_add_json(conversation, json_pack("{s:s, s:s, s:s}", "role", "tool", "id",
                                                      ids[i], "output", "x"));
        char *body = model_encode(model, conversation, NULL, RN_INVOKE);
        json_t *tree = json_loads(body, 0, NULL);
        json_t *messages = json_object_get(tree, "messages");
        json_t *calls = json_object_get(json_array_get(messages, 0), "tool_calls");
        const char *call = json_get_text(json_array_get(calls, 0), "id");
        assert_string_equal(call, json_get_text(json_array_get(messages, 1), "tool_call_id"));
        assert_int_equal(strlen(call), 9);
        for (const char *at = call; *at; at++)
            assert_true(isalnum((unsigned char)*at));
        memcpy(sent[i], call, 10);
        for (size_t k = 0; k < i; k++)
            assert_string_not_equal(sent[k], call);
        free(body);
        json_decref(tree);
        rn_conversation_free(conversation);
        rn_model_free(model);
    }
}

static void test_stop_and_schema(void **state)
{
    (void)state;
    const char *stop[] = {"END", "\n\n", NULL}, *none[] = {NULL};
    check(RN_MODEL(LOCAL, .stop = stop), NULL, RN_INVOKE,
          "{\"model\":\"m\",\"messages\":[],\"stream\":false,\"stop\":[\"END\",\"\\n\\n\"]}");
    check(RN_MODEL(LOCAL, .stop = none), NULL, RN_INVOKE,
          "{\"model\":\"m\",\"messages\":[],\"stream\":false}");
    check(RN_MODEL(LOCAL, .schema = "{\"type\": \"object\"}"), NULL, RN_INVOKE,
          "{\"model\":\"m\",\"messages\":[],\"stream\":false,\"response_format\":{\"type\":\"json_"
          "schema\",\"json_schema\":{\"name\":\"answer\",\"strict\":false,\"schema\":{\"type\":"
          "\"object\"}}}}");
    check(RN_MODEL(LOCAL, .schema =
                              "{\"type\":\"object\",\"properties\":{\"a\":{\"type\":\"string\"}},"
                              "\"required\":[\"a\"],\"additionalProperties\":false}"),
          NULL, RN_INVOKE,
          "{\"model\":\"m\",\"messages\":[],\"stream\":false,\"response_format\":{\"type\":\"json_"
          "schema\",\"json_schema\":{\"name\":\"answer\",\"strict\":true,\"schema\":{\"type\":"
          "\"object\",\"properties\":{\"a\":{\"type\":\"string\"}},\"required\":[\"a\"],"
          "\"additionalProperties\":false}}}}");
}

static void test_takes(void **state)
{
    (void)state;
    rn_model *model = RN_MODEL(LOCAL);
    assert_true(rn_model_takes(model, "image/png", false));
    assert_true(rn_model_takes(model, "image/png", true));
    assert_true(rn_model_takes(model, "application/pdf", false));
    assert_false(rn_model_takes(model, "application/pdf", true));
    assert_false(rn_model_takes(model, "audio/wav", false));
    assert_true(rn_model_takes(model, "text/plain", false));
    rn_model_free(model);
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
    /* Objects are merged, lists are not. */
    double temperature = 0.5;
    const char *stop[] = {"x", NULL};
    check(RN_MODEL(.provider = "ollama", .model = "m", .temperature = &temperature, .stop = stop,
                   .extra =
                       "{\"options\": {\"num_ctx\": 8192, \"stop\": [\"y\"]}, \"keep_alive\": 0}"),
          NULL, RN_INVOKE,
          "{\"model\":\"m\",\"messages\":[],\"stream\":false,\"options\":{\"temperature\":0.5,"
          "\"stop\":["
          "\"y\"],\"num_ctx\":8192},\"keep_alive\":0}");
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
        {"a temperature that is fixed", "{\"temperature\":0.7,\"a\":1}", 400, "unsupported_value",
         "Unsupported value: 'temperature' does not support 0.7 with this model. Only the default "
         "(1) "
         "value is supported.",
         "{\"a\":1}"},
        {"a temperature that is fixed, elsewhere", "{\"temperature\":0.7}", 400, "",
         "temperature is not supported by this model", "{}"},
        {"a temperature out of its range", "{\"temperature\":7}", 400, "decimal_above_max_value",
         "Invalid 'temperature': must be at most 2", NULL},
        {"a temperature that was not sent", "{}", 400, "unsupported_value",
         "'temperature' is not supported", NULL},
        {"a schema that it does not know",
         "{\"messages\":[{\"role\":\"system\",\"content\":\"be "
         "brief\"}],\"response_format\":{\"type\":"
         "\"json_schema\",\"json_schema\":{\"name\":\"answer\",\"schema\":{\"type\":\"object\"}}}}",
         400, "invalid_request_error", "This response_format type is unavailable now",
         "{\"messages\":[{\"role\":\"system\",\"content\":\"be brief\\n\\nAnswer with nothing but "
         "JSON "
         "that follows this JSON Schema:\\n{\\\"type\\\":\\\"object\\\"}\"}],\"response_format\":{"
         "\"type\":\"json_object\"}}"},
        {"a schema, and no system prompt",
         "{\"messages\":[{\"role\":\"user\",\"content\":\"hi\"}],\"response_format\":{\"type\":"
         "\"json_schema\",\"json_schema\":{\"name\":\"answer\",\"schema\":{}}}}",
         422, "", "response_format: unknown type",
         "{\"messages\":[{\"role\":\"system\",\"content\":\"Answer with nothing but JSON that "
         "follows "
         "this JSON Schema:\\n{}\"},{\"role\":\"user\",\"content\":\"hi\"}],\"response_format\":{"
         "\"type\":\"json_object\"}}"},
        {"a format that is loose already", "{\"response_format\":{\"type\":\"json_object\"}}", 400,
         "", "response_format", NULL},
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
        error.pub.text = cases[i].text;
        bool amended = openai_amend(body, &error.pub);
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
        cmocka_unit_test(test_messages),    cmocka_unit_test(test_settings),
        cmocka_unit_test(test_system),      cmocka_unit_test(test_not_utf8),
        cmocka_unit_test(test_extra),       cmocka_unit_test(test_amend),
        cmocka_unit_test(test_mistral_ids), cmocka_unit_test(test_stop_and_schema),
        cmocka_unit_test(test_takes),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
