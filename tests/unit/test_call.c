/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * What a server can do to a call: say no, say it later, break off at any byte, fall silent.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "base/mem.h"
#include "model_fixture.h"

#define SOON "\r\nRetry-After-Ms: 1"
#define OK_WORDS "ai(ok) finish(stop,stop)"

static int set_up(void **state)
{
    *state = server_new(NULL);
    return 0;
}

static int tear_down(void **state)
{
    server_free(*state);
    return 0;
}

static char *run_model(rn_model *model, int *status)
{
    struct run_check check = {0};
    rn_stream *stream = rn_model_stream(model, "hi");
    char *got = read_run(stream, &check);
    *status = rn_close(stream);
    rn_model_free(model);
    return got;
}

static void check_model(const char *about, rn_model *model, const char *want, int want_status)
{
    int status;
    char *got = run_model(model, &status);
    if (strcmp(got, want) != 0 || status != want_status)
        fail_msg("%s: %s, %d", about, got, status);
    free(got);
}

/* ---- Saying no ---- */

static const struct {
    const char *about;
    int status;
    const char *type, *body, *want;
} refusals[] = {
    {"401", 401, "application/json\r\nX-Request-Id: req_7",
     "{\"error\":{\"message\":\"Bad key\",\"code\":\"invalid_api_key\"}}",
     "error(http: Bad key (request req_7), http 401, code invalid_api_key)"},
    {"403, a page", 403, "text/html", "<html><h1>Forbidden</h1></html>",
     "error(http: Forbidden, http 403)"},
    {"404, nothing", 404, "text/plain", "",
     "error(http: the server answered HTTP 404 and gave no reason, http 404)"},
    {"404, a page, and Cloudflare's name for it", 404, "text/html\r\nCF-Ray: 8a-FRA",
     "<title>Not here</title>", "error(http: Not here (request 8a-FRA), http 404)"},
    {"402", 402, "application/json", "{\"error\":{\"message\":\"No credit\"}}",
     "error(http: No credit, http 402)"},
    {"413", 413, "text/plain", "Too long", "error(http: Too long, http 413)"},
    {"422", 422, "application/json", "{\"detail\":\"what?\"}", "error(http: what?, http 422)"},
    {"no quota", 429, "application/json" SOON,
     "{\"error\":{\"message\":\"Pay\",\"code\":\"insufficient_quota\"}}",
     "error(http: Pay, http 429, code insufficient_quota)"},
    {"it says not to", 500, "application/json\r\nX-Should-Retry: false", "{\"error\":\"down\"}",
     "error(http: down, http 500, retryable)"},
    {"it says to wait too long", 429, "application/json\r\nRetry-After: 61", "{\"error\":\"slow\"}",
     "error(http: slow; the server asks to wait 61 s, http 429, retryable)"},
    {"the day's quota", 429, "application/json" SOON,
     "{\"error\":{\"code\":429,\"message\":\"Q\",\"status\":\"RESOURCE_EXHAUSTED\",\"details\":[{"
     "\"violations\":[{\"quotaId\":\"RequestsPerDay\"}]}]}}",
     "error(http: Q, http 429, code RESOURCE_EXHAUSTED)"},
    {"the body says to wait too long", 429, "application/json",
     "{\"error\":{\"code\":429,\"message\":\"Q\",\"details\":[{\"retryDelay\":\"61s\"}]}}",
     "error(http: Q; the server asks to wait 61 s, http 429, code 429, retryable)"},
    {"no JSON", 200, "text/html", "<html>Log in</html>",
     "error(protocol: the server answered with a web page instead of a model's answer (\"Log "
     "in\"): is the URL right?)"},
    {"an error inside", 200, "application/json\r\nX-Request-Id: req_8",
     "{\"error\":{\"message\":\"Bad\",\"code\":400}}",
     "error(provider: Bad (request req_8), code 400)"},
};

