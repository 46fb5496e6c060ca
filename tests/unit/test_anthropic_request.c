/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>
#include <jansson.h>

#include "llm/anthropic_request.h"
#include "llm/codec.h"
#include "runnel.h"

/* JSON is written with single quotes here. */
static json_t *tree_of(const char *text)
{
    char *json = strdup(text);
    for (char *c = json; *c; c++)
        if (*c == '\'')
            *c = '"';
    json_t *tree = json_loads(json, JSON_DECODE_ANY, NULL);
    if (!tree)
        fail_msg("no JSON: %s", json);
    free(json);
    return tree;
}

static void check_same(const char *about, json_t *got, const char *want)
{
    json_t *wanted = tree_of(want);
    if (!json_equal(got, wanted)) {
        char *text = json_dumps(got, JSON_ENCODE_ANY);
        fail_msg("%s: %s", about, text ? text : "nothing");
    }
    json_decref(wanted);
}

/* Marks of the cache have a test of their own. */
static void drop_marks(json_t *messages)
{
    size_t i, k;
    json_t *message, *block;
    json_array_foreach (messages, i, message)
        json_array_foreach (json_object_get(message, "content"), k, block)
            json_object_del(block, "cache_control");
}

/* ---- Messages of a conversation, as they go out ---- */

#define USER(text) "{'role':'user','content':'" text "'}"
#define SENT(text) "{'role':'user','content':[{'type':'text','text':'" text "'}]}"
#define ANSWER(fields) "{'role':'assistant'," fields "}"
#define MINE(fields) ANSWER("'provider':'anthropic'," fields)
#define SAID(blocks) "{'role':'assistant','content':[" blocks "]}"
#define TEXT(text) "{'type':'text','text':'" text "'}"
#define CALLS(id) "'calls':[{'id':'" id "','tool':'f','args':{'x':1}}]"
#define USE(id) "{'type':'tool_use','id':'" id "','name':'f','input':{'x':1}}"
#define RESULT(id, output, status) \
    "{'role':'tool','id':'" id "','tool':'f','output':'" output "','status':'" status "'}"
#define SIGNED(at) "{'field':'signature','data':'sig','index':0,'at':" at "}"
#define THOUGHT(text) "{'type':'thinking','thinking':'" text "','signature':'sig'}"

