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
#include "quoted.h"
#include "runnel.h"

/* Payloads of a stream in, words out; tests/wire has whole bodies, this has the corners.  A payload is a
 * line, with ' for ". */

static void decode(const char *body, struct buf *got)
{
    rn_decoder *decoder = rn_decoder_new("responses");
    const rn_event *event;
    rn_decoder_feed(decoder, body, strlen(body));
    rn_decoder_end(decoder);
    while ((event = rn_decoder_next(decoder))) {
        describe(got, event);
        if (event->kind == RN_OPAQUE) /* an item's, not a call's */
            buf_addf(got, "@%s", event->opaque->item);
    }
    rn_decoder_free(decoder);
}

static void check_body(const char *about, const char *body, const char *want)
{
    struct buf got = BUF_INIT;
    decode(body, &got);
    if (strcmp(buf_str(&got), want) != 0)
        fail_msg("%s: %s", about, buf_str(&got));
    buf_clear(&got);
}

static void check(const char *about, const char *payloads, const char *want)
{
    struct buf body = BUF_INIT;
    char *text = quoted(payloads), *rest = text;
    for (char *line; (line = strsep(&rest, "\n"));)
        buf_addf(&body, "data: %s\n\n", line);
    check_body(about, body.data, want);
    buf_clear(&body);
    free(text);
}

struct stream_case {
    const char *about, *payloads[8], *want; /* between the start and the finish */
};

struct body_case {
    const char *about, *payloads, *want;
};

#define COUNT(table) (sizeof(table) / sizeof((table)[0]))
#define CREATED "{'type':'response.created','response':{'id':'r','model':'m'}}\n"
#define ENDED(fields) "{'type':'response.completed','response':{'status':'completed'" fields "}}"

static void check_streams(const struct stream_case *cases, size_t count, const char *finish)
{
    for (size_t i = 0; i < count; i++) {
        struct buf payloads = BUF_INIT, want = BUF_INIT;
        buf_adds(&payloads, CREATED);
        for (size_t k = 0; k < COUNT(cases[i].payloads) && cases[i].payloads[k]; k++)
            buf_addf(&payloads, "%s\n", cases[i].payloads[k]);
        buf_adds(&payloads, ENDED(""));
        buf_addf(&want, "start(r,m) %s%sfinish(%s,completed)", cases[i].want,
                 *cases[i].want ? " " : "", finish);
        check(cases[i].about, payloads.data, want.data);
        buf_clear(&payloads);
        buf_clear(&want);
    }
}

#define EVENT(type, fields) "{'type':'response." type "'" fields "}"
#define AT(index) ",'output_index':" index
#define OF(id) ",'item_id':'" id "'"
#define ITEM(type, fields) ",'item':{'type':'" type "'" fields "}"
#define CALL(id, call, args) \
    ITEM("function_call", ",'id':'" id "','call_id':'" call "','name':'f','arguments':'" args "'")
#define ADDED(where, item) EVENT("output_item.added", where item)
#define DONE(where, item) EVENT("output_item.done", where item)
#define ARGS(where, args) EVENT("function_call_arguments.delta", where ",'delta':'" args "'")

/* ---- Calls ---- */

