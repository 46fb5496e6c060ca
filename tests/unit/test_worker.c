/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <poll.h>
#include <signal.h>
#include <stdlib.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <unistd.h>

#include "base/mem.h"
#include "runnel.h"
#include "server/client.h"

/* ---- Floods ---------------------------------------------------------------------------------- */

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
    struct client *c = *state;
    SERVER_SCRIPT(c->server, SERVE_STREAM, SERVE_REPEAT("\\#\n", LINES));
    client_ask(c, (struct http_request){.body = NULL});
    answer_assert_ended(&c->answer, RN_OK, "");
    assert_numbered(&c->answer.body, LINES);
}

/* A box of 8 KiB: at no time does more wait in it than one piece beyond what curl reads at once. */
static void test_slow_reader(void **state)
{
    struct client *c = *state;
    enum { SMALL = 8 * 1024, CURL_READS = 16 * 1024 };
    struct mailbox *box = mailbox_new(SMALL);
    SERVER_SCRIPT(c->server, SERVE_STREAM, SERVE_REPEAT("\\#\n", 10 * LINES));
    struct http_request request = {.url = server_url(c->server, "/v1"),
                                   .idle_ms = SERVER_PATIENCE_MS};
    uint64_t number = worker_http(c->worker, &request, box);
    answer_read(&c->answer, c->worker, box, number, SIZE_MAX);
    answer_assert_ended(&c->answer, RN_OK, "");
    assert_true(c->answer.was_full);
    assert_in_range(c->answer.most, 1, CURL_READS);
    assert_numbered(&c->answer.body, 10 * LINES);
    worker_drop(c->worker, number);
    mailbox_free(box);
}

/* ---- Letting go ---------------------------------------------------------------------------- */

static void test_drop_closes(void **state)
{
    struct client *c = *state;
    SERVER_SCRIPT(c->server, SERVE_STREAM, SERVE("data: hello\n\n"), SERVE_STALL);
    uint64_t number = client_begin(c);
    answer_read(&c->answer, c->worker, c->box, number, 13);
    worker_drop(c->worker, number);
    assert_true(server_saw_close(c->server, 0));
    answer_take(&c->answer, c->box, number);
    assert_int_equal(c->answer.ends, 0);
    worker_drop(c->worker, number);
    worker_drop(c->worker, 12345);
    worker_resume(c->worker, 12345);
}

static void test_drop_of_a_paused_one(void **state)
{
    struct client *c = *state;
    struct mailbox *box = mailbox_new(1);
    SERVER_SCRIPT(c->server, SERVE_STREAM, SERVE_TRICKLE("data: hello\n\n", 1));
    struct http_request request = {.url = server_url(c->server, "/v1")};
    uint64_t number = worker_http(c->worker, &request, box);
    while (!answer_take(&c->answer, box, number))
        answer_await(box);
    worker_drop(c->worker, number);
    mailbox_free(box);
    assert_true(server_saw_close(c->server, 0));
}

static void test_drop_before_it_starts(void **state)
{
    struct client *c = *state;
    SERVER_SCRIPT(c->server, SERVE_JSON(200, "{}"));
    for (int i = 0; i < 100; i++) {
        struct mailbox *box = mailbox_new(CLIENT_BOX);
        struct http_request request = {.url = server_url(c->server, "/v1")};
        worker_drop(c->worker, worker_http(c->worker, &request, box));
        mailbox_free(box);
    }
    client_ask(c, (struct http_request){.body = NULL});
    answer_assert_ended(&c->answer, RN_OK, "");
}

/* Many at once into boxes of their own, each let go of after so many bytes, box and all. */
static void test_parallel_drops(void **state)
{
    enum { MANY = 50, MOST = 2 * 1000 * 1000 };
    struct client *c = *state;
    struct mailbox *boxes[MANY];
    uint64_t numbers[MANY];
    struct answer answers[MANY] = {0};
    size_t left = MANY, enough[MANY];
    unsigned seed = 1;
    SERVER_SCRIPT(c->server, SERVE_STREAM, SERVE_REPEAT("data: hello\n\n", MOST / 13));
    struct http_request request = {.url = server_url(c->server, "/v1"),
                                   .idle_ms = SERVER_PATIENCE_MS};
    for (int i = 0; i < MANY; i++) {
        boxes[i] = mailbox_new(CLIENT_BOX);
        numbers[i] = worker_http(c->worker, &request, boxes[i]);
        enough[i] = (size_t)rand_r(&seed) % MOST;
    }
    while (left > 0) {
        struct pollfd p[MANY];
        for (int i = 0; i < MANY; i++)
            p[i] = (struct pollfd){.fd = boxes[i] ? mailbox_fd(boxes[i]) : -1, .events = POLLIN};
        assert_true(poll(p, MANY, SERVER_PATIENCE_MS) > 0);
        for (int i = 0; i < MANY; i++) {
            if (!p[i].revents)
                continue;
            if (answer_take(&answers[i], boxes[i], numbers[i]))
                worker_resume(c->worker, numbers[i]);
            if (answers[i].body.len < enough[i] && !answers[i].ends)
                continue;
            worker_drop(c->worker, numbers[i]);
            mailbox_free(boxes[i]);
            boxes[i] = NULL;
            answer_clear(&answers[i]);
            left--;
        }
    }
}

