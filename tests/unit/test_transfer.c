/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include "base/mem.h"
#include "runnel.h"
#include "server/client.h"

/* ---- What arrives -------------------------------------------------------------------------- */

static void test_whole_answer(void **state)
{
    struct client *c = *state;
    SERVER_SCRIPT(c->server, SERVE_REPLY(200, "text/plain\r\nX-ID: 7\r\nEmpty:", "hello"));
    client_ask(c, (struct http_request){.body = NULL});
    answer_assert_ended(&c->answer, RN_OK, "");
    assert_int_equal(c->answer.heads, 1);
    assert_int_equal(c->answer.status, 200);
    assert_string_equal(c->answer.head.data,
                        "content-type: text/plain\nx-id: 7\nempty: \ncontent-length: 5\n");
    assert_string_equal(c->answer.body.data, "hello");
    assert_true(c->answer.timing.connect >= 0);
    assert_true(c->answer.timing.first_byte >= c->answer.timing.connect);
    assert_int_equal(c->answer.timing.tls, -1);
    assert_string_equal(server_request(c->server, 0)->method, "GET");
    assert_string_equal(server_request(c->server, 0)->path, "/v1");
}

static void test_large_request(void **state)
{
    struct client *c = *state;
    enum { SIZE = 8 * 1024 * 1024 };
    char *body = malloc(SIZE);
    for (size_t i = 0; i < SIZE; i++)
        body[i] = (char)(i * 31 >> 8);
    const char *headers[] = {"Content-Type: application/json", "X-Api-Key: secret", NULL};
    SERVER_SCRIPT(c->server, SERVE_JSON(200, "{}"));
    client_ask(c, (struct http_request){.body = body, .body_len = SIZE, .headers = headers});
    answer_assert_ended(&c->answer, RN_OK, "");
    const struct server_request *got = server_request(c->server, 0);
    assert_string_equal(got->method, "POST");
    assert_int_equal(got->body_len, SIZE);
    assert_memory_equal(got->body, body, SIZE);
    static const struct {
        const char *name, *want;
    } sent[] = {
        {"Content-Type", "application/json"},
        {"X-Api-Key", "secret"},
        {"Expect", NULL},
        {"Accept-Encoding", NULL},
        {"User-Agent", "runnel/" RN_VERSION},
    };
    for (size_t i = 0; i < sizeof(sent) / sizeof(sent[0]); i++) {
        char *value = server_request_header(got, sent[i].name);
        assert_int_equal(!value, !sent[i].want);
        if (value)
            assert_string_equal(value, sent[i].want);
        free(value);
    }
    free(body);
}

static void test_only_the_final_head(void **state)
{
    struct client *c = *state;
    SERVER_SCRIPT(
        c->server, SERVE("HTTP/1.1 100 Continue\r\n\r\n"),
        SERVE("HTTP/1.1 103 Early Hints\r\nLink: </x>\r\n\r\n"),
        SERVE("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\nX-Folded: a\r\n  b\r\n\r\n"),
        SERVE_CHUNK("hello"), SERVE("0\r\nX-Trailer: late\r\n\r\n"));
    client_ask(c, (struct http_request){.body = NULL});
    answer_assert_ended(&c->answer, RN_OK, "");
    assert_int_equal(c->answer.heads, 1);
    assert_string_equal(c->answer.head.data, "transfer-encoding: chunked\nx-folded: a b\n");
    assert_string_equal(c->answer.body.data, "hello");
}

/* An error page and a redirect are answers like any other: whoever asked explains them. */
static void test_any_status_is_delivered(void **state)
{
    struct client *c = *state;
    static const int statuses[] = {204, 301, 307, 404, 429, 500};
    for (size_t i = 0; i < sizeof(statuses) / sizeof(statuses[0]); i++)
        SERVER_SCRIPT(c->server,
                      SERVE_REPLY(statuses[i], "text/plain\r\nLocation: http://example.com/", ""));
    for (size_t i = 0; i < sizeof(statuses) / sizeof(statuses[0]); i++) {
        char location[64];
        client_ask(c, (struct http_request){.body = "{}", .body_len = 2});
        answer_assert_ended(&c->answer, RN_OK, "");
        assert_int_equal(c->answer.heads, 1);
        assert_int_equal(c->answer.status, statuses[i]);
        assert_true(http_header(c->answer.head.data, "location", location, sizeof(location)));
        assert_string_equal(location, "http://example.com/");
    }
    assert_int_equal(server_request_count(c->server), sizeof(statuses) / sizeof(statuses[0]));
}

static void test_reuse(void **state)
{
    struct client *c = *state;
    SERVER_SCRIPT(c->server, SERVE_JSON(200, "{}"));
    client_ask(c, (struct http_request){.body = NULL});
    client_ask(c, (struct http_request){.body = NULL});
    answer_assert_ended(&c->answer, RN_OK, "");
    assert_int_equal(server_request(c->server, 1)->connection, 0);
    assert_int_equal(c->answer.timing.connect, -1);
}

/* A server may close an idle connection at the very moment it is used again. */
static void test_reuse_of_a_dead_connection(void **state)
{
    struct client *c = *state;
    SERVER_SCRIPT(c->server, SERVE("HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\n{}"), SERVE_CLOSE);
    for (int i = 0; i < 3; i++) {
        client_ask(c, (struct http_request){.body = "{}", .body_len = 2});
        answer_assert_ended(&c->answer, RN_OK, "");
    }
}

