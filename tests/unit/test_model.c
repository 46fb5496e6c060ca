/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * The public API over a server of our own: each way of reading a run, each way of ending one.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include <jansson.h>
#include <poll.h>
#include <pthread.h>
#include <signal.h>
#include <sys/mman.h>
#include <sys/resource.h>
#include <unistd.h>

#include "base/error.h"
#include "base/fd.h"
#include "base/mem.h"
#include "llm/event.h"
#include "llm/record.h"
#include "llm/source.h"
#include "model_fixture.h"

#define HELLO PIECE("Hel") PIECE("lo") STOP USAGE DONE
#define HELLO_WORDS "start(,m) ai(Hel) ai(lo) usage(5/2/?/?) finish(stop,stop)"

struct fixture {
    struct server *server;
    rn_model *model;
};

static int set_up(void **state)
{
    struct fixture *f = xnew(struct fixture);
    f->server = server_new(NULL);
    f->model = MODEL(f->server, .key = "sk-secret", .retries = -1);
    *state = f;
    return 0;
}

static int tear_down(void **state)
{
    struct fixture *f = *state;
    rn_model_free(f->model);
    server_free(f->server);
    free(f);
    return 0;
}

/* ---- Pull ---- */

static void test_stream(void **state)
{
    struct fixture *f = *state;
    SERVER_SCRIPT(f->server, SERVE_STREAM, SERVE(HELLO));
    check_run(rn_model_stream(f->model, "Hello world"), HELLO_WORDS, RN_OK);
    const struct server_request *request = server_request(f->server, 0);
    assert_string_equal(request->method, "POST");
    assert_string_equal(request->path, "/v1/chat/completions");
    assert_string_equal(
        request->body,
        "{\"model\":\"m\",\"messages\":[{\"role\":\"user\",\"content\":\"Hello world\"}],"
        "\"stream\":true,\"stream_options\":{\"include_usage\":true}}");
    char *key = server_request_header(request, "Authorization");
    char *type = server_request_header(request, "Content-Type");
    char *agent = server_request_header(request, "User-Agent");
    assert_string_equal(key, "Bearer sk-secret");
    assert_string_equal(type, "application/json");
    assert_string_equal(agent, "runnel/" RN_VERSION);
    free(key);
    free(type);
    free(agent);
}

/* Each piece is there when it has come, and not when all is over. */
static void test_pieces_as_they_come(void **state)
{
    struct fixture *f = *state;
    SERVER_SCRIPT(f->server, SERVE_STREAM, SERVE(PIECE("Hel")), SERVE_WAIT,
                  SERVE(PIECE("lo") STOP DONE));
    rn_stream *stream = rn_model_stream(f->model, "hi");
    assert_string_equal(rn_snapshot(stream)->content, "");
    const rn_event *event = await_kind(stream, RN_AI);
    assert_string_equal(event->content, "Hel");
    assert_string_equal(event->id, "m1");
    assert_int_equal(event->step, 1);
    const rn_message *sofar = rn_snapshot(stream);
    assert_string_equal(sofar->content, "Hel");
    assert_string_equal(sofar->reason, "");
    assert_string_equal(sofar->model, "m");
    assert_int_equal(rn_step(stream, &event, 0), RN_AGAIN);
    assert_int_equal(rn_step(stream, &event, 1), RN_AGAIN);
    server_go(f->server);
    assert_string_equal(await_kind(stream, RN_AI)->content, "lo");
    event = await_kind(stream, RN_FINISH);
    assert_string_equal(event->finish->reason, "stop");
    assert_false(event->finish->partial);
    assert_int_equal(event->finish->steps, 1);
    assert_true(event->finish->ttft_ms >= 0 && event->finish->ms >= event->finish->ttft_ms);
    assert_true(event->finish->timing.first_byte >= 0);
    assert_int_equal(rn_step(stream, &event, -1), RN_DONE);
    assert_string_equal(rn_snapshot(stream)->content, "Hello");
    assert_int_equal(rn_close(stream), RN_OK);
}