static void test_refusals(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof(refusals) / sizeof(refusals[0]); i++) {
        struct server *server = server_new(NULL);
        struct buf want = BUF_INIT;
        SERVER_SCRIPT(server, SERVE_REPLY(refusals[i].status, refusals[i].type, refusals[i].body));
        buf_addf(&want, "start(,m) %s finish(error,)", refusals[i].want);
        int status = strncmp(refusals[i].want, "error(http", 10) == 0       ? RN_EHTTP
                     : strncmp(refusals[i].want, "error(provider", 14) == 0 ? RN_EPROVIDER
                                                                            : RN_EPROTOCOL;
        check_model(refusals[i].about, model_of(server), want.data, status);
        assert_int_equal(server_request_count(server), 1);
        buf_clear(&want);
        server_free(server);
    }
}

/* The key stays where it was sent. */
static void test_redirect(void **state)
{
    struct server *server = *state, *elsewhere = server_new(NULL);
    char *type = xasprintf("text/html\r\nLocation: %s", server_url(elsewhere, "/v2"));
    char *want = xasprintf("start(,m) error(http: the server redirects (HTTP 307), which runnel "
                           "does not follow: use the "
                           "final address as the URL: %s, http 307) finish(error,)",
                           server_url(elsewhere, "/v2"));
    SERVER_SCRIPT(server, SERVE_REPLY(307, type, "<html>Moved</html>"));
    SERVER_SCRIPT(elsewhere, SERVE_JSON(200, WHOLE("stolen")));
    check_model("redirect", MODEL(server, .key = "sk"), want, RN_EHTTP);
    assert_int_equal(server_request_count(elsewhere), 0);
    server_free(elsewhere);
    free(type);
    free(want);
}

/* ---- Trying again ---- */

static const struct {
    const char *about;
    int status;
    const char *type, *body, *want; /* up to the retry */
} retried[] = {
    {"429", 429, "application/json" SOON, "{\"error\":\"slow\"}", "retry(2/3 429)"},
    {"408", 408, "application/json" SOON, "", "retry(2/3 408)"},
    {"409", 409, "application/json" SOON, "", "retry(2/3 409)"},
    {"500", 500, "text/html" SOON, "<html>Oops</html>", "retry(2/3 500)"},
    {"529", 529, "application/json" SOON, "", "retry(2/3 529)"},
    {"it says to", 400, "application/json\r\nX-Should-Retry: true" SOON, "", "retry(2/3 400)"},
    {"seconds", 503, "application/json\r\nRetry-After: 0", "", "retry(2/3 503)"},
    {"a date that is past", 503, "application/json\r\nRetry-After: Sun, 06 Nov 1994 08:49:37 GMT",
     "", "retry(2/3 503)"},
    {"Gemini's, at its own time", 429, "application/json",
     "[{\"error\":{\"code\":429,\"status\":\"RESOURCE_EXHAUSTED\",\"details\":[{\"retryDelay\":"
     "\"0.001s\"}]}}]",
     "retry(2/3 429)"},
    {"an error inside a whole answer", 200, "application/json" SOON,
     "{\"error\":{\"message\":\"m\",\"type\":\"overloaded_error\"}}", "retry(2/3 0)"},
    {"an error inside a stream", 200, "text/event-stream" SOON,
     PIECE("") "data: {\"error\":{\"message\":\"m\",\"code\":503}}\n\n", "retry(2/3 0)"},
    {"an answer of nothing", 200, "text/event-stream" SOON, "", "retry(2/3 0)"},
    {"a stream that ends before its first word", 200, "text/event-stream" SOON, PIECE(""),
     "retry(2/3 0)"},
};

static void test_retried(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof(retried) / sizeof(retried[0]); i++) {
        struct server *server = server_new(NULL);
        struct buf want = BUF_INIT;
        SERVER_SCRIPT(server, SERVE_REPLY(retried[i].status, retried[i].type, retried[i].body));
        SERVER_SCRIPT(server, SERVE_STREAM, SERVE(PIECE("ok") STOP DONE));
        buf_addf(&want, "start(,m) %s " OK_WORDS, retried[i].want);
        check_model(retried[i].about, model_of(server), want.data, RN_OK);
        assert_int_equal(server_request_count(server), 2);
        assert_string_equal(server_request(server, 0)->body, server_request(server, 1)->body);
        buf_clear(&want);
        server_free(server);
    }
}

