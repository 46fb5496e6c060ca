/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>
#include <jansson.h>

#include "base/buf.h"
#include "describe.h"
#include "llm/codec.h"
#include "llm/decoder.h"
#include "llm/message.h"
#include "runnel.h"

/* ---- Parts in, words out; tests/wire has whole bodies, this has the corners ---- */

#define ANSWER(parts, more) "{\"candidates\":[{\"content\":{\"parts\":[" parts "]}" more "}]}"
#define DATA(parts) "data: " ANSWER(parts, "") "\r\n\r\n"
#define LAST(parts, reason) "data: " ANSWER(parts, ",\"finishReason\":\"" reason "\"") "\r\n\r\n"
#define STOP LAST("", "STOP")
#define TEXT(text) "{\"text\":\"" text "\"}"
#define SIGNED(text, signature) "{\"text\":\"" text "\",\"thoughtSignature\":\"" signature "\"}"
#define THOUGHT(text) "{\"text\":\"" text "\",\"thought\":true}"
#define CALL(fields) "{\"functionCall\":{\"id\":\"a\",\"name\":\"f\"," fields "}}"
#define OPEN CALL("\"willContinue\":true")
#define VALUES(list) "{\"functionCall\":{\"partialArgs\":[" list "],\"willContinue\":true}}"
#define CLOSE "{\"functionCall\":{}}"
#define AT(path, value) "{\"jsonPath\":\"" path "\"," value "}"
#define CALLED(args) \
    "start(,) delta(a,f,) delta(a,f," args ") tool(a,f," args ") finish(tool_calls,STOP)"
#define NO_PLACE                                                                              \
    "start(,) delta(a,f,) error(protocol: the arguments of a tool call have no place to go, " \
    "retryable)"

static const struct answer_case {
    const char *about, *body, *want;
} answers[] = {
    {"text, and thoughts", DATA(THOUGHT("hm")) DATA(TEXT("a") "," TEXT("b")) STOP,
     "start(,) think(hm) ai(a) ai(b) finish(stop,STOP)"},
    {"the end in the same payload", LAST(TEXT("a"), "STOP"), "start(,) ai(a) finish(stop,STOP)"},
    {"who answers",
     "data: {\"responseId\":\"r\",\"modelVersion\":\"g\"}\n\n" LAST(TEXT("a"), "STOP"),
     "start(r,g) ai(a) finish(stop,STOP)"},
    {"an array instead of a stream",
     "[" ANSWER(TEXT("a"), "") ",\n" ANSWER(TEXT("b"), ",\"finishReason\":\"STOP\"") "]",
     "start(,) ai(a) ai(b) finish(stop,STOP)"},
    {"arrays in a stream",
     "data: [" ANSWER(TEXT("a"), "") "]\n\ndata: [" ANSWER("",
                                                           ",\"finishReason\":\"STOP\"") "]\n\n",
     "start(,) ai(a) finish(stop,STOP)"},
    {"an array with an error", "[{\"error\":{\"code\":503,\"message\":\"m\",\"status\":\"X\"}}]",
     "error(provider: m, code X, retryable)"},
    {"no answer at all", "{\"kind\":\"page\"}",
     "error(protocol: the response is JSON but holds no answer (no \"candidates\"))"},
    {"the second of two candidates is not ours",
     "data: {\"candidates\":[{\"index\":1,\"content\":{\"parts\":[{\"text\":\"x\"}]}},"
     "{\"index\":0,\"content\":{\"parts\":[{\"text\":\"a\"}]},\"finishReason\":\"STOP\"}]}\n\n",
     "start(,) ai(a) finish(stop,STOP)"},
    {"parts that nobody knows",
     DATA("null,7,{},{\"toolCall\":{}},{\"text\":null},{\"text\":7}") LAST(TEXT("a"), "STOP"),
     "start(,) ai(a) finish(stop,STOP)"},
    {"code that was run",
     LAST("{\"executableCode\":{\"language\":\"PYTHON\",\"code\":\"print(1)\"}},"
          "{\"codeExecutionResult\":{\"outcome\":\"OUTCOME_OK\",\"output\":\"1\\n\"}}",
          "STOP"),
     "start(,) ai(\n```python\nprint(1)\n```\n) ai(\n```\n1\n```\n) finish(stop,STOP)"},
    {"code with a fence in it",
     LAST("{\"executableCode\":{\"code\":\"'```'\"}},{\"codeExecutionResult\":{}}", "STOP"),
     "start(,) ai(\n````python\n'```'\n````\n) finish(stop,STOP)"},
    {"an error after text",
     DATA(TEXT("a")) "data: {\"error\":{\"code\":400,\"message\":\"m\"}}\n\n",
     "start(,) ai(a) error(provider: m, code 400)"},
    {"cut off", DATA(TEXT("a")),
     "start(,) ai(a) error(truncated: stream ended before the response was complete, retryable)"},
};

