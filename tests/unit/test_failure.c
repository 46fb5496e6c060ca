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
#include "llm/event.h"
#include "llm/failure.h"
#include "llm/reply.h"

static char *made(struct reply *reply, struct event_queue *queue)
{
    struct buf got = BUF_INIT;
    for (struct event *event; (event = event_queue_next(queue));)
        describe(&got, &event->pub);
    reply_free(reply);
    event_queue_free(queue);
    return buf_take(&got);
}

static char *from_body(int status, const char *body, size_t len)
{
    struct event_queue *queue = event_queue_new();
    struct reply *reply = reply_new(queue);
    failure_from_body(reply, status, body, len);
    return made(reply, queue);
}

static const struct {
    const char *about;
    int status;
    const char *body, *want;
} bodies[] = {
    {"OpenAI", 400,
     "{\"error\":{\"message\":\"Bad.\",\"type\":\"invalid_request_error\",\"param\":\"x\",\"code\":"
     "\"bad_x\"}}",
     "error(http: Bad., http 400, code bad_x)"},
    {"no code but a type", 401,
     "{\"error\":{\"message\":\"Who?\",\"type\":\"auth\",\"code\":null}}",
     "error(http: Who?, http 401, code auth)"},
    {"a number for a code", 403, "{\"error\":{\"message\":\"No.\",\"code\":403}}",
     "error(http: No., http 403, code 403)"},
    {"too many requests", 429,
     "{\"error\":{\"message\":\"Slow.\",\"code\":\"rate_limit_exceeded\"}}",
     "error(http: Slow., http 429, code rate_limit_exceeded, retryable)"},
    {"no quota left", 429, "{\"error\":{\"message\":\"Pay.\",\"code\":\"insufficient_quota\"}}",
     "error(http: Pay., http 429, code insufficient_quota)"},
    {"no quota left, by its type", 429,
     "{\"error\":{\"message\":\"Pay.\",\"type\":\"insufficient_quota\",\"code\":\"429\"}}",
     "error(http: Pay., http 429, code 429)"},
    {"a spend limit", 429,
     "{\"error\":{\"message\":\"P.\",\"type\":\"enforced_spend_limit_reached\"}}",
     "error(http: P., http 429, code enforced_spend_limit_reached)"},
    {"408", 408, "{}", "error(http: {}, http 408, retryable)"},
    {"409", 409, "",
     "error(http: the server answered HTTP 409 and gave no reason, http 409, retryable)"},
    {"500", 500, "{\"error\":\"oops\"}", "error(http: oops, http 500, retryable)"},
    {"529", 529, "",
     "error(http: the server answered HTTP 529 and gave no reason, http 529, retryable)"},
    {"402", 402, "{\"error\":{\"message\":\"No credit\",\"code\":402}}",
     "error(http: No credit, http 402, code 402)"},
    {"413", 413, "too large", "error(http: too large, http 413)"},
    {"422 of FastAPI", 422,
     "{\"detail\":[{\"loc\":[\"body\",\"x\"],\"msg\":\"extra\",\"type\":\"value_error\"}]}",
     "error(http: [{\"loc\":[\"body\",\"x\"],\"msg\":\"extra\",\"type\":\"value_error\"}], http "
     "422)"},
    {"a detail that is text", 404, "{\"detail\":\"Not Found\"}",
     "error(http: Not Found, http 404)"},
    {"Mistral", 400,
     "{\"object\":\"error\",\"message\":\"Bad "
     "id\",\"type\":\"invalid\",\"param\":null,\"code\":3280}",
     "error(http: Bad id, http 400, code 3280)"},
    {"Gemini's list", 400,
     "[{\"error\":{\"code\":400,\"message\":\"Bad key\",\"status\":\"INVALID\"}}]",
     "error(http: Bad key, http 400, code INVALID)"},
    {"Gemini's bad key", 400,
     "{\"error\":{\"code\":400,\"message\":\"No.\",\"status\":\"INVALID_ARGUMENT\",\"details\":[{"
     "\"@type\":\"type.googleapis.com/google.rpc.ErrorInfo\",\"reason\":\"API_KEY_INVALID\"}]}}",
     "error(http: No., http 400, code API_KEY_INVALID)"},
    {"Gemini's quota of the day", 429,
     "{\"error\":{\"code\":429,\"message\":\"Q.\",\"status\":\"RESOURCE_EXHAUSTED\",\"details\":[{"
     "\"violations\":[{\"quotaId\":\"GenerateRequestsPerDayPerProject\"}]},{\"retryDelay\":\"5s\"}]"
     "}}",
     "error(http: Q., http 429, code RESOURCE_EXHAUSTED)"},
    {"and of the minute", 429,
     "{\"error\":{\"code\":429,\"message\":\"Q.\",\"status\":\"RESOURCE_EXHAUSTED\",\"details\":[{"
     "\"violations\":[{\"quotaId\":\"GenerateRequestsPerMinute\"}]}]}}",
     "error(http: Q., http 429, code RESOURCE_EXHAUSTED, retryable)"},
    {"a status beside a code in words", 400,
     "{\"error\":{\"code\":\"bad\",\"message\":\"m\",\"status\":\"x\"}}",
     "error(http: m, http 400, code bad)"},
    {"Anthropic's spend limit", 429,
     "{\"type\":\"error\",\"error\":{\"type\":\"rate_limit_error\",\"message\":\"S.\",\"details\":{"
     "\"error_code\":\"enforced_spend_limit_reached\"}}}",
     "error(http: S., http 429, code rate_limit_error)"},
    {"Anthropic, overloaded", 529,
     "{\"type\":\"error\",\"error\":{\"type\":\"overloaded_error\",\"message\":\"Overloaded\"}}",
     "error(http: Overloaded, http 529, code overloaded_error, retryable)"},
    {"OpenRouter's upstream", 502,
     "{\"error\":{\"message\":\"Provider returned "
     "error\",\"code\":502,\"metadata\":{\"raw\":\"upstream "
     "died\"}}}",
     "error(http: Provider returned error (upstream died), http 502, code 502, retryable)"},
    {"raw beside a message that says something", 400,
     "{\"error\":{\"message\":\"Bad\",\"code\":1,\"metadata\":{\"raw\":\"x\"}}}",
     "error(http: Bad, http 400, code 1)"},
    {"xAI", 400, "{\"code\":\"Client specified an invalid argument\",\"error\":\"Incorrect key\"}",
     "error(http: Incorrect key, http 400, code Client specified an invalid argument)"},
    {"Ollama", 404, "{\"error\":\"model 'x' not found\"}",
     "error(http: model 'x' not found, http 404)"},
    {"llama-server", 503,
     "{\"error\":{\"code\":503,\"message\":\"Loading model\",\"type\":\"unavailable_error\"}}",
     "error(http: Loading model, http 503, code 503, retryable)"},
    {"a message that is no text", 400, "{\"error\":{\"message\":{\"a\":1}}}",
     "error(http: {\"error\":{\"message\":{\"a\":1}}}, http 400)"},
    {"a JSON string", 500, "\"boom\"", "error(http: boom, http 500, retryable)"},
    {"plain words", 503, "upstream  connect\nerror\n",
     "error(http: upstream connect error, http 503, retryable)"},
    {"a page", 502,
     "<html>\r\n<head><title>502 Bad Gateway</title><style>h1 { color: red "
     "}</style></head>\r\n<body "
     "bgcolor=\"white\"><h1>Bad &gt; Gateway</h1><script>if (a<b) x();</script></body>",
     "error(http: 502 Bad Gateway Bad &gt; Gateway, http 502, retryable)"},
    {"a page of nothing but tags", 500, "<html><body></body></html>",
     "error(http: the server answered HTTP 500 and gave no reason, http 500, retryable)"},
    {"a tag that does not end", 500, "x <a href=", "error(http: x, http 500, retryable)"},
    {"a script that does not end", 500, "x <script>var y", "error(http: x, http 500, retryable)"},
    {"not UTF-8", 500,
     "a\xFF"
     "b",
     "error(http: a\uFFFD"
     "b, http 500, retryable)"},
    {"half a surrogate pair", 500, "{\"error\":\"a\\ud83d\"}",
     "error(http: a\uFFFD, http 500, retryable)"},
    {"a redirect", 307, "<html>Moved</html>",
     "error(http: the server redirects (HTTP 307), which runnel does not follow: use the final "
     "address as "
     "the URL, http 307)"},
    {"a redirect that says why", 308, "{\"error\":\"use https\"}",
     "error(http: use https, http 308)"},
    {"error null", 500, "{\"error\":null,\"message\":\"deep\"}",
     "error(http: deep, http 500, retryable)"},
};