/* Driven by poll(2) alone: the descriptor is readable whenever there is something, from the start on. */
static char *poll_run(rn_stream *stream)
{
    struct buf words = BUF_INIT;
    struct run_check check = {0};
    for (;;) {
        struct pollfd wait = {.fd = rn_fd(stream), .events = POLLIN};
        const rn_event *event;
        assert_int_equal(poll(&wait, 1, SERVER_PATIENCE_MS), 1);
        int result = rn_step(stream, &event, 0);
        if (result == RN_DONE)
            return buf_take(&words);
        if (result != RN_EVENT)
            continue;
        const char *fault = run_check(&check, event);
        assert_null(fault);
        describe(&words, event);
    }
}

static void test_poll_loop(void **state)
{
    struct fixture *f = *state;
    SERVER_SCRIPT(f->server, SERVE_STREAM, SERVE_PIECES(HELLO, 7));
    rn_stream *stream = rn_model_stream(f->model, "hi");
    char *got = poll_run(stream);
    assert_string_equal(got, HELLO_WORDS);
    assert_int_equal(rn_close(stream), RN_OK);
    free(got);
}

static void test_poll_loop_of_a_failure(void **state)
{
    (void)state;
    rn_model *own = RN_MODEL(.model = "m", .url = "ftp://x");
    rn_stream *stream = rn_model_stream(own, "hi");
    char *got = poll_run(stream);
    assert_non_null(strstr(got, "start(,m) error(config: \"ftp://x\" is no URL"));
    assert_int_equal(rn_close(stream), RN_ECONFIG);
    free(got);
    rn_model_free(own);
}

/* ---- The whole ---- */

static void test_invoke(void **state)
{
    struct fixture *f = *state;
    SERVER_SCRIPT(f->server, SERVE_JSON(200, WHOLE("Hello")));
    rn_message *message = rn_model_invoke(f->model, "hi");
    assert_string_equal(message->content, "Hello");
    assert_int_equal(message->content_len, 5);
    assert_string_equal(message->reason, "stop");
    assert_string_equal(message->id, "m1");
    assert_int_equal(message->usage.input, 5);
    assert_int_equal(message->status, RN_OK);
    assert_int_equal(message->steps, 1);
    assert_false(message->partial);
    rn_message_free(message);
    assert_non_null(strstr(server_request(f->server, 0)->body, "\"stream\":false"));
}

static void test_invoke_failure(void **state)
{
    struct fixture *f = *state;
    SERVER_SCRIPT(
        f->server,
        SERVE_JSON(401, "{\"error\":{\"message\":\"Who are you?\",\"code\":\"invalid_api_key\"}}"));
    rn_message *message = rn_model_invoke(f->model, "hi");
    assert_int_equal(message->status, RN_EHTTP);
    assert_string_equal(message->error, "Who are you?");
    assert_string_equal(message->content, "");
    assert_string_equal(message->reason, "error");
    assert_true(message->partial);
    rn_message_free(message);
}

static void test_collect(void **state)
{
    struct fixture *f = *state;
    SERVER_SCRIPT(f->server, SERVE_STREAM, SERVE(HELLO));
    rn_stream *stream = rn_model_stream(f->model, "hi");
    await_kind(stream, RN_AI); /* what was read before is in it too */
    rn_message *message = rn_collect(stream);
    rn_message *again = rn_collect(stream);
    assert_int_equal(rn_close(stream), RN_OK);
    assert_string_equal(message->content, "Hello");
    rn_message_free(message);
    assert_string_equal(again->content, "Hello");
    rn_message_free(again);
}

static void test_text(void **state)
{
    struct fixture *f = *state;
    int status = 1;
    SERVER_SCRIPT(f->server, SERVE_STREAM, SERVE(HELLO));
    SERVER_SCRIPT(f->server, SERVE_STREAM, SERVE(PIECE("Hel")));
    char *text = rn_text(rn_model_stream(f->model, "hi"), &status);
    assert_string_equal(text, "Hello");
    assert_int_equal(status, RN_OK);
    free(text);
    text = rn_text(rn_model_stream(f->model, "hi"), &status);
    assert_string_equal(text, "Hel");
    assert_int_equal(status, RN_ETRUNCATED);
    free(text);
    text = rn_text(rn_model_stream(f->model, "hi"), NULL);
    assert_string_equal(text, "Hel");
    free(text);
}