static const struct {
    const char *about, *messages, *want;
} conversations[] = {
    {"none", "[]", "[]"},
    {"a question", "[" USER("hi") "]", "[" SENT("hi") "]"},
    {"two in a row are one message", "[" USER("a") "," USER("b") "]",
     "[{'role':'user','content':[" TEXT("a") "," TEXT("b") "]}]"},
    {"an answer", "[" USER("a") "," ANSWER("'content':'b','reasoning':'hm'") "," USER("c") "]",
     "[" SENT("a") "," SAID(TEXT("b")) "," SENT("c") "]"},
    {"blanks are no text",
     "[" USER("a") "," ANSWER("'content':' \\n\\t'") "," USER(" ") "," USER("c") "]",
     "[{'role':'user','content':[" TEXT("a") "," TEXT("c") "]}]"},
    {"an answer to continue has no blanks at its end",
     "[" USER("a") "," ANSWER("'content':'b c \\n','partial':true") "]",
     "[" SENT("a") "," SAID(TEXT("b c")) "]"},
    {"one in the middle keeps them",
     "[" USER("a") "," ANSWER("'content':'b \\n'") "," USER("c") "]",
     "[" SENT("a") "," SAID(TEXT("b \\n")) "," SENT("c") "]"},
    {"the results of a step, and what was said next, are one message",
     "[" USER("a") "," ANSWER(
         "'content':'','calls':[{'id':'1','tool':'f','args':{}},{'id':'2','"
         "tool':'g','args':{}}]") "," RESULT("1", "11 C",
                                             "ok") "," RESULT("2", "no",
                                                              "error") "," USER("go on") "]",
     "[" SENT("a") "," SAID(
         "{'type':'tool_use','id':'1','name':'f','input':{}},"
         "{'type':'tool_use','id':'2','name':'g','input':{}}") ",{'role':'user','content':[{'type':"
                                                               "'tool_result','tool_use_id':'1','"
                                                               "content':'11 C'},"
                                                               "{'type':'tool_result','tool_use_id'"
                                                               ":'2','content':'no','is_error':"
                                                               "true}," TEXT("go on") "]}]"},
    {"results stand first, whatever was said before",
     "[" ANSWER("'content':'x'," CALLS("1")) "," USER("b") "," RESULT("1", "", "cancelled") "]",
     "[" SAID(TEXT("x") "," USE("1")) ",{'role':'user','content':[{'type':'tool_result',"
                                      "'tool_use_id':'1','is_error':true}," TEXT("b") "]}]"},
    {"ids that are not of this wire",
     "[" ANSWER("'content':''," CALLS("functions.f:0 \u00e9")) "," RESULT("functions.f:0 \u00e9",
                                                                          "x", "ok") "]",
     "[" SAID(USE("functions_f_0___")) ",{'role':'user','content':[{'type':'tool_result',"
                                       "'tool_use_id':'functions_f_0___','content':'x'}]}]"},
    {"a call that was no JSON",
     "[" ANSWER("'content':'','calls':[{'id':'1','tool':'f','args_raw':'{x','invalid':true}]") "]",
     "[" SAID("{'type':'tool_use','id':'1','name':'f','input':{}}") "]"},
    {"a thought before text and call",
     "[" MINE("'content':'b','reasoning':'hm'," CALLS("1") ",'opaque':[" SIGNED("[2,0,0]") "]") "]",
     "[" SAID(THOUGHT("hm") "," TEXT("b") "," USE("1")) "]"},
    {"a thought that the server keeps",
     "[" MINE("'content':'b','opaque':[" SIGNED("[0,0,0]") "]") "]",
     "[" SAID(THOUGHT("") "," TEXT("b")) "]"},
    {"thoughts between",
     "[" MINE("'content':'b\u00e9c','reasoning':'one\u00e9two'," CALLS("1") ",'opaque':[" SIGNED(
         "[5,0,0]") "," SIGNED("[8,3,0]") "]") "]",
     "[" SAID(THOUGHT("one\u00e9") "," TEXT("b\u00e9") "," THOUGHT("two") "," TEXT("c") "," USE(
         "1")) "]"},
    {"a thought that is hidden",
     "[" MINE(
         "'content':'b','opaque':[{'field':'redacted_thinking','data':'ZW5j','at':[0,0,0]}]") "]",
     "[" SAID("{'type':'redacted_thinking','data':'ZW5j'}," TEXT("b")) "]"},
    {"what the server ran, in its place",
     "[" MINE("'content':'bc','opaque':[{'field':'block','data':{'type':'new','x':1},'at':[0,1,0]}"
              "]") "]",
     "[" SAID(TEXT("b") ",{'type':'new','x':1}," TEXT("c")) "]"},
    {"somebody else's thought",
     "[" ANSWER("'provider':'gateway','content':'b','reasoning':'hm','opaque':[" SIGNED(
         "[2,0,0]") "]") "]",
     "[" SAID(TEXT("b")) "]"},
    {"a thought is no last block",
     "[" USER("a") "," MINE("'content':'','reasoning':'hm','partial':true,'opaque':[" SIGNED(
         "[2,0,0]") "]") "," USER("b") "]",
     "[{'role':'user','content':[" TEXT("a") "," TEXT("b") "]}]"},
    {"places that cannot be",
     "[" MINE("'content':'b\u00e9','reasoning':'hm','opaque':[" SIGNED("[99,99,99]") "," SIGNED(
         "[1,1,1]") "," SIGNED("[-1,0,0]") "," SIGNED("7") ",7,{'field':'signature',"
                                                           "'data':{},'at':[0,0,0]}]") "," USER("x") "]",
     "[" SAID(TEXT("b\u00e9")) "," SENT("x") "]"},
    {"places inside a character",
     "[" MINE("'content':'\u00e9b','reasoning':'\u00e9','opaque':[" SIGNED("[1,1,0]") "]") "]",
     "[]"},
    {"a turn that was refused",
     "[" USER("a") "," ANSWER("'content':'b'") "," USER("bad") "," MINE("'content':'x'," CALLS(
         "1")) "," RESULT("1", "y", "ok") "," MINE("'content':'Not "
                                                   "this.','refusal':true,'reason':'"
                                                   "refusal'") "," USER("c") "]",
     "[" SENT("a") "," SAID(TEXT("b")) "," SENT("c") "]"},
    {"a refusal in words, by another",
     "[" USER("a") "," ANSWER("'content':'No.','refusal':true,'reason':'refusal'") "," USER(
         "c") "]",
     "[" SENT("a") "," SAID(TEXT("No.")) "," SENT("c") "]"},
    {"attachments",
     "[{'role':'user','content':'what?','attachments':[{'name':'a.c','type':'text/"
     "plain','text':'int'},"
     "{'type':'image/png','data':'iVBO'},{'type':'image/webp','url':'https://x/y'},"
     "{'name':'d.pdf','type':'application/pdf','data':'JVBE'},"
     "{'type':'application/pdf','url':'https://x/d'},{'name':'s.wav','type':'audio/"
     "wav','data':'A'},"
     "{'type':'text/html','url':'https://x/p'}]}]",
     "[{'role':'user','content':["
     "{'type':'image','source':{'type':'base64','media_type':'image/png','data':'iVBO'}},"
     "{'type':'image','source':{'type':'url','url':'https://x/y'}},"
     "{'type':'document','source':{'type':'base64','media_type':'application/pdf','data':'JVBE'}},"
     "{'type':'document','source':{'type':'url','url':'https://x/d'}}," TEXT(
         "[attached: audio/wav "
         "s.wav]") "," TEXT("[attached: text/html https://x/p]") ","
                                                                 "{'type':'text','text':'<file "
                                                                 "name=\\\042a.c\\\042>\\nint\\n</"
                                                                 "file>\\n\\nwhat?'}]}]"},
    {"a role that nobody knows", "[{'role':'ghost','content':'boo'},{},null,7," USER("a") "]",
     "[" SENT("a") "]"},
};

