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
#include "llm/decoder.h"
#include "runnel.h"

#define BYTES(literal) literal, sizeof(literal) - 1

/* ---- A body in, words out ---- */

static void drain(rn_decoder *decoder, struct buf *got)
{
    const rn_event *event;
    while ((event = rn_decoder_next(decoder)))
        if (event->kind != RN_TOOL_DELTA)
            describe(got, event);
}

/* Feed a copy that is exactly so long, so that a sanitizer sees what is read beyond. */
static void feed(rn_decoder *decoder, struct buf *got, const char *bytes, size_t len)
{
    char *copy = malloc(len ? len : 1);
    memcpy(copy, bytes, len);
    rn_decoder_feed(decoder, copy, len);
    free(copy);
    drain(decoder, got);
}

static char *decode(int status, const char *type, const char *body, size_t len, size_t first,
                    size_t piece)
{
    struct buf got = BUF_INIT;
    rn_decoder *decoder = rn_decoder_new("openai");
    rn_decoder_head(decoder, status, type);
    feed(decoder, &got, body, first);
    for (size_t at = first; at < len; at += piece)
        feed(decoder, &got, body + at, len - at < piece ? len - at : piece);
    rn_decoder_end(decoder);
    drain(decoder, &got);
    rn_decoder_end(decoder);
    rn_decoder_feed(decoder, "data: {}\n\n", 10);
    assert_null(rn_decoder_next(decoder));
    rn_decoder_free(decoder);
    return buf_take(&got);
}

#define DELTA(fields) \
    "data: {\"id\":\"m\",\"model\":\"g\",\"choices\":[{\"delta\":{" fields "}}]}\n\n"
#define CONTENT(text) DELTA("\"content\":\"" text "\"")
#define STOP "data: {\"choices\":[{\"delta\":{},\"finish_reason\":\"stop\"}]}\n\n"
#define DONE "data: [DONE]\n\n"
#define WHOLE(text)                                                                \
    "{\"id\":\"m\",\"model\":\"g\",\"choices\":[{\"message\":{\"content\":\"" text \
    "\"},\"finish_reason\":\"stop\"}]}"
#define CUT "error(truncated: stream ended before the response was complete, retryable)"
#define EMPTY "error(truncated: the server's answer is empty, retryable)"

static const char sse[] = "text/event-stream", json[] = "application/json";