static const struct stream_case calls[] = {
    {"llama-server's: no indexes, no item ids, the call's id in the deltas",
     {ADDED("", ITEM("function_call", ",'call_id':'fc_a','name':'f','arguments':''")),
      ARGS(OF("fc_a"), "{"),
      ADDED("", ITEM("function_call", ",'call_id':'fc_b','name':'g','arguments':''")),
      ARGS(OF("fc_b"), "{}"), ARGS(OF("fc_a"), "}"),
      DONE("", ITEM("function_call", ",'call_id':'fc_a','name':'f','arguments':'{}'")),
      DONE("", ITEM("function_call", ",'call_id':'fc_b','name':'g','arguments':'{}'"))},
     "delta(fc_a,f,) delta(fc_a,f,{) delta(fc_b,g,) delta(fc_b,g,{}) delta(fc_a,f,}) "
     "tool(fc_a,f,{}) tool(fc_b,g,{})"},
    {"item ids that are other ones each time, by index",
     {ADDED(AT("0"), CALL("i1", "a", "")), ADDED(AT("1"), CALL("i2", "b", "")),
      ARGS(AT("0") OF("i3"), "{}"), ARGS(AT("1") OF("i4"), "{}"),
      DONE(AT("0"), CALL("i5", "a", "{}")), DONE(AT("1"), CALL("i6", "b", "{}"))},
     "delta(a,f,) delta(b,f,) delta(a,f,{}) delta(b,f,{}) tool(a,f,{}) tool(b,f,{})"},
    {"item ids that are other ones each time, and no index: the latest",
     {ADDED("", CALL("i1", "a", "")), ARGS(OF("i2"), "{}"), DONE("", CALL("i3", "a", "{}")),
      ADDED("", CALL("i4", "b", "")), ARGS(OF("i5"), "{}"), DONE("", CALL("i6", "b", "{}"))},
     "delta(a,f,) delta(a,f,{}) tool(a,f,{}) delta(b,f,) delta(b,f,{}) tool(b,f,{})"},
    {"all of it at index 0",
     {ADDED(AT("0"), CALL("i1", "a", "")), ARGS(AT("0") OF("i1"), "{}"),
      DONE(AT("0"), CALL("i1", "a", "{}")), ADDED(AT("0"), CALL("i2", "b", "")),
      ARGS(AT("0") OF("i2"), "{}"), DONE(AT("0"), CALL("i2", "b", "{}"))},
     "delta(a,f,) delta(a,f,{}) tool(a,f,{}) delta(b,f,) delta(b,f,{}) tool(b,f,{})"},
    {"announced twice",
     {ADDED(AT("0"), CALL("i1", "a", "")), ADDED(AT("0"), CALL("i2", "a", "")),
      DONE(AT("0"), CALL("i3", "a", "{}"))},
     "delta(a,f,) delta(a,f,{}) tool(a,f,{})"},
    {"done twice",
     {DONE(AT("0"), CALL("i1", "a", "{}")), DONE(AT("0"), CALL("i1", "a", "{}"))},
     "delta(a,f,) delta(a,f,{}) tool(a,f,{})"},
    {"done at once, both at index 0",
     {DONE(AT("0"), CALL("i1", "a", "{}")), DONE(AT("0"), CALL("i2", "b", "{}"))},
     "delta(a,f,) delta(a,f,{}) tool(a,f,{}) delta(b,f,) delta(b,f,{}) tool(b,f,{})"},
    {"done at once, beside one that goes on",
     {ADDED(AT("0"), CALL("i1", "a", "")), DONE(AT("1"), CALL("i2", "b", "{}")),
      DONE(AT("0"), CALL("i1", "a", "{}"))},
     "delta(a,f,) delta(b,f,) delta(b,f,{}) tool(b,f,{}) delta(a,f,{}) tool(a,f,{})"},
    {"arguments at their end only",
     {ADDED(AT("0"), CALL("i", "a", "")),
      EVENT("function_call_arguments.done", AT("0") ",'arguments':'{ }'"),
      DONE(AT("0"), CALL("i", "a", "{ }"))},
     "delta(a,f,) delta(a,f,{ }) tool(a,f,{})"},
    {"pieces before the item",
     {ARGS(AT("0") OF("i"), "{"), ADDED(AT("0"), CALL("i", "a", "")), ARGS(AT("0") OF("i"), "}"),
      DONE(AT("0"), CALL("i", "a", "{}"))},
     "delta(a,f,) delta(a,f,{) delta(a,f,}) tool(a,f,{})"},
    {"never done",
     {ADDED(AT("0"), CALL("i", "a", "")), ARGS(AT("0"), "{}")},
     "delta(a,f,) delta(a,f,{}) tool(a,f,{})"},
    {"no call_id",
     {DONE(AT("0"), ITEM("function_call", ",'id':'i','name':'f','arguments':'{}'"))},
     "delta(i,f,) delta(i,f,{}) tool(i,f,{})"},
    {"arguments that are an object",
     {DONE(AT("0"), ITEM("function_call", ",'call_id':'a','name':'f','arguments':{'x': 1}"))},
     "delta(a,f,) delta(a,f,{\"x\":1}) tool(a,f,{\"x\":1})"},
    {"arguments that are none",
     {DONE(AT("0"), ITEM("function_call", ",'call_id':'a','name':'f','arguments':null"))},
     "delta(a,f,) tool(a,f,{})"},
    {"arguments that lost the thread",
     {DONE(AT("0"), CALL("i", "a", "{x"))},
     "delta(a,f,) delta(a,f,{x) bad(a,f,{x)"},
};

