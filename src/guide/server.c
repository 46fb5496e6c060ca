/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * The guide's HTTP server: one thread, one poll.  libmicrohttpd is driven from outside by its epoll
 * descriptor; an answer that waits for its pace is suspended there, and its socket is watched here, so
 * that a client that goes away is seen at once.
 */
#include "guide/guide.h"

#include <errno.h>
#include <microhttpd.h>
#include <poll.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/signalfd.h>
#include <unistd.h>

#include "base/buf.h"
#include "base/clock.h"
#include "base/error.h"
#include "base/mem.h"
#include "guide/completion.h"
#include "guide/socket.h"

enum {
    BODY_MAX = 8 * 1024 * 1024,
    CLIENTS_MAX = 64,
    BLOCK_SIZE = 16 * 1024,
    IDLE_SECONDS = 300, /* a connection on which nothing happens */
    THINK_PIECES = 12,  /* the pause before the first piece, in pieces of that pace */
    THINK_MS_MAX = 800,
    PARENT_MS = 1000, /* how long a parent's threads may take to end one after another */
};

struct server {
    struct MHD_Daemon *daemon;
    long rate;
    unsigned long answered;
    struct exchange *waiting[CLIENTS_MAX]; /* suspended until they are due */
    size_t waiting_count;
};

/* One request and its answer, from its first header to the last byte. */
struct exchange {
    struct server *server;
    struct MHD_Connection *connection;
    struct buf body;
    bool too_large;
    struct completion *completion;
    int64_t begun;
    size_t handed;  /* pieces that have been made into bytes */
    struct buf out; /* bytes that have not been sent */
    bool gone;      /* the client is */
};

/* ---- Pace ---- */

/* When a piece is to be handed out, the first being number 1. */
static int64_t due_at(const struct exchange *exchange, size_t piece)
{
    long rate = exchange->server->rate;
    if (rate <= 0)
        return exchange->begun;
    int64_t think = THINK_PIECES * 1000 / rate;
    think = think < THINK_MS_MAX ? think : THINK_MS_MAX;
    return exchange->begun + think + (int64_t)(piece - 1) * 1000 / rate;
}

/* An invoked answer is due with what would have been its last piece. */
static int64_t next_due(const struct exchange *exchange)
{
    return due_at(exchange, completion_is_stream(exchange->completion)
                                ? exchange->handed + 1
                                : completion_pieces(exchange->completion));
}

static void wait_turn(struct exchange *exchange)
{
    struct server *server = exchange->server;
    server->waiting[server->waiting_count++] = exchange;
    MHD_suspend_connection(exchange->connection);
}

static void resume(struct server *server, size_t index)
{
    struct exchange *exchange = server->waiting[index];
    server->waiting[index] = server->waiting[--server->waiting_count];
    MHD_resume_connection(exchange->connection);
}

/* ---- Answers ---- */

static enum MHD_Result send_bytes(struct MHD_Connection *connection, unsigned status,
                                  struct buf *bytes, const char *allow)
{
    size_t len = bytes->len;
    struct MHD_Response *response =
        MHD_create_response_from_buffer(len, buf_take(bytes), MHD_RESPMEM_MUST_FREE);
    if (!response)
        return MHD_NO;
    MHD_add_response_header(response, MHD_HTTP_HEADER_CONTENT_TYPE, "application/json");
    if (allow)
        MHD_add_response_header(response, MHD_HTTP_HEADER_ALLOW, allow);
    enum MHD_Result result = MHD_queue_response(connection, status, response);
    MHD_destroy_response(response);
    return result;
}

static enum MHD_Result send_error(struct MHD_Connection *connection, unsigned status,
                                  const char *message, const char *allow)
{
    struct buf body = BUF_INIT;
    completion_error(&body, "invalid_request_error", message);
    return send_bytes(connection, status, &body, allow);
}