static const struct {
    const char *about;
    int status;
    const char *type, *body;
    size_t len;
    const char *want;
} cases[] = {
    /* Shapes. */
    {"a stream", 200, sse, BYTES(CONTENT("hi") STOP DONE), "start(m,g) ai(hi) finish(stop,stop)"},
    {"a stream that says it is JSON", 200, json, BYTES(CONTENT("hi") STOP DONE),
     "start(m,g) ai(hi) finish(stop,stop)"},
    {"a stream that says nothing", 200, "", BYTES(CONTENT("hi") STOP DONE),
     "start(m,g) ai(hi) finish(stop,stop)"},
    {"a stream with a charset", 200, "text/event-stream; charset=utf-8", BYTES(CONTENT("hi") DONE),
     "start(m,g) ai(hi) finish(stop,)"},
    {"a comment first", 200, "text/plain", BYTES(": PROCESSING\n\n" CONTENT("hi") DONE),
     "start(m,g) ai(hi) finish(stop,)"},
    {"an event name first", 200, "", BYTES("event: x\n" CONTENT("hi") DONE),
     "start(m,g) ai(hi) finish(stop,)"},
    {"an id first", 200, "", BYTES("id: 1\n" CONTENT("hi") DONE),
     "start(m,g) ai(hi) finish(stop,)"},
    {"retry first", 200, "", BYTES("retry: 1\n\n" CONTENT("hi") DONE),
     "start(m,g) ai(hi) finish(stop,)"},
    {"CRLF", 200, sse,
     BYTES("data: {\"id\":\"m\",\"choices\":[{\"delta\":{\"content\":\"hi\"}}]}\r\n\r\ndata: "
           "[DONE]\r\n\r\n"),
     "start(m,) ai(hi) finish(stop,)"},
    {"a byte order mark", 200, sse, BYTES("\xEF\xBB\xBF" CONTENT("hi") DONE),
     "start(m,g) ai(hi) finish(stop,)"},
    {"a byte order mark and no type", 200, "", BYTES("\xEF\xBB\xBF" CONTENT("hi") DONE),
     "start(m,g) ai(hi) finish(stop,)"},
    {"two of them", 200, sse, BYTES("\xEF\xBB\xBF\xEF\xBB\xBF" CONTENT("hi") DONE),
     "start(m,g) ai(hi) finish(stop,)"},
    {"blank lines first", 200, sse, BYTES("\n\r\n \n" CONTENT("hi") DONE),
     "start(m,g) ai(hi) finish(stop,)"},
    {"a whole answer", 200, json, BYTES(WHOLE("hi")), "start(m,g) ai(hi) finish(stop,stop)"},
    {"a whole answer where a stream was asked for", 200, sse, BYTES(WHOLE("hi")),
     "start(m,g) ai(hi) finish(stop,stop)"},
    {"blank lines before it", 200, json, BYTES("\n\n\n \r\n" WHOLE("hi") "\n"),
     "start(m,g) ai(hi) finish(stop,stop)"},
    {"a byte order mark before it", 200, json, BYTES("\xEF\xBB\xBF" WHOLE("hi")),
     "start(m,g) ai(hi) finish(stop,stop)"},
    {"half a pair in it", 200, json, BYTES(WHOLE("a\\ud83d")),
     "start(m,g) ai(a) ai(\uFFFD) finish(stop,stop)"},
    {"lines of JSON", 200, "application/x-ndjson",
     BYTES("{\"id\":\"m\",\"choices\":[{\"delta\":{\"content\":\"hi\"},\"finish_reason\":\"stop\"}]"
           "}\n{\"usage\":{\"prompt_tokens\":1}}"),
     "start(m,) ai(hi) usage(1/?/?/?) finish(stop,stop)"},
    {"lines of JSON that say they are JSON", 200, json,
     BYTES("{\"id\":\"m\",\"choices\":[{\"delta\":{\"content\":\"hi\"}}]}\n"
           "{\"choices\":[{\"delta\":{},\"finish_reason\":\"stop\"}]}\n"),
     "start(m,) ai(hi) finish(stop,stop)"},
    {"such lines, cut", 200, json,
     BYTES("{\"id\":\"m\",\"choices\":[{\"delta\":{\"content\":\"hi\"}}]}\n{\"choi"),
     "start(m,) ai(hi) " CUT},
    {"JSON in the middle of a stream", 200, sse,
     BYTES(CONTENT("hi") "{\"error\":{\"code\":503,\"message\":\"busy\"}}\n"),
     "start(m,g) ai(hi) error(provider: busy, code 503, retryable)"},
    {"such JSON, laid out", 200, sse,
     BYTES(CONTENT("hi") "{\r\n  \"error\": {\r\n    \"code\": 503,\r\n    \"message\": "
                         "\"busy\"\r\n  }\r\n}\r\n"),
     "start(m,g) ai(hi) error(provider: busy, code 503, retryable)"},
    {"such JSON, cut", 200, sse, BYTES(CONTENT("hi") "{\n  \"error\": {\n"),
     "start(m,g) ai(hi) " CUT},
    {"a page", 200, "text/html", BYTES("<html><body>Login</body></html>"),
     "error(protocol: the server answered with a web page instead of a model's answer (\"Login\"): "
     "is the URL right?)"},
    {"a page that says it is a stream", 200, sse, BYTES("<html>Login"),
     "error(protocol: the server answered with a web page instead of a model's answer (\"Login\"): "
     "is the URL right?)"},
    {"words", 200, "text/plain", BYTES("Ollama is running"),
     "error(protocol: the server answered with something else instead of a model's answer "
     "(\"Ollama is running\"): is the URL right?)"},
    {"a word", 200, "", BYTES("OK"),
     "error(protocol: the server answered with something else instead of a model's answer "
     "(\"OK\"): is the URL right?)"},
    {"words that say they are a stream", 200, sse, BYTES("hello hello"), CUT},
    {"a NUL", 200, "", BYTES("\0\0\0\0\0\0\0\0"),
     "error(protocol: the server answered with something else instead of a model's answer: is the "
     "URL right?)"},
    {"gzip", 200, sse, BYTES("\x1F\x8B\x08\0\0\0\0\0\0\x03xyz"),
     "error(protocol: the server answered with compressed bytes instead of a model's answer, which "
     "was not asked for)"},
    {"nothing", 200, sse, BYTES(""), EMPTY},
    {"nothing at all", 200, "", BYTES(""), EMPTY},
    {"nothing but blanks", 200, json, BYTES("\n \r\n\n"), EMPTY},
    {"no content", 204, "", BYTES(""), EMPTY},
    {"half a byte order mark", 200, sse, BYTES("\xEF\xBB"), CUT},

    /* Ends. */
    {"no end mark", 200, sse, BYTES(CONTENT("hi")), "start(m,g) ai(hi) " CUT},
    {"a reason and no end mark", 200, sse, BYTES(CONTENT("hi") STOP),
     "start(m,g) ai(hi) finish(stop,stop)"},
    {"an end mark and no reason", 200, sse, BYTES(CONTENT("hi") DONE),
     "start(m,g) ai(hi) finish(stop,)"},
    {"an end mark alone", 200, sse, BYTES(DONE), "finish(stop,)"},
    {"the last blank line is missing", 200, sse, BYTES(CONTENT("hi") "data: [DONE]"),
     "start(m,g) ai(hi) finish(stop,)"},
    {"cut in the end mark", 200, sse, BYTES(CONTENT("hi") "data: [DON"), "start(m,g) ai(hi) " CUT},
    {"cut in a piece", 200, sse,
     BYTES(CONTENT("hi") "data: {\"choices\":[{\"delta\":{\"content\":\"x"),
     "start(m,g) ai(hi) " CUT},
    {"a whole piece without its blank line", 200, sse,
     BYTES(CONTENT("hi") "data: {\"choices\":[{\"delta\":{\"content\":\"!\"}}]}"),
     "start(m,g) ai(hi) ai(!) " CUT},
    {"bytes behind the end", 200, sse, BYTES(CONTENT("hi") DONE CONTENT("more") "garbage" DONE),
     "start(m,g) ai(hi) finish(stop,)"},
    {"a whole answer, cut", 200, json,
     BYTES("{\"id\":\"m\",\"choices\":[{\"message\":{\"content\":\"h"), CUT},
    {"the beginning of one", 200, json, BYTES("{"), CUT},

    /* Payloads that are no good. */
    {"no JSON in the middle", 200, sse,
     BYTES(CONTENT("hi") "data: {oops}\n\n" CONTENT("more") DONE),
     "start(m,g) ai(hi) error(protocol: the server sent what is no JSON: {oops})"},
    {"JSON that is cut in the middle", 200, sse,
     BYTES(CONTENT("hi") "data: {\"a\":\n\n" CONTENT("more") DONE),
     "start(m,g) ai(hi) error(protocol: the server sent what is no JSON: {\"a\":)"},
    {"a long one", 200, sse,
     BYTES("data: xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx\u20ACyyy\n\n"),
     "error(protocol: the server sent what is no JSON: "
     "xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx...)"},
    {"no JSON as a whole", 200, json, BYTES("{oops}"),
     "error(protocol: the server sent what is no JSON: {oops})"},
    {"two answers in one", 200, json, BYTES("{}{}"),
     "error(protocol: the server sent what is no JSON: {}{})"},
    {"JSON that is no answer", 200, json, BYTES("{\"hello\":1}"),
     "error(protocol: the response is JSON but holds no answer (no \"choices\"))"},
    {"a list that is no answer", 200, json, BYTES("[]"),
     "error(protocol: the response is JSON but holds no answer (no \"choices\"))"},
    {"empty data", 200, sse, BYTES("data:\n\ndata: \n\ndata:  \n\n" CONTENT("hi") DONE),
     "start(m,g) ai(hi) finish(stop,)"},
    {"values that say nothing", 200, sse,
     BYTES("data: null\n\ndata: 1\n\ndata: []\n\ndata: \"x\"\n\n" CONTENT("hi") DONE),
     "start(m,g) ai(hi) finish(stop,)"},
    {"halves of a pair in two pieces", 200, sse,
     BYTES(CONTENT("a\\ud83e") CONTENT("\\udd80b") DONE),
     "start(m,g) ai(a) ai(\U0001F980b) finish(stop,)"},
    {"half a pair, and ASCII behind it", 200, sse, BYTES(CONTENT("a\\ud83e") CONTENT("b") DONE),
     "start(m,g) ai(a) ai(\uFFFD) ai(b) finish(stop,)"},
    {"half a pair at the end", 200, sse, BYTES(CONTENT("a\\ud83e")),
     "start(m,g) ai(a) ai(\uFFFD) " CUT},
    {"not UTF-8", 200, sse, BYTES(CONTENT("a\xFF") DONE), "start(m,g) ai(a\uFFFD) finish(stop,)"},
    {"a raw escape sequence", 200, sse, BYTES(CONTENT("\x1B[2J") DONE),
     "start(m,g) ai(\x1B[2J) finish(stop,)"},

    /* Errors. */
    {"an error", 200, sse,
     BYTES(CONTENT("hi") "data: {\"error\":{\"message\":\"m\",\"code\":500}}\n\n" DONE),
     "start(m,g) ai(hi) error(provider: m, code 500, retryable)"},
    {"an event named error", 200, sse, BYTES("event: error\ndata: {\"message\":\"m\"}\n\n"),
     "error(provider: m)"},
    {"one in plain words", 200, sse, BYTES("event: error\ndata: overloaded\n\n"),
     "error(provider: overloaded)"},
    {"an error where an answer was asked for", 200, json, BYTES("{\"error\":{\"message\":\"m\"}}"),
     "error(provider: m)"},
    {"a list of errors", 200, json, BYTES("[{\"error\":{\"message\":\"m\",\"code\":503}}]"),
     "error(provider: m, code 503, retryable)"},
    {"an HTTP error", 429, json, BYTES("{\"error\":{\"message\":\"slow\"}}"),
     "error(http: slow, http 429, retryable)"},
    {"an HTTP error that looks like a stream", 500, sse, BYTES(": hm\n\n"),
     "error(http: : hm, http 500, retryable)"},
    {"an HTTP error without a body", 403, "", BYTES(""),
     "error(http: the server answered HTTP 403 and gave no reason, http 403)"},
};