/* ---- Push ---- */

static int count_pieces(const rn_event *event, void *user)
{
    int *left = user;
    return event->kind == RN_AI && --*left == 0;
}

static void test_run(void **state)
{
    struct fixture *f = *state;
    int left = 100;
    SERVER_SCRIPT(f->server, SERVE_STREAM, SERVE(HELLO));
    rn_stream *stream = rn_model_stream(f->model, "hi");
    assert_int_equal(rn_run(stream, count_pieces, &left), RN_OK);
    assert_int_equal(left, 98);
    assert_int_equal(rn_close(stream), RN_OK);
}

static void test_run_cancelled(void **state)
{
    struct fixture *f = *state;
    int left = 2;
    SERVER_SCRIPT(f->server, SERVE_STREAM, SERVE(PIECE("a") PIECE("b") PIECE("c")), SERVE_STALL);
    rn_stream *stream = rn_model_stream(f->model, "hi");
    assert_int_equal(rn_run(stream, count_pieces, &left), RN_ECANCELLED);
    assert_int_equal(left, 0);
    assert_string_equal(rn_snapshot(stream)->content, "ab");
    assert_string_equal(rn_snapshot(stream)->reason, "cancelled");
    assert_true(server_saw_close(f->server, 0));
    assert_int_equal(rn_close(stream), RN_ECANCELLED);
}

/* ---- Cancel ---- */

/* The run has been told to stop after its first piece. */
static void check_cancelled(struct fixture *f, rn_stream *stream)
{
    struct run_check check = {.has_mask = true};
    char *got = read_run(stream, &check);
    assert_string_equal(got, "finish(cancelled,)");
    const rn_message *message = rn_snapshot(stream);
    assert_string_equal(message->content, "Hel");
    assert_true(message->partial);
    assert_int_equal(message->status, RN_ECANCELLED);
    assert_true(server_saw_close(f->server, 0));
    assert_int_equal(rn_close(stream), RN_ECANCELLED);
    free(got);
}

static rn_stream *begin(struct fixture *f)
{
    SERVER_SCRIPT(f->server, SERVE_STREAM, SERVE(PIECE("Hel")), SERVE_STALL);
    rn_stream *stream = rn_model_stream(f->model, "hi");
    await_kind(stream, RN_AI);
    return stream;
}

static void test_cancel(void **state)
{
    struct fixture *f = *state;
    rn_stream *stream = begin(f);
    rn_cancel(stream);
    rn_cancel(stream);
    check_cancelled(f, stream);
}

static void *cancel_from_thread(void *stream)
{
    rn_cancel(stream);
    return NULL;
}

static void test_cancel_from_a_thread(void **state)
{
    struct fixture *f = *state;
    pthread_t thread;
    rn_stream *stream = begin(f);
    assert_int_equal(pthread_create(&thread, NULL, cancel_from_thread, stream), 0);
    await_kind(stream, RN_FINISH);
    assert_int_equal(pthread_join(thread, NULL), 0);
    assert_int_equal(rn_close(stream), RN_ECANCELLED);
    assert_true(server_saw_close(f->server, 0));
}

static rn_stream *stream_of_handler;

static void on_signal(int number)
{
    (void)number;
    rn_cancel(stream_of_handler);
}

static void *signal_from_thread(void *thread)
{
    pthread_kill(*(pthread_t *)thread, SIGUSR1);
    return NULL;
}

static void test_cancel_from_a_signal_handler(void **state)
{
    struct fixture *f = *state;
    pthread_t self = pthread_self(), thread;
    struct sigaction action = {.sa_handler = on_signal}, old;
    sigaction(SIGUSR1, &action, &old);
    stream_of_handler = begin(f);
    assert_int_equal(pthread_create(&thread, NULL, signal_from_thread, &self), 0);
    await_kind(stream_of_handler, RN_FINISH);
    assert_int_equal(pthread_join(thread, NULL), 0);
    sigaction(SIGUSR1, &old, NULL);
    assert_int_equal(rn_close(stream_of_handler), RN_ECANCELLED);
    assert_true(server_saw_close(f->server, 0));
}