static void test_retry_event(void **state)
{
    struct server *server = *state;
    rn_model *model = model_of(server);
    SERVER_SCRIPT(server,
                  SERVE_REPLY(429, "application/json\r\nRetry-After-Ms: 20\r\nX-Request-Id: r1",
                              "{\"error\":\"slow\"}"));
    SERVER_SCRIPT(server, SERVE_JSON(200, WHOLE("ok")));
    rn_stream *stream = rn_model_stream(model, "hi");
    const rn_event *event = await_kind(stream, RN_RETRY);
    assert_int_equal(event->retry->attempt, 2);
    assert_int_equal(event->retry->max, 3);
    assert_int_equal(event->retry->delay_ms, 20);
    assert_int_equal(event->retry->http, 429);
    assert_string_equal(event->text, "slow (request r1)");
    rn_message *answer = rn_collect(stream);
    assert_string_equal(answer->content, "ok");
    assert_string_equal(answer->error, "");
    rn_message_free(answer);
    assert_int_equal(rn_close(stream), RN_OK);
    rn_model_free(model);
}

static void test_attempts(void **state)
{
    struct server *server = *state;
    SERVER_SCRIPT(server, SERVE_REPLY(503, "application/json" SOON, "{\"error\":\"down\"}"));
    check_model("two retries", model_of(server),
                "start(,m) retry(2/3 503) retry(3/3 503) error(http: down, http 503, retryable) "
                "finish(error,)",
                RN_EHTTP);
    assert_int_equal(server_request_count(server), 3);
    check_model("one", MODEL(server, .retries = 1),
                "start(,m) retry(2/2 503) error(http: down, http 503, retryable) finish(error,)",
                RN_EHTTP);
    assert_int_equal(server_request_count(server), 5);
    check_model("none", MODEL(server, .retries = -1),
                "start(,m) error(http: down, http 503, retryable) finish(error,)", RN_EHTTP);
    assert_int_equal(server_request_count(server), 6);
}

/* What has been read cannot be taken back. */
static void test_not_after_text(void **state)
{
    static const char *const bodies[] = {
        PIECE("x") "data: {\"error\":{\"message\":\"m\",\"code\":503}}\n\n",
        CHUNK("\"reasoning\":\"x\"") "data: {\"error\":{\"message\":\"m\",\"code\":503}}\n\n",
        CHUNK("\"tool_calls\":[{\"id\":\"c\",\"function\":{\"name\":\"f\"}}]") "data: "
                                                                               "{\"error\":{"
                                                                               "\"message\":\"m\","
                                                                               "\"code\":503}}\n\n",
    };
    struct server *server = *state;
    for (size_t i = 0; i < 3; i++) {
        int status;
        SERVER_SCRIPT(server, SERVE_REPLY(200, "text/event-stream" SOON, bodies[i]));
        char *got = run_model(model_of(server), &status);
        assert_null(strstr(got, "retry("));
        assert_non_null(strstr(got, "error(provider: m, code 503, retryable) finish(error,)"));
        free(got);
    }
    assert_int_equal(server_request_count(server), 3);
}

static void test_cancel_while_waiting(void **state)
{
    struct server *server = *state;
    rn_model *model = model_of(server);
    SERVER_SCRIPT(server,
                  SERVE_REPLY(429, "application/json\r\nRetry-After: 60", "{\"error\":\"slow\"}"));
    rn_stream *stream = rn_model_stream(model, "hi");
    await_kind(stream, RN_RETRY);
    rn_cancel(stream);
    assert_string_equal(await_kind(stream, RN_FINISH)->finish->reason, "cancelled");
    assert_int_equal(rn_close(stream), RN_ECANCELLED);
    rn_model_free(model);
}

