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

#include "base/buf.h"
#include "describe.h"
#include "llm/anthropic_request.h"
#include "llm/codec.h"
#include "llm/message.h"
#include "runnel.h"

/* Payloads of a stream in, words out; tests/wire has whole bodies, this has the corners. */

#define HEAD "{'type':'message_start','message':{'id':'m','model':'c'}}"
#define BLOCK(n, fields) "{'type':'content_block_start','index':" n ",'content_block':{" fields "}}"
#define DELTA(n, fields) "{'type':'content_block_delta','index':" n ",'delta':{" fields "}}"
#define END(n) "{'type':'content_block_stop','index':" n "}"
#define TEXT(n, text) DELTA(n, "'type':'text_delta','text':'" text "'")
#define ARGS(n, args) DELTA(n, "'type':'input_json_delta','partial_json':'" args "'")
#define CALL(n, id, input) BLOCK(n, "'type':'tool_use','id':'" id "','name':'f','input':" input)
#define REASON(reason) "{'type':'message_delta','delta':{'stop_reason':'" reason "'}}"
#define LAST "{'type':'message_stop'}"

enum { PAYLOADS = 10 };

struct payload_case {
    const char *about;
    const char *payloads[PAYLOADS];
    const char *want;
};

/* JSON is written with single quotes here; a double one in a string is \42. */
static char *quoted(const char *text)
{
    char *copy = strdup(text);
    for (char *c = copy; *c; c++)
        if (*c == '\'')
            *c = '"';
    return copy;
}

static json_t *tree_of(const char *text)
{
    char *json = quoted(text);
    json_t *tree = json_loads(json, JSON_DECODE_ANY, NULL);
    if (!tree)
        fail_msg("no JSON: %s", json);
    free(json);
    return tree;
}

static void check_payloads(const struct payload_case *one)
{
    struct buf body = BUF_INIT, got = BUF_INIT;
    rn_decoder *decoder = rn_decoder_new("anthropic");
    const rn_event *event;
    for (size_t i = 0; i < PAYLOADS && one->payloads[i]; i++) {
        char *payload = quoted(one->payloads[i]);
        buf_addf(&body, "data: %s\n\n", payload);
        free(payload);
    }
    rn_decoder_feed(decoder, body.data, body.len);
    rn_decoder_end(decoder);
    while ((event = rn_decoder_next(decoder)))
        describe(&got, event);
    if (strcmp(buf_str(&got), one->want) != 0)
        fail_msg("%s: %s", one->about, buf_str(&got));
    rn_decoder_free(decoder);
    buf_clear(&body);
    buf_clear(&got);
}

#define TRUNCATED "error(truncated: stream ended before the response was complete, retryable)"