static void test_cancel_before_the_first_event(void **state)
{
    struct fixture *f = *state;
    SERVER_SCRIPT(f->server, SERVE_STREAM, SERVE_STALL);
    rn_stream *stream = rn_model_stream(f->model, "hi");
    server_request(f->server, 0);
    rn_cancel(stream);
    check_run(stream, "start(,m) finish(cancelled,)", RN_ECANCELLED);
    assert_true(server_saw_close(f->server, 0));
}

static void test_cancel_when_it_is_over(void **state)
{
    struct fixture *f = *state;
    SERVER_SCRIPT(f->server, SERVE_STREAM, SERVE(HELLO));
    rn_stream *stream = rn_model_stream(f->model, "hi");
    await_kind(stream, RN_FINISH);
    rn_cancel(stream);
    assert_null(rn_next(stream));
    assert_int_equal(rn_close(stream), RN_OK);
}

static void test_cancel_after_an_error(void **state)
{
    struct fixture *f = *state;
    SERVER_SCRIPT(f->server, SERVE_JSON(404, "{\"error\":\"no such model\"}"));
    rn_stream *stream = rn_model_stream(f->model, "hi");
    await_kind(stream, RN_ERROR);
    rn_cancel(stream);
    assert_string_equal(await_kind(stream, RN_FINISH)->finish->reason, "error");
    assert_int_equal(rn_close(stream), RN_EHTTP);
}

/* A source that is cancelled while it looks whether it has something, and then says that it has not. */
struct late {
    struct source source;
    rn_stream *stream;
    bool is_cancelled;
};

static int late_next(struct source *source, const rn_event **event)
{
    struct late *late = (struct late *)source;
    (void)event;
    if (late->is_cancelled)
        return RN_DONE;
    rn_cancel(late->stream);
    return RN_AGAIN;
}

static int late_fd(const struct source *source)
{
    (void)source;
    return -1;
}

static void late_wake(struct source *source)
{
    (void)source;
}

static void late_cancel(struct source *source)
{
    ((struct late *)source)->is_cancelled = true;
}

static void test_cancel_is_never_lost(void **state)
{
    (void)state;
    static const struct source_kind kind = {.next = late_next,
                                            .fd = late_fd,
                                            .wake = late_wake,
                                            .cancel = late_cancel,
                                            .free = late_wake};
    struct late late = {.source.kind = &kind};
    const rn_event *event;
    late.stream = stream_new(&late.source, 0);
    assert_int_equal(rn_step(late.stream, &event, 0), RN_DONE);
    rn_close(late.stream);
}

/* ---- Close ---- */

static void test_close_before_the_end(void **state)
{
    struct fixture *f = *state;
    assert_int_equal(rn_close(begin(f)), RN_ECANCELLED);
    assert_true(server_saw_close(f->server, 0));
    assert_int_equal(rn_close(rn_model_stream(f->model, "hi")), RN_ECANCELLED);
    assert_int_equal(rn_close(NULL), RN_OK);
}

static void test_close_before_the_finish(void **state)
{
    struct fixture *f = *state;
    SERVER_SCRIPT(f->server, SERVE_JSON(404, "{\"error\":\"no such model\"}"));
    rn_stream *stream = rn_model_stream(f->model, "hi");
    await_kind(stream, RN_ERROR);
    assert_int_equal(rn_close(stream), RN_EHTTP);
}

/* ---- What is delivered ---- */

static void check_mask(struct fixture *f, unsigned events, const char *want)
{
    rn_model *own = MODEL(f->server, .events = events);
    struct run_check check = {.has_mask = events != 0 && events != ~0u};
    SERVER_SCRIPT(
        f->server, SERVE_STREAM,
        SERVE(
            CHUNK("\"reasoning\":\"hm\",\"tool_calls\":[{\"id\":\"c\",\"function\":{\"name\":\"f\","
                  "\"arguments\":\"{}\"}}]") STOP DONE));
    rn_stream *stream = rn_model_stream(own, "hi");
    char *got = read_run(stream, &check);
    assert_string_equal(got, want);
    assert_string_equal(rn_snapshot(stream)->reasoning, "hm");
    assert_int_equal(rn_snapshot(stream)->call_count, 1);
    rn_close(stream);
    free(got);
    rn_model_free(own);
}

