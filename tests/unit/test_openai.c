/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "base/buf.h"
#include "describe.h"
#include "runnel.h"

/* Payloads of a stream in, words out; tests/wire has whole bodies, this has the corners. */

static const char head[] = "{\"id\":\"m\",\"choices\":[{\"delta\":";

/* Ids that were made here are another each time: they become @0, @1 ... */
static void mask_ids(struct buf *text)
{
    char *made[8];
    int count = 0;
    for (char *at = text->data; (at = strstr(at, "delta(")); at++) {
        char *id = at + 6;
        int n = 0;
        if (strcspn(id, ",") != 9)
            continue;
        while (n < count && memcmp(made[n], id, 9) != 0)
            n++;
        if (n == count)
            made[count++] = strndup(id, 9);
    }
    for (int n = 0; n < count; n++) {
        for (char *at; (at = strstr(text->data, made[n]));)
            memcpy(at, (char[]){'@', (char)('0' + n), '-', '-', '-', '-', '-', '-', '-'}, 9);
        free(made[n]);
    }
}

struct payload_case {
    const char *about;
    const char *deltas[6]; /* each the delta of a chunk */
    const char *want;      /* behind start(m,) */
};

static void check(const struct payload_case *one)
{
    struct buf body = BUF_INIT, got = BUF_INIT, want = BUF_INIT;
    rn_decoder *decoder = rn_decoder_new("openai");
    const rn_event *event;
    for (size_t i = 0; i < 6 && one->deltas[i]; i++)
        buf_addf(&body, "data: %s%s}]}\n\n", head, one->deltas[i]);
    buf_adds(&body, "data: [DONE]\n\n");
    rn_decoder_feed(decoder, body.data, body.len);
    rn_decoder_end(decoder);
    while ((event = rn_decoder_next(decoder)))
        describe(&got, event);
    mask_ids(&got);
    buf_addf(&want, "start(m,) %s", one->want);
    if (strcmp(got.data, want.data) != 0)
        fail_msg("%s: %s", one->about, got.data);
    rn_decoder_free(decoder);
    buf_clear(&body);
    buf_clear(&got);
    buf_clear(&want);
}

#define CALL(fields) "{\"tool_calls\":[{" fields "}]}"
#define FN(name, args) "\"function\":{\"name\":\"" name "\",\"arguments\":\"" args "\"}"
#define ARGS(args) "\"function\":{\"arguments\":\"" args "\"}"

