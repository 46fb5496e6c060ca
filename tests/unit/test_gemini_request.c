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

#include "llm/codec.h"
#include "llm/event.h"
#include "runnel.h"

static void check_json(const char *about, const json_t *got, const char *want)
{
    json_t *wanted = json_loads(want, JSON_DECODE_ANY, NULL);
    char *text = json_dumps(got, JSON_COMPACT | JSON_ENCODE_ANY);
    if (!wanted || !json_equal(got, wanted))
        fail_msg("%s: %s", about, text);
    free(text);
    json_decref(wanted);
}

/* The body for a request that lacks but its messages and tools. */
static json_t *encode(struct request *request, const char *messages, const char *tools)
{
    json_t *said = json_loads(messages, 0, NULL), *offer = json_loads(tools, 0, NULL);
    assert_non_null(said);
    assert_non_null(offer);
    request->provider = "gemini";
    request->messages = said;
    request->tools = offer;
    json_t *body = codec_gemini.encode(request);
    json_decref(said);
    json_decref(offer);
    return body;
}

/* ---- Messages ---- */

#define USER "{\"role\":\"user\",\"content\":\"hi\"}"
#define SENT_USER "{\"role\":\"user\",\"parts\":[{\"text\":\"hi\"}]}"
#define MODEL(parts) "{\"role\":\"model\",\"parts\":[" parts "]}"
#define SENT(parts) "{\"role\":\"user\",\"parts\":[" parts "]}"
#define SAID(fields) "{\"role\":\"assistant\",\"provider\":\"gemini\"," fields "}"
#define OTHER(fields) "{\"role\":\"assistant\",\"provider\":\"openai\"," fields "}"
#define CALLS(list) "\"content\":\"\",\"calls\":[" list "]"
#define CALL(id) "{\"id\":\"" id "\",\"tool\":\"f\",\"args\":{\"x\":1}}"
#define SENT_CALL "\"functionCall\":{\"name\":\"f\",\"args\":{\"x\":1}}"
#define RESULT(id, output, status)                                             \
    "{\"role\":\"tool\",\"id\":\"" id "\",\"tool\":\"f\",\"output\":\"" output \
    "\",\"status\":\"" status "\"}"
#define SENT_RESULT(id, key, output) \
    "{\"functionResponse\":{\"name\":\"f\"" id ",\"response\":{\"" key "\":\"" output "\"}}}"
#define SKIP "\"thoughtSignature\":\"skip_thought_signature_validator\""
#define MADE "abcdefg27" /* the form of ids that were made here */
#define ID(id) ",\"id\":\"" id "\""

/* Two calls at once, their results, and then another. */
#define NAMED(id) "{\"functionCall\":{\"name\":\"f\",\"args\":{\"x\":1},\"id\":\"" id "\"}}"
#define BATCH \
    SAID(CALLS(CALL("a") "," CALL("b"))) "," RESULT("a", "1", "ok") "," RESULT("b", "no", "denied")
#define BATCH_RESULTS SENT_RESULT(ID("a"), "output", "1") "," SENT_RESULT(ID("b"), "error", "no")
#define SENT_BATCH MODEL(NAMED("a") "," NAMED("b")) "," SENT(BATCH_RESULTS)
#define LATER SAID(CALLS(CALL("c"))) "," RESULT("c", "3", "ok")
#define SENT_LATER MODEL(NAMED("c")) "," SENT(SENT_RESULT(ID("c"), "output", "3"))