static void test_messages(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof(conversations) / sizeof(conversations[0]); i++) {
        json_t *messages = tree_of(conversations[i].messages), *before = json_deep_copy(messages);
        rn_model_options options = {.model = "c"};
        struct request request = {
            .options = &options, .provider = "anthropic", .messages = messages};
        json_t *body = anthropic_encode(&request);
        drop_marks(json_object_get(body, "messages"));
        check_same(conversations[i].about, json_object_get(body, "messages"),
                   conversations[i].want);
        assert_true(json_equal(messages, before));
        json_decref(body);
        json_decref(messages);
        json_decref(before);
    }
}

/* ---- What stands beside the messages ---- */

static double warm = 0.5;
static const char *const stop[] = {"END", "\n\n", NULL};

static const struct {
    const char *about;
    rn_model_options options;
    enum rn_mode mode;
    const char *want;
} settings[] = {
    {"none",
     {.model = "c"},
     RN_STREAM,
     "{'model':'c','stream':true,'max_tokens':16384,'messages':[]}"},
    {"whole",
     {.model = "c"},
     RN_INVOKE,
     "{'model':'c','stream':false,'max_tokens':16384,'messages':[]}"},
    {"a limit, a temperature, words to stop at",
     {.model = "c", .max_tokens = 99, .temperature = &warm, .stop = stop},
     RN_STREAM,
     "{'model':'c','stream':true,'max_tokens':99,'temperature':0.5,'stop_sequences':['END','\\n\\n'"
     "],"
     "'messages':[]}"},
    {"thinking, which takes no temperature",
     {.model = "c", .temperature = &warm, .reasoning = "high"},
     RN_STREAM,
     "{'model':'c','stream':true,'max_tokens':32000,'thinking':{'type':'adaptive','display':"
     "'summarized'},'output_config':{'effort':'high'},'messages':[]}"},
    {"the least thinking",
     {.model = "c", .max_tokens = 5000, .reasoning = "minimal"},
     RN_STREAM,
     "{'model':'c','stream':true,'max_tokens':5000,'thinking':{'type':'adaptive','display':"
     "'summarized'},'output_config':{'effort':'low'},'messages':[]}"},
    {"no thinking",
     {.model = "c", .temperature = &warm, .reasoning = "none"},
     RN_STREAM,
     "{'model':'c','stream':true,'max_tokens':16384,'temperature':0.5,'thinking':{'type':'disabled'"
     "},"
     "'messages':[]}"},
    {"a schema",
     {.model = "c", .reasoning = "low", .schema = "{\"type\":\"object\"}"},
     RN_STREAM,
     "{'model':'c','stream':true,'max_tokens':32000,'thinking':{'type':'adaptive','display':"
     "'summarized'},'output_config':{'effort':'low','format':{'type':'json_schema','schema':{'type'"
     ":"
     "'object'}}},'messages':[]}"},
};