static void test_calls(void **state)
{
    (void)state;
    check_streams(calls, COUNT(calls), "tool_calls");
}

static void test_no_name(void **state)
{
    (void)state;
    static const struct stream_case cases[] = {
        {"a call without a name",
         {ARGS(AT("0"), "{}"), DONE(AT("0"), ITEM("function_call", ",'call_id':'a'"))},
         ""},
    };
    check_streams(cases, COUNT(cases), "stop");
}

/* ---- Text ---- */

#define TEXT(where, text) EVENT("output_text.delta", where ",'delta':'" text "'")
#define TEXT_DONE(where, text) EVENT("output_text.done", where ",'text':'" text "'")
#define PART(index) ",'content_index':" index
#define MESSAGE(id, content) ITEM("message", ",'id':'" id "','content':" content)
#define SAID(text) "{'type':'output_text','text':'" text "'}"
#define REFUSED(text) "{'type':'refusal','refusal':'" text "'}"

static const struct stream_case texts[] = {
    {"nothing", {NULL}, ""},
    {"said four times",
     {ADDED(AT("0"), MESSAGE("i", "[]")), TEXT(AT("0") PART("0"), "Hi"),
      TEXT_DONE(AT("0") PART("0"), "Hi"),
      EVENT("content_part.done", AT("0") PART("0") ",'part':" SAID("Hi")),
      DONE(AT("0"), MESSAGE("i", "[" SAID("Hi") "]"))},
     "ai(Hi)"},
    {"llama-server's",
     {ADDED("", MESSAGE("msg_1", "[]")), TEXT(OF("msg_1"), "Hi"), TEXT_DONE(OF("msg_1"), "Hi"),
      DONE("", MESSAGE("msg_1", "[" SAID("Hi") "]"))},
     "ai(Hi)"},
    {"at its end only", {ADDED(AT("0"), MESSAGE("i", "[]")), TEXT_DONE(AT("0"), "Hi")}, "ai(Hi)"},
    {"in the item only", {DONE(AT("0"), MESSAGE("i", "[" SAID("Hi") "]"))}, "ai(Hi)"},
    {"in the item, plainly", {DONE(AT("0"), MESSAGE("i", "'Hi'"))}, "ai(Hi)"},
    {"the part that was not heard",
     {TEXT(AT("0") PART("0"), "one"),
      DONE(AT("0"), MESSAGE("i", "[" SAID("one") "," SAID("two") "]"))},
     "ai(one) ai(two)"},
    {"a part beyond counting",
     {TEXT(AT("0") PART("99999999999"), "a"), TEXT(AT("0") PART("-1"), "b"),
      TEXT_DONE(AT("0") PART("99999999999"), "a")},
     "ai(a) ai(b)"},
    {"two messages",
     {TEXT(AT("0"), "one"), DONE(AT("0"), MESSAGE("i", "[" SAID("one") "]")), TEXT(AT("1"), "two"),
      DONE(AT("1"), MESSAGE("k", "[" SAID("two") "]"))},
     "ai(one) ai(\n\n) ai(two)"},
    {"other ids, and no index",
     {ADDED("", MESSAGE("i1", "[]")), TEXT(OF("i2"), "H"), TEXT(OF("i3"), "i"),
      DONE("", MESSAGE("i4", "[" SAID("Hi") "]"))},
     "ai(H) ai(i)"},
    {"a phase",
     {TEXT(AT("0"), "one"),
      DONE(AT("0"), ITEM("message", ",'id':'i','phase':'commentary','content':[" SAID("one") "]")),
      DONE(AT("1"), ITEM("message", ",'id':'k','phase':null,'content':[" SAID("two") "]"))},
     "ai(one) opaque(phase,\"commentary\",)@i ai(\n\n) ai(two)"},
    {"items and payloads that are not read",
     {ADDED(AT("0"), ITEM("web_search_call", ",'id':'i'")),
      EVENT("web_search_call.searching", AT("0")),
      DONE(AT("0"), ITEM("web_search_call", ",'id':'i'")),
      "{'type':'keepalive'}\n{'type':7}\n[]\n7\n'text'"
      "\n",
      DONE(AT("1"), ",'item':null"), ADDED(AT("1"), ",'item':[]"),
      EVENT("output_text.delta", ",'delta':7"), EVENT("output_text.delta", ",'delta':null")},
     ""},
    {"half a pair in each of two pieces",
     {TEXT(AT("0"), "\\ud83e"), TEXT(AT("0"), "\\udd80")},
     "ai(\U0001F980)"},
};