static void test_mask(void **state)
{
    struct fixture *f = *state;
    check_mask(f, 0, "start(,m) think(hm) tool(c,f,{}) result() finish(tool_calls,stop)");
    check_mask(f, ~0u,
               "start(,m) think(hm) delta(c,f,) delta(c,f,{}) tool(c,f,{}) result() "
               "finish(tool_calls,stop)");
    check_mask(f, RN_TOOL | RN_FINISH, "tool(c,f,{}) finish(tool_calls,stop)");
}

static void test_think_tags(void **state)
{
    struct fixture *f = *state;
    rn_model *own = MODEL(f->server, .think_tags = true);
    SERVER_SCRIPT(f->server, SERVE_STREAM,
                  SERVE(PIECE("<thi") PIECE("nk>hm</think>") PIECE("yes") STOP DONE));
    check_run(rn_model_stream(own, "hi"), "start(,m) think(hm) ai(yes) finish(stop,stop)", RN_OK);
    rn_model_free(own);
}

/* ---- Turn after turn ---- */

static void test_conversation(void **state)
{
    struct fixture *f = *state;
    SERVER_SCRIPT(f->server, SERVE_JSON(200, WHOLE("eins")));
    SERVER_SCRIPT(f->server, SERVE_STREAM, SERVE(PIECE("zw")), SERVE_STALL);
    SERVER_SCRIPT(f->server, SERVE_JSON(200, WHOLE("drei")));
    rn_conversation *talk = rn_conversation_new("count");
    rn_conversation_user(talk, "one");
    rn_stream *stream = rn_model_start(f->model, talk, RN_INVOKE);
    const rn_event *start = await_kind(stream, RN_START);
    assert_string_equal(start->text, "one");
    assert_string_equal(start->start->system, "count");
    assert_string_equal(start->start->parent, "");
    assert_string_equal(start->start->provider, "openai");
    assert_string_equal(start->start->input, "[{\"role\":\"user\",\"content\":\"one\"}]");
    assert_int_equal(start->start->mode, RN_INVOKE);
    char *run = xstrdup(start->start->run);
    rn_message *answer = rn_collect(stream);
    rn_close(stream);
    rn_conversation_add(talk, answer);
    rn_message_free(answer);
    rn_conversation_user(talk, "two");
    stream = rn_model_start(f->model, talk, RN_STREAM);
    start = await_kind(stream, RN_START);
    assert_string_equal(start->start->parent, run);
    assert_string_equal(start->start->input, "[{\"role\":\"user\",\"content\":\"two\"}]");
    await_kind(stream, RN_AI);
    rn_cancel(stream);
    answer = rn_collect(stream);
    rn_close(stream);
    rn_conversation_add(talk, answer); /* what was stopped stays in the conversation */
    rn_message_free(answer);
    rn_conversation_user(talk, "three");
    rn_close(rn_model_start(f->model, talk, RN_INVOKE));
    stream = rn_model_start(f->model, talk, RN_INVOKE);
    answer = rn_collect(stream);
    assert_string_equal(answer->content, "drei");
    rn_message_free(answer);
    rn_close(stream);
    const struct server_request *last =
        server_request(f->server, server_request_count(f->server) - 1);
    assert_string_equal(
        last->body,
        "{\"model\":\"m\",\"messages\":[{\"role\":\"system\",\"content\":\"count\"},"
        "{\"role\":\"user\",\"content\":\"one\"},{\"role\":\"assistant\",\"content\":\"eins\"},"
        "{\"role\":\"user\",\"content\":\"two\"},{\"role\":\"assistant\",\"content\":\"zw\"},"
        "{\"role\":\"user\",\"content\":\"three\"}],\"stream\":false}");
    free(run);
    rn_conversation_free(talk);
}

/* ---- Many at once ---- */

enum { MANY = 20 };