static const struct answer_case calls[] = {
    {"whole", LAST(CALL("\"args\":{\"x\": 1}"), "STOP"), CALLED("{\"x\":1}")},
    {"arguments null", LAST(CALL("\"args\":null"), "STOP"), CALLED("{}")},
    {"signed",
     LAST("{\"functionCall\":{\"id\":\"a\",\"name\":\"f\"},\"thoughtSignature\":\"s\"}", "STOP"),
     "start(,) delta(a,f,) delta(a,f,{}) tool(a,f,{}) opaque(thoughtSignature,\"s\",a) "
     "finish(tool_calls,STOP)"},
    {"values of all kinds",
     DATA(OPEN)
         DATA(VALUES(AT("$.s", "\"stringValue\":\"x\"") "," AT("$.n", "\"numberValue\":1.5") "," AT(
             "$.b", "\"boolValue\":false") "," AT("$.z", "\"nullValue\":\"NULL_VALUE\"")))
             DATA(CLOSE) STOP,
     CALLED("{\"s\":\"x\",\"n\":1.5,\"b\":false,\"z\":null}")},
    {"values with the name, complete at once",
     LAST(CALL("\"partialArgs\":[" AT("$.n", "\"numberValue\":1") "]"), "STOP"),
     CALLED("{\"n\":1}")},
    {"the last values close it",
     DATA(OPEN) DATA("{\"functionCall\":{\"partialArgs\":[" AT("$.n", "\"numberValue\":1") "]}}")
         STOP,
     CALLED("{\"n\":1}")},
    {"keys in quotes",
     DATA(OPEN) DATA(VALUES(AT("$['a.b'][0]['c']", "\"numberValue\":1") "," AT(
         "$[\\\"d\\\"]", "\"numberValue\":2"))) STOP,
     CALLED("{\"a.b\":[{\"c\":1}],\"d\":2}")},
    {"a string in pieces",
     DATA(OPEN) DATA(VALUES(AT("$.s", "\"stringValue\":\"\\ud83e\",\"willContinue\":true")))
         DATA(VALUES(AT("$.s", "\"stringValue\":\"\\udd80!\",\"willContinue\":true")))
             DATA(VALUES(AT("$.n", "\"numberValue\":1"))) STOP,
     CALLED("{\"s\":\"\U0001F980!\",\"n\":1}")},
    {"no values", DATA(OPEN) DATA(CLOSE) DATA(CLOSE) STOP, CALLED("{}")},
    {"the next call closes the one before",
     DATA(OPEN) DATA(VALUES(AT("$.n", "\"numberValue\":1")))
         LAST("{\"functionCall\":{\"id\":\"b\",\"name\":\"g\"}}", "STOP"),
     "start(,) delta(a,f,) delta(a,f,{\"n\":1}) tool(a,f,{\"n\":1}) delta(b,g,) delta(b,g,{}) "
     "tool(b,g,{}) finish(tool_calls,STOP)"},
    {"a signature that comes with the values",
     DATA(OPEN) DATA("{\"functionCall\":{\"willContinue\":true},\"thoughtSignature\":\"s\"}") STOP,
     "start(,) delta(a,f,) opaque(thoughtSignature,\"s\",a) delta(a,f,{}) tool(a,f,{}) "
     "finish(tool_calls,STOP)"},
    {"values for no call", DATA(VALUES(AT("$.n", "\"numberValue\":1"))) LAST(TEXT("a"), "STOP"),
     "start(,) ai(a) finish(stop,STOP)"},
    {"a call that is cut off", DATA(OPEN) DATA(VALUES(AT("$.n", "\"numberValue\":1"))),
     "start(,) delta(a,f,) error(truncated: stream ended before the response was complete, "
     "retryable)"},
    {"no path", DATA(OPEN) DATA(VALUES("{\"numberValue\":1}")) STOP, NO_PLACE},
    {"a path to nowhere", DATA(OPEN) DATA(VALUES(AT("$", "\"numberValue\":1"))) STOP, NO_PLACE},
    {"a path that breaks off", DATA(OPEN) DATA(VALUES(AT("$.a[", "\"numberValue\":1"))) STOP,
     NO_PLACE},
    {"an open quote", DATA(OPEN) DATA(VALUES(AT("$['a", "\"numberValue\":1"))) STOP, NO_PLACE},
    {"far beyond the end", DATA(OPEN) DATA(VALUES(AT("$.a[99999999]", "\"numberValue\":1"))) STOP,
     NO_PLACE},
    {"through what is no object",
     DATA(OPEN) DATA(VALUES(AT("$.a", "\"numberValue\":1") "," AT("$.a.b", "\"numberValue\":1")))
         STOP,
     NO_PLACE},
    {"a string to nowhere",
     DATA(OPEN) DATA(VALUES(AT("a", "\"stringValue\":\"x\",\"willContinue\":true"))) STOP,
     NO_PLACE},
};