/* MHD wants the next bytes of a stream. */
static ssize_t read_stream(void *user, uint64_t at, char *bytes, size_t max)
{
    (void)at;
    struct exchange *exchange = user;
    struct completion *completion = exchange->completion;
    if (exchange->gone)
        return MHD_CONTENT_READER_END_WITH_ERROR;
    int64_t now = clock_ms();
    while (exchange->out.len < max && !completion_is_over(completion) &&
           next_due(exchange) <= now) {
        completion_next(completion, &exchange->out);
        exchange->handed++;
    }
    if (!exchange->out.len && completion_is_over(completion))
        return MHD_CONTENT_READER_END_OF_STREAM;
    if (!exchange->out.len) {
        wait_turn(exchange);
        return 0;
    }
    size_t len = exchange->out.len < max ? exchange->out.len : max;
    memcpy(bytes, exchange->out.data, len);
    buf_drop(&exchange->out, len);
    return (ssize_t)len;
}

static enum MHD_Result send_stream(struct exchange *exchange)
{
    struct MHD_Response *response = MHD_create_response_from_callback(MHD_SIZE_UNKNOWN, BLOCK_SIZE,
                                                                      read_stream, exchange, NULL);
    if (!response)
        return MHD_NO;
    MHD_add_response_header(response, MHD_HTTP_HEADER_CONTENT_TYPE, "text/event-stream");
    MHD_add_response_header(response, MHD_HTTP_HEADER_CACHE_CONTROL, "no-cache");
    enum MHD_Result result = MHD_queue_response(exchange->connection, MHD_HTTP_OK, response);
    MHD_destroy_response(response);
    return result;
}

/* Comes again after its pause when a whole answer is asked for. */
static enum MHD_Result send_completion(struct exchange *exchange)
{
    if (completion_is_stream(exchange->completion))
        return send_stream(exchange);
    if (exchange->gone)
        return MHD_NO;
    if (next_due(exchange) > clock_ms()) {
        wait_turn(exchange);
        return MHD_YES;
    }
    struct buf body = BUF_INIT;
    completion_whole(exchange->completion, &body);
    return send_bytes(exchange->connection, MHD_HTTP_OK, &body, NULL);
}

static enum MHD_Result complete(struct exchange *exchange)
{
    struct server *server = exchange->server;
    if (exchange->too_large)
        return send_error(exchange->connection, MHD_HTTP_CONTENT_TOO_LARGE,
                          "the request is larger than 8 MiB", NULL);
    struct error error = ERROR_INIT;
    if (!exchange->completion) {
        exchange->completion = completion_new(buf_str(&exchange->body), exchange->body.len,
                                              ++server->answered, &error);
        exchange->begun = clock_ms();
    }
    if (!exchange->completion)
        return send_error(exchange->connection, MHD_HTTP_BAD_REQUEST, error.text, NULL);
    return send_completion(exchange);
}

static enum MHD_Result send_models(struct exchange *exchange)
{
    struct buf body = BUF_INIT;
    completion_models(&body);
    return send_bytes(exchange->connection, MHD_HTTP_OK, &body, NULL);
}

static enum MHD_Result send_health(struct exchange *exchange)
{
    struct buf body = BUF_INIT;
    buf_adds(&body, "{\"status\":\"ok\"}");
    return send_bytes(exchange->connection, MHD_HTTP_OK, &body, NULL);
}

/* ---- Requests ---- */

struct route {
    const char *path, *method;
    enum MHD_Result (*answer)(struct exchange *exchange);
};

static const struct route routes[] = {
    {"/v1/chat/completions", "POST", complete},
    {"/v1/models", "GET", send_models},
    {"/health", "GET", send_health},
};