static void test_many_streams(void **state)
{
    struct fixture *f = *state;
    rn_stream *streams[MANY];
    int left = MANY;
    SERVER_SCRIPT(f->server, SERVE_STREAM, SERVE_PIECES(HELLO, 100));
    for (int i = 0; i < MANY; i++)
        streams[i] = rn_model_stream(f->model, "hi");
    while (left > 0) {
        struct pollfd fds[MANY];
        for (int i = 0; i < MANY; i++)
            fds[i] = (struct pollfd){.fd = streams[i] ? rn_fd(streams[i]) : -1, .events = POLLIN};
        assert_true(poll(fds, MANY, SERVER_PATIENCE_MS) > 0);
        for (int i = 0; i < MANY; i++) {
            const rn_event *event;
            if (!streams[i] || rn_step(streams[i], &event, 0) != RN_DONE)
                continue;
            assert_string_equal(rn_snapshot(streams[i])->content, "Hello");
            assert_int_equal(rn_close(streams[i]), RN_OK);
            streams[i] = NULL;
            left--;
        }
    }
}

static void *use_model(void *user)
{
    rn_model *model = user;
    uintptr_t wrong = 0;
    for (int i = 0; i < 5; i++) {
        int status;
        char *text = rn_text(rn_model_stream(model, "hi"), &status);
        wrong += strcmp(text, "Hello") != 0 || status != RN_OK;
        free(text);
        rn_stream *stream = rn_model_stream(model, "hi");
        rn_next(stream);
        wrong += rn_close(stream) != RN_ECANCELLED;
    }
    return (void *)wrong;
}

static void test_many_threads(void **state)
{
    struct fixture *f = *state;
    pthread_t threads[8];
    SERVER_SCRIPT(f->server, SERVE_STREAM, SERVE_PIECES(HELLO, 100));
    for (int i = 0; i < 8; i++)
        assert_int_equal(pthread_create(&threads[i], NULL, use_model, f->model), 0);
    for (int i = 0; i < 8; i++) {
        void *wrong;
        assert_int_equal(pthread_join(threads[i], &wrong), 0);
        assert_null(wrong);
    }
}

static void test_shared_io(void **state)
{
    struct fixture *f = *state;
    rn_io *io = rn_io_new();
    rn_model *one = MODEL(f->server, .io = io), *two = MODEL(f->server, .io = io);
    SERVER_SCRIPT(f->server, SERVE_STREAM, SERVE(HELLO));
    rn_stream *first = rn_model_stream(one, "hi"), *second = rn_model_stream(two, "hi");
    check_run(second, HELLO_WORDS, RN_OK);
    check_run(first, HELLO_WORDS, RN_OK);
    rn_model_free(one);
    rn_model_free(two);
    rn_io_free(io);
}

static void test_model_freed_meanwhile(void **state)
{
    struct fixture *f = *state;
    rn_model *own = MODEL(f->server, .system = "be brief");
    SERVER_SCRIPT(f->server, SERVE_STREAM, SERVE(PIECE("Hel")), SERVE_WAIT,
                  SERVE(PIECE("lo") STOP DONE));
    rn_stream *one = rn_model_stream(own, "hi"), *two = rn_model_stream(own, "hi");
    await_kind(one, RN_AI);
    rn_model_free(own);
    server_go(f->server);
    server_go(f->server);
    assert_string_equal(await_kind(one, RN_AI)->content, "lo");
    rn_message *answer = rn_collect(one);
    assert_int_equal(rn_close(one), RN_OK);
    assert_int_equal(rn_close(two), RN_ECANCELLED);
    assert_string_equal(answer->content, "Hello");
    rn_message_free(answer);
}

/* Connections are used again. */
static void test_one_connection(void **state)
{
    struct fixture *f = *state;
    SERVER_SCRIPT(f->server, SERVE_JSON(200, WHOLE("Hello")));
    for (unsigned i = 0; i < 3; i++) {
        rn_message_free(rn_model_invoke(f->model, "hi"));
        assert_int_equal(server_request(f->server, i)->connection, 0);
    }
}