static void test_bodies(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        size_t len = cases[i].len;
        for (size_t cut = 0; cut <= len + 1; cut++) {
            size_t first = cut <= len ? cut : 0, piece = cut <= len ? len + 1 : 1;
            char *got = decode(cases[i].status, cases[i].type, cases[i].body, len, first, piece);
            if (strcmp(got, cases[i].want) != 0)
                fail_msg("%s, cut at %zu: %s", cases[i].about, cut, got);
            free(got);
        }
    }
}

/* ---- Before anything came, and without a head ---- */

static void test_no_head(void **state)
{
    (void)state;
    struct buf got = BUF_INIT;
    rn_decoder *decoder = rn_decoder_new("openai");
    assert_null(rn_decoder_next(decoder));
    rn_decoder_feed(decoder, NULL, 0);
    feed(decoder, &got, BYTES(CONTENT("hi") DONE));
    assert_string_equal(got.data, "start(m,g) ai(hi) finish(stop,)");
    rn_decoder_free(decoder);
    buf_clear(&got);
    decoder = rn_decoder_new("openai");
    rn_decoder_head(decoder, 200, NULL);
    rn_decoder_end(decoder);
    drain(decoder, &got);
    assert_string_equal(got.data, EMPTY);
    rn_decoder_free(decoder);
    rn_decoder_free(NULL);
    buf_clear(&got);
}