static const struct answer_case ends[] = {
    {"too long", LAST(TEXT("a"), "MAX_TOKENS"), "start(,) ai(a) finish(length,MAX_TOKENS)"},
    {"too long for a word", LAST("", "MAX_TOKENS"), "start(,) finish(length,MAX_TOKENS)"},
    {"blocked", LAST(TEXT("a"), "SAFETY"), "start(,) ai(a) finish(content_filter,SAFETY)"},
    {"an image blocked", LAST("", "IMAGE_SAFETY"), "start(,) finish(content_filter,IMAGE_SAFETY)"},
    {"a word that nobody knows", LAST(TEXT("a"), "SUNSET"), "start(,) ai(a) finish(other,SUNSET)"},
    {"the prompt blocked for another reason",
     "data: {\"promptFeedback\":{\"blockReason\":\"OTHER\"}}\n\n",
     "start(,) finish(content_filter,OTHER)"},
    {"the last reason counts", LAST(TEXT("a"), "SAFETY") LAST("", "MAX_TOKENS") DATA(""),
     "start(,) ai(a) finish(length,MAX_TOKENS)"},
    {"a call that cannot be read",
     "data: " ANSWER("", ",\"finishReason\":\"MALFORMED_FUNCTION_CALL\",\"finishMessage\":"
                         "\"print(1)\"") "\n\n",
     "start(,) error(provider: the model wrote a tool call that cannot be read (print(1)), code "
     "MALFORMED_FUNCTION_CALL, retryable)"},
    {"too many calls", LAST("", "TOO_MANY_TOOL_CALLS"),
     "start(,) error(provider: the model called too many tools in a row, code "
     "TOO_MANY_TOOL_CALLS)"},
    {"nothing", STOP, "start(,) error(provider: the model's answer is empty, retryable)"},
    {"nothing but thoughts", LAST(THOUGHT("hm"), "STOP"),
     "start(,) think(hm) error(provider: the model's answer is empty, retryable)"},
    {"nothing but a picture", LAST("{\"inlineData\":{\"mimeType\":\"image/png\"}}", "STOP"),
     "start(,) error(provider: the answer holds nothing that can be shown as text)"},
    {"a whole answer without a reason", ANSWER(TEXT("a"), ""), "start(,) ai(a) finish(stop,)"},
};