static const struct payload_case calls[] = {
    {"by its id, whatever its index",
     {CALL("\"index\":0,\"id\":\"a\"," FN("f", "{")), CALL("\"index\":7,\"id\":\"a\"," ARGS("}"))},
     "delta(a,f,) delta(a,f,{) delta(a,f,}) tool(a,f,{}) finish(tool_calls,)"},
    {"by its index",
     {CALL("\"index\":1,\"id\":\"a\"," FN("f", "")), CALL("\"index\":2,\"id\":\"b\"," FN("g", "")),
      CALL("\"index\":1," ARGS("{}"))},
     "delta(a,f,) delta(b,g,) delta(a,f,{}) tool(a,f,{}) tool(b,g,{}) finish(tool_calls,)"},
    {"the last one opened",
     {CALL("\"id\":\"a\"," FN("f", "")), CALL("\"id\":\"b\"," FN("g", "")),
      CALL(ARGS("{\\\"x\\\":1}"))},
     "delta(a,f,) delta(b,g,) delta(b,g,{\"x\":1}) tool(a,f,{}) tool(b,g,{\"x\":1}) "
     "finish(tool_calls,)"},
    {"another id at the same index is another call",
     {CALL("\"index\":0,\"id\":\"a\"," FN("f", "{}")),
      CALL("\"index\":0,\"id\":\"b\"," FN("f", "{}"))},
     "delta(a,f,) delta(a,f,{}) delta(b,f,) delta(b,f,{}) tool(a,f,{}) tool(b,f,{}) "
     "finish(tool_calls,)"},
    {"its index is the later one's",
     {CALL("\"index\":0,\"id\":\"a\"," FN("f", "")), CALL("\"index\":0,\"id\":\"b\"," FN("g", "")),
      CALL("\"index\":0," ARGS("{}"))},
     "delta(a,f,) delta(b,g,) delta(b,g,{}) tool(a,f,{}) tool(b,g,{}) finish(tool_calls,)"},
    {"an id that changes without a name is the same call",
     {CALL("\"index\":0,\"id\":\"a\"," FN("f", "{")), CALL("\"index\":0,\"id\":\"b\"," ARGS("}"))},
     "delta(a,f,) delta(a,f,{) delta(a,f,}) tool(a,f,{}) finish(tool_calls,)"},
    {"a name that is repeated",
     {CALL("\"index\":0,\"id\":\"a\"," FN("f", "{")), CALL("\"index\":0," FN("f", "}"))},
     "delta(a,f,) delta(a,f,{) delta(a,f,}) tool(a,f,{}) finish(tool_calls,)"},
    {"a repeated name, and a brace in a string",
     {CALL("\"index\":0,\"id\":\"a\"," FN("f", "{\\\"x\\\":\\\"}")),
      CALL("\"index\":0," FN("f", "{\\\"}"))},
     "delta(a,f,) delta(a,f,{\"x\":\"}) delta(a,f,{\"}) tool(a,f,{\"x\":\"}{\"}) "
     "finish(tool_calls,)"},
    {"no ids, all at index 0",
     {CALL("\"index\":0," FN("f", "{}")), CALL("\"index\":0," FN("f", "{\\\"n\\\":2}"))},
     "delta(@0-------,f,) delta(@0-------,f,{}) delta(@1-------,f,) delta(@1-------,f,{\"n\":2}) "
     "tool(@0-------,f,{}) tool(@1-------,f,{\"n\":2}) finish(tool_calls,)"},
    {"neither ids nor indexes",
     {CALL(FN("f", "{}")), CALL(FN("g", "{}"))},
     "delta(@0-------,f,) delta(@0-------,f,{}) delta(@1-------,g,) delta(@1-------,g,{}) "
     "tool(@0-------,f,{}) tool(@1-------,g,{}) finish(tool_calls,)"},
    {"arguments before the name",
     {CALL("\"index\":0,\"id\":\"a\"," ARGS("{\\\"x")), CALL("\"index\":0," ARGS("\\\":")),
      CALL("\"index\":0," FN("f", "1}"))},
     "delta(a,f,) delta(a,f,{\"x\":) delta(a,f,1}) tool(a,f,{\"x\":1}) finish(tool_calls,)"},
    {"the id comes with the name",
     {CALL("\"index\":0," ARGS("{")), CALL("\"index\":0,\"id\":\"a\"," FN("f", "}"))},
     "delta(a,f,) delta(a,f,{) delta(a,f,}) tool(a,f,{}) finish(tool_calls,)"},
    {"a call that never gets a name",
     {CALL("\"index\":0,\"id\":\"a\"," ARGS("{}"))},
     "finish(stop,)"},
    {"a fragment of nothing",
     {CALL("\"index\":0"), CALL("\"index\":0,\"id\":\"\"," FN("", ""))},
     "finish(stop,)"},
    {"no objects", {"{\"tool_calls\":[null,1,\"x\",[]]}", "{\"tool_calls\":{}}"}, "finish(stop,)"},
    {"arguments that are an object",
     {CALL("\"id\":\"a\",\"function\":{\"name\":\"f\",\"arguments\":{\"x\": 1}}")},
     "delta(a,f,) delta(a,f,{\"x\":1}) tool(a,f,{\"x\":1}) finish(tool_calls,)"},
    {"arguments null",
     {CALL("\"id\":\"a\",\"function\":{\"name\":\"f\",\"arguments\":null}")},
     "delta(a,f,) tool(a,f,{}) finish(tool_calls,)"},
    {"an index with a point",
     {CALL("\"index\":0.0,\"id\":\"a\"," FN("f", "{")), CALL("\"index\":0," ARGS("}"))},
     "delta(a,f,) delta(a,f,{) delta(a,f,}) tool(a,f,{}) finish(tool_calls,)"},
    {"half a pair beside an index",
     {CALL("\"index\":0,\"id\":\"a\"," FN("f", "")), CALL("\"index\":1,\"id\":\"b\"," FN("g", "")),
      CALL("\"index\":0," ARGS("{\\\"x\\\":\\\"\\ud83e")),
      CALL("\"index\":0," ARGS("\\udd80\\\"}"))},
     "delta(a,f,) delta(b,g,) delta(a,f,{\"x\":\") delta(a,f,\U0001F980\"}) "
     "tool(a,f,{\"x\":\"\U0001F980\"}) "
     "tool(b,g,{}) finish(tool_calls,)"},
    {"the old form",
     {"{\"function_call\":{\"name\":\"f\",\"arguments\":\"{\"}}",
      "{\"function_call\":{\"arguments\":\"}\"}}"},
     "delta(@0-------,f,) delta(@0-------,f,{) delta(@0-------,f,}) tool(@0-------,f,{}) "
     "finish(tool_calls,)"},
    {"a signature of its own",
     {CALL("\"id\":\"a\"," FN("f", "{}")),
      CALL("\"extra_content\":{\"google\":{\"thought_signature\":\"s\"}}")},
     "delta(a,f,) delta(a,f,{}) opaque(thought_signature,\"s\",a) tool(a,f,{}) "
     "finish(tool_calls,)"},
};