/* A request in another form, when the server says that it wants it so. */
static void test_amended(void **state)
{
    struct server *server = *state;
    SERVER_SCRIPT(
        server,
        SERVE_JSON(
            400, "{\"error\":{\"message\":\"Unsupported parameter: 'max_tokens' is not supported "
                 "with this "
                 "model. Use 'max_completion_tokens' instead.\",\"type\":\"invalid_request_error\","
                 "\"param\":\"max_tokens\",\"code\":\"unsupported_parameter\"}}"));
    SERVER_SCRIPT(server, SERVE_JSON(400, "{\"error\":\"no stream_options\"}"));
    SERVER_SCRIPT(server, SERVE_JSON(400, "{\"error\":\"still stream_options\"}"));
    check_model("one thing after the other", MODEL(server, .max_tokens = 9, .retries = -1),
                "start(,m) retry(2/2 400) retry(3/3 400) error(http: still stream_options, http "
                "400) finish(error,)",
                RN_EHTTP);
    assert_int_equal(server_request_count(server), 3);
    assert_non_null(strstr(server_request(server, 0)->body, "\"max_tokens\":9"));
    assert_non_null(strstr(server_request(server, 1)->body, "\"max_completion_tokens\":9"));
    assert_null(strstr(server_request(server, 1)->body, "\"max_tokens\""));
    assert_non_null(strstr(server_request(server, 1)->body, "stream_options"));
    assert_null(strstr(server_request(server, 2)->body, "stream_options"));
}

/* Servers repeat the key that they refuse, and an error is kept in the session. */
static void test_key_is_not_repeated(void **state)
{
    struct server *server = *state;
    SERVER_SCRIPT(server, SERVE_JSON(401, "{\"error\":{\"message\":\"Bad key sk-0123456789\"}}"));
    for (size_t i = 0; rn_wire(i); i++) {
        int status;
        char *got = run_model(MODEL(server, .wire = rn_wire(i), .key = "sk-0123456789"), &status);
        const struct server_request *request = server_request(server, (unsigned)i);
        assert_non_null(strstr(request->head, "sk-0123456789"));
        assert_non_null(strstr(got, "Bad key *************, http 401"));
        assert_null(strstr(got, "sk-0123456789"));
        free(got);
    }
}

/* ---- No connection ---- */

static int closed_port(void)
{
    struct server *server = server_new(NULL);
    int port = server_port(server);
    server_free(server);
    return port;
}

/* A server of this machine that is not there will not be there in a second. */
static void test_local_server_is_not_there(void **state)
{
    (void)state;
    int status;
    char *url = xasprintf("http://127.0.0.1:%d/v1", closed_port());
    char *got = run_model(RN_MODEL(.url = url, .model = "m"), &status);
    assert_non_null(strstr(got, "start(,m) error(connect: cannot connect to 127.0.0.1:"));
    assert_non_null(strstr(got, "Connection refused) finish(error,)"));
    assert_int_equal(status, RN_ECONNECT);
    free(got);
    free(url);
}

static void test_closed_without_an_answer(void **state)
{
    struct server *server = *state;
    int status;
    SERVER_SCRIPT(server, SERVE_CLOSE);
    char *got = run_model(model_of(server), &status);
    assert_non_null(strstr(got, "error(connect: the connection to"));
    assert_null(strstr(got, "retry("));
    assert_int_equal(status, RN_ECONNECT);
    free(got);
}

/* A proxy leads to servers that are not of this machine, as far as anybody can tell. */
static void test_remote_server_is_tried_again(void **state)
{
    struct server *server = *state;
    SERVER_SCRIPT(server, SERVE_CLOSE);
    SERVER_SCRIPT(server, SERVE_JSON(200, WHOLE("ok")));
    setenv("http_proxy", server_url(server, ""), 1);
    check_model("remote", RN_MODEL(.url = "http://model.example/v1", .model = "m"),
                "start(,m) retry(2/3 0) ai(ok) usage(5/2/?/?) finish(stop,stop)", RN_OK);
    unsetenv("http_proxy");
    assert_string_equal(server_request(server, 1)->path,
                        "http://model.example/v1/chat/completions");
}

/* Neither a certificate nor a server's TLS gets better by trying again. */
static void test_tls_is_not_tried_again(void **state)
{
    struct server *server = *state;
    int status;
    SERVER_SCRIPT(server,
                  SERVE("HTTP/1.1 200 Connected\r\n\r\nThis is no TLS, as anybody can see."));
    setenv("https_proxy", server_url(server, ""), 1);
    char *got = run_model(RN_MODEL(.url = "https://model.example/v1", .model = "m"), &status);
    unsetenv("https_proxy");
    assert_non_null(strstr(got, "error(connect: "));
    assert_null(strstr(got, "retry("));
    assert_int_equal(server_request_count(server), 1);
    free(got);
}