static const struct payload_case payloads[] = {
    {"text in the block's start",
     {HEAD, BLOCK("0", "'type':'text','text':'Hi'"), TEXT("0", "!"), END("0"), LAST},
     "start(m,c) ai(Hi) ai(!) finish(stop,)"},
    {"arguments in the block's start, and no pieces",
     {HEAD, CALL("0", "a", "{'x':1}"), END("0"), REASON("tool_use"), LAST},
     "start(m,c) delta(a,f,) delta(a,f,{\"x\":1}) tool(a,f,{\"x\":1}) finish(tool_calls,tool_use)"},
    {"arguments in the block's start, and pieces",
     {HEAD, CALL("0", "a", "{'x':1}"), ARGS("0", "{}"), END("0"), REASON("tool_use"), LAST},
     "start(m,c) delta(a,f,) delta(a,f,{}) tool(a,f,{}) finish(tool_calls,tool_use)"},
    {"arguments that are no JSON",
     {HEAD, CALL("0", "a", "{}"), ARGS("0", "{x"), END("0"), REASON("tool_use"), LAST},
     "start(m,c) delta(a,f,) delta(a,f,{x) bad(a,f,{x) finish(tool_calls,tool_use)"},
    {"blocks that are all stopped at the end",
     {HEAD, CALL("0", "a", "{}"), CALL("1", "b", "{}"), ARGS("0", "{ }"), ARGS("1", "{}"), END("0"),
      END("1"), REASON("tool_use"), LAST},
     "start(m,c) delta(a,f,) delta(b,f,) delta(a,f,{ }) delta(b,f,{}) tool(a,f,{}) tool(b,f,{}) "
     "finish(tool_calls,tool_use)"},
    {"a number that is used again",
     {HEAD, CALL("0", "a", "{}"), END("0"), CALL("0", "b", "{}"), ARGS("0", "{}"), END("0"),
      REASON("tool_use"), LAST},
     "start(m,c) delta(a,f,) tool(a,f,{}) delta(b,f,) delta(b,f,{}) tool(b,f,{}) "
     "finish(tool_calls,tool_use)"},
    {"arguments of no block", {HEAD, ARGS("3", "{}"), END("3"), LAST}, "start(m,c) finish(stop,)"},
    {"the last signature counts",
     {HEAD, BLOCK("0", "'type':'thinking','thinking':'','signature':''"),
      DELTA("0", "'type':'thinking_delta','thinking':'hm'"),
      DELTA("0", "'type':'signature_delta','signature':'a'"),
      DELTA("0", "'type':'signature_delta','signature':'b'"), END("0"), LAST},
     "start(m,c) think(hm) opaque(signature,\"b\",) finish(stop,)"},
    {"a thought that is kept back has its signature",
     {HEAD, BLOCK("0", "'type':'thinking','thinking':''"),
      DELTA("0", "'type':'signature_delta','signature':'a'"), END("0"), LAST},
     "start(m,c) opaque(signature,\"a\",) finish(stop,)"},
    {"a signature comes before the next block, stopped or not",
     {HEAD, BLOCK("0", "'type':'thinking','thinking':'hm'"),
      DELTA("0", "'type':'signature_delta','signature':'a'"), BLOCK("1", "'type':'text'"),
      TEXT("1", "x"), END("0"), END("1"), LAST},
     "start(m,c) think(hm) opaque(signature,\"a\",) ai(x) finish(stop,)"},
    {"a thought without a signature",
     {HEAD, BLOCK("0", "'type':'thinking','thinking':'hm'"), END("0"), LAST},
     "start(m,c) think(hm) finish(stop,)"},
    {"what the server ran is kept, its input joined",
     {HEAD, BLOCK("0", "'type':'server_tool_use','id':'s','input':{}"), ARGS("0", "{\\\42q\\\42:"),
      ARGS("0", "1}"), END("0"), BLOCK("1", "'type':'web_search_tool_result','content':[]"),
      END("1"), LAST},
     "start(m,c) opaque(block,{\"type\":\"server_tool_use\",\"id\":\"s\",\"input\":{\"q\":1}},) "
     "opaque(block,{\"type\":\"web_search_tool_result\",\"content\":[]},) finish(stop,)"},
    {"pieces that nobody knows",
     {HEAD, BLOCK("0", "'type':'text'"), DELTA("0", "'type':'citations_delta','citation':{}"),
      DELTA("0", "'type':'new','text':'x'"), END("0"), LAST},
     "start(m,c) finish(stop,)"},
    {"no objects",
     {HEAD, "{'type':'content_block_start','index':0,'content_block':7}",
      "{'type':'content_block_delta','index':0,'delta':[]}", "[]", "null", "{'type':3}", LAST},
     "start(m,c) finish(stop,)"},
    {"no start", {BLOCK("0", "'type':'text','text':'x'"), LAST}, "start(,) ai(x) finish(stop,)"},
    {"another answer's start",
     {HEAD, TEXT("0", "x"), "{'type':'message_start','message':{'id':'n'}}", LAST},
     "start(m,c) ai(x) error(protocol: a second answer began in the middle of the first, "
     "retryable)"},
    {"an end after the reason",
     {HEAD, TEXT("0", "x"), REASON("end_turn")},
     "start(m,c) ai(x) finish(stop,end_turn)"},
    {"an end before the reason",
     {HEAD, CALL("0", "a", "{}"), ARGS("0", "{}"), END("0")},
     "start(m,c) delta(a,f,) delta(a,f,{}) tool(a,f,{}) " TRUNCATED},
    {"an end in the middle of a call",
     {HEAD, CALL("0", "a", "{}"), ARGS("0", "{}")},
     "start(m,c) delta(a,f,) delta(a,f,{}) " TRUNCATED},
    {"a call that the limit cut: its finish says that it may not run",
     {HEAD, CALL("0", "a", "{}"), ARGS("0", "{"), REASON("max_tokens"), LAST},
     "start(m,c) delta(a,f,) delta(a,f,{) bad(a,f,{) finish(length,max_tokens)"},
    {"the context is full",
     {HEAD, REASON("model_context_window_exceeded"), LAST},
     "start(m,c) finish(length,model_context_window_exceeded)"},
    {"a stop sequence",
     {HEAD, REASON("stop_sequence"), LAST},
     "start(m,c) finish(stop,stop_sequence)"},
    {"a pause", {HEAD, REASON("pause_turn"), LAST}, "start(m,c) finish(pause,pause_turn)"},
    {"a new reason", {HEAD, REASON("bored"), LAST}, "start(m,c) finish(other,bored)"},
    {"a refusal that is explained",
     {HEAD, TEXT("0", "Well"),
      "{'type':'message_delta','delta':{'stop_reason':'refusal','stop_details':{'type':'refusal',"
      "'category':'bio','explanation':'Not this.'}}}",
      LAST},
     "start(m,c) ai(Well) refusal(\n\n) refusal(Not this.) finish(refusal,refusal)"},
    {"llama-server's error",
     {HEAD, "{'type':'error','code':500,'message':'boom'}"},
     "start(m,c) error(provider: boom, code 500, retryable)"},
    {"an error by itself",
     {"{'error':{'type':'api_error','message':'boom'}}"},
     "error(provider: boom, code api_error, retryable)"},
    {"counts that are none",
     {"{'type':'message_start','message':{'id':'m','model':'c','usage':{'input_tokens':-3,"
      "'output_tokens':1e30}}}",
      LAST},
     "start(m,c) usage(?/?/?/?) finish(stop,)"},
};