static void test_unix_socket(void **state)
{
    struct client *c = *state;
    char directory[] = "/tmp/runnel-test-XXXXXX", path[64];
    assert_non_null(mkdtemp(directory));
    snprintf(path, sizeof(path), "%s/socket", directory);
    struct server *server = server_new(path);
    SERVER_SCRIPT(server, SERVE_JSON(200, "{}"));
    client_ask(c, (struct http_request){.url = server_url(server, "/v1"), .unix_socket = path});
    answer_assert_ended(&c->answer, RN_OK, "");
    assert_string_equal(c->answer.body.data, "{}");
    assert_string_equal(server_request(server, 0)->path, "/v1");
    server_free(server);
    client_ask(c, (struct http_request){.url = "http://localhost/", .unix_socket = path});
    answer_assert_ended(&c->answer, RN_ECONNECT, path);
    rmdir(directory);
}

static void test_compressed_only_if_asked(void **state)
{
    struct client *c = *state;
    static const char gzip[] = "\x1f\x8b\x08\x00\x00\x00\x00\x00\x02\x03\xcb\x48\xcd\xc9\xc9\x07"
                               "\x00\x86\xa6\x10\x36\x05\x00\x00\x00";
    SERVER_SCRIPT(c->server, SERVE_HEAD(200, "text/plain\r\nContent-Encoding: gzip"),
                  SERVE_BYTES(gzip, sizeof(gzip) - 1));
    client_ask(c, (struct http_request){.decompress = true});
    answer_assert_ended(&c->answer, RN_OK, "");
    assert_string_equal(c->answer.body.data, "hello");
    char *accepts = server_request_header(server_request(c->server, 0), "Accept-Encoding");
    assert_non_null(strstr(accepts, "gzip"));
    free(accepts);
    client_ask(c, (struct http_request){.decompress = false});
    assert_memory_equal(c->answer.body.data, gzip, sizeof(gzip) - 1);
}

/* ---- Proxies ------------------------------------------------------------------------------- */

static void test_proxies(void **state)
{
    struct client *c = *state;
    struct server *proxy = server_new(NULL);
    setenv("http_proxy", server_url(proxy, ""), 1);
    setenv("https_proxy", server_url(proxy, ""), 1);
    SERVER_SCRIPT(c->server, SERVE_JSON(200, "{}"));
    SERVER_SCRIPT(proxy, SERVE_JSON(200, "[]"));
    SERVER_SCRIPT(proxy, SERVE_REPLY(403, "text/plain", "no"));
    client_ask(c, (struct http_request){.body = NULL});
    assert_string_equal(c->answer.body.data, "{}");
    assert_int_equal(server_request_count(proxy), 0);
    client_ask(c, (struct http_request){.url = "http://model.example/v1"});
    assert_string_equal(c->answer.body.data, "[]");
    assert_string_equal(server_request(proxy, 0)->path, "http://model.example/v1");
    client_ask(c, (struct http_request){.url = "https://model.example/v1"});
    answer_assert_ended(&c->answer, RN_ECONNECT, "the proxy 127.0.0.1:");
    answer_assert_ended(&c->answer, RN_ECONNECT,
                        " (https_proxy) does not connect to model.example");
    answer_assert_ended(&c->answer, RN_ECONNECT, "HTTP 403");
    assert_int_equal(c->answer.heads, 0);
    assert_string_equal(server_request(proxy, 1)->method, "CONNECT");
    unsetenv("http_proxy");
    unsetenv("https_proxy");
    server_free(proxy);
}

/* ---- The log ------------------------------------------------------------------------------- */

static void test_log(void **state)
{
    struct client *c = *state;
    const char *headers[] = {"Authorization: Bearer SECRET",
                             "x-api-key: SECRET",
                             "api-key:SECRET",
                             "X-Goog-Api-Key: SECRET",
                             "Cookie: SECRET",
                             "X-Shown: this",
                             "Proxy-Authorization: SECRET",
                             NULL};
    int fd = memfd_create("log", MFD_CLOEXEC);
    worker_log(c->worker, fd);
    SERVER_SCRIPT(
        c->server,
        SERVE_REPLY(200, "text/plain\r\nSet-Cookie: SECRET\r\nX-Esc: a\033[31mb", "SECRET"));
    client_ask(c, (struct http_request){.headers = headers, .body = "SECRET", .body_len = 6});
    char log[64 * 1024];
    ssize_t len = pread(fd, log, sizeof(log) - 1, 0);
    close(fd);
    assert_true(len > 0);
    log[len] = '\0';
    static const char *const shown[] = {
        "> POST /v1 HTTP/1.1\n", "> Authorization: ***\n", "> Cookie: ***\n",
        "> X-Shown: this\n",     "> api-key: ***\n",       "< HTTP/1.1 200 Scripted\n",
        "< Set-Cookie: ***\n",   "< X-Esc: a?[31mb\n",     "sent 6 bytes",
        "received 6 bytes",      "all is there\n"};
    for (size_t i = 0; i < sizeof(shown) / sizeof(shown[0]); i++)
        if (!strstr(log, shown[i]))
            fail_msg("not in the log: %s\n%s", shown[i], log);
    if (strstr(log, "SECRET"))
        fail_msg("a secret is in the log:\n%s", log);
}

int main(void)
{
#define TEST(test) cmocka_unit_test_setup_teardown(test, client_set_up, client_tear_down)
    const struct CMUnitTest tests[] = {
        TEST(test_whole_answer),
        TEST(test_large_request),
        TEST(test_only_the_final_head),
        TEST(test_any_status_is_delivered),
        TEST(test_reuse),
        TEST(test_reuse_of_a_dead_connection),
        TEST(test_unix_socket),
        TEST(test_compressed_only_if_asked),
        TEST(test_proxies),
        TEST(test_log),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