/* ---- Breaking off ---- */

#define BODY                      \
    CHUNK("\"reasoning\":\"hm\"") \
    ": ping\n\n" PIECE("Gr\u00FC\u00DFe, ") PIECE("\\ud83e") PIECE("\\udd80!") STOP USAGE DONE

/* The body ends after so many bytes, without any sign that it is not whole. */
static void test_cut_at_every_byte(void **state)
{
    struct server *server = *state;
    size_t len = strlen(BODY), last = 0;
    rn_io *io = rn_io_new();
    for (size_t cut = 0; cut <= len; cut++)
        SERVER_SCRIPT(server, SERVE_STREAM, SERVE_BYTES(cut > 0 ? BODY : " ", cut > 0 ? cut : 1));
    for (size_t cut = 0; cut <= len; cut++) {
        struct run_check check = {0};
        rn_model *own = MODEL(server, .retries = -1, .io = io);
        rn_stream *stream = rn_model_stream(own, "hi");
        char *words = read_run(stream, &check);
        rn_message *answer = rn_collect(stream);
        int status = rn_close(stream);
        bool is_whole = strcmp(answer->reason, "stop") == 0;
        assert_string_equal(answer->reason, is_whole ? "stop" : "truncated");
        assert_int_equal(status, is_whole ? RN_OK : RN_ETRUNCATED);
        assert_int_equal(answer->partial, !is_whole);
        assert_true(answer->content_len >= last || strstr(answer->content, "\uFFFD"));
        assert_memory_equal(answer->content, "Gr\u00FC\u00DFe, \U0001F980!",
                            strcspn(answer->content, "\xEF\xF0!"));
        last = answer->content_len;
        assert_true(!is_whole || strcmp(answer->content, "Gr\u00FC\u00DFe, \U0001F980!") == 0);
        rn_message_free(answer);
        rn_model_free(own);
        free(words);
    }
    rn_io_free(io);
    assert_int_equal(last, strlen("Gr\u00FC\u00DFe, \U0001F980!"));
}

/* The connection breaks, and the transport knows it. */
static void test_broken_connection(void **state)
{
    struct server *server = *state;
    int status;
    SERVER_SCRIPT(server, SERVE_CHUNKED(200, "text/event-stream"), SERVE_CHUNK(PIECE("Hel")),
                  SERVE_CLOSE);
    SERVER_SCRIPT(server, SERVE_CHUNKED(200, "text/event-stream"), SERVE_CHUNK(PIECE("Hel")),
                  SERVE_WAIT, SERVE_RESET);
    SERVER_SCRIPT(server, SERVE_CHUNKED(200, "text/event-stream"), SERVE_CHUNK(PIECE("Hel") STOP),
                  SERVE_CLOSE);
    SERVER_SCRIPT(server, SERVE_CHUNKED(200, "text/event-stream"),
                  SERVE_CHUNK(PIECE("Hel") STOP DONE), SERVE_CLOSE);
    SERVER_SCRIPT(server, SERVE_CHUNKED(500, "text/plain"), SERVE_CHUNK("so broken"), SERVE_CLOSE);
    server_go(server);
    for (int i = 0; i < 2; i++) {
        char *got = run_model(model_of(server), &status);
        assert_non_null(strstr(got, "start(,m) ai(Hel) error(truncated: the connection to "));
        assert_non_null(strstr(got, "broke in the middle of the answer"));
        assert_non_null(strstr(got, "retryable) finish(truncated,)"));
        assert_int_equal(status, RN_ETRUNCATED);
        free(got);
    }
    check_model("after its reason", model_of(server), "start(,m) ai(Hel) finish(stop,stop)", RN_OK);
    check_model("after its end", model_of(server), "start(,m) ai(Hel) finish(stop,stop)", RN_OK);
    check_model("while saying no", MODEL(server, .retries = -1),
                "start(,m) error(http: so broken, http 500, retryable) finish(error,)", RN_EHTTP);
}

/* ---- Falling silent ---- */