static void test_payloads(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof(payloads) / sizeof(payloads[0]); i++)
        check_payloads(&payloads[i]);
}

static void test_unwrapped_error(void **state)
{
    static const char body[] = "event: error\ndata: {\"code\":503,\"message\":\"Loading model\","
                               "\"type\":\"unavailable_error\"}\n\n";
    struct buf got = BUF_INIT;
    rn_decoder *decoder = rn_decoder_new("anthropic");
    (void)state;
    rn_decoder_feed(decoder, body, strlen(body));
    rn_decoder_end(decoder);
    describe(&got, rn_decoder_next(decoder));
    assert_string_equal(got.data, "error(provider: Loading model, code 503, retryable)");
    rn_decoder_free(decoder);
    buf_clear(&got);
}

static void test_whole_without_content(void **state)
{
    static const struct {
        const char *body, *want;
    } cases[] = {
        {"{\"id\":\"m\"}",
         "error(protocol: the response is JSON but holds no answer (no \"content\"))"},
        {"{\"type\":\"error\",\"error\":{\"type\":\"overloaded_error\",\"message\":\"Overloaded\"}"
         "}",
         "error(provider: Overloaded, code overloaded_error, retryable)"},
    };
    (void)state;
    for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        struct buf got = BUF_INIT;
        rn_decoder *decoder = rn_decoder_new("anthropic");
        rn_decoder_feed(decoder, cases[i].body, strlen(cases[i].body));
        rn_decoder_end(decoder);
        describe(&got, rn_decoder_next(decoder));
        assert_string_equal(got.data, cases[i].want);
        rn_decoder_free(decoder);
        buf_clear(&got);
    }
}

/* ---- Answers as they are: streamed in any pieces they are the whole, and they go back unchanged ---- */

