/* SPDX-License-Identifier: GPL-3.0-or-later
 */
#include "guide/exchange.h"

#include <stdlib.h>
#include <string.h>

#include "base/buf.h"
#include "base/clock.h"
#include "base/error.h"
#include "base/mem.h"
#include "guide/completion.h"

enum {
    BODY_MAX = 8 * 1024 * 1024,
    BLOCK_SIZE = 16 * 1024,
    THINK_PIECES = 12, /* the pause before the first piece, in pieces of that pace */
    THINK_MS_MAX = 800,
};

struct exchange {
    struct exchanges *all;
    struct MHD_Connection *connection;
    struct buf body;
    bool too_large;
    struct completion *completion;
    int64_t begun;
    size_t handed;  /* pieces that have been made into bytes */
    struct buf out; /* bytes that have not been sent */
    bool gone;      /* the client is */
};

/* When a piece is to be handed out, the first being number 1. */
static int64_t due_at(const struct exchange *exchange, size_t piece)
{
    long rate = exchange->all->rate;
    if (rate <= 0)
        return exchange->begun;
    int64_t think = THINK_PIECES * 1000 / rate;
    think = think < THINK_MS_MAX ? think : THINK_MS_MAX;
    return exchange->begun + think + (int64_t)(piece - 1) * 1000 / rate;
}

/* An invoked answer is due with what would have been its last piece. */
int64_t exchange_due(const struct exchange *exchange)
{
    return due_at(exchange, completion_is_stream(exchange->completion)
                                ? exchange->handed + 1
                                : completion_pieces(exchange->completion));
}

static void wait_turn(struct exchange *exchange)
{
    struct exchanges *all = exchange->all;
    all->waiting[all->waiting_count++] = exchange;
    MHD_suspend_connection(exchange->connection);
}

void exchanges_resume(struct exchanges *exchanges, size_t index, bool gone)
{
    struct exchange *exchange = exchanges->waiting[index];
    exchanges->waiting[index] = exchanges->waiting[--exchanges->waiting_count];
    exchange->gone = gone;
    MHD_resume_connection(exchange->connection);
}

int exchange_fd(const struct exchange *exchange)
{
    return MHD_get_connection_info(exchange->connection, MHD_CONNECTION_INFO_CONNECTION_FD)
        ->connect_fd;
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
           exchange_due(exchange) <= now) {
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
    if (exchange_due(exchange) > clock_ms()) {
        wait_turn(exchange);
        return MHD_YES;
    }
    struct buf body = BUF_INIT;
    completion_whole(exchange->completion, &body);
    return send_bytes(exchange->connection, MHD_HTTP_OK, &body, NULL);
}

static enum MHD_Result complete(struct exchange *exchange)
{
    if (exchange->too_large)
        return send_error(exchange->connection, MHD_HTTP_CONTENT_TOO_LARGE,
                          "the request is larger than 8 MiB", NULL);
    struct error error = ERROR_INIT;
    if (!exchange->completion) {
        exchange->completion = completion_new(buf_str(&exchange->body), exchange->body.len,
                                              ++exchange->all->answered, &error);
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
        if (strcmp(path, route->path) != 0)
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
enum MHD_Result exchange_request(void *user, struct MHD_Connection *connection, const char *path,
                                 const char *method, const char *version, const char *bytes,
                                 size_t *len, void **state)
{
    (void)version;
    struct exchange *exchange = *state;
    if (!exchange) {
        exchange = xnew(struct exchange);
        *exchange = (struct exchange){.all = user, .connection = connection};
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

void exchange_completed(void *user, struct MHD_Connection *connection, void **state,
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
