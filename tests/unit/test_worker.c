/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>
#include <arpa/inet.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <unistd.h>

#include "base/mailbox.h"
#include "base/mem.h"
#include "io/http.h"
#include "io/worker.h"
#include "runnel.h"
#include "server/server.h"

enum { LIMIT = 256 * 1024, PATIENCE_MS = 20000 };

/* ---- A reader ------------------------------------------------------------------------------ */

/* All that came for one number, taken apart. */
struct answer {
    int heads, ends, timers;
    int status, code;
    struct buf head, body, why;
    struct http_timing timing;
    size_t most; /* bytes in one take */
    bool was_full;
};

static void answer_clear(struct answer *answer)
{
    buf_clear(&answer->head);
    buf_clear(&answer->body);
    buf_clear(&answer->why);
    *answer = (struct answer){0};
}

static void read_mail(struct answer *answer, const struct mail *mail)
{
    assert_int_equal(answer->ends, 0);
    switch (mail->kind) {
    case MAIL_HEAD:
        assert_int_equal(answer->body.len, 0);
        answer->heads++;
        answer->status = mail->code;
        buf_adds(&answer->head, buf_str(&mail->data));
        break;
    case MAIL_BYTES:
        assert_int_equal(answer->heads, 1);
        buf_add(&answer->body, mail->data.data, mail->data.len);
        break;
    case MAIL_END:
        answer->ends++;
        answer->code = mail->code;
        buf_adds(&answer->why, buf_str(&mail->data));
        assert_non_null(mail->more);
        answer->timing = *(struct http_timing *)mail->more;
        break;
    default:
        answer->timers++;
        break;
    }
}

/* Take what is in the box; true when it was full. */
static bool take(struct mailbox *box, uint64_t number, struct answer *answer)
{
    bool was_full;
    size_t bytes = 0;
    struct mail *mail = mailbox_take(box, &was_full);
    while (mail) {
        struct mail *next = mail->next;
        if (mail->kind == MAIL_BYTES)
            bytes += mail->data.len;
        if (mail->from == number)
            read_mail(answer, mail);
        mail_free(mail);
        mail = next;
    }
    if (bytes > answer->most)
        answer->most = bytes;
    answer->was_full |= was_full;
    return was_full;
}

static void await_mail(const struct mailbox *box)
{
    struct pollfd p = {.fd = mailbox_fd(box), .events = POLLIN};
    assert_int_equal(poll(&p, 1, PATIENCE_MS), 1);
}

/* Read until this much of the body is there, or the end (with SIZE_MAX). */
static void read_until(struct worker *worker, struct mailbox *box, uint64_t number,
                       struct answer *answer, size_t len)
{
    while (!answer->ends && !answer->timers && answer->body.len < len) {
        await_mail(box);
        if (take(box, number, answer))
            worker_resume(worker, number);
    }
}

static void read_all(struct worker *worker, struct mailbox *box, uint64_t number,
                     struct answer *answer)
{
    read_until(worker, box, number, answer, SIZE_MAX);
}

/* Wait in the I/O thread's own time: what is due before is done before. */
static void pass_time(struct worker *worker, int64_t ms)
{
    struct mailbox *box = mailbox_new(LIMIT);
    struct answer answer = {0};
    uint64_t timer = worker_timer(worker, ms, box);
    read_all(worker, box, timer, &answer);
    assert_int_equal(answer.timers, 1);
    worker_drop(worker, timer);
    mailbox_free(box);
}

/* ---- Each test has a worker, a mailbox and a server ---------------------------------------- */

struct fixture {
    struct worker *worker;
    struct mailbox *box;
    struct server *server;
    struct answer answer;
};

static int set_up(void **state)
{
    struct fixture *f = xnew(struct fixture);
    f->worker = worker_new();
    f->box = mailbox_new(LIMIT);
    f->server = server_new(NULL);
    *state = f;
    return 0;
}

static int tear_down(void **state)
{
    struct fixture *f = *state;
    worker_free(f->worker);
    mailbox_free(f->box);
    server_free(f->server);
    answer_clear(&f->answer);
    free(f);
    return 0;
}