static const struct {
    const char *about, *content, *reason;
    const char *back; /* what goes back; NULL: the content */
} answers[] = {
    {"text", "[{'type':'text','text':'Grüße \U0001F980'}]", "end_turn", NULL},
    {"thoughts between everything",
     "[{'type':'thinking','thinking':'First é.','signature':'s1'},"
     "{'type':'text','text':'Let me look. '},"
     "{'type':'thinking','thinking':'','signature':'s2'},"
     "{'type':'redacted_thinking','data':'ZW5j'},"
     "{'type':'thinking','thinking':' Then\\n','signature':'s3'},"
     "{'type':'tool_use','id':'a','name':'f','input':{'x':[1,{'y':'é'}]}},"
     "{'type':'tool_use','id':'b','name':'g','input':{}}]",
     "tool_use", NULL},
    {"a thought between two calls",
     "[{'type':'thinking','thinking':'One','signature':'s1'},"
     "{'type':'tool_use','id':'a','name':'f','input':{'x':1}},"
     "{'type':'thinking','thinking':'Two','signature':'s2'},"
     "{'type':'tool_use','id':'b','name':'f','input':{'x':2}}]",
     "tool_use", NULL},
    {"tools of the server",
     "[{'type':'text','text':'Searching.'},"
     "{'type':'server_tool_use','id':'s','name':'web_search','input':{'query':'x'}},"
     "{'type':'web_search_tool_result','tool_use_id':'s','content':[{'a':1}]},"
     "{'type':'text','text':'Found.'}]",
     "pause_turn", NULL},
    {"a thought that nobody signed",
     "[{'type':'thinking','thinking':'hm'},{'type':'text','text':'x'}]", "end_turn",
     "[{'type':'text','text':'x'}]"},
    {"blank text and a last thought",
     "[{'type':'text','text':'x'},{'type':'thinking','thinking':'hm','signature':'s'},"
     "{'type':'text','text':' \\n'}]",
     "max_tokens", "[{'type':'text','text':'x'}]"},
};

static void add_payload(struct buf *body, json_t *payload)
{
    char *text = json_dumps(payload, JSON_COMPACT);
    buf_addf(body, "event: %s\ndata: %s\n\n", json_string_value(json_object_get(payload, "type")),
             text);
    free(text);
    json_decref(payload);
}

/* The text in pieces of so many characters. */
static void add_pieces(struct buf *body, size_t index, const char *type, const char *key,
                       const char *text, size_t piece)
{
    while (*text) {
        size_t len = strnlen(text, piece);
        while ((text[len] & 0xC0) == 0x80)
            len++;
        add_payload(body, json_pack("{s:s, s:i, s:{s:s, s:s%}}", "type", "content_block_delta",
                                    "index", (int)index, "delta", "type", type, key, text, len));
        text += len;
    }
}

static void add_block(struct buf *body, size_t index, const json_t *block, size_t piece)
{
    static const char *const texts[][2] = {{"text", "text_delta"}, {"thinking", "thinking_delta"}};
    json_t *begin = json_deep_copy(block), *input = json_object_get(block, "input");
    for (size_t i = 0; i < 2; i++)
        if (json_object_get(begin, texts[i][0]))
            json_object_set_new(begin, texts[i][0], json_string(""));
    if (input)
        json_object_set_new(begin, "input", json_object());
    json_object_del(begin, "signature");
    add_payload(body, json_pack("{s:s, s:i, s:o}", "type", "content_block_start", "index",
                                (int)index, "content_block", begin));
    for (size_t i = 0; i < 2; i++)
        if (json_object_get(block, texts[i][0]))
            add_pieces(body, index, texts[i][1], texts[i][0],
                       json_string_value(json_object_get(block, texts[i][0])), piece);
    if (input) {
        char *args = json_dumps(input, JSON_COMPACT);
        add_pieces(body, index, "input_json_delta", "partial_json", args, piece);
        free(args);
    }
    if (json_object_get(block, "signature"))
        add_pieces(body, index, "signature_delta", "signature",
                   json_string_value(json_object_get(block, "signature")), SIZE_MAX);
    add_payload(body, json_pack("{s:s, s:i}", "type", "content_block_stop", "index", (int)index));
}

static void stream_of(struct buf *body, const json_t *content, const char *reason, size_t piece)
{
    size_t i;
    json_t *block;
    add_payload(body, json_pack("{s:s, s:{s:s, s:s, s:{s:i}}}", "type", "message_start", "message",
                                "id", "m", "model", "c", "usage", "input_tokens", 3));
    json_array_foreach (content, i, block)
        add_block(body, i, block, piece);
    add_payload(body, json_pack("{s:s, s:{s:s}, s:{s:i}}", "type", "message_delta", "delta",
                                "stop_reason", reason, "usage", "output_tokens", 7));
    add_payload(body, json_pack("{s:s}", "type", "message_stop"));
}