#define USAGE(fields) "data: {\"candidates\":[],\"usageMetadata\":{" fields "}}\n\n"

static const struct answer_case counts[] = {
    {"thoughts are beside the answer",
     USAGE("\"promptTokenCount\":9,\"candidatesTokenCount\":5,\"thoughtsTokenCount\":10,"
           "\"cachedContentTokenCount\":4") LAST(TEXT("a"), "STOP"),
     "start(,) ai(a) usage(9/15/4/10) finish(stop,STOP)"},
    {"what Google's tools gave the model",
     USAGE("\"promptTokenCount\":9,\"toolUsePromptTokenCount\":30") LAST(TEXT("a"), "STOP"),
     "start(,) ai(a) usage(39/?/?/?) finish(stop,STOP)"},
    {"later counts that say less",
     USAGE("\"promptTokenCount\":9,\"candidatesTokenCount\":2,\"thoughtsTokenCount\":10")
         USAGE("\"trafficType\":\"ON_DEMAND\"") USAGE("\"candidatesTokenCount\":5")
             LAST(TEXT("a"), "STOP"),
     "start(,) ai(a) usage(9/15/?/10) finish(stop,STOP)"},
    {"what is no count",
     USAGE("\"promptTokenCount\":-1,\"candidatesTokenCount\":9223372036854775807,"
           "\"thoughtsTokenCount\":\"7\"") LAST(TEXT("a"), "STOP"),
     "start(,) ai(a) usage(?/?/?/?) finish(stop,STOP)"},
};

static void check_answer(const struct answer_case *one)
{
    struct buf got = BUF_INIT;
    rn_decoder *decoder = rn_decoder_new("gemini");
    rn_decoder_feed(decoder, one->body, strlen(one->body));
    rn_decoder_end(decoder);
    for (const rn_event *event; (event = rn_decoder_next(decoder));)
        describe(&got, event);
    if (strcmp(buf_str(&got), one->want) != 0)
        fail_msg("%s: %s", one->about, buf_str(&got));
    rn_decoder_free(decoder);
    buf_clear(&got);
}

#define CHECK_ALL(cases)                                          \
    for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) \
    check_answer(&cases[i])

static void test_answers(void **state)
{
    (void)state;
    CHECK_ALL(answers);
}

static void test_calls(void **state)
{
    (void)state;
    CHECK_ALL(calls);
}

static void test_ends(void **state)
{
    (void)state;
    CHECK_ALL(ends);
}

static void test_usage(void **state)
{
    (void)state;
    CHECK_ALL(counts);
}

/* More than an answer's arguments may be, a piece of the same string at a time. */
static void test_endless_values(void **state)
{
    (void)state;
    enum { PIECE = 1024 * 1024, PIECES = 20 };
    struct buf got = BUF_INIT, piece = BUF_INIT;
    rn_decoder *decoder = rn_decoder_new("gemini");
    buf_adds(&piece, "data: {\"candidates\":[{\"content\":{\"parts\":[{\"functionCall\":{"
                     "\"partialArgs\":[{\"jsonPath\":\"$.s\",\"willContinue\":true,"
                     "\"stringValue\":\"");
    for (size_t i = 0; i < PIECE; i++)
        buf_addc(&piece, 'x');
    buf_adds(&piece, "\"}],\"willContinue\":true}}]}}]}\n\n");
    rn_decoder_feed(decoder, DATA(OPEN), strlen(DATA(OPEN)));
    for (size_t i = 0; i < PIECES; i++)
        rn_decoder_feed(decoder, piece.data, piece.len);
    rn_decoder_end(decoder);
    for (const rn_event *event; (event = rn_decoder_next(decoder));)
        describe(&got, event);
    assert_string_equal(got.data, "start(,) delta(a,f,) error(limit: a tool call's arguments are "
                                  "longer than 16 MiB)");
    rn_decoder_free(decoder);
    buf_clear(&got);
    buf_clear(&piece);
}