static enum MHD_Result answer(struct exchange *exchange, const char *path, const char *method)
{
    for (size_t i = 0; i < sizeof(routes) / sizeof(routes[0]); i++) {
        const struct route *route = &routes[i];
        if (strcmp(path, route->path))
            continue;
        bool head = !strcmp(method, "HEAD") && !strcmp(route->method, "GET");
        if (head || !strcmp(method, route->method))
            return route->answer(exchange);
        return send_error(exchange->connection, MHD_HTTP_METHOD_NOT_ALLOWED,
                          "this path has another method", route->method);
    }
    return send_error(exchange->connection, MHD_HTTP_NOT_FOUND, "there is no such path", NULL);
}

/* A body that says that it is too large is refused before it is sent. */
static bool announces_too_much(struct MHD_Connection *connection)
{
    const char *length =
        MHD_lookup_connection_value(connection, MHD_HEADER_KIND, MHD_HTTP_HEADER_CONTENT_LENGTH);
    return length && strtoull(length, NULL, 10) > BODY_MAX;
}

static void add_body(struct exchange *exchange, const char *bytes, size_t len)
{
    if (exchange->body.len + len > BODY_MAX)
        exchange->too_large = true;
    if (!exchange->too_large)
        buf_add(&exchange->body, bytes, len);
}

/* MHD calls once for the header, then for each part of the body, then for its end, and once more
 * whenever an exchange that has no answer yet is resumed. */
static enum MHD_Result on_request(void *user, struct MHD_Connection *connection, const char *path,
                                  const char *method, const char *version, const char *bytes,
                                  size_t *len, void **state)
{
    (void)version;
    struct exchange *exchange = *state;
    if (!exchange) {
        exchange = xnew(struct exchange);
        *exchange = (struct exchange){.server = user, .connection = connection};
        *state = exchange;
        exchange->too_large = announces_too_much(connection);
        return exchange->too_large ? complete(exchange) : MHD_YES;
    }
    if (*len > 0) {
        add_body(exchange, bytes, *len);
        *len = 0;
        return MHD_YES;
    }
    return answer(exchange, path, method);
}

static void on_completed(void *user, struct MHD_Connection *connection, void **state,
                         enum MHD_RequestTerminationCode why)
{
    (void)user;
    (void)connection;
    (void)why;
    struct exchange *exchange = *state;
    if (!exchange)
        return;
    completion_free(exchange->completion);
    buf_clear(&exchange->body);
    buf_clear(&exchange->out);
    free(exchange);
    *state = NULL;
}

/* ---- The loop ---- */

enum { ALIVE, SIGNAL, DAEMON, FIRST_CLIENT };

static int client_fd(const struct exchange *exchange)
{
    return MHD_get_connection_info(exchange->connection, MHD_CONNECTION_INFO_CONNECTION_FD)
        ->connect_fd;
}

/* How long until something is due, -1 for ever. */
static int patience(const struct server *server)
{
    MHD_UNSIGNED_LONG_LONG daemon_ms;
    int64_t wait = -1, now = clock_ms();
    if (MHD_get_timeout(server->daemon, &daemon_ms) == MHD_YES)
        wait = daemon_ms < INT32_MAX ? (int64_t)daemon_ms : INT32_MAX;
    for (size_t i = 0; i < server->waiting_count; i++) {
        int64_t due = next_due(server->waiting[i]) - now;
        due = due > 0 ? due : 0;
        wait = wait < 0 || due < wait ? due : wait;
    }
    return wait < INT32_MAX ? (int)wait : INT32_MAX;
}

static size_t watch(const struct server *server, struct pollfd *fds)
{
    size_t count = FIRST_CLIENT;
    for (size_t i = 0; i < server->waiting_count; i++)
        fds[count++] = (struct pollfd){.fd = client_fd(server->waiting[i]), .events = POLLRDHUP};
    return count;
}

/* From the last to the first, since the last takes the place of one that is resumed. */
static void resume_due(struct server *server, const struct pollfd *fds)
{
    int64_t now = clock_ms();
    for (size_t i = server->waiting_count; i-- > 0;) {
        struct exchange *exchange = server->waiting[i];
        exchange->gone = fds[FIRST_CLIENT + i].revents != 0;
        if (exchange->gone || next_due(exchange) <= now)
            resume(server, i);
    }
}