static void test_unix_socket(void **state)
{
    (void)state;
    char *path = xasprintf("/tmp/runnel-test-model-%ld", (long)getpid());
    struct server *server = server_new(path);
    rn_model *own = MODEL(server, .unix_socket = path, .key = "sk");
    SERVER_SCRIPT(server, SERVE_STREAM, SERVE(HELLO));
    assert_string_equal(rn_model_error(own), "");
    check_run(rn_model_stream(own, "hi"), HELLO_WORDS, RN_OK);
    rn_model_free(own);
    server_free(server);
    free(path);
}

/* ---- A reader that is slow ---- */

/* The server can send only what the reader and the kernel have room for: while another run of the same
 * thread goes by, it does not get far. */
static void test_backpressure(void **state)
{
    struct fixture *f = *state;
    rn_model *own = MODEL(f->server, .queue_bytes = 16 * 1024);
    SERVER_SCRIPT(f->server, SERVE_STREAM, SERVE_REPEAT(PIECE("0123456789"), 500000), SERVE_STALL);
    SERVER_SCRIPT(f->server, SERVE_STREAM, SERVE_REPEAT(PIECE("0123456789"), 50000),
                  SERVE(STOP DONE));
    rn_stream *slow = rn_model_stream(own, "hi");
    await_kind(slow, RN_AI);
    rn_message *other = rn_model_invoke(own, "hi");
    assert_int_equal(other->content_len, 500000);
    rn_message_free(other);
    /* Had it got rid of all of it, the stall would have seen the close; so here the sending does. */
    rn_close(slow);
    assert_true(server_saw_close(f->server, 0));
    rn_model_free(own);
}

static void test_backpressure_loses_nothing(void **state)
{
    struct fixture *f = *state;
    enum { COUNT = 20000 };
    rn_model *own = MODEL(f->server, .queue_bytes = 1000);
    SERVER_SCRIPT(f->server, SERVE_STREAM, SERVE_REPEAT(PIECE("\\#"), COUNT), SERVE(STOP DONE));
    rn_stream *stream = rn_model_stream(own, "hi");
    for (int i = 0; i < COUNT; i++)
        assert_int_equal(strtol(await_kind(stream, RN_AI)->content, NULL, 10), i);
    await_kind(stream, RN_FINISH);
    assert_int_equal(rn_close(stream), RN_OK);
    rn_model_free(own);
}

/* ---- Record and replay ---- */

static int memory_file(void)
{
    int fd = memfd_create("test", MFD_CLOEXEC);
    assert_true(fd >= 0);
    return fd;
}

static char *read_file(int fd)
{
    struct buf text = BUF_INIT;
    struct error error;
    lseek(fd, 0, SEEK_SET);
    assert_int_equal(fd_read_all(fd, &text, 1 << 24, &error), 0);
    return buf_take(&text);
}

static void test_record_and_replay(void **state)
{
    struct fixture *f = *state;
    int fd = memory_file();
    SERVER_SCRIPT(f->server, SERVE_STREAM, SERVE(CHUNK("\"reasoning\":\"h\\u0000m\"") HELLO));
    rn_stream *stream = rn_model_stream(f->model, "hi");
    rn_record(stream, fd);
    rn_message *live = rn_collect(stream);
    assert_int_equal(rn_close(stream), RN_OK);
    char *recorded = read_file(fd);
    lseek(fd, 0, SEEK_SET);

    struct buf replayed = BUF_INIT;
    struct run_check check = {0};
    stream = rn_replay(NULL, fd, 0, -1);
    for (const rn_event *event; (event = rn_next(stream));) {
        struct event *mutable = (struct event *)event;
        assert_null(run_check(&check, event));
        mutable->pub.json = ""; /* written anew, not as it stood there */
        event_json(event, &replayed);
        buf_addc(&replayed, '\n');
    }
    assert_string_equal(replayed.data, recorded);
    rn_message *again = rn_collect(stream);
    assert_int_equal(rn_close(stream), RN_OK);
    size_t len = rn_message_json(live, NULL, 0);
    char *a = xcalloc(len + 1, 1), *b = xcalloc(len + 1, 1);
    rn_message_json(live, a, len + 1);
    assert_int_equal(rn_message_json(again, b, len + 1), len);
    assert_string_equal(a, b);
    free(a);
    free(b);
    free(recorded);
    buf_clear(&replayed);
    rn_message_free(live);
    rn_message_free(again);
}