/* ---- What comes back goes out again ---- */

/* The parts of an answer as they would be sent in the next request. */
static char *sent_again(const char *body)
{
    struct message *message = message_new();
    rn_decoder *decoder = rn_decoder_new("gemini");
    rn_decoder_feed(decoder, body, strlen(body));
    rn_decoder_end(decoder);
    for (const rn_event *event; (event = rn_decoder_next(decoder));)
        message_add(message, event);
    json_t *said = message_json(message_public(message)), *messages = json_array();
    json_object_set_new(said, "provider", json_string("google"));
    json_array_append_new(messages, said);
    rn_model_options options = {.model = "gemini-2.0"};
    struct request request = {.options = &options, .provider = "google", .messages = messages};
    json_t *sent = codec_gemini.encode(&request);
    json_t *content = json_array_get(json_object_get(sent, "contents"), 0);
    char *parts = json_dumps(json_object_get(content, "parts"), JSON_COMPACT);
    json_decref(sent);
    json_decref(messages);
    rn_decoder_free(decoder);
    message_free(message);
    return parts;
}

#define SIGNED_CALL(id, signature)                                      \
    "{\"functionCall\":{\"name\":\"f\",\"args\":{},\"id\":\"" id "\"}," \
    "\"thoughtSignature\":\"" signature "\"}"
#define PLAIN_CALL(id) "{\"functionCall\":{\"name\":\"f\",\"args\":{},\"id\":\"" id "\"}}"
#define SIGNED_THOUGHT(text, signature) \
    "{\"text\":\"" text "\",\"thought\":true,\"thoughtSignature\":\"" signature "\"}"

static const struct {
    const char *about, *parts, *want; /* want NULL: the same */
} returns[] = {
    {"text", TEXT("a"), NULL},
    {"pieces of text are one", TEXT("a") "," TEXT("b"), TEXT("ab")},
    {"signed text", SIGNED("a", "s"), NULL},
    {"signed text after text", TEXT("a") "," SIGNED("b", "s"), NULL},
    {"text after signed text", SIGNED("a", "s") "," TEXT("b"), NULL},
    {"two that are signed", SIGNED("a", "s") "," SIGNED("b", "t"), NULL},
    {"among text", TEXT("a") "," SIGNED("b", "s") "," TEXT("c") "," SIGNED("", "t"), NULL},
    {"an empty part that is signed", TEXT("\u00e9") "," SIGNED("", "s"), NULL},
    {"nothing but a signature", TEXT("a") ",{\"thoughtSignature\":\"s\"}",
     TEXT("a") "," SIGNED("", "s")},
    {"thoughts stay here", THOUGHT("hm") "," TEXT("a"), TEXT("a")},
    {"signed thoughts go back",
     THOUGHT("hm") "," SIGNED_THOUGHT("\u00e9", "s") "," THOUGHT("x") "," TEXT("a"),
     SIGNED_THOUGHT("\u00e9", "s") "," TEXT("a")},
    {"signed thoughts around text",
     SIGNED_THOUGHT("x", "s") "," TEXT("a") "," SIGNED_THOUGHT("y", "t") "," SIGNED("b", "u"),
     NULL},
    {"the first of two calls", SIGNED_CALL("a", "s") "," PLAIN_CALL("b"), NULL},
    {"text before a call", TEXT("a") "," SIGNED_CALL("a", "s"), NULL},
    {"signed text before a call", SIGNED("a", "s") "," SIGNED_CALL("a", "t"), NULL},
    {"text between calls",
     SIGNED_CALL("a", "s") "," TEXT("x") "," PLAIN_CALL("b") "," SIGNED("y", "t"), NULL},
    {"a signature behind a call", SIGNED_CALL("a", "s") "," SIGNED("", "t"), NULL},
    {"an id that was made here", "{\"functionCall\":{\"name\":\"f\"}}",
     "{\"functionCall\":{\"name\":\"f\",\"args\":{}}}"},
    {"an id as long as those made here", PLAIN_CALL("call_1234"), NULL},
};