/* Until the parent is gone or we are asked to end. */
static int run(struct server *server, int alive_fd, int signal_fd, struct error *error)
{
    struct pollfd fds[FIRST_CLIENT + CLIENTS_MAX] = {
        [ALIVE] = {.fd = alive_fd},
        [SIGNAL] = {.fd = signal_fd, .events = POLLIN},
        [DAEMON] = {.fd = MHD_get_daemon_info(server->daemon, MHD_DAEMON_INFO_EPOLL_FD)->epoll_fd,
                    .events = POLLIN},
    };
    for (;;) {
        size_t count = watch(server, fds);
        if (poll(fds, count, patience(server)) < 0) {
            if (errno != EINTR)
                return error_errno(error, RN_EIO, "the guide cannot wait");
            continue;
        }
        if (fds[ALIVE].revents || fds[SIGNAL].revents)
            return 0;
        resume_due(server, fds);
        if (MHD_run(server->daemon) != MHD_YES)
            return error_set(error, RN_EIO, "the guide's server failed");
    }
}

/* MHD wants no suspended connections when it stops. */
static void stop(struct server *server)
{
    while (server->waiting_count > 0) {
        server->waiting[0]->gone = true;
        resume(server, 0);
    }
    MHD_stop_daemon(server->daemon);
}

static struct MHD_Daemon *start(struct server *server, int listen_fd)
{
    return MHD_start_daemon(MHD_USE_EPOLL | MHD_ALLOW_SUSPEND_RESUME, 0, NULL, NULL, on_request,
                            server, MHD_OPTION_LISTEN_SOCKET, listen_fd,
                            MHD_OPTION_NOTIFY_COMPLETED, on_completed, NULL,
                            MHD_OPTION_CONNECTION_LIMIT, (unsigned)CLIENTS_MAX,
                            MHD_OPTION_CONNECTION_TIMEOUT, (unsigned)IDLE_SECONDS, MHD_OPTION_END);
}

static int serve(int listen_fd, int alive_fd, int signal_fd, long rate, struct error *error)
{
    struct server server = {.rate = rate};
    server.daemon = start(&server, listen_fd);
    if (!server.daemon) {
        close(listen_fd);
        return error_set(error, RN_EIO, "the guide's server does not start");
    }
    int result = run(&server, alive_fd, signal_fd, error);
    stop(&server);
    return result;
}

/* A SIGTERM that has been obeyed must not strike when signals are let through again. */
static void close_signals(int signal_fd)
{
    struct signalfd_siginfo info;
    while (read(signal_fd, &info, sizeof(info)) > 0)
        ;
    close(signal_fd);
}

int guide_serve(int listen_fd, int alive_fd, long rate, struct error *error)
{
    sigset_t term, before;
    sigemptyset(&term);
    sigaddset(&term, SIGTERM);
    pthread_sigmask(SIG_BLOCK, &term, &before);
    int signal_fd = signalfd(-1, &term, SFD_CLOEXEC | SFD_NONBLOCK);
    if (alive_fd >= 0)
        prctl(PR_SET_PDEATHSIG, SIGTERM);
    /* MHD closes the socket that it listens on; the copy names the path that is to be removed. */
    int copy = dup(listen_fd);
    int result = serve(listen_fd, alive_fd, signal_fd, rate, error);
    struct pollfd alive = {.fd = alive_fd};
    if (alive_fd >= 0 && poll(&alive, 1, PARENT_MS) > 0)
        socket_remove_of(copy);
    if (alive_fd >= 0)
        close(alive_fd);
    close(copy);
    close_signals(signal_fd);
    pthread_sigmask(SIG_SETMASK, &before, NULL);
    return result;
}