static void test_calls(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof(calls) / sizeof(calls[0]); i++)
        check(&calls[i]);
}

static const struct payload_case texts[] = {
    {"nothing",
     {"{}", "null", "{\"content\":null}", "{\"content\":\"\"}", "{\"content\":7}"},
     "finish(stop,)"},
    {"the first form of reasoning counts",
     {"{\"reasoning_content\":\"a\",\"reasoning\":\"b\",\"reasoning_details\":[{\"text\":\"c\"}]}"},
     "think(a) opaque(reasoning_details,[{\"text\":\"c\"}],) finish(stop,)"},
    {"the second when the first is empty",
     {"{\"reasoning_content\":\"\",\"reasoning\":\"b\"}"},
     "think(b) finish(stop,)"},
    {"the details when there is nothing else",
     {"{\"reasoning_details\":[{\"text\":\"c\"},{\"summary\":\"d\"},{\"data\":\"e\"}]}"},
     "think(c) think(d) "
     "opaque(reasoning_details,[{\"text\":\"c\"},{\"summary\":\"d\"},{\"data\":\"e\"}],) "
     "finish(stop,)"},
    {"the order within a payload",
     {"{\"tool_calls\":[{\"id\":\"a\"," FN(
         "f", "") "}],\"refusal\":\"r\",\"content\":\"t\",\"reasoning\":\"x\"}"},
     "think(x) ai(t) refusal(r) delta(a,f,) tool(a,f,{}) finish(tool_calls,)"},
    {"parts",
     {"{\"content\":[{\"type\":\"thinking\",\"thinking\":[{\"type\":\"text\",\"text\":\"x\"},{"
      "\"text\":\"y\"}]},"
      "{\"type\":\"text\",\"text\":\"z\"},{\"type\":\"refusal\",\"refusal\":\"r\"},{\"thinking\":"
      "\"w\"},null,1]}"},
     "think(x) think(y) ai(z) refusal(r) think(w) finish(refusal,)"},
};

static void test_texts(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof(texts) / sizeof(texts[0]); i++)
        check(&texts[i]);
}