/* Ask the server, and read the whole answer. */
static void ask(struct fixture *f, struct http_request request)
{
    if (!request.url)
        request.url = server_url(f->server, "/v1");
    answer_clear(&f->answer);
    uint64_t number = worker_http(f->worker, &request, f->box);
    assert_int_not_equal(number, 0);
    read_all(f->worker, f->box, number, &f->answer);
    worker_drop(f->worker, number);
}

static uint64_t begin(struct fixture *f)
{
    struct http_request request = {.url = server_url(f->server, "/v1")};
    return worker_http(f->worker, &request, f->box);
}

static void assert_ended(const struct answer *answer, int code, const char *why)
{
    if (answer->code != code || !strstr(buf_str(&answer->why), why))
        fail_msg("ended with %d, \"%s\"; want %d, \"%s\"", answer->code, buf_str(&answer->why),
                 code, why);
}

/* ---- What arrives -------------------------------------------------------------------------- */

static void test_whole_answer(void **state)
{
    struct fixture *f = *state;
    SERVER_SCRIPT(f->server, SERVE_REPLY(200, "text/plain\r\nX-ID: 7\r\nEmpty:", "hello"));
    ask(f, (struct http_request){.body = NULL});
    assert_ended(&f->answer, RN_OK, "");
    assert_int_equal(f->answer.heads, 1);
    assert_int_equal(f->answer.status, 200);
    assert_string_equal(f->answer.head.data,
                        "content-type: text/plain\nx-id: 7\nempty: \ncontent-length: 5\n");
    assert_string_equal(f->answer.body.data, "hello");
    assert_true(f->answer.timing.connect >= 0);
    assert_true(f->answer.timing.first_byte >= f->answer.timing.connect);
    assert_int_equal(f->answer.timing.tls, -1);
    assert_string_equal(server_request(f->server, 0)->method, "GET");
    assert_string_equal(server_request(f->server, 0)->path, "/v1");
}

enum { LINES = 100 * 1000 };

/* The lines "0\n", "1\n", ... */
static void assert_numbered(const struct buf *body, int lines)
{
    const char *at = body->data;
    for (int i = 0; i < lines; i++) {
        char *end;
        assert_int_equal(strtol(at, &end, 10), i);
        assert_int_equal(*end, '\n');
        at = end + 1;
    }
    assert_ptr_equal(at, body->data + body->len);
}

static void test_order(void **state)
{
    struct fixture *f = *state;
    SERVER_SCRIPT(f->server, SERVE_STREAM, SERVE_REPEAT("\\#\n", LINES));
    ask(f, (struct http_request){.body = NULL});
    assert_ended(&f->answer, RN_OK, "");
    assert_numbered(&f->answer.body, LINES);
}

/* A box of 8 KiB: at no time does more wait in it than one piece beyond what curl reads at once. */
static void test_slow_reader(void **state)
{
    struct fixture *f = *state;
    enum { SMALL = 8 * 1024, CURL_READS = 16 * 1024 };
    struct mailbox *box = mailbox_new(SMALL);
    SERVER_SCRIPT(f->server, SERVE_STREAM, SERVE_REPEAT("\\#\n", 10 * LINES));
    struct http_request request = {.url = server_url(f->server, "/v1"), .idle_ms = PATIENCE_MS};
    uint64_t number = worker_http(f->worker, &request, box);
    read_all(f->worker, box, number, &f->answer);
    assert_ended(&f->answer, RN_OK, "");
    assert_true(f->answer.was_full);
    assert_in_range(f->answer.most, 1, CURL_READS);
    assert_numbered(&f->answer.body, 10 * LINES);
    worker_drop(f->worker, number);
    mailbox_free(box);
}