static void test_texts(void **state)
{
    (void)state;
    check_streams(texts, COUNT(texts), "stop");
}

static void test_refusals(void **state)
{
    (void)state;
    static const struct stream_case cases[] = {
        {"in pieces, and whole",
         {EVENT("refusal.delta", AT("0") ",'delta':'No.'"),
          EVENT("refusal.done", AT("0") ",'refusal':'No.'"),
          DONE(AT("0"), MESSAGE("i", "[" REFUSED("No.") "]"))},
         "refusal(No.)"},
        {"in the item only", {DONE(AT("0"), MESSAGE("i", "[" REFUSED("No.") "]"))}, "refusal(No.)"},
        {"after a text",
         {TEXT(AT("0") PART("0"), "Well"),
          DONE(AT("0"), MESSAGE("i", "[" SAID("Well") "," REFUSED("No.") "]"))},
         "ai(Well) refusal(No.)"},
    };
    check_streams(cases, COUNT(cases), "refusal");
}

/* ---- Thoughts ---- */

#define SUMMARY(where, text) EVENT("reasoning_summary_text.delta", where ",'delta':'" text "'")
#define THOUGHT(where, text) EVENT("reasoning_text.delta", where ",'delta':'" text "'")
#define REASONING(id, fields) ITEM("reasoning", ",'id':'" id "'" fields)
#define SUMMED(text) "{'type':'summary_text','text':'" text "'}"

static const struct stream_case thoughts[] = {
    {"parts and items are apart",
     {SUMMARY(AT("0") ",'summary_index':0", "a"), SUMMARY(AT("0") ",'summary_index':1", "b"),
      SUMMARY(AT("0") ",'summary_index':1", "c"),
      DONE(AT("0"),
           REASONING("i", ",'summary':[" SUMMED("a") "," SUMMED("bc") "],"
                                                                      "'encrypted_content':'x'")),
      SUMMARY(AT("1") ",'summary_index':0", "d"),
      DONE(AT("1"), REASONING("k", ",'encrypted_content':'y'"))},
     "think(a) think(\n\n) think(b) think(c) opaque(encrypted_content,\"x\",)@i "
     "think(\n\n) think(d) opaque(encrypted_content,\"y\",)@k"},
    {"in the item only",
     {DONE(AT("0"), REASONING("i", ",'summary':[" SUMMED("a") "," SUMMED("b") "]"))},
     "think(a) think(\n\n) think(b)"},
    {"at its end only",
     {EVENT("reasoning_summary_text.done", AT("0") ",'text':'a'"),
      EVENT("reasoning_text.done", AT("1") ",'text':'b'")},
     "think(a) think(\n\n) think(b)"},
    {"llama-server's",
     {ADDED("", REASONING("rs", ",'summary':[],'content':[],'encrypted_content':''")),
      THOUGHT(OF("rs"), "hm"),
      DONE("", REASONING("rs", ",'summary':[],'content':[{'type':'reasoning_text','text':'hm'}],"
                               "'encrypted_content':''"))},
     "think(hm)"},
    {"what is encrypted counts at the end only",
     {ADDED(AT("0"), REASONING("i1", ",'encrypted_content':'half'")),
      DONE(AT("0"), REASONING("i2", ",'encrypted_content':'whole'"))},
     "opaque(encrypted_content,\"whole\",)@i2"},
    {"what is encrypted and no text",
     {DONE(AT("0"), REASONING("i", ",'encrypted_content':null")),
      DONE(AT("1"), REASONING("k", ",'encrypted_content':{}"))},
     ""},
};

static void test_thoughts(void **state)
{
    (void)state;
    check_streams(thoughts, COUNT(thoughts), "stop");
}

/* ---- Ends ---- */

#define END(type, fields) CREATED "{'type':'response." type "','response':{'id':'r'" fields "}}"
#define INCOMPLETE(reason) END("incomplete", ",'incomplete_details':{'reason':'" reason "'}")