/* ---- The rest of a chunk ---- */

static void check_chunks(const char *about, const char *body, const char *want)
{
    struct buf got = BUF_INIT;
    rn_decoder *decoder = rn_decoder_new("openai");
    const rn_event *event;
    rn_decoder_feed(decoder, body, strlen(body));
    rn_decoder_end(decoder);
    while ((event = rn_decoder_next(decoder)))
        describe(&got, event);
    if (strcmp(got.data, want) != 0)
        fail_msg("%s: %s", about, got.data);
    rn_decoder_free(decoder);
    buf_clear(&got);
}

#define USAGE(fields) "data: {\"choices\":[],\"usage\":{" fields "}}\n\n"
#define DONE "data: [DONE]\n\n"
#define REASON(word) "data: {\"choices\":[{\"delta\":{},\"finish_reason\":" word "}]}\n\n"

static void test_usage(void **state)
{
    (void)state;
    static const struct {
        const char *about, *body, *want;
    } cases[] = {
        {"the last counts",
         USAGE("\"prompt_tokens\":1,\"completion_tokens\":1")
             USAGE("\"prompt_tokens\":5,\"completion_tokens\":2") DONE,
         "usage(5/2/?/?) finish(stop,)"},
        {"details",
         USAGE("\"prompt_tokens\":5,\"completion_tokens\":2,\"prompt_tokens_details\":{\"cached_"
               "tokens\":3},"
               "\"completion_tokens_details\":{\"reasoning_tokens\":1}") DONE,
         "usage(5/2/3/1) finish(stop,)"},
        {"DeepSeek's cache", USAGE("\"prompt_tokens\":5,\"prompt_cache_hit_tokens\":4") DONE,
         "usage(5/?/4/?) finish(stop,)"},
        {"xAI's sum",
         USAGE("\"prompt_tokens\":5,\"completion_tokens\":2,\"total_tokens\":10,"
               "\"completion_tokens_details\":{\"reasoning_tokens\":3}") DONE,
         "usage(5/5/?/3) finish(stop,)"},
        {"Groq's place",
         "data: {\"choices\":[],\"x_groq\":{\"usage\":{\"prompt_tokens\":5}}}\n\n" DONE,
         "usage(5/?/?/?) finish(stop,)"},
        {"null", "data: {\"choices\":[],\"usage\":null}\n\n" DONE, "finish(stop,)"},
        {"numbers with a point", USAGE("\"prompt_tokens\":5.0,\"completion_tokens\":2e0") DONE,
         "usage(5/2/?/?) finish(stop,)"},
        {"no numbers", USAGE("\"prompt_tokens\":\"5\",\"completion_tokens\":null") DONE,
         "usage(?/?/?/?) finish(stop,)"},
        {"numbers that cannot be",
         USAGE("\"prompt_tokens\":9223372036854775807,\"completion_tokens\":9223372036854775807,"
               "\"total_tokens\":1,\"completion_tokens_details\":{\"reasoning_tokens\":"
               "9223372036854775807}") DONE,
         "usage(?/?/?/?) finish(stop,)"},
        {"less than nothing", USAGE("\"prompt_tokens\":-5,\"completion_tokens\":-1") DONE,
         "usage(?/?/?/?) finish(stop,)"},
        {"beyond 64 bits",
         USAGE("\"prompt_tokens\":99999999999999999999,\"completion_tokens\":2") DONE,
         "usage(?/2/?/?) finish(stop,)"},
    };
    for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++)
        check_chunks(cases[i].about, cases[i].body, cases[i].want);
}