static void test_large_request(void **state)
{
    struct fixture *f = *state;
    enum { SIZE = 8 * 1024 * 1024 };
    char *body = malloc(SIZE);
    for (size_t i = 0; i < SIZE; i++)
        body[i] = (char)(i * 31 >> 8);
    const char *headers[] = {"Content-Type: application/json", "X-Api-Key: secret", NULL};
    SERVER_SCRIPT(f->server, SERVE_JSON(200, "{}"));
    ask(f, (struct http_request){.body = body, .body_len = SIZE, .headers = headers});
    assert_ended(&f->answer, RN_OK, "");
    const struct server_request *got = server_request(f->server, 0);
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
    struct fixture *f = *state;
    SERVER_SCRIPT(
        f->server, SERVE("HTTP/1.1 100 Continue\r\n\r\n"),
        SERVE("HTTP/1.1 103 Early Hints\r\nLink: </x>\r\n\r\n"),
        SERVE("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\nX-Folded: a\r\n  b\r\n\r\n"),
        SERVE_CHUNK("hello"), SERVE("0\r\nX-Trailer: late\r\n\r\n"));
    ask(f, (struct http_request){.body = NULL});
    assert_ended(&f->answer, RN_OK, "");
    assert_int_equal(f->answer.heads, 1);
    assert_string_equal(f->answer.head.data, "transfer-encoding: chunked\nx-folded: a b\n");
    assert_string_equal(f->answer.body.data, "hello");
}

/* An error page and a redirect are answers like any other: whoever asked explains them. */
static void test_any_status_is_delivered(void **state)
{
    struct fixture *f = *state;
    static const int statuses[] = {204, 301, 307, 404, 429, 500};
    for (size_t i = 0; i < sizeof(statuses) / sizeof(statuses[0]); i++)
        SERVER_SCRIPT(f->server,
                      SERVE_REPLY(statuses[i], "text/plain\r\nLocation: http://example.com/", ""));
    for (size_t i = 0; i < sizeof(statuses) / sizeof(statuses[0]); i++) {
        char location[64];
        ask(f, (struct http_request){.body = "{}", .body_len = 2});
        assert_ended(&f->answer, RN_OK, "");
        assert_int_equal(f->answer.heads, 1);
        assert_int_equal(f->answer.status, statuses[i]);
        assert_true(http_header(f->answer.head.data, "location", location, sizeof(location)));
        assert_string_equal(location, "http://example.com/");
    }
    assert_int_equal(server_request_count(f->server), sizeof(statuses) / sizeof(statuses[0]));
}

static void test_reuse(void **state)
{
    struct fixture *f = *state;
    SERVER_SCRIPT(f->server, SERVE_JSON(200, "{}"));
    ask(f, (struct http_request){.body = NULL});
    ask(f, (struct http_request){.body = NULL});
    assert_ended(&f->answer, RN_OK, "");
    assert_int_equal(server_request(f->server, 1)->connection, 0);
    assert_int_equal(f->answer.timing.connect, -1);
}

/* A server may close an idle connection at the very moment it is used again. */
static void test_reuse_of_a_dead_connection(void **state)
{
    struct fixture *f = *state;
    SERVER_SCRIPT(f->server, SERVE("HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\n{}"), SERVE_CLOSE);
    for (int i = 0; i < 3; i++) {
        ask(f, (struct http_request){.body = "{}", .body_len = 2});
        assert_ended(&f->answer, RN_OK, "");
    }
}

static void test_unix_socket(void **state)
{
    struct fixture *f = *state;
    char directory[] = "/tmp/runnel-test-XXXXXX", path[64];
    assert_non_null(mkdtemp(directory));
    snprintf(path, sizeof(path), "%s/socket", directory);
    struct server *server = server_new(path);
    SERVER_SCRIPT(server, SERVE_JSON(200, "{}"));
    ask(f, (struct http_request){.url = server_url(server, "/v1"), .unix_socket = path});
    assert_ended(&f->answer, RN_OK, "");
    assert_string_equal(f->answer.body.data, "{}");
    assert_string_equal(server_request(server, 0)->path, "/v1");
    server_free(server);
    ask(f, (struct http_request){.url = "http://localhost/", .unix_socket = path});
    assert_ended(&f->answer, RN_ECONNECT, path);
    rmdir(directory);
}