static void test_bodies(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof(bodies) / sizeof(bodies[0]); i++) {
        char *got = from_body(bodies[i].status, bodies[i].body, strlen(bodies[i].body));
        if (strcmp(got, bodies[i].want) != 0)
            fail_msg("%s: %s", bodies[i].about, got);
        free(got);
    }
}

/* A body that is no text is not shown. */
static void test_binary_body(void **state)
{
    (void)state;
    char *got = from_body(500, "\x1F\x8B\x08\0\0", 5);
    assert_string_equal(
        got, "error(http: the server answered HTTP 500 and gave no reason, http 500, retryable)");
    free(got);
}

static void test_excerpt(void **state)
{
    (void)state;
    struct buf body = BUF_INIT;
    buf_adds(&body, "x");
    while (body.len < 100000)
        buf_adds(&body, "\u20AC");
    char *got = from_body(500, body.data, body.len);
    assert_true(strlen(got) < 600);
    assert_null(strstr(got, "\uFFFD"));
    free(got);
    buf_clear(&body);
}

static void test_long_message(void **state)
{
    (void)state;
    struct buf body = BUF_INIT;
    buf_adds(&body, "{\"error\":{\"message\":\"x");
    while (body.len < 100000)
        buf_adds(&body, "\u20AC");
    buf_adds(&body, "\"}}");
    char *got = from_body(500, body.data, body.len);
    assert_true(strlen(got) < 4100);
    assert_non_null(strstr(got, "\u20AC..., http 500"));
    free(got);
    buf_clear(&body);
}