static void test_wires(void **state)
{
    (void)state;
    assert_null(rn_decoder_new("morse"));
    assert_string_equal(rn_wire(0), "openai");
    for (size_t i = 0; rn_wire(i); i++) {
        rn_decoder *decoder = rn_decoder_new(rn_wire(i));
        assert_non_null(decoder);
        rn_decoder_free(decoder);
    }
    assert_null(rn_wire(1000));
}

/* ---- The transport broke ---- */

static const struct {
    const char *about, *body, *want;
} breaks[] = {
    {"before anything", "", "error(timeout: too slow, retryable)"},
    {"after a piece", CONTENT("hi"), "start(m,g) ai(hi) error(timeout: too slow, retryable)"},
    {"in a piece", CONTENT("hi") "data: {\"ch",
     "start(m,g) ai(hi) error(timeout: too slow, retryable)"},
    {"before a piece's blank line",
     "data: {\"id\":\"m\",\"choices\":[{\"delta\":{\"content\":\"hi\"}}]}\n",
     "start(m,) ai(hi) error(timeout: too slow, retryable)"},
    {"after the reason", CONTENT("hi") STOP ": keep-alive\n\n",
     "start(m,g) ai(hi) finish(stop,stop)"},
    {"after the end", CONTENT("hi") DONE, "start(m,g) ai(hi) finish(stop,)"},
    {"after a whole answer", WHOLE("hi"), "start(m,g) ai(hi) finish(stop,stop)"},
    {"in a whole answer", "{\"id\":\"m\"", "error(timeout: too slow, retryable)"},
    {"in a page", "<html>Log",
     "error(protocol: the server answered with a web page instead of a model's answer (\"Log\"): "
     "is the URL right?)"},
};