static void test_compressed_only_if_asked(void **state)
{
    struct fixture *f = *state;
    static const char gzip[] = "\x1f\x8b\x08\x00\x00\x00\x00\x00\x02\x03\xcb\x48\xcd\xc9\xc9\x07"
                               "\x00\x86\xa6\x10\x36\x05\x00\x00\x00";
    SERVER_SCRIPT(f->server, SERVE_HEAD(200, "text/plain\r\nContent-Encoding: gzip"),
                  SERVE_BYTES(gzip, sizeof(gzip) - 1));
    ask(f, (struct http_request){.decompress = true});
    assert_ended(&f->answer, RN_OK, "");
    assert_string_equal(f->answer.body.data, "hello");
    char *accepts = server_request_header(server_request(f->server, 0), "Accept-Encoding");
    assert_non_null(strstr(accepts, "gzip"));
    free(accepts);
    ask(f, (struct http_request){.decompress = false});
    assert_memory_equal(f->answer.body.data, gzip, sizeof(gzip) - 1);
}

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
    struct fixture *f = *state;
    char *url = xasprintf("http://127.0.0.1:%d/v1", closed_port());
    ask(f, (struct http_request){.url = url});
    assert_ended(&f->answer, RN_ECONNECT, "cannot connect to 127.0.0.1:");
    assert_ended(&f->answer, RN_ECONNECT, ": Connection refused");
    assert_int_equal(f->answer.heads, 0);
    assert_int_equal(f->answer.timing.first_byte, -1);
    free(url);
}

/* A label longer than DNS allows is not found by any resolver, with or without a network. */
static void test_unknown_host(void **state)
{
    struct fixture *f = *state;
    ask(f, (struct http_request){
               .url = "http://a-name-that-is-longer-than-the-sixty-three-bytes-of-a-dns-label-."
                      "invalid/"});
    assert_ended(&f->answer, RN_ECONNECT, "cannot find the host a-name-that-is-longer");
}

static void test_broken_connections(void **state)
{
    struct fixture *f = *state;
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
        server_script(f->server, NULL, cases[i].steps);
    for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        print_message("%s\n", cases[i].about);
        ask(f, (struct http_request){.body = "{}", .body_len = 2});
        assert_ended(&f->answer, cases[i].code, cases[i].why);
        assert_string_equal(buf_str(&f->answer.body), cases[i].body);
    }
}

static void test_tls_to_a_plain_server(void **state)
{
    struct fixture *f = *state;
    char *url = xasprintf("https://127.0.0.1:%d/v1", server_port(f->server));
    ask(f, (struct http_request){.url = url});
    assert_ended(&f->answer, RN_ECONNECT, "no TLS connection with 127.0.0.1:");
    free(url);
}

static void test_limits(void **state)
{
    struct fixture *f = *state;
    enum { MAX = 1000 };
    SERVER_SCRIPT(f->server, SERVE_STREAM, SERVE_REPEAT("x", MAX));
    SERVER_SCRIPT(f->server, SERVE_STREAM, SERVE_REPEAT("x", MAX + 1), SERVE_STALL);
    SERVER_SCRIPT(f->server, SERVE("HTTP/1.1 200 OK\r\n"),
                  SERVE_REPEAT("X-Long: 0123456789\r\n", LINES));
    ask(f, (struct http_request){.body_max = MAX});
    assert_ended(&f->answer, RN_OK, "");
    ask(f, (struct http_request){.body_max = MAX});
    assert_ended(&f->answer, RN_ELIMIT, "longer than 1000 bytes");
    assert_true(server_saw_close(f->server, 1));
    ask(f, (struct http_request){.body_max = MAX});
    assert_ended(&f->answer, RN_ELIMIT, "the header");
    assert_int_equal(f->answer.heads, 0);
}