/* ---- Inside an answer ---- */

static const struct {
    const char *about, *payload;
    bool is_failure;
    const char *want; /* NULL: not asked for */
} payloads[] = {
    {"an object",
     "{\"error\":{\"message\":\"m\",\"type\":\"server_error\",\"param\":null,\"code\":null}}", true,
     "error(provider: m, code server_error, retryable)"},
    {"a text", "{\"error\":\"m\"}", true, "error(provider: m)"},
    {"old vLLM",
     "{\"object\":\"error\",\"message\":\"m\",\"type\":\"BadRequestError\",\"code\":400}", true,
     "error(provider: m, code 400)"},
    {"Groq", "{\"error\":{\"message\":\"m\",\"code\":\"tool_use_failed\",\"status_code\":400}}",
     true, "error(provider: m, code tool_use_failed)"},
    {"a status beside the code",
     "{\"error\":{\"message\":\"m\",\"code\":\"x\",\"status_code\":503}}", true,
     "error(provider: m, code x, retryable)"},
    {"OpenRouter", "{\"choices\":[{\"delta\":{}}],\"error\":{\"code\":502,\"message\":\"m\"}}",
     true, "error(provider: m, code 502, retryable)"},
    {"a status in quotes", "{\"error\":{\"code\":\"429\",\"message\":\"m\"}}", true,
     "error(provider: m, code 429, retryable)"},
    {"in the choice", "{\"choices\":[{\"error\":{\"message\":\"m\",\"code\":400}}]}", true,
     "error(provider: m, code 400)"},
    {"in a list", "[{\"error\":{\"message\":\"m\",\"code\":503}}]", true,
     "error(provider: m, code 503, retryable)"},
    {"overloaded", "{\"error\":{\"message\":\"m\",\"type\":\"overloaded_error\"}}", true,
     "error(provider: m, code overloaded_error, retryable)"},
    {"no reason", "{\"error\":{}}", true,
     "error(provider: the provider reported an error and gave no reason)"},
    {"quota",
     "{\"error\":{\"message\":\"m\",\"code\":\"insufficient_quota\",\"type\":\"server_error\"}}",
     true, "error(provider: m, code insufficient_quota)"},
    {"a code that is no status", "{\"error\":{\"message\":\"m\",\"code\":1234}}", true,
     "error(provider: m, code 1234)"},
    {"Gemini, overloaded",
     "{\"error\":{\"code\":503,\"message\":\"m\",\"status\":\"UNAVAILABLE\"}}", true,
     "error(provider: m, code UNAVAILABLE, retryable)"},
    {"llama-server's, unwrapped on another wire",
     "{\"object\":\"error\",\"code\":503,\"message\":\"m\",\"type\":\"unavailable_error\"}", true,
     "error(provider: m, code 503, retryable)"},
    {"null", "{\"error\":null,\"choices\":[]}", false, NULL},
    {"an empty text", "{\"error\":\"\"}", false, NULL},
    {"false", "{\"error\":false}", false, NULL},
    {"none", "{\"choices\":[{\"delta\":{\"content\":\"x\"}}]}", false, NULL},
    {"no object", "7", false, NULL},
    {"an empty list", "[]", false, NULL},
};

