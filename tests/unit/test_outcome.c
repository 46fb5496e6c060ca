/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>
#include <netinet/in.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "base/mem.h"
#include "runnel.h"
#include "server/client.h"

/* ---- What goes wrong ----------------------------------------------------------------------- */

/* A port on which nobody listens. */
static int closed_port(void)
{
    struct server *server = server_new(NULL);
    int port = server_port(server);
    server_free(server);
    return port;
}

static void test_refused(void **state)
{
    struct client *c = *state;
    char *url = xasprintf("http://127.0.0.1:%d/v1", closed_port());
    client_ask(c, (struct http_request){.url = url});
    answer_assert_ended(&c->answer, RN_ECONNECT, "cannot connect to 127.0.0.1:");
    answer_assert_ended(&c->answer, RN_ECONNECT, ": Connection refused");
    assert_int_equal(c->answer.heads, 0);
    assert_int_equal(c->answer.timing.first_byte, -1);
    assert_false(c->answer.timing.fails_tls);
    free(url);
}

/* A label longer than DNS allows is not found by any resolver, with or without a network. */
static void test_unknown_host(void **state)
{
    struct client *c = *state;
    client_ask(c,
               (struct http_request){
                   .url = "http://a-name-that-is-longer-than-the-sixty-three-bytes-of-a-dns-label-."
                          "invalid/"});
    answer_assert_ended(&c->answer, RN_ECONNECT, "cannot find the host a-name-that-is-longer");
}

/* Whoever does not answer is named: with a proxy on the way it is not the server. */
static void test_dead_proxies(void **state)
{
    struct client *c = *state;
    char *proxy = xasprintf("http://me:secret@127.0.0.1:%d/", closed_port());
    static const struct {
        const char *about, *variable, *url, *why;
    } cases[] = {
        {"http", "http_proxy", "http://model.example/v1", "cannot connect to the proxy 127.0.0.1:"},
        {"https", "https_proxy", "https://model.example/v1",
         " (https_proxy) on the way to model.example: Connection refused"},
        {"in capitals", "HTTPS_PROXY", "https://model.example/v1", " (HTTPS_PROXY) on the way"},
        {"any", "all_proxy", "http://model.example/v1", " (all_proxy) on the way"},
        {"this machine goes without", "http_proxy", "http://127.0.0.1:1/v1",
         "cannot connect to 127.0.0.1:1: Connection refused"},
    };
    for (size_t i = 0; i < sizeof(cases) / sizeof(*cases); i++) {
        print_message("%s\n", cases[i].about);
        setenv(cases[i].variable, proxy, 1);
        client_ask(c, (struct http_request){.url = cases[i].url});
        answer_assert_ended(&c->answer, RN_ECONNECT, cases[i].why);
        assert_null(strstr(buf_str(&c->answer.why), "secret"));
        unsetenv(cases[i].variable);
    }
    free(proxy);
}

static void test_unknown_proxy(void **state)
{
    struct client *c = *state;
    setenv("http_proxy",
           "http://a-name-that-is-longer-than-the-sixty-three-bytes-of-a-dns-label-.invalid:8080",
           1);
    client_ask(c, (struct http_request){.url = "http://model.example/v1"});
    answer_assert_ended(&c->answer, RN_ECONNECT, "cannot find the proxy a-name-that-is-longer");
    answer_assert_ended(&c->answer, RN_ECONNECT, ".invalid:8080 (http_proxy) on the way to model");
    unsetenv("http_proxy");
}