static void test_bad_requests(void **state)
{
    struct fixture *f = *state;
    const char *headers[] = {"X-Good: 1", "X-Bad: 1\r\nX-Smuggled: 2", NULL};
    ask(f, (struct http_request){.headers = headers});
    assert_ended(&f->answer, RN_ECONFIG, "line break");
    ask(f, (struct http_request){.url = "ftp://127.0.0.1/"});
    assert_ended(&f->answer, RN_ECONFIG, "URL");
    ask(f, (struct http_request){.url = "http://two words/"});
    assert_ended(&f->answer, RN_ECONFIG, "URL");
    ask(f, (struct http_request){.url = "http://user:password@127.0.0.1/"});
    assert_ended(&f->answer, RN_ECONFIG, "URL");
    assert_int_equal(server_request_count(f->server), 0);
}

/* ---- Time-outs ----------------------------------------------------------------------------- */

static void test_no_first_byte(void **state)
{
    struct fixture *f = *state;
    SERVER_SCRIPT(f->server, SERVE_STALL);
    ask(f, (struct http_request){.first_ms = 100, .idle_ms = 1});
    assert_ended(&f->answer, RN_ETIMEOUT, "gave no answer within 0.1 s");
    assert_true(server_saw_close(f->server, 0));
}

static void test_silence(void **state)
{
    struct fixture *f = *state;
    SERVER_SCRIPT(f->server, SERVE_STREAM, SERVE("data: hello\n\n"), SERVE_STALL);
    ask(f, (struct http_request){.first_ms = PATIENCE_MS, .idle_ms = 100});
    assert_ended(&f->answer, RN_ETIMEOUT, "the server has sent nothing for 0.1 s");
    assert_string_equal(f->answer.body.data, "data: hello\n\n");
    assert_true(server_saw_close(f->server, 0));
}

/* The kernel leaves a connection unanswered when the listener's queue is full. */
static void test_no_connection(void **state)
{
    enum { QUEUE = 4 };
    struct fixture *f = *state;
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
    ask(f, (struct http_request){.url = url, .connect_ms = 150});
    assert_ended(&f->answer, RN_ETIMEOUT, "no connection to 127.0.0.1:");
    assert_ended(&f->answer, RN_ETIMEOUT, "within 0.15 s");
    for (int i = 0; i < QUEUE; i++)
        close(queue[i]);
    close(listener);
    free(url);
}

/* A comment is a sign of life. */
static void test_trickle_is_no_silence(void **state)
{
    struct fixture *f = *state;
    SERVER_SCRIPT(f->server, SERVE_STREAM, SERVE_TRICKLE(":\n\n", 10));
    struct http_request request = {
        .url = server_url(f->server, "/v1"), .first_ms = 1000, .idle_ms = 1000};
    uint64_t number = worker_http(f->worker, &request, f->box);
    pass_time(f->worker, 1500);
    take(f->box, number, &f->answer);
    assert_int_equal(f->answer.ends, 0);
    assert_true(f->answer.body.len > 0);
    worker_drop(f->worker, number);
    assert_true(server_saw_close(f->server, 0));
}

/* While the reader has no room, the silence is ours. */
static void test_no_time_out_while_paused(void **state)
{
    struct fixture *f = *state;
    struct mailbox *box = mailbox_new(1);
    SERVER_SCRIPT(f->server, SERVE_STREAM, SERVE("one"), SERVE_WAIT, SERVE("two"), SERVE_STALL);
    struct http_request request = {
        .url = server_url(f->server, "/v1"), .first_ms = PATIENCE_MS, .idle_ms = 200};
    uint64_t number = worker_http(f->worker, &request, box);
    assert_non_null(server_request(f->server, 0));
    server_go(f->server);
    pass_time(f->worker, 500);
    read_until(f->worker, box, number, &f->answer, 6);
    assert_string_equal(f->answer.body.data, "onetwo");
    assert_true(f->answer.was_full);
    /* Its limit holds again once there is room. */
    read_all(f->worker, box, number, &f->answer);
    assert_ended(&f->answer, RN_ETIMEOUT, "the server has sent nothing for 0.2 s");
    worker_drop(f->worker, number);
    mailbox_free(box);
}

/* ---- Letting go ---------------------------------------------------------------------------- */