static void test_no_answer(void **state)
{
    struct server *server = *state;
    int status;
    SERVER_SCRIPT(server, SERVE_STALL);
    char *got = run_model(MODEL(server, .first_ms = 30, .silence_ms = 5, .retries = -1), &status);
    assert_non_null(strstr(got, "gave no answer within 0.03 s, retryable) finish(error,)"));
    assert_int_equal(status, RN_ETIMEOUT);
    free(got);
}

static void test_silence_in_the_middle(void **state)
{
    struct server *server = *state;
    SERVER_SCRIPT(server, SERVE_STREAM,
                  SERVE(PIECE("Hel") "data: {\"choices\":[{\"delta\":{\"content\":\"lo\"}}]}\n"),
                  SERVE_STALL);
    check_model("idle", MODEL(server, .idle_ms = 30),
                "start(,m) ai(Hel) ai(lo) error(timeout: the server has sent nothing for 0.03 s, "
                "retryable) finish(error,)",
                RN_ETIMEOUT);
    assert_true(server_saw_close(server, 0));
}

#define KEEPS_ALIVE "the server kept the connection alive but sent nothing of an answer"

/* Comments keep a connection alive, but they are no answer. */
static void test_comments_without_end(void **state)
{
    struct server *server = *state;
    SERVER_SCRIPT(server, SERVE_STREAM, SERVE(PIECE("Hel")), SERVE_TRICKLE(": keep-alive\n\n", 1));
    SERVER_SCRIPT(server, SERVE_STREAM, SERVE_TRICKLE("\n", 1));
    SERVER_SCRIPT(server, SERVE_STREAM, SERVE(PIECE("Hello") STOP),
                  SERVE_TRICKLE(": keep-alive\n\n", 1));
    SERVER_SCRIPT(server, SERVE_STREAM, SERVE(PIECE("Hello") STOP DONE),
                  SERVE_TRICKLE(": keep-alive\n\n", 1));
    check_model("after a piece", MODEL(server, .silence_ms = 50),
                "start(,m) ai(Hel) error(timeout: " KEEPS_ALIVE ") finish(error,)", RN_ETIMEOUT);
    assert_true(server_saw_close(server, 0));
    check_model("before any", MODEL(server, .silence_ms = 50),
                "start(,m) error(timeout: " KEEPS_ALIVE ") finish(error,)", RN_ETIMEOUT);
    check_model("behind the reason", MODEL(server, .silence_ms = 50),
                "start(,m) ai(Hello) finish(stop,stop)", RN_OK);
    check_model("behind the end", model_of(server), "start(,m) ai(Hello) finish(stop,stop)", RN_OK);
}

/* The watch over silence begins anew with each attempt. */
static void test_silence_after_a_retry(void **state)
{
    struct server *server = *state;
    SERVER_SCRIPT(server, SERVE_REPLY(503, "application/json\r\nRetry-After-Ms: 60", "{}"));
    SERVER_SCRIPT(server, SERVE_STREAM, SERVE_TRICKLE(": keep-alive\n\n", 1));
    check_model("second attempt", MODEL(server, .silence_ms = 20),
                "start(,m) retry(2/3 503) error(timeout: " KEEPS_ALIVE ") finish(error,)",
                RN_ETIMEOUT);
}

/* A run that has ended lets go of its connection, though nobody has closed it yet. */
static void test_end_lets_go(void **state)
{
    struct server *server = *state;
    struct run_check check = {0};
    rn_model *model = model_of(server);
    SERVER_SCRIPT(server, SERVE_STREAM, SERVE(PIECE("Hello") STOP DONE), SERVE_STALL);
    rn_stream *stream = rn_model_stream(model, "hi");
    free(read_run(stream, &check));
    assert_true(server_saw_close(server, 0));
    rn_close(stream);
    rn_model_free(model);
}