static void test_payloads(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof(payloads) / sizeof(payloads[0]); i++) {
        struct event_queue *queue = event_queue_new();
        struct reply *reply = reply_new(queue);
        json_t *payload = json_loads(payloads[i].payload, JSON_DECODE_ANY, NULL);
        if (failure_is(payload) != payloads[i].is_failure)
            fail_msg("%s: a failure?", payloads[i].about);
        failure_from_payload(reply, payload); /* whatever it is, there is one */
        json_decref(payload);
        char *got = made(reply, queue);
        if (payloads[i].want && strcmp(got, payloads[i].want) != 0)
            fail_msg("%s: %s", payloads[i].about, got);
        assert_non_null(strstr(got, "error("));
        free(got);
    }
}

/* ---- How long to wait ---- */

static void test_wait(void **state)
{
    (void)state;
    static const struct {
        const char *body;
        int64_t want;
    } cases[] = {
        {"{\"error\":{\"details\":[{\"x\":1},{\"retryDelay\":\"34.4s\"}]}}", 34400},
        {"[{\"error\":{\"details\":[{\"retryDelay\":\"7s\"}]}}]", 7000},
        {"{\"error\":{\"details\":[{\"retryDelay\":\"soon\"}]}}", -1},
        {"{\"error\":{\"details\":[{\"retryDelay\":7}]}}", -1},
        {"{\"error\":{\"message\":\"m\"}}", -1},
    };
    for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        struct event_queue *queue = event_queue_new();
        struct reply *reply = reply_new(queue);
        failure_from_body(reply, 429, cases[i].body, strlen(cases[i].body));
        assert_int_equal(reply_wait_ms(reply), cases[i].want);
        free(made(reply, queue));
    }
}

/* ---- What is no answer at all ---- */

static void test_pages(void **state)
{
    (void)state;
    static const struct {
        const char *body, *want;
    } pages[] = {
        {"<!DOCTYPE html><title>Welcome to nginx!</title>",
         "error(protocol: the server answered with a web page instead of a model's answer "
         "(\"Welcome to "
         "nginx!\"): is the URL right?)"},
        {"It works", "error(protocol: the server answered with something else instead of a model's "
                     "answer (\"It "
                     "works\"): is the URL right?)"},
        {"\x1F\x8B\x08xyz",
         "error(protocol: the server answered with compressed bytes instead of a model's "
         "answer, which was not asked for)"},
    };
    for (size_t i = 0; i < sizeof(pages) / sizeof(pages[0]); i++) {
        struct event_queue *queue = event_queue_new();
        struct reply *reply = reply_new(queue);
        failure_from_page(reply, pages[i].body, strlen(pages[i].body));
        char *got = made(reply, queue);
        assert_string_equal(got, pages[i].want);
        free(got);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_bodies),   cmocka_unit_test(test_binary_body),
        cmocka_unit_test(test_excerpt),  cmocka_unit_test(test_long_message),
        cmocka_unit_test(test_payloads), cmocka_unit_test(test_pages),
        cmocka_unit_test(test_wait),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