static void test_free_with_all_under_way(void **state)
{
    struct client *c = *state;
    SERVER_SCRIPT(c->server, SERVE_STREAM, SERVE("data: hello\n\n"), SERVE_STALL);
    uint64_t number = client_begin(c);
    client_begin(c);
    worker_timer(c->worker, SERVER_PATIENCE_MS, c->box);
    answer_read(&c->answer, c->worker, c->box, number, 13);
    assert_non_null(server_request(c->server, 1));
    client_begin(c);
    worker_free(c->worker);
    c->worker = NULL;
    assert_true(server_saw_close(c->server, 0));
    assert_true(server_saw_close(c->server, 1));
}

/* ---- Timers -------------------------------------------------------------------------------- */

/* The one that is due first rings first, the one that was dropped never. */
static void test_timers(void **state)
{
    struct client *c = *state;
    static const int64_t delays[] = {120, 40, 80};
    static const int order[] = {1, 2, 0};
    uint64_t numbers[3];
    uint64_t dropped = worker_timer(c->worker, 60, c->box);
    for (int i = 0; i < 3; i++)
        numbers[i] = worker_timer(c->worker, delays[i], c->box);
    worker_drop(c->worker, dropped);
    for (int rung = 0; rung < 3;) {
        bool was_full;
        answer_await(c->box);
        struct mail *mail = mailbox_take(c->box, &was_full), *next;
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
    struct client *c = *state;
    client_pass_time(c->worker, 0);
    client_pass_time(c->worker, -5);
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
    client_pass_time(worker, 0);
    sigemptyset(&usr1);
    sigaddset(&usr1, SIGUSR1);
    pthread_sigmask(SIG_BLOCK, &usr1, &old);
    assert_false(sigismember(&old, SIGUSR1));
    kill(getpid(), SIGUSR1);
    client_pass_time(worker, 0);
    sigpending(&pending);
    assert_true(sigismember(&pending, SIGUSR1));
    sigwait(&usr1, &number);
    pthread_sigmask(SIG_SETMASK, &old, NULL);
    worker_free(worker);
}

/* A child process must not hold a connection open that we have closed. */
static void test_sockets_are_not_inherited(void **state)
{
    struct client *c = *state;
    SERVER_SCRIPT(c->server, SERVE_STREAM, SERVE("data: hello\n\n"), SERVE_STALL);
    uint64_t number = client_begin(c);
    answer_read(&c->answer, c->worker, c->box, number, 13);
    int found = 0;
    for (int fd = 0; fd < 256; fd++) {
        struct sockaddr_in peer = {0};
        socklen_t len = sizeof(peer);
        if (getpeername(fd, (struct sockaddr *)&peer, &len) < 0 || peer.sin_family != AF_INET ||
            ntohs(peer.sin_port) != server_port(c->server))
            continue;
        found++;
        assert_true(fcntl(fd, F_GETFD) & FD_CLOEXEC);
    }
    assert_int_equal(found, 1);
    worker_drop(c->worker, number);
}

static void test_no_descriptor_left(void **state)
{
    struct client *c = *state;
    struct rlimit old, none;
    getrlimit(RLIMIT_NOFILE, &old);
    none = (struct rlimit){.rlim_cur = 0, .rlim_max = old.rlim_max};
    setrlimit(RLIMIT_NOFILE, &none);
    struct http_request request = {.url = "http://127.0.0.1/"};
    uint64_t number = worker_http(c->worker, &request, c->box);
    uint64_t timer = worker_timer(c->worker, SERVER_PATIENCE_MS, c->box);
    setrlimit(RLIMIT_NOFILE, &old);
    assert_int_not_equal(number, 0);
    assert_int_not_equal(timer, number);
    bool was_full;
    struct mail *mail = mailbox_take(c->box, &was_full);
    assert_int_equal(mail->kind, MAIL_END);
    assert_int_equal(mail->code, RN_EIO);
    assert_int_equal(mail->next->kind, MAIL_TIMER);
    mail_free(mail->next);
    mail_free(mail);
    SERVER_SCRIPT(c->server, SERVE_JSON(200, "{}"));
    client_ask(c, (struct http_request){.body = NULL});
    answer_assert_ended(&c->answer, RN_OK, "");
}

int main(void)
{
#define TEST(test) cmocka_unit_test_setup_teardown(test, client_set_up, client_tear_down)
    const struct CMUnitTest tests[] = {
        TEST(test_order),
        TEST(test_slow_reader),
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
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