static void test_reasons(void **state)
{
    (void)state;
    static const char *const reasons[][2] = {
        {"stop", "stop"},
        {"eos", "stop"},
        {"end_turn", "stop"},
        {"length", "length"},
        {"model_length", "length"},
        {"max_tokens", "length"},
        {"content_filter", "content_filter"},
        {"tool_calls", "tool_calls"},
        {"function_call", "tool_calls"},
        {"abort", "other"},
        {"load", "other"},
        {"STOP!", "other"},
    };
    for (size_t i = 0; i < sizeof(reasons) / sizeof(reasons[0]); i++) {
        char body[200], want[100];
        snprintf(body, sizeof(body),
                 "data: {\"choices\":[{\"delta\":{},\"finish_reason\":\"%s\"}]}\n\n",
                 reasons[i][0]);
        snprintf(want, sizeof(want), "start(,) finish(%s,%s)", reasons[i][1], reasons[i][0]);
        check_chunks(reasons[i][0], body, want);
    }
    check_chunks("the last that is not empty",
                 REASON("\"length\"") REASON("null") REASON("\"\"") REASON("7") DONE,
                 "start(,) finish(length,length)");
    check_chunks("an error without words", REASON("\"error\""),
                 "start(,) error(provider: the provider broke off with an error and gave no "
                 "reason, retryable)");
}

static void test_start(void **state)
{
    (void)state;
    check_chunks("no choices, an id", "data: {\"id\":\"m\",\"choices\":[]}\n\n" DONE,
                 "start(m,) finish(stop,)");
    check_chunks("no choices, no id",
                 "data: {\"id\":\"\",\"choices\":[],\"prompt_filter_results\":[]}\n\n" DONE,
                 "finish(stop,)");
    check_chunks("an index that counts the pieces",
                 "data: {\"choices\":[{\"index\":1,\"delta\":{\"content\":\"a\"}}]}\n\n"
                 "data: {\"choices\":[{\"index\":2,\"delta\":{\"content\":\"b\"}}]}\n\n" DONE,
                 "start(,) ai(a) ai(b) finish(stop,)");
    check_chunks("choices of nothing",
                 "data: {\"choices\":[null]}\n\ndata: {\"choices\":7}\n\n" DONE,
                 "start(,) finish(stop,)");
}

static void test_whole(void **state)
{
    (void)state;
    check_chunks("the end is its end", "{\"choices\":[{\"message\":{\"content\":\"x\"}}]}",
                 "start(,) ai(x) finish(stop,)");
    check_chunks("no message", "{\"choices\":[{}]}", "start(,) finish(stop,)");
    check_chunks("no choice", "{\"choices\":[]}",
                 "error(protocol: the response is JSON but holds no answer (no \"choices\"))");
    check_chunks("its reason is an error",
                 "{\"choices\":[{\"message\":{\"content\":\"x\"},\"finish_reason\":\"error\"}]}",
                 "start(,) ai(x) error(provider: the provider broke off with an error and gave no "
                 "reason, retryable)");
}

/* More calls than a label table holds, over and over at the same index. */
static void test_many_labels(void **state)
{
    (void)state;
    struct buf body = BUF_INIT;
    for (int i = 0; i < 200; i++)
        buf_addf(
            &body,
            "data: %s{\"tool_calls\":[{\"index\":%d,\"id\":\"c%d\"," FN("f", "{}") "}]}}]}\n\n",
            head, i, i);
    rn_decoder *decoder = rn_decoder_new("openai");
    rn_decoder_feed(decoder, body.data, body.len);
    rn_decoder_end(decoder);
    enum rn_kind last = RN_START;
    for (const rn_event *event; (event = rn_decoder_next(decoder)); last = event->kind)
        assert_int_not_equal(event->kind, RN_FINISH);
    assert_int_equal(last, RN_ERROR);
    rn_decoder_free(decoder);
    buf_clear(&body);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_calls),       cmocka_unit_test(test_texts),
        cmocka_unit_test(test_usage),       cmocka_unit_test(test_reasons),
        cmocka_unit_test(test_start),       cmocka_unit_test(test_whole),
        cmocka_unit_test(test_many_labels),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