static const struct {
    const char *about, *model, *messages, *want;
} conversations[] = {
    {"none", "gemini-2.5-flash", "[]", "[]"},
    {"a question", "gemini-2.5-flash", "[" USER "]", "[" SENT_USER "]"},
    {"an answer", "gemini-2.5-flash",
     "[" USER "," SAID("\"content\":\"yo\",\"reasoning\":\"hm\",\"run\":\"r\"") "]",
     "[" SENT_USER "," MODEL("{\"text\":\"yo\"}") "]"},
    {"an answer that never began", "gemini-2.5-flash",
     "[" USER "," SAID("\"content\":\"\",\"partial\":true") "," USER "]",
     "[" SENT_USER "," SENT_USER "]"},
    {"a role that nobody knows", "gemini-2.5-flash",
     "[{\"role\":\"ghost\",\"content\":\"boo\"},{},null,7," USER "]", "[" SENT_USER "]"},
    {"the server's id, and the result", "gemini-2.5-flash",
     "[" SAID(CALLS(CALL("fc1"))) "," RESULT("fc1", "11 C", "ok") "]",
     "[" MODEL("{\"functionCall\":{\"name\":\"f\",\"args\":{\"x\":1},\"id\":\"fc1\"}}") "," SENT(
         SENT_RESULT(ID("fc1"), "output", "11 C")) "]"},
    {"an id of ours", "gemini-2.5-flash",
     "[" SAID(CALLS(CALL(MADE))) "," RESULT(MADE, "11 C", "ok") "]",
     "[" MODEL("{" SENT_CALL "}") "," SENT(SENT_RESULT("", "output", "11 C")) "]"},
    {"another's id", "gemini-2.5-flash",
     "[" OTHER(CALLS(CALL("call_1"))) "," RESULT("call_1", "11 C", "ok") "]",
     "[" MODEL("{" SENT_CALL "}") "," SENT(SENT_RESULT("", "output", "11 C")) "]"},
    {"results of a batch", "gemini-2.5-flash", "[" BATCH "," USER "," LATER "]",
     "[" SENT_BATCH "," SENT_USER "," SENT_LATER "]"},
    {"a call that was no JSON", "gemini-2.5-flash",
     "[" SAID(
         CALLS("{\"id\":\"" MADE "\",\"tool\":\"f\",\"args_raw\":\"{x\",\"invalid\":true}")) "]",
     "[" MODEL("{\"functionCall\":{\"name\":\"f\",\"args\":{}}}") "]"},
    {"another's calls, for a model that wants signatures", "gemini-3-pro",
     "[" OTHER("\"content\":\"x\",\"calls\":[" CALL("a") "," CALL("b") "]") "]",
     "[" MODEL("{\"text\":\"x\"},{" SENT_CALL "," SKIP "},{" SENT_CALL "}") "]"},
    {"its own without a signature", "models/gemini-3.1-flash", "[" SAID(CALLS(CALL(MADE))) "]",
     "[" MODEL("{" SENT_CALL "," SKIP "}") "]"},
    {"its own with one", "gemini-flash-latest",
     "[" SAID(CALLS(CALL(MADE)) ",\"opaque\":[{\"field\":\"thoughtSignature\",\"data\":\"s\","
                                "\"call\":\"" MADE "\"}]") "]",
     "[" MODEL("{" SENT_CALL ",\"thoughtSignature\":\"s\"}") "]"},
    {"another's signature", "gemini-2.5-flash",
     "[" OTHER(CALLS(CALL("a")) ",\"opaque\":[{\"field\":\"thoughtSignature\",\"data\":\"s\","
                                "\"call\":\"a\"}]") "]",
     "[" MODEL("{" SENT_CALL "}") "]"},
    {"places that are none", "gemini-2.5-flash",
     "[" SAID(
         "\"content\":\"a\u00e9b\",\"opaque\":["
         "{\"field\":\"thoughtSignature\",\"data\":\"r\",\"at\":[0,-1,0]},"
         "{\"field\":\"thoughtSignature\",\"data\":\"s\",\"at\":[0,2,0]},"
         "{\"field\":\"thoughtSignature\",\"data\":\"t\",\"at\":[9,1,7],\"item\":\"text\"},"
         "{\"field\":\"thoughtSignature\",\"data\":\"u\",\"at\":[9,99,9],\"item\":\"thought\"},"
         "{\"field\":\"thoughtSignature\",\"data\":\"v\"},"
         "{\"field\":\"signature\",\"data\":\"w\",\"at\":[0,0,0]},7]") "]",
     "[" MODEL("{\"text\":\"a\"},{\"text\":\"\",\"thoughtSignature\":\"s\"},"
               "{\"text\":\"\",\"thoughtSignature\":\"t\"},{\"text\":\"\u00e9b\"},"
               "{\"text\":\"\",\"thought\":true,\"thoughtSignature\":\"u\"}") "]"},
    {"attachments", "gemini-2.5-flash",
     "[{\"role\":\"user\",\"content\":\"see\",\"attachments\":["
     "{\"type\":\"image/png\",\"data\":\"AAAA\"},"
     "{\"type\":\"application/pdf\",\"url\":\"https://x/y.pdf\"},"
     "{\"name\":\"a.c\",\"type\":\"text/plain\",\"text\":\"int\"}]}]",
     "[" SENT("{\"inlineData\":{\"mimeType\":\"image/png\",\"data\":\"AAAA\"}},"
              "{\"fileData\":{\"mimeType\":\"application/pdf\",\"fileUri\":\"https://x/y.pdf\"}},"
              "{\"text\":\"<file name=\\\"a.c\\\">\\nint\\n</file>\\n\\nsee\"}") "]"},
    {"an attachment without a word", "gemini-2.5-flash",
     "[{\"role\":\"user\",\"content\":\"\",\"attachments\":["
     "{\"type\":\"image/png\",\"data\":\"AAAA\"}]}]",
     "[" SENT("{\"inlineData\":{\"mimeType\":\"image/png\",\"data\":\"AAAA\"}}") "]"},
    {"nothing said", "gemini-2.5-flash", "[{\"role\":\"user\",\"content\":\"\"}]",
     "[" SENT("{\"text\":\"\"}") "]"},
};