static void test_broken_connections(void **state)
{
    struct client *c = *state;
    static const struct {
        const char *about;
        struct server_step steps[4];
        int code;
        const char *why, *body;
    } cases[] = {
        {"a length that is not reached",
         {SERVE("HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\nhello"), SERVE_CLOSE},
         RN_ETRUNCATED,
         "broke in the middle of the answer",
         "hello"},
        {"chunks without the last",
         {SERVE_CHUNKED(200, "text/plain"), SERVE_CHUNK("hello"), SERVE_CLOSE},
         RN_ETRUNCATED,
         "broke in the middle of the answer",
         "hello"},
        {"a chunk that is malformed",
         {SERVE_CHUNKED(200, "text/plain"), SERVE_CHUNK("hello"), SERVE("nonsense\r\n")},
         RN_ETRUNCATED,
         "broke in the middle of the answer",
         "hello"},
        {"no answer", {SERVE_CLOSE}, RN_ECONNECT, "broke before an answer came", ""},
        {"a reset", {SERVE_RESET}, RN_ECONNECT, "broke before an answer came", ""},
        {"half a head",
         {SERVE("HTTP/1.1 200 OK\r\nContent-"), SERVE_CLOSE},
         RN_ECONNECT,
         "broke before an answer came",
         ""},
        {"not HTTP", {SERVE("SSH-2.0-server\r\n"), SERVE_CLOSE}, RN_EPROTOCOL, "in HTTP", ""},
    };
    for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++)
        server_script(c->server, NULL, cases[i].steps);
    for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        print_message("%s\n", cases[i].about);
        client_ask(c, (struct http_request){.body = "{}", .body_len = 2});
        answer_assert_ended(&c->answer, cases[i].code, cases[i].why);
        assert_string_equal(buf_str(&c->answer.body), cases[i].body);
    }
}

static void test_tls_to_a_plain_server(void **state)
{
    struct client *c = *state;
    char *url = xasprintf("https://127.0.0.1:%d/v1", server_port(c->server));
    client_ask(c, (struct http_request){.url = url});
    answer_assert_ended(&c->answer, RN_ECONNECT, "no TLS connection with 127.0.0.1:");
    free(url);
    assert_true(c->answer.timing.fails_tls);
}

static void test_limits(void **state)
{
    struct client *c = *state;
    enum { MAX = 1000, HEADER_LINES = 20 * 1000 };
    SERVER_SCRIPT(c->server, SERVE_STREAM, SERVE_REPEAT("x", MAX));
    SERVER_SCRIPT(c->server, SERVE_STREAM, SERVE_REPEAT("x", MAX + 1), SERVE_STALL);
    SERVER_SCRIPT(c->server, SERVE("HTTP/1.1 200 OK\r\n"),
                  SERVE_REPEAT("X-Long: 0123456789\r\n", HEADER_LINES));
    client_ask(c, (struct http_request){.body_max = MAX});
    answer_assert_ended(&c->answer, RN_OK, "");
    client_ask(c, (struct http_request){.body_max = MAX});
    answer_assert_ended(&c->answer, RN_ELIMIT, "longer than 1000 bytes");
    assert_true(server_saw_close(c->server, 1));
    client_ask(c, (struct http_request){.body_max = MAX});
    answer_assert_ended(&c->answer, RN_ELIMIT, "the header");
    assert_int_equal(c->answer.heads, 0);
}

static void test_bad_requests(void **state)
{
    struct client *c = *state;
    const char *headers[] = {"X-Good: 1", "X-Bad: 1\r\nX-Smuggled: 2", NULL};
    client_ask(c, (struct http_request){.headers = headers});
    answer_assert_ended(&c->answer, RN_ECONFIG, "line break");
    client_ask(c, (struct http_request){.url = "ftp://127.0.0.1/"});
    answer_assert_ended(&c->answer, RN_ECONFIG, "URL");
    client_ask(c, (struct http_request){.url = "http://two words/"});
    answer_assert_ended(&c->answer, RN_ECONFIG, "URL");
    client_ask(c, (struct http_request){.url = "http://user:password@127.0.0.1/"});
    answer_assert_ended(&c->answer, RN_ECONFIG, "URL");
    assert_int_equal(server_request_count(c->server), 0);
}

/* ---- Time-outs ----------------------------------------------------------------------------- */

static void test_no_first_byte(void **state)
{
    struct client *c = *state;
    SERVER_SCRIPT(c->server, SERVE_STALL);
    client_ask(c, (struct http_request){.first_ms = 100, .idle_ms = 1});
    answer_assert_ended(&c->answer, RN_ETIMEOUT, "gave no answer within 0.1 s");
    assert_true(server_saw_close(c->server, 0));
}