static void test_settings(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof(settings) / sizeof(settings[0]); i++) {
        json_t *messages = json_array();
        struct request request = {.options = &settings[i].options,
                                  .provider = "anthropic",
                                  .system = " ",
                                  .messages = messages,
                                  .mode = settings[i].mode};
        json_t *body = anthropic_encode(&request);
        check_same(settings[i].about, body, settings[i].want);
        json_decref(body);
        json_decref(messages);
    }
}

/* ---- The cache: where the prefix that others share ends, where the last request ended, and the end ---- */

#define MARK "'cache_control':{'type':'ephemeral'}"
#define MARKED(text) "{'role':'user','content':[{'type':'text','text':'" text "'," MARK "}]}"
#define TOOL(name, mark) \
    "{'name':'" name "','description':'d','input_schema':{'type':'object'}" mark "}"
#define OFFERED(name) "{'name':'" name "','description':'d','schema':{'type':'object'}}"

static const struct {
    const char *about, *system, *tools, *messages, *want;
} caches[] = {
    {"a question", NULL, "[]", "[" USER("a") "]", "{'messages':[" MARKED("a") "]}"},
    {"a system prompt and tools", "Be terse.", "[" OFFERED("f") "," OFFERED("g") "]",
     "[" USER("a") "]",
     "{'system':[{'type':'text','text':'Be terse.'," MARK
     "}],'tools':[" TOOL("f", "") "," TOOL("g", "") "],'messages':[" MARKED("a") "]}"},
    {"tools", NULL, "[" OFFERED("f") "," OFFERED("g") "]", "[" USER("a") "]",
     "{'tools':[" TOOL("f", "") "," TOOL("g", "," MARK) "],'messages':[" MARKED("a") "]}"},
    {"a long chat", NULL, "[]",
     "[" USER("a") "," ANSWER("'content':'b'") "," USER("c") "," ANSWER("'content':'d'") "," USER(
         "e") "]",
     "{'messages':[" SENT("a") "," SAID(TEXT("b")) "," MARKED("c") "," SAID(TEXT("d")) "," MARKED(
         "e") "]}"},
    {"results of tools", NULL, "[]",
     "[" USER("a") "," ANSWER("'content':''," CALLS("1")) "," RESULT("1", "x", "ok") "]",
     "{'messages':[" MARKED("a") "," SAID(
         USE("1")) ",{'role':'user','content':[{'type':"
                   "'tool_result','tool_use_id':'1','content':'x'," MARK "}]}]}"},
};

static void test_cache(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof(caches) / sizeof(caches[0]); i++) {
        json_t *messages = tree_of(caches[i].messages), *tools = tree_of(caches[i].tools);
        rn_model_options options = {.model = "c"};
        struct request request = {.options = &options,
                                  .provider = "anthropic",
                                  .system = caches[i].system,
                                  .messages = messages,
                                  .tools = tools};
        json_t *body = anthropic_encode(&request);
        json_object_del(body, "model");
        json_object_del(body, "stream");
        json_object_del(body, "max_tokens");
        check_same(caches[i].about, body, caches[i].want);
        json_decref(body);
        json_decref(messages);
        json_decref(tools);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_messages),
        cmocka_unit_test(test_settings),
        cmocka_unit_test(test_cache),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