static void test_messages(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof(conversations) / sizeof(conversations[0]); i++) {
        rn_model_options options = {.model = conversations[i].model};
        struct request request = {.options = &options};
        json_t *body = encode(&request, conversations[i].messages, "[]");
        check_json(conversations[i].about, json_object_get(body, "contents"),
                   conversations[i].want);
        json_decref(body);
    }
}

/* ---- The rest of a request ---- */

static void test_tools(void **state)
{
    (void)state;
    rn_model_options options = {.model = "m"};
    struct request request = {.options = &options, .system = "Be terse."};
    json_t *body =
        encode(&request, "[]",
               "[{\"name\":\"f\",\"description\":\"d\",\"schema\":{\"type\":\"object\","
               "\"properties\":{\"x\":{\"type\":\"string\"}},\"additionalProperties\":false}},"
               "{\"name\":\"now\",\"description\":\"\",\"schema\":{\"type\":\"object\","
               "\"properties\":{},\"additionalProperties\":false}},"
               "{\"name\":\"any\",\"description\":\"\",\"schema\":{\"type\":\"object\","
               "\"additionalProperties\":true}}]");
    check_json("all of it", body,
               "{\"contents\":[],\"systemInstruction\":{\"parts\":[{\"text\":\"Be terse.\"}]},"
               "\"tools\":[{\"functionDeclarations\":["
               "{\"name\":\"f\",\"description\":\"d\",\"parametersJsonSchema\":{\"type\":"
               "\"object\",\"properties\":{\"x\":{\"type\":\"string\"}},\"additionalProperties\":"
               "false}},{\"name\":\"now\",\"description\":\"\"},"
               "{\"name\":\"any\",\"description\":\"\",\"parametersJsonSchema\":{\"type\":"
               "\"object\",\"additionalProperties\":true}}]}]}");
    json_decref(body);
}

static void test_config(void **state)
{
    (void)state;
    double warm = 0.5;
    const char *const stops[] = {"END", "STOP", NULL};
    rn_model_options options = {.model = "m",
                                .temperature = &warm,
                                .max_tokens = 100,
                                .stop = stops,
                                .schema = "{\"type\":\"object\"}"};
    struct request request = {.options = &options, .system = ""};
    json_t *body = encode(&request, "[]", "[]");
    check_json("all of it", body,
               "{\"contents\":[],\"generationConfig\":{\"temperature\":0.5,\"maxOutputTokens\":100,"
               "\"stopSequences\":[\"END\",\"STOP\"],\"responseMimeType\":\"application/json\","
               "\"responseJsonSchema\":{\"type\":\"object\"}}}");
    json_decref(body);
}