static void whole_of(struct buf *body, json_t *content, const char *reason)
{
    json_t *answer =
        json_pack("{s:s, s:s, s:O, s:s, s:{s:i, s:i}}", "id", "m", "model", "c", "content", content,
                  "stop_reason", reason, "usage", "input_tokens", 3, "output_tokens", 7);
    char *text = json_dumps(answer, JSON_COMPACT);
    buf_adds(body, text);
    free(text);
    json_decref(answer);
}

/* The message that a body adds up to. */
static json_t *read_answer(struct buf *body)
{
    rn_decoder *decoder = rn_decoder_new("anthropic");
    struct message *message = message_new();
    const rn_event *event;
    rn_decoder_feed(decoder, body->data, body->len);
    rn_decoder_end(decoder);
    while ((event = rn_decoder_next(decoder)))
        message_add(message, event);
    json_t *json = message_json(message_public(message));
    message_free(message);
    rn_decoder_free(decoder);
    buf_clear(body);
    return json;
}

static void check_same(const char *about, json_t *got, json_t *want)
{
    if (!json_equal(got, want)) {
        char *text = json_dumps(got, JSON_INDENT(1)), *wanted = json_dumps(want, JSON_INDENT(1));
        fail_msg("%s: %s\nwant %s", about, text, wanted);
    }
}

static void check_goes_back(const char *about, json_t *answer, json_t *want)
{
    json_object_set_new(answer, "provider", json_string("anthropic"));
    json_t *messages = json_pack("[{s:s, s:s}, O, {s:s, s:s}]", "role", "user", "content", "hi",
                                 answer, "role", "user", "content", "on");
    rn_model_options options = {.model = "c"};
    struct request request = {.options = &options, .provider = "anthropic", .messages = messages};
    json_t *body = anthropic_encode(&request);
    json_t *sent = json_array_get(json_object_get(body, "messages"), 1);
    check_same(about, json_object_get(sent, "content"), want);
    json_decref(body);
    json_decref(messages);
}

static void test_answers(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof(answers) / sizeof(answers[0]); i++) {
        json_t *content = tree_of(answers[i].content);
        json_t *back = tree_of(answers[i].back ? answers[i].back : answers[i].content);
        struct buf body = BUF_INIT;
        whole_of(&body, content, answers[i].reason);
        json_t *whole = read_answer(&body);
        for (size_t piece = 1; piece < 12; piece++) {
            stream_of(&body, content, answers[i].reason, piece);
            json_t *streamed = read_answer(&body);
            check_same(answers[i].about, streamed, whole);
            json_decref(streamed);
        }
        check_goes_back(answers[i].about, whole, back);
        json_decref(whole);
        json_decref(content);
        json_decref(back);
    }
}

/* ---- What is not a conversation ---- */

static void test_takes(void **state)
{
    static const char *const taken[] = {"image/jpeg", "image/png", "image/gif", "image/webp",
                                        "application/pdf"};
    static const char *const others[] = {"image/tiff", "image/", "audio/wav", "application/zip",
                                         ""};
    (void)state;
    for (size_t i = 0; i < 5; i++) {
        assert_true(codec_anthropic.takes(taken[i], false) &&
                    codec_anthropic.takes(taken[i], true));
        assert_false(codec_anthropic.takes(others[i], false));
    }
}

static void test_models(void **state)
{
    json_t *answer = tree_of(
        "{'data':[{'type':'model','id':'claude-x','display_name':'Claude X','max_input_tokens':"
        "200000,'max_tokens':64000,'capabilities':{'image_input':{'supported':true},'thinking':"
        "{'supported':false}}},{'id':'old'},{'display_name':'nameless'},null],'has_more':false}");
    json_t *want = tree_of("[{'name':'claude-x','title':'Claude X','context':200000,'output':64000,"
                           "'images':true,'reasoning':false},{'name':'old'}]");
    json_t *list = codec_anthropic.models(answer), *none = codec_anthropic.models(list);
    (void)state;
    check_same("models", list, want);
    assert_int_equal(json_array_size(none), 0);
    json_decref(answer);
    json_decref(want);
    json_decref(list);
    json_decref(none);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_payloads),
        cmocka_unit_test(test_unwrapped_error),
        cmocka_unit_test(test_whole_without_content),
        cmocka_unit_test(test_answers),
        cmocka_unit_test(test_takes),
        cmocka_unit_test(test_models),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