/* A record that cannot be written does not stop the run, and is told at the end. */
static void test_record_fails(void **state)
{
    struct fixture *f = *state;
    int ends[2];
    SERVER_SCRIPT(f->server, SERVE_STREAM, SERVE(HELLO));
    assert_int_equal(pipe(ends), 0);
    rn_stream *stream = rn_model_stream(f->model, "hi");
    rn_record(stream, ends[0]); /* the end that is not for writing */
    check_run(stream, HELLO_WORDS, RN_EIO);
    close(ends[0]);
    close(ends[1]);
}

static void test_wire_record(void **state)
{
    struct fixture *f = *state;
    int fd = memory_file();
    rn_model *own = MODEL(f->server, .key = "sk-secret", .record_fd = fd);
    SERVER_SCRIPT(f->server, SERVE_REPLY(200, "text/event-stream\r\nSet-Cookie: session=sesame",
                                         PIECE("\xFF") HELLO));
    char *want = rn_text(rn_model_stream(own, "hi"), NULL);
    char *file = read_file(fd);
    assert_true(record_is(file));
    assert_null(strstr(file, "sk-secret"));
    assert_null(strstr(file, "sesame"));

    struct record_line line = {0};
    struct buf bytes = BUF_INIT;
    char *rest = file;
    for (char *at; (at = strsep(&rest, "\n")) && *at;) {
        struct error error = ERROR_INIT;
        assert_int_equal(record_read(&line, at, strlen(at), &error), 0);
        if (line.kind == RECORD_HEAD) {
            assert_int_equal(line.status, 200);
            assert_string_equal(line.content_type, "text/event-stream");
        }
        if (line.kind == RECORD_BYTES)
            buf_add(&bytes, line.bytes.data, line.bytes.len);
    }
    assert_string_equal(bytes.data, PIECE("\xFF") HELLO);
    assert_string_equal(want, "\uFFFDHello");
    record_line_clear(&line);
    buf_clear(&bytes);
    free(file);
    free(want);
    close(fd);
    rn_model_free(own);
}

/* ---- No descriptor is left ---- */

static void test_no_descriptor(void **state)
{
    struct fixture *f = *state;
    struct rlimit limit, less;
    assert_int_equal(getrlimit(RLIMIT_NOFILE, &limit), 0);
    less = limit;
    less.rlim_cur = 3; /* none that is open is closed, but none is given out */
    assert_int_equal(setrlimit(RLIMIT_NOFILE, &less), 0);
    rn_stream *stream = rn_model_stream(f->model, "hi");
    assert_int_equal(setrlimit(RLIMIT_NOFILE, &limit), 0);
    check_run(stream, "start(,m) error(io: too many files are open) finish(error,)", RN_EIO);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(test_stream),
        TEST(test_pieces_as_they_come),
        TEST(test_poll_loop),
        TEST(test_poll_loop_of_a_failure),
        TEST(test_invoke),
        TEST(test_invoke_failure),
        TEST(test_collect),
        TEST(test_text),
        TEST(test_run),
        TEST(test_run_cancelled),
        TEST(test_cancel),
        TEST(test_cancel_from_a_thread),
        TEST(test_cancel_from_a_signal_handler),
        TEST(test_cancel_before_the_first_event),
        TEST(test_cancel_when_it_is_over),
        TEST(test_cancel_after_an_error),
        TEST(test_cancel_is_never_lost),
        TEST(test_close_before_the_end),
        TEST(test_close_before_the_finish),
        TEST(test_mask),
        TEST(test_think_tags),
        TEST(test_conversation),
        TEST(test_many_streams),
        TEST(test_many_threads),
        TEST(test_shared_io),
        TEST(test_model_freed_meanwhile),
        TEST(test_one_connection),
        TEST(test_unix_socket),
        TEST(test_backpressure),
        TEST(test_backpressure_loses_nothing),
        TEST(test_record_and_replay),
        TEST(test_record_fails),
        TEST(test_wire_record),
        TEST(test_no_descriptor),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