static void test_thinking(void **state)
{
    (void)state;
    static const struct {
        const char *model, *effort, *want;
    } cases[] = {
        {"gemini-2.5-flash", NULL, "{\"includeThoughts\":true}"},
        {"gemini-2.5-flash", "none", "{\"includeThoughts\":false,\"thinkingBudget\":0}"},
        {"gemini-2.5-pro", "none", "{\"includeThoughts\":false,\"thinkingBudget\":128}"},
        {"gemini-2.5-flash", "minimal", "{\"includeThoughts\":true,\"thinkingBudget\":1024}"},
        {"gemini-2.5-flash", "low", "{\"includeThoughts\":true,\"thinkingBudget\":1024}"},
        {"gemini-2.5-pro", "medium", "{\"includeThoughts\":true,\"thinkingBudget\":8192}"},
        {"models/gemini-2.5-pro", "high", "{\"includeThoughts\":true,\"thinkingBudget\":24576}"},
        {"gemini-3-flash", NULL, "{\"includeThoughts\":true}"},
        {"gemini-3-flash", "none", "{\"includeThoughts\":false,\"thinkingLevel\":\"MINIMAL\"}"},
        {"gemini-3-flash", "minimal", "{\"includeThoughts\":true,\"thinkingLevel\":\"MINIMAL\"}"},
        {"gemini-10-pro", "high", "{\"includeThoughts\":true,\"thinkingLevel\":\"HIGH\"}"},
        {"gemini-flash-latest", NULL, "{\"includeThoughts\":true}"},
        {"gemini-2.0-flash", NULL, "null"},
        {"gemini-1.5-pro-latest-002", NULL, "null"},
        {"gemma-3-27b-it", NULL, "null"},
        {"alias", "low", "{\"includeThoughts\":true,\"thinkingLevel\":\"LOW\"}"},
        {"alias", "warp", "null"},
    };
    for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        rn_model_options options = {.model = cases[i].model, .reasoning = cases[i].effort};
        struct request request = {.options = &options};
        json_t *body = encode(&request, "[]", "[]"), *null = json_null();
        const json_t *config = json_object_get(body, "generationConfig");
        const json_t *thinking = json_object_get(config, "thinkingConfig");
        check_json(cases[i].model, thinking ? thinking : null, cases[i].want);
        json_decref(body);
    }
}

static void test_takes(void **state)
{
    (void)state;
    static const char *const yes[] = {"image/png",       "image/jpeg", "image/webp", "image/heic",
                                      "application/pdf", "audio/wav",  "video/mp4"};
    static const char *const no[] = {"image/gif",       "image/pn", "image/png2",
                                     "application/zip", "audio",    ""};
    for (size_t i = 0; i < sizeof(yes) / sizeof(yes[0]); i++)
        assert_true(codec_gemini.takes(yes[i], i % 2));
    for (size_t i = 0; i < sizeof(no) / sizeof(no[0]); i++)
        assert_false(codec_gemini.takes(no[i], i % 2));
}

/* ---- What a server refuses ---- */

#define THINKS(fields) \
    "{\"generationConfig\":{\"thinkingConfig\":{\"includeThoughts\":" fields "}}}"
#define TOOL(key, schema) \
    "{\"tools\":[{\"functionDeclarations\":[{\"name\":\"f\",\"" key "\":" schema "},{}]}]}"
#define ASKS(key, schema) "{\"generationConfig\":{\"" key "\":" schema "}}"