static void test_drop_closes(void **state)
{
    struct fixture *f = *state;
    SERVER_SCRIPT(f->server, SERVE_STREAM, SERVE("data: hello\n\n"), SERVE_STALL);
    uint64_t number = begin(f);
    read_until(f->worker, f->box, number, &f->answer, 13);
    worker_drop(f->worker, number);
    assert_true(server_saw_close(f->server, 0));
    take(f->box, number, &f->answer);
    assert_int_equal(f->answer.ends, 0);
    worker_drop(f->worker, number);
    worker_drop(f->worker, 12345);
    worker_resume(f->worker, 12345);
}

static void test_drop_of_a_paused_one(void **state)
{
    struct fixture *f = *state;
    struct mailbox *box = mailbox_new(1);
    SERVER_SCRIPT(f->server, SERVE_STREAM, SERVE_TRICKLE("data: hello\n\n", 1));
    struct http_request request = {.url = server_url(f->server, "/v1")};
    uint64_t number = worker_http(f->worker, &request, box);
    while (!take(box, number, &f->answer))
        await_mail(box);
    worker_drop(f->worker, number);
    mailbox_free(box);
    assert_true(server_saw_close(f->server, 0));
}

static void test_drop_before_it_starts(void **state)
{
    struct fixture *f = *state;
    SERVER_SCRIPT(f->server, SERVE_JSON(200, "{}"));
    for (int i = 0; i < 100; i++) {
        struct mailbox *box = mailbox_new(LIMIT);
        struct http_request request = {.url = server_url(f->server, "/v1")};
        worker_drop(f->worker, worker_http(f->worker, &request, box));
        mailbox_free(box);
    }
    ask(f, (struct http_request){.body = NULL});
    assert_ended(&f->answer, RN_OK, "");
}

/* Many at once into boxes of their own, each let go of after so many bytes, box and all. */
static void test_parallel_drops(void **state)
{
    enum { MANY = 50, MOST = 2 * 1000 * 1000 };
    struct fixture *f = *state;
    struct mailbox *boxes[MANY];
    uint64_t numbers[MANY];
    struct answer answers[MANY] = {0};
    size_t left = MANY, enough[MANY];
    unsigned seed = 1;
    SERVER_SCRIPT(f->server, SERVE_STREAM, SERVE_REPEAT("data: hello\n\n", MOST / 13));
    struct http_request request = {.url = server_url(f->server, "/v1"), .idle_ms = PATIENCE_MS};
    for (int i = 0; i < MANY; i++) {
        boxes[i] = mailbox_new(LIMIT);
        numbers[i] = worker_http(f->worker, &request, boxes[i]);
        enough[i] = (size_t)rand_r(&seed) % MOST;
    }
    while (left > 0) {
        struct pollfd p[MANY];
        for (int i = 0; i < MANY; i++)
            p[i] = (struct pollfd){.fd = boxes[i] ? mailbox_fd(boxes[i]) : -1, .events = POLLIN};
        assert_true(poll(p, MANY, PATIENCE_MS) > 0);
        for (int i = 0; i < MANY; i++) {
            if (!p[i].revents)
                continue;
            if (take(boxes[i], numbers[i], &answers[i]))
                worker_resume(f->worker, numbers[i]);
            if (answers[i].body.len < enough[i] && !answers[i].ends)
                continue;
            worker_drop(f->worker, numbers[i]);
            mailbox_free(boxes[i]);
            boxes[i] = NULL;
            answer_clear(&answers[i]);
            left--;
        }
    }
}

static void test_free_with_all_under_way(void **state)
{
    struct fixture *f = *state;
    SERVER_SCRIPT(f->server, SERVE_STREAM, SERVE("data: hello\n\n"), SERVE_STALL);
    uint64_t number = begin(f);
    begin(f);
    worker_timer(f->worker, PATIENCE_MS, f->box);
    read_until(f->worker, f->box, number, &f->answer, 13);
    assert_non_null(server_request(f->server, 1));
    begin(f);
    worker_free(f->worker);
    f->worker = NULL;
    assert_true(server_saw_close(f->server, 0));
    assert_true(server_saw_close(f->server, 1));
}