static void test_breaks(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof(breaks) / sizeof(breaks[0]); i++) {
        struct buf got = BUF_INIT;
        rn_decoder *decoder = rn_decoder_new("openai");
        feed(decoder, &got, breaks[i].body, strlen(breaks[i].body));
        decoder_break(decoder, RN_ETIMEOUT, "too slow", true);
        drain(decoder, &got);
        decoder_break(decoder, RN_ETIMEOUT, "again", true);
        assert_null(rn_decoder_next(decoder));
        if (strcmp(buf_str(&got), breaks[i].want) != 0)
            fail_msg("%s: %s", breaks[i].about, got.data);
        rn_decoder_free(decoder);
        buf_clear(&got);
    }
}

/* ---- Limits ---- */

static void feed_flood(rn_decoder *decoder, const char *beginning, char fill, size_t len)
{
    enum { PIECE = 1024 * 1024 };
    char *piece = malloc(PIECE);
    memset(piece, fill, PIECE);
    rn_decoder_feed(decoder, beginning, strlen(beginning));
    for (size_t at = 0; at < len; at += PIECE)
        rn_decoder_feed(decoder, piece, PIECE);
    free(piece);
}

static void check_flood(int status, const char *beginning, char fill, size_t mib, const char *want)
{
    struct buf got = BUF_INIT;
    rn_decoder *decoder = rn_decoder_new("openai");
    rn_decoder_head(decoder, status, "");
    feed_flood(decoder, beginning, fill, mib * 1024 * 1024);
    rn_decoder_end(decoder);
    drain(decoder, &got);
    if (!strstr(got.data, want))
        fail_msg("%.200s", got.data);
    rn_decoder_free(decoder);
    buf_clear(&got);
}

static void test_floods(void **state)
{
    (void)state;
    check_flood(200, "data: {\"a\":\"", 'x', 70,
                "error(limit: one event of the stream is longer than 64 MiB)");
    check_flood(200, "{\"a\":\"", 'x', 70, "error(limit: the response is longer than 64 MiB)");
    check_flood(200, "{\"a\":[", '[', 3, "error(limit: JSON with more than");
    check_flood(200, "{\"a\":", ' ', 1, CUT);
    check_flood(200, "<html>", 'x', 70, "error(protocol: the server answered with a web page");
    check_flood(500, "", 'x', 70, "error(http: xxx");
    check_flood(200, "", '\n', 70, EMPTY);
    check_flood(200, ": ", 'x', 70, "error(");
}

/* A payload of commas would cost a hundred times its length. */
static void test_too_many_values(void **state)
{
    (void)state;
    struct buf body = BUF_INIT, got = BUF_INIT;
    rn_decoder *decoder = rn_decoder_new("openai");
    buf_adds(&body, CONTENT("hi") "data: [{}");
    while (body.len < 5 * 1024 * 1024)
        buf_adds(&body, ",{}");
    buf_adds(&body, "]\n\n");
    feed(decoder, &got, body.data, body.len);
    assert_string_equal(got.data,
                        "start(m,g) ai(hi) error(limit: JSON with more than 1048576 values)");
    rn_decoder_free(decoder);
    buf_clear(&body);
    buf_clear(&got);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_bodies), cmocka_unit_test(test_no_head),
        cmocka_unit_test(test_wires),  cmocka_unit_test(test_breaks),
        cmocka_unit_test(test_floods), cmocka_unit_test(test_too_many_values),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