static void test_returns(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof(returns) / sizeof(returns[0]); i++) {
        struct buf body = BUF_INIT, want = BUF_INIT;
        buf_addf(&body, DATA("%s") STOP, returns[i].parts);
        buf_addf(&want, "[%s]", returns[i].want ? returns[i].want : returns[i].parts);
        json_t *wanted = json_loads(want.data, 0, NULL);
        char *compact = json_dumps(wanted, JSON_COMPACT), *got = sent_again(body.data);
        if (strcmp(got, compact) != 0)
            fail_msg("%s: %s", returns[i].about, got);
        free(compact);
        free(got);
        json_decref(wanted);
        buf_clear(&body);
        buf_clear(&want);
    }
}

/* The same bytes, however they are framed and cut, go back the same. */
static void test_stream_is_whole(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof(returns) / sizeof(returns[0]); i++) {
        struct buf stream = BUF_INIT, whole = BUF_INIT, parts = BUF_INIT;
        json_t *list, *part;
        size_t k;
        buf_addf(&parts, "[%s]", returns[i].parts);
        list = json_loads(parts.data, 0, NULL);
        json_array_foreach (list, k, part) {
            char *text = json_dumps(part, JSON_COMPACT);
            buf_addf(&stream, DATA("%s"), text);
            free(text);
        }
        buf_adds(&stream, STOP);
        buf_addf(&whole, ANSWER("%s", ",\"finishReason\":\"STOP\""), returns[i].parts);
        char *a = sent_again(stream.data), *b = sent_again(whole.data);
        if (strcmp(a, b) != 0)
            fail_msg("%s: %s, %s", returns[i].about, a, b);
        free(a);
        free(b);
        json_decref(list);
        buf_clear(&stream);
        buf_clear(&whole);
        buf_clear(&parts);
    }
}

/* ---- The list of models ---- */

static void test_models(void **state)
{
    (void)state;
    json_t *answer =
        json_loads("{\"models\":[{\"name\":\"models/gemini-9\",\"displayName\":\"Gemini 9\","
                   "\"inputTokenLimit\":1048576,\"outputTokenLimit\":65536,\"thinking\":true,"
                   "\"supportedGenerationMethods\":[\"countTokens\",\"generateContent\"]},"
                   "{\"name\":\"tuned\",\"inputTokenLimit\":0,"
                   "\"supportedGenerationMethods\":[\"generateContent\"]},"
                   "{\"name\":\"models/embed\",\"supportedGenerationMethods\":[\"embedContent\"]},"
                   "{\"supportedGenerationMethods\":[\"generateContent\"]},null,7]}",
                   0, NULL);
    json_t *list = codec_gemini.models(answer), *none = codec_gemini.models(NULL);
    char *text = json_dumps(list, JSON_COMPACT);
    assert_string_equal(text, "[{\"name\":\"gemini-9\",\"title\":\"Gemini 9\",\"context\":1048576,"
                              "\"output\":65536,\"reasoning\":true},{\"name\":\"tuned\"}]");
    assert_int_equal(json_array_size(none), 0);
    free(text);
    json_decref(none);
    json_decref(list);
    json_decref(answer);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_answers),
        cmocka_unit_test(test_calls),
        cmocka_unit_test(test_ends),
        cmocka_unit_test(test_usage),
        cmocka_unit_test(test_endless_values),
        cmocka_unit_test(test_returns),
        cmocka_unit_test(test_stream_is_whole),
        cmocka_unit_test(test_models),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