/* ---- Timers -------------------------------------------------------------------------------- */

/* The one that is due first rings first, the one that was dropped never. */
static void test_timers(void **state)
{
    struct fixture *f = *state;
    static const int64_t delays[] = {120, 40, 80};
    static const int order[] = {1, 2, 0};
    uint64_t numbers[3];
    uint64_t dropped = worker_timer(f->worker, 60, f->box);
    for (int i = 0; i < 3; i++)
        numbers[i] = worker_timer(f->worker, delays[i], f->box);
    worker_drop(f->worker, dropped);
    for (int rung = 0; rung < 3;) {
        bool was_full;
        await_mail(f->box);
        struct mail *mail = mailbox_take(f->box, &was_full), *next;
        for (; mail; mail = next) {
            next = mail->next;
            assert_int_equal(mail->kind, MAIL_TIMER);
            assert_int_equal(mail->from, numbers[order[rung++]]);
            mail_free(mail);
        }
    }
}

static void test_timer_that_is_due_at_once(void **state)
{
    struct fixture *f = *state;
    pass_time(f->worker, 0);
    pass_time(f->worker, -5);
}

/* ---- The thread's manners ------------------------------------------------------------------ */

/* A signal to the process that no thread of the program takes waits for one: it would end us if the
 * I/O thread took it.  There is no server here, whose threads take any. */
static void test_signals_are_blocked(void **state)
{
    (void)state;
    struct worker *worker = worker_new();
    sigset_t usr1, old, pending;
    int number;
    pass_time(worker, 0);
    sigemptyset(&usr1);
    sigaddset(&usr1, SIGUSR1);
    pthread_sigmask(SIG_BLOCK, &usr1, &old);
    assert_false(sigismember(&old, SIGUSR1));
    kill(getpid(), SIGUSR1);
    pass_time(worker, 0);
    sigpending(&pending);
    assert_true(sigismember(&pending, SIGUSR1));
    sigwait(&usr1, &number);
    pthread_sigmask(SIG_SETMASK, &old, NULL);
    worker_free(worker);
}

/* A child process must not hold a connection open that we have closed. */
static void test_sockets_are_not_inherited(void **state)
{
    struct fixture *f = *state;
    SERVER_SCRIPT(f->server, SERVE_STREAM, SERVE("data: hello\n\n"), SERVE_STALL);
    uint64_t number = begin(f);
    read_until(f->worker, f->box, number, &f->answer, 13);
    int found = 0;
    for (int fd = 0; fd < 256; fd++) {
        struct sockaddr_in peer = {0};
        socklen_t len = sizeof(peer);
        if (getpeername(fd, (struct sockaddr *)&peer, &len) < 0 || peer.sin_family != AF_INET ||
            ntohs(peer.sin_port) != server_port(f->server))
            continue;
        found++;
        assert_true(fcntl(fd, F_GETFD) & FD_CLOEXEC);
    }
    assert_int_equal(found, 1);
    worker_drop(f->worker, number);
}

static void test_no_descriptor_left(void **state)
{
    struct fixture *f = *state;
    struct rlimit old, none;
    getrlimit(RLIMIT_NOFILE, &old);
    none = (struct rlimit){.rlim_cur = 0, .rlim_max = old.rlim_max};
    setrlimit(RLIMIT_NOFILE, &none);
    struct http_request request = {.url = "http://127.0.0.1/"};
    uint64_t number = worker_http(f->worker, &request, f->box);
    uint64_t timer = worker_timer(f->worker, PATIENCE_MS, f->box);
    setrlimit(RLIMIT_NOFILE, &old);
    assert_int_not_equal(number, 0);
    assert_int_not_equal(timer, number);
    bool was_full;
    struct mail *mail = mailbox_take(f->box, &was_full);
    assert_int_equal(mail->kind, MAIL_END);
    assert_int_equal(mail->code, RN_EIO);
    assert_int_equal(mail->next->kind, MAIL_TIMER);
    mail_free(mail->next);
    mail_free(mail);
    SERVER_SCRIPT(f->server, SERVE_JSON(200, "{}"));
    ask(f, (struct http_request){.body = NULL});
    assert_ended(&f->answer, RN_OK, "");
}