static const struct {
    const char *about, *body, *why, *want; /* want NULL: it is left as it is */
} amendments[] = {
    {"a level to a model that takes a budget", THINKS("true,\"thinkingLevel\":\"MEDIUM\""),
     "Thinking level is not supported for this model.", THINKS("true,\"thinkingBudget\":8192")},
    {"the same in other words", THINKS("true,\"thinkingLevel\":\"LOW\""),
     "Unable to submit request because thinking_level is not supported by this model",
     THINKS("true,\"thinkingBudget\":1024")},
    {"no thinking", THINKS("false,\"thinkingLevel\":\"MINIMAL\""),
     "Thinking level is not supported for this model.", THINKS("false,\"thinkingBudget\":0")},
    {"a level that a model lacks", THINKS("true,\"thinkingLevel\":\"MEDIUM\""),
     "Thinking level MEDIUM is not supported for this model.",
     THINKS("true,\"thinkingLevel\":\"HIGH\"")},
    {"the least that a model lacks", THINKS("false,\"thinkingLevel\":\"MINIMAL\""),
     "Thinking level MINIMAL is not supported for this model.",
     THINKS("false,\"thinkingLevel\":\"LOW\"")},
    {"the most that a model lacks", THINKS("true,\"thinkingLevel\":\"HIGH\""),
     "Thinking level HIGH is not supported for this model.", THINKS("true")},
    {"a level that is none of ours", THINKS("true,\"thinkingLevel\":\"WARP\""),
     "Thinking level is not supported for this model.", THINKS("true")},
    {"a budget", THINKS("false,\"thinkingBudget\":0"),
     "Budget 0 is invalid. This model only works in thinking mode.", THINKS("false")},
    {"all thinking",
     "{\"generationConfig\":{\"temperature\":1,\"thinkingConfig\":{\"includeThoughts\":true}}}",
     "Thinking is not enabled for models/gemini-2.0-flash",
     "{\"generationConfig\":{\"temperature\":1}}"},
    {"thinking that was not asked for", "{\"contents\":[]}", "I think not", NULL},
    {"JSON Schema of an answer",
     ASKS("responseJsonSchema",
          "{\"$schema\":\"x\",\"type\":\"object\",\"properties\":{\"$schema\":"
          "{\"type\":[\"string\",\"null\"],\"default\":1},\"b\":{\"type\":"
          "\"array\",\"items\":{\"const\":\"x\"}}},\"required\":[\"b\"],"
          "\"additionalProperties\":false}"),
     "Invalid JSON payload received. Unknown name \"responseJsonSchema\" at 'generation_config': "
     "Cannot find field.",
     ASKS("responseSchema",
          "{\"type\":\"object\",\"properties\":{\"$schema\":{\"type\":\"string\",\"nullable\":"
          "true},\"b\":{\"type\":\"array\",\"items\":{\"enum\":[\"x\"]}}},\"required\":[\"b\"]}")},
    {"JSON Schema of a tool",
     TOOL("parametersJsonSchema",
          "{\"oneOf\":[{\"type\":\"string\",\"minLength\":1},{\"$ref\":\"#\"}]}"),
     "Unknown name \"parametersJsonSchema\" at 'tools[0].function_declarations[0]'",
     TOOL("parameters", "{\"anyOf\":[{\"type\":\"string\",\"minLength\":1},{}]}")},
    {"a schema beside tools",
     "{\"tools\":[],\"generationConfig\":{\"responseMimeType\":\"application/json\","
     "\"responseJsonSchema\":{\"type\":\"object\"}}}",
     "Function calling with a response mime type: 'application/json' is unsupported",
     "{\"tools\":[],\"generationConfig\":{},\"systemInstruction\":{\"parts\":[{\"text\":"
     "\"Answer with JSON alone, without Markdown, that follows this JSON Schema: "
     "{\\\"type\\\":\\\"object\\\"}\"}]}}"},
    {"a schema beside tools and a system prompt",
     "{\"tools\":[],\"systemInstruction\":{\"parts\":[{\"text\":\"s\"}]},"
     "\"generationConfig\":{\"responseJsonSchema\":{}}}",
     "a response mime type is unsupported",
     "{\"tools\":[],\"generationConfig\":{},\"systemInstruction\":{\"parts\":[{\"text\":\"s\"},"
     "{\"text\":\"Answer with JSON alone, without Markdown, that follows this JSON Schema: {}\"}"
     "]}}"},
    {"a system prompt",
     "{\"systemInstruction\":{\"parts\":[{\"text\":\"s\"}]},\"contents\":[" MODEL(
         "{\"text\":\"a\"}") "," SENT_USER "]}",
     "Developer instruction is not enabled for models/gemma-3-27b-it",
     "{\"contents\":[" MODEL("{\"text\":\"a\"}") "," SENT(
         "{\"text\":\"s\"},{\"text\":\"hi\"}") "]}"},
    {"a system prompt and nobody who asks",
     "{\"systemInstruction\":{\"parts\":[{\"text\":\"s\"}]},\"contents\":[]}",
     "Developer instruction is not enabled for models/gemma-3-27b-it", NULL},
    {"a missing signature",
     "{\"contents\":[" SENT_USER
     "," MODEL("{\"text\":\"a\"},{" SENT_CALL "},{" SENT_CALL
               "}") "," MODEL("{" SENT_CALL ",\"thoughtSignature\":\"s\"}") "]}",
     "Function call is missing a thought_signature in functionCall parts.",
     "{\"contents\":[" SENT_USER
     "," MODEL("{\"text\":\"a\"},{" SENT_CALL "," SKIP "},{" SENT_CALL
               "}") "," MODEL("{" SENT_CALL ",\"thoughtSignature\":\"s\"}") "]}"},
    {"one that is not valid",
     "{\"contents\":[" MODEL("{" SENT_CALL ",\"thoughtSignature\":\"s\"},{\"text\":\"\","
                             "\"thoughtSignature\":\"t\"}") "]}",
     "Corrupted thought signature.", "{\"contents\":[" MODEL("{" SENT_CALL "," SKIP "}") "]}"},
    {"something else", THINKS("true"), "Request contains an invalid argument.", NULL},
};