static void test_ends(void **state)
{
    (void)state;
    static const struct body_case cases[] = {
        {"too long", INCOMPLETE("max_output_tokens"), "finish(length,max_output_tokens)"},
        {"filtered", INCOMPLETE("content_filter"), "finish(content_filter,content_filter)"},
        {"for a new reason", INCOMPLETE("boredom"), "finish(other,boredom)"},
        {"for no reason", END("incomplete", ",'incomplete_details':null"),
         "finish(other,incomplete)"},
        {"cancelled", END("cancelled", ""), "finish(other,cancelled)"},
        {"completed, says the name, and was not",
         END("completed", ",'incomplete_details':{'reason':'max_output_tokens'}"),
         "finish(length,max_output_tokens)"},
        {"completed, says the name, and says itself that it was not",
         END("completed", ",'status':'incomplete'"), "finish(other,incomplete)"},
        {"completed, says the name of what failed",
         END("completed", ",'status':'failed','error':{'code':'server_error','message':'Sorry'}"),
         "error(provider: Sorry, code server_error, retryable)"},
        {"completed, and the response not told of it", END("completed", ",'status':'in_progress'"),
         "finish(stop,completed)"},
        {"failed", END("failed", ",'error':{'code':'rate_limit_exceeded','message':'slow down'}"),
         "error(provider: slow down, code rate_limit_exceeded, retryable)"},
        {"failed for its input", END("failed", ",'error':{'code':'invalid_prompt','message':'no'}"),
         "error(provider: no, code invalid_prompt)"},
        {"failed without a word", END("failed", ",'error':null"),
         "error(provider: the provider reported an error and gave no reason)"},
        {"an error, as documented",
         CREATED "{'type':'error','code':'server_error','message':'Sorry','param':null}\n"
                 "{'type':'response.failed','response':{'error':{'message':'again'}}}",
         "error(provider: Sorry, code server_error, retryable)"},
        {"an error, as sent",
         CREATED "{'type':'error','error':{'type':'server_error','code':null,'message':'Sorry'}}",
         "error(provider: Sorry, code server_error, retryable)"},
        {"an error without a type",
         CREATED "{'error':{'code':500,'message':'Sorry','type':'server_error'}}",
         "error(provider: Sorry, code 500, retryable)"},
        {"the usage",
         CREATED ENDED(",'usage':{'input_tokens':5,'output_tokens':3,'input_tokens_details':"
                       "{'cached_tokens':4},'output_tokens_details':{'reasoning_tokens':2}}"),
         "usage(5/3/4/2) finish(stop,completed)"},
        {"no usage that can be", CREATED ENDED(",'usage':{'input_tokens':-5,'output_tokens':9e18}"),
         "usage(?/?/?/?) finish(stop,completed)"},
        {"nothing after the end", CREATED ENDED("") "\n" TEXT(AT("0"), "x") "\n[DONE]",
         "finish(stop,completed)"},
        {"no end", CREATED "{'type':'response.in_progress'}",
         "error(truncated: stream ended before the response was complete, retryable)"},
    };
    for (size_t i = 0; i < COUNT(cases); i++) {
        struct buf want = BUF_INIT;
        buf_addf(&want, "start(r,m) %s", cases[i].want);
        check(cases[i].about, cases[i].payloads, want.data);
        buf_clear(&want);
    }
}

static void test_no_start(void **state)
{
    (void)state;
    check("a piece is the first", TEXT("", "x") "\n" ENDED(""),
          "start(,) ai(x) finish(stop,completed)");
    check("all at the end",
          "{'type':'response.completed','response':{'id':'r','model':'m','output':[{'type':"
          "'message','content':[" SAID("Hi") "]}]}}",
          "start(r,m) ai(Hi) finish(stop,completed)");
    check("an error is the first", "{'error':{'message':'no'}}", "error(provider: no)");
    check_body("an error in plain words", "event: error\ndata: it broke\n\n",
               "error(provider: it broke)");
    check_body("an error by its name", "event: error\ndata: {\"message\":\"it broke\"}\n\n",
               "error(provider: it broke)");
}