/* ---- Proxies ------------------------------------------------------------------------------- */

static void test_proxies(void **state)
{
    struct fixture *f = *state;
    struct server *proxy = server_new(NULL);
    setenv("http_proxy", server_url(proxy, ""), 1);
    setenv("https_proxy", server_url(proxy, ""), 1);
    SERVER_SCRIPT(f->server, SERVE_JSON(200, "{}"));
    SERVER_SCRIPT(proxy, SERVE_JSON(200, "[]"));
    SERVER_SCRIPT(proxy, SERVE_REPLY(403, "text/plain", "no"));
    ask(f, (struct http_request){.body = NULL});
    assert_string_equal(f->answer.body.data, "{}");
    assert_int_equal(server_request_count(proxy), 0);
    ask(f, (struct http_request){.url = "http://model.example/v1"});
    assert_string_equal(f->answer.body.data, "[]");
    assert_string_equal(server_request(proxy, 0)->path, "http://model.example/v1");
    ask(f, (struct http_request){.url = "https://model.example/v1"});
    assert_ended(&f->answer, RN_ECONNECT, "the proxy does not connect to model.example");
    assert_ended(&f->answer, RN_ECONNECT, "HTTP 403");
    assert_int_equal(f->answer.heads, 0);
    assert_string_equal(server_request(proxy, 1)->method, "CONNECT");
    unsetenv("http_proxy");
    unsetenv("https_proxy");
    server_free(proxy);
}

/* ---- The log ------------------------------------------------------------------------------- */

static void test_log(void **state)
{
    struct fixture *f = *state;
    const char *headers[] = {"Authorization: Bearer SECRET",
                             "x-api-key: SECRET",
                             "api-key:SECRET",
                             "X-Goog-Api-Key: SECRET",
                             "Cookie: SECRET",
                             "X-Shown: this",
                             "Proxy-Authorization: SECRET",
                             NULL};
    int fd = memfd_create("log", MFD_CLOEXEC);
    worker_log(f->worker, fd);
    SERVER_SCRIPT(
        f->server,
        SERVE_REPLY(200, "text/plain\r\nSet-Cookie: SECRET\r\nX-Esc: a\033[31mb", "SECRET"));
    ask(f, (struct http_request){.headers = headers, .body = "SECRET", .body_len = 6});
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
#define TEST(test) cmocka_unit_test_setup_teardown(test, set_up, tear_down)
    const struct CMUnitTest tests[] = {
        TEST(test_whole_answer),
        TEST(test_order),
        TEST(test_slow_reader),
        TEST(test_large_request),
        TEST(test_only_the_final_head),
        TEST(test_any_status_is_delivered),
        TEST(test_reuse),
        TEST(test_reuse_of_a_dead_connection),
        TEST(test_unix_socket),
        TEST(test_compressed_only_if_asked),
        TEST(test_refused),
        TEST(test_unknown_host),
        TEST(test_broken_connections),
        TEST(test_tls_to_a_plain_server),
        TEST(test_limits),
        TEST(test_bad_requests),
        TEST(test_no_first_byte),
        TEST(test_silence),
        TEST(test_no_connection),
        TEST(test_trickle_is_no_silence),
        TEST(test_no_time_out_while_paused),
        TEST(test_drop_closes),
        TEST(test_drop_of_a_paused_one),
        TEST(test_drop_before_it_starts),
        TEST(test_parallel_drops),
        TEST(test_free_with_all_under_way),
        TEST(test_timers),
        TEST(test_timer_that_is_due_at_once),
        cmocka_unit_test(test_signals_are_blocked),
        TEST(test_sockets_are_not_inherited),
        TEST(test_no_descriptor_left),
        TEST(test_proxies),
        TEST(test_log),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