static bool amend(json_t *body, int http, const char *why)
{
    struct event event;
    event_init(&event, RN_ERROR);
    event.error = (rn_failure){.http = http, .provider_code = "INVALID_ARGUMENT"};
    event.pub.text = why;
    event.pub.text_len = strlen(why);
    return codec_gemini.amend(body, &event.pub);
}

static void test_amend(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof(amendments) / sizeof(amendments[0]); i++) {
        const char *want = amendments[i].want;
        json_t *body = json_loads(amendments[i].body, 0, NULL);
        assert_non_null(body);
        if (amend(body, 400, amendments[i].why) != (want != NULL))
            fail_msg("%s", amendments[i].about);
        check_json(amendments[i].about, body, want ? want : amendments[i].body);
        json_decref(body);
    }
    json_t *body = json_loads(amendments[0].body, 0, NULL);
    assert_false(amend(body, 429, amendments[0].why));
    json_decref(body);
}

/* ---- Where requests go ---- */

static void test_urls(void **state)
{
    (void)state;
    static const char base[] = "https://generativelanguage.googleapis.com/v1beta/models/";
    static const char *const cases[][2] = {
        {"gemini-3-pro", "gemini-3-pro"},
        {"models/gemini-3-pro", "gemini-3-pro"},
        {"modelsgemini", "modelsgemini"},
        {"a b?c", "a%20b%3Fc"},
    };
    for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        char want[200];
        snprintf(want, sizeof(want), "%s%s:streamGenerateContent?alt=sse", base, cases[i][1]);
        rn_model *model = RN_MODEL(.provider = "gemini", .model = cases[i][0]);
        assert_string_equal(rn_model_url(model), want);
        rn_model_free(model);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_messages), cmocka_unit_test(test_tools),
        cmocka_unit_test(test_config),   cmocka_unit_test(test_thinking),
        cmocka_unit_test(test_takes),    cmocka_unit_test(test_amend),
        cmocka_unit_test(test_urls),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