/* Though the last chunk comes behind [DONE], when nobody waits for it any more. */
static void test_connection_is_used_again(void **state)
{
    struct server *server = *state;
    rn_io *io = rn_io_new();
    rn_model *model = MODEL(server, .io = io);
    SERVER_SCRIPT(server, SERVE_CHUNKED(200, "text/event-stream"),
                  SERVE_CHUNK(PIECE("one") STOP DONE), SERVE_WAIT, SERVE_CHUNK_END);
    SERVER_SCRIPT(server, SERVE_JSON(200, WHOLE("two")));
    rn_stream *stream = rn_model_stream(model, "hi");
    check_run(stream, "start(,m) ai(one) finish(stop,stop)", RN_OK);
    server_go(server);
    bool is_reused = false; /* the end of the first may still be on its way */
    for (unsigned i = 1; i < 100 && !is_reused; i++) {
        stream = rn_model_stream(model, "hi");
        check_run(stream, "start(,m) ai(two) usage(5/2/?/?) finish(stop,stop)", RN_OK);
        is_reused = server_request(server, i)->connection == 0;
    }
    assert_true(is_reused);
    rn_model_free(model);
    rn_io_free(io);
}

/* ---- What the head and the prices add ---- */

static rn_message *answer_of(rn_model *model, rn_limits *limits)
{
    rn_stream *stream = rn_model_stream(model, "hi");
    const rn_event *finish = await_kind(stream, RN_FINISH);
    *limits = finish->finish->limits ? *finish->finish->limits : (rn_limits){-2, -2, -2};
    rn_message *answer = rn_collect(stream);
    rn_close(stream);
    rn_model_free(model);
    return answer;
}

static void test_limits(void **state)
{
    struct server *server = *state;
    rn_limits limits;
    SERVER_SCRIPT(server, SERVE_REPLY(200,
                                      "application/json\r\nX-RateLimit-Limit-Requests: 60"
                                      "\r\nX-RateLimit-Remaining-Requests: 2"
                                      "\r\nX-RateLimit-Reset-Requests: 1m0.5s",
                                      WHOLE("ok")));
    SERVER_SCRIPT(server, SERVE_JSON(200, WHOLE("ok")));
    rn_message_free(answer_of(model_of(server), &limits));
    assert_int_equal(limits.requests, 2);
    assert_int_equal(limits.tokens, -1);
    assert_int_equal(limits.reset_ms, 60500);
    rn_message_free(answer_of(model_of(server), &limits));
    assert_int_equal(limits.requests, -2);
}

static void test_prices(void **state)
{
    struct server *server = *state;
    static const rn_prices prices = {
        .input = 100000, .output = 50000, .cached = -1, .cache_write = -1};
    rn_limits limits;
    SERVER_SCRIPT(server, SERVE_JSON(200, WHOLE("ok"))); /* five tokens in, two out */
    SERVER_SCRIPT(server,
                  SERVE_JSON(200, "{\"choices\":[{\"message\":{\"content\":\"ok\"},"
                                  "\"finish_reason\":\"stop\"}],\"usage\":{\"prompt_tokens\":5,"
                                  "\"completion_tokens\":2,\"cost\":0.25}}"));
    rn_message *ours = answer_of(MODEL(server, .prices = &prices), &limits);
    rn_message *theirs = answer_of(MODEL(server, .prices = &prices), &limits);
    rn_message *nobodys = answer_of(model_of(server), &limits);
    assert_true(ours->usage.cost > 0.5999 && ours->usage.cost < 0.6001);
    assert_false(ours->usage.estimated);
    assert_true(theirs->usage.cost == 0.25);
    assert_true(nobodys->usage.cost == 0.25);
    rn_message_free(ours);
    rn_message_free(theirs);
    rn_message_free(nobodys);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_refusals),
        TEST(test_redirect),
        cmocka_unit_test(test_retried),
        TEST(test_retry_event),
        TEST(test_attempts),
        TEST(test_not_after_text),
        TEST(test_cancel_while_waiting),
        TEST(test_amended),
        TEST(test_key_is_not_repeated),
        TEST(test_local_server_is_not_there),
        TEST(test_closed_without_an_answer),
        TEST(test_remote_server_is_tried_again),
        TEST(test_tls_is_not_tried_again),
        TEST(test_cut_at_every_byte),
        TEST(test_broken_connection),
        TEST(test_no_answer),
        TEST(test_silence_in_the_middle),
        TEST(test_comments_without_end),
        TEST(test_silence_after_a_retry),
        TEST(test_end_lets_go),
        TEST(test_connection_is_used_again),
        TEST(test_limits),
        TEST(test_prices),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