static void test_silence(void **state)
{
    struct client *c = *state;
    SERVER_SCRIPT(c->server, SERVE_STREAM, SERVE("data: hello\n\n"), SERVE_STALL);
    client_ask(c, (struct http_request){.first_ms = SERVER_PATIENCE_MS, .idle_ms = 100});
    answer_assert_ended(&c->answer, RN_ETIMEOUT, "the server has sent nothing for 0.1 s");
    assert_string_equal(c->answer.body.data, "data: hello\n\n");
    assert_true(server_saw_close(c->server, 0));
}

/* The kernel leaves a connection unanswered when the listener's queue is full. */
static void test_no_connection(void **state)
{
    enum { QUEUE = 4 };
    struct client *c = *state;
    struct sockaddr_in address = {.sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
    socklen_t len = sizeof(address);
    int listener = socket(AF_INET, SOCK_STREAM, 0), queue[QUEUE];
    assert_int_equal(bind(listener, (struct sockaddr *)&address, len), 0);
    assert_int_equal(listen(listener, 0), 0);
    getsockname(listener, (struct sockaddr *)&address, &len);
    for (int i = 0; i < QUEUE; i++) {
        queue[i] = socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK, 0);
        connect(queue[i], (struct sockaddr *)&address, len);
    }
    char *url = xasprintf("http://127.0.0.1:%d/", ntohs(address.sin_port));
    client_ask(c, (struct http_request){.url = url, .connect_ms = 150});
    answer_assert_ended(&c->answer, RN_ETIMEOUT, "no connection to 127.0.0.1:");
    answer_assert_ended(&c->answer, RN_ETIMEOUT, "within 0.15 s");
    for (int i = 0; i < QUEUE; i++)
        close(queue[i]);
    close(listener);
    free(url);
}

/* A comment is a sign of life. */
static void test_trickle_is_no_silence(void **state)
{
    struct client *c = *state;
    SERVER_SCRIPT(c->server, SERVE_STREAM, SERVE_TRICKLE(":\n\n", 10));
    struct http_request request = {
        .url = server_url(c->server, "/v1"), .first_ms = 1000, .idle_ms = 1000};
    uint64_t number = worker_http(c->worker, &request, c->box);
    client_pass_time(c->worker, 1500);
    answer_take(&c->answer, c->box, number);
    assert_int_equal(c->answer.ends, 0);
    assert_true(c->answer.body.len > 0);
    worker_drop(c->worker, number);
    assert_true(server_saw_close(c->server, 0));
}

/* While the reader has no room, the silence is ours. */
static void test_no_time_out_while_paused(void **state)
{
    struct client *c = *state;
    struct mailbox *box = mailbox_new(1);
    SERVER_SCRIPT(c->server, SERVE_STREAM, SERVE("one"), SERVE_WAIT, SERVE("two"), SERVE_STALL);
    struct http_request request = {
        .url = server_url(c->server, "/v1"), .first_ms = SERVER_PATIENCE_MS, .idle_ms = 200};
    uint64_t number = worker_http(c->worker, &request, box);
    assert_non_null(server_request(c->server, 0));
    server_go(c->server);
    client_pass_time(c->worker, 500);
    answer_read(&c->answer, c->worker, box, number, 6);
    assert_string_equal(c->answer.body.data, "onetwo");
    assert_true(c->answer.was_full);
    /* Its limit holds again once there is room. */
    answer_read(&c->answer, c->worker, box, number, SIZE_MAX);
    answer_assert_ended(&c->answer, RN_ETIMEOUT, "the server has sent nothing for 0.2 s");
    worker_drop(c->worker, number);
    mailbox_free(box);
}

int main(void)
{
#define TEST(test) cmocka_unit_test_setup_teardown(test, client_set_up, client_tear_down)
    const struct CMUnitTest tests[] = {
        TEST(test_refused),
        TEST(test_unknown_host),
        TEST(test_dead_proxies),
        TEST(test_unknown_proxy),
        TEST(test_broken_connections),
        TEST(test_tls_to_a_plain_server),
        TEST(test_limits),
        TEST(test_bad_requests),
        TEST(test_no_first_byte),
        TEST(test_silence),
        TEST(test_no_connection),
        TEST(test_trickle_is_no_silence),
        TEST(test_no_time_out_while_paused),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