static void test_chat_completions(void **state)
{
    (void)state;
    static const char *const want = "error(protocol: this server answers /responses with chat "
                                    "completions: use wire = openai)";
    check("a stream",
          "{'id':'m','object':'chat.completion.chunk','choices':[{'delta':{'content':'Hi'}}]}",
          want);
    check("a stream without a name", "{'choices':[]}", want);
    check_body("whole", "{\"object\":\"chat.completion\",\"choices\":[]}", want);
}

/* ---- A whole answer ---- */

static void test_whole(void **state)
{
    (void)state;
    static const struct body_case cases[] = {
        {"llama-server's",
         "{'id':'r','status':'completed','output':[{'id':'rs','type':'reasoning','summary':[],"
         "'content':[{'type':'reasoning_text','text':'hm'}],'encrypted_content':''},"
         "{'type':'message','content':[" SAID(
             "Hi") "]},"
                   "{'type':'function_call','call_id':'fc_a','name':'f','arguments':'{}'}]}",
         "start(r,) think(hm) ai(Hi) delta(fc_a,f,) delta(fc_a,f,{}) tool(fc_a,f,{}) "
         "finish(tool_calls,completed)"},
        {"no status", "{'output':[]}", "start(,) finish(stop,completed)"},
        {"not complete",
         "{'status':'incomplete','incomplete_details':{'reason':'max_output_tokens'},"
         "'output':[{'type':'message','content':[" SAID("Hi") "]}]}",
         "start(,) ai(Hi) finish(length,max_output_tokens)"},
        {"still in the queue", "{'status':'queued','output':[]}", "start(,) finish(other,queued)"},
        {"failed", "{'status':'failed','error':{'code':'server_error','message':'no'},'output':[]}",
         "start(,) error(provider: no, code server_error, retryable)"},
        {"an error", "{'error':{'message':'no'}}", "error(provider: no)"},
        {"something else", "{'a':1}",
         "error(protocol: the response is JSON but holds no answer (no \"output\"))"},
        {"a list", "[1]",
         "error(protocol: the response is JSON but holds no answer (no \"output\"))"},
    };
    for (size_t i = 0; i < COUNT(cases); i++) {
        char *body = quoted(cases[i].payloads);
        check_body(cases[i].about, body, cases[i].want);
        free(body);
    }
}

/* ---- Limits ---- */

static void test_many_items(void **state)
{
    (void)state;
    struct buf body = BUF_INIT, got = BUF_INIT;
    for (int i = 0; i < 2000; i++)
        buf_addf(&body,
                 "data: {\"type\":\"response.output_item.added\",\"output_index\":%d,\"item\":"
                 "{\"type\":\"message\",\"id\":\"%d\"}}\n\n",
                 i, i);
    decode(body.data, &got);
    assert_string_equal(got.data, "start(,) error(limit: the answer has more than 1024 items)");
    buf_clear(&body);
    buf_clear(&got);
}

/* Ids of any length; what tells them apart is near their beginning. */
static void test_long_ids(void **state)
{
    (void)state;
    char tail[2001];
    struct buf payloads = BUF_INIT;
    memset(tail, 'x', sizeof(tail) - 1);
    tail[sizeof(tail) - 1] = '\0';
    for (const char *id = "ab"; *id; id++)
        buf_addf(&payloads, ADDED("", ITEM("message", ",'id':'%c%s'")) "\n", *id, tail);
    for (const char *id = "ab"; *id; id++)
        buf_addf(&payloads, TEXT(OF("%c%s"), "%c") "\n", *id, tail, *id);
    for (const char *id = "ab"; *id; id++)
        buf_addf(&payloads, DONE("", MESSAGE("%c%s", "[" SAID("%c") "]")) "\n", *id, tail, *id);
    buf_adds(&payloads, ENDED(""));
    check("two", payloads.data, "start(,) ai(a) ai(\n\n) ai(b) finish(stop,completed)");
    buf_clear(&payloads);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_calls),    cmocka_unit_test(test_no_name),
        cmocka_unit_test(test_texts),    cmocka_unit_test(test_refusals),
        cmocka_unit_test(test_thoughts), cmocka_unit_test(test_ends),
        cmocka_unit_test(test_no_start), cmocka_unit_test(test_chat_completions),
        cmocka_unit_test(test_whole),    cmocka_unit_test(test_many_items),
        cmocka_unit_test(test_long_ids),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
