/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Time limits.  libcurl guards the connection's making.  From then on there is one deadline: an answer
 * must begin within first_ms after the last byte of the request went out, and then no silence may be
 * longer than idle_ms.  While the reader has no room there is none, for then the silence is ours.
 */
#include "io/transfer.h"

#include <stdlib.h>
#include <string.h>

#include "base/buf.h"
#include "base/clock.h"
#include "base/error.h"
#include "base/mailbox.h"
#include "base/mem.h"
#include "io/handle.h"
#include "io/http.h"
#include "io/job.h"
#include "io/outcome.h"
#include "io/trace.h"
#include "io/worker.h"

enum { HEAD_MAX = 256 * 1024, RELEASED_MS = 1000 };

struct transfer {
    struct job job; /* first: it is what the list knows */
    struct trace trace;
    CURLM *multi;
    CURL *easy;
    struct curl_slist *headers;
    char *body;
    char *peer, *unix_socket;
    int connect_ms, first_ms, idle_ms;
    size_t body_max;

    curl_off_t sent;    /* of the request's body */
    struct buf head;    /* the answer's, as it comes */
    bool is_answered;   /* a byte of the answer has come */
    bool has_head;      /* MAIL_HEAD was posted */
    bool is_paused;     /* the mailbox was full */
    bool is_released;   /* nobody reads: it has a moment to end */
    bool is_running;    /* libcurl has it */
    bool fails_tls;     /* this is why it ended */
    size_t received;    /* of the answer's body */
    struct error error; /* why we broke it off, if we did */
    char detail[CURL_ERROR_SIZE];
};

/* ---- Deadlines ----------------------------------------------------------------------------- */

static void set_deadline(struct transfer *t, int64_t now)
{
    if (t->is_released)
        return;
    int limit = t->is_paused ? 0 : t->is_answered ? t->idle_ms : t->first_ms;
    t->job.due = limit > 0 ? now + limit : 0;
}

static void note_answer(struct transfer *t, int64_t now)
{
    t->is_answered = true;
    set_deadline(t, now);
}

static int on_progress(void *user, curl_off_t down_total, curl_off_t down, curl_off_t up_total,
                       curl_off_t up)
{
    (void)down_total;
    (void)down;
    (void)up_total;
    struct transfer *t = user;
    if (up != t->sent && !t->is_answered)
        set_deadline(t, clock_ms());
    t->sent = up;
    return 0;
}

/* ---- The answer ---------------------------------------------------------------------------- */

static struct http_timing *new_timing(const struct transfer *t)
{
    struct http_timing *timing = xnew(struct http_timing);
    *timing = (struct http_timing){
        .resolve = -1, .connect = -1, .tls = -1, .first_byte = -1, .fails_tls = t->fails_tls};
    if (t->easy)
        outcome_timing(t->easy, timing);
    return timing;
}

static void post_head(struct transfer *t)
{
    long status = 0;
    curl_easy_getinfo(t->easy, CURLINFO_RESPONSE_CODE, &status);
    /* 100 Continue and its like come before the answer itself. */
    if (status < 200)
        return;
    struct mail *mail = mail_new(t->job.number, MAIL_HEAD);
    mail->code = (int)status;
    mail->data = t->head;
    mail->more = new_timing(t);
    t->head = (struct buf)BUF_INIT;
    t->has_head = true;
    job_post(&t->job, mail);
}

static bool is_blank(char c)
{
    return c == ' ' || c == '\t';
}

static void add_value(struct buf *head, const char *value, const char *end)
{
    while (value < end && is_blank(*value))
        value++;
    while (value < end && is_blank(end[-1]))
        end--;
    buf_add(head, value, (size_t)(end - value));
    buf_addc(head, '\n');
}

/* Add "Name: value" as "name: value\n".  A line that begins with a blank goes on with the one before. */
static void add_header(struct buf *head, const char *line, size_t len)
{
    const char *end = line + len, *colon = memchr(line, ':', len);
    if (is_blank(*line) && head->len > 0) {
        head->data[head->len - 1] = ' ';
        add_value(head, line, end);
    } else if (colon) {
        for (const char *c = line; c < colon; c++)
            buf_addc(head, *c >= 'A' && *c <= 'Z' ? (char)(*c - 'A' + 'a') : *c);
        buf_adds(head, ": ");
        add_value(head, colon + 1, end);
    }
}

/* Called by libcurl with one whole line, also for the trailers that may follow a body. */
static size_t on_header(char *line, size_t size, size_t count, void *user)
{
    struct transfer *t = user;
    size_t all = size * count, len = all;
    note_answer(t, clock_ms());
    if (t->has_head)
        return all;
    while (len > 0 && (line[len - 1] == '\r' || line[len - 1] == '\n'))
        len--;
    if (len >= 5 && curl_strnequal(line, "HTTP/", 5))
        buf_reset(&t->head);
    else if (len == 0)
        post_head(t);
    else
        add_header(&t->head, line, len);
    if (t->head.len <= HEAD_MAX)
        return all;
    error_set(&t->error, RN_ELIMIT, "the header of the answer of %s is longer than %d KiB", t->peer,
              HEAD_MAX / 1024);
    return 0;
}

static size_t on_body(char *bytes, size_t size, size_t count, void *user)
{
    struct transfer *t = user;
    size_t len = size * count;
    int64_t now = clock_ms();
    if (len == 0)
        return 0;
    if (t->body_max > 0 && len > t->body_max - t->received) {
        error_set(&t->error, RN_ELIMIT, "the answer of %s is longer than %zu bytes", t->peer,
                  t->body_max);
        return 0;
    }
    /* libcurl keeps what it is told to pause at, and gives it again. */
    t->is_paused = !job_post_bytes(&t->job, MAIL_BYTES, now, bytes, len);
    note_answer(t, now);
    if (t->is_paused)
        return CURL_WRITEFUNC_PAUSE;
    t->received += len;
    return len;
}

/* ---- Its end ------------------------------------------------------------------------------- */

static void post_end(struct transfer *t, const struct error *error)
{
    struct mail *mail = mail_new(t->job.number, MAIL_END);
    mail->code = error->code;
    buf_adds(&mail->data, error->text);
    mail->more = new_timing(t);
    trace_line(&t->trace, "ended after %zu bytes: %s", t->received,
               error->code == RN_OK ? "all is there" : error->text);
    job_post(&t->job, mail);
}

/* Post the end that libcurl's code stands for, or the reason we had to break it off. */
static void post_outcome(struct transfer *t, CURLcode code)
{
    /* libcurl is content with an answer that ends within its head. */
    if (code == CURLE_OK && !t->has_head)
        code = CURLE_GOT_NOTHING;
    t->fails_tls = outcome_fails_tls(code);
    struct error error = t->error;
    struct outcome outcome = {
        .easy = t->easy,
        .code = code,
        .detail = t->detail[0] ? t->detail : curl_easy_strerror(code),
        .peer = t->peer,
        .unix_socket = t->unix_socket,
        .connect_ms = t->connect_ms,
        .has_head = t->has_head,
    };
    if (code != CURLE_OK && error.code == RN_OK)
        outcome_explain(&outcome, &error);
    post_end(t, &error);
}

struct job *transfer_done(CURL *easy, CURLcode code)
{
    struct transfer *t = NULL;
    curl_easy_getinfo(easy, CURLINFO_PRIVATE, &t);
    post_outcome(t, code);
    return &t->job;
}

/* ---- As a job ------------------------------------------------------------------------------ */

static bool start(struct job *job)
{
    struct transfer *t = (struct transfer *)job;
    t->trace.number = job->number;
    if (t->error.code == RN_OK && curl_multi_add_handle(t->multi, t->easy) != CURLM_OK)
        error_set(&t->error, RN_EIO, "libcurl cannot take the request");
    if (t->error.code != RN_OK) {
        post_end(t, &t->error);
        return false;
    }
    t->is_running = true;
    trace_line(&t->trace, "begins, to %s", t->peer);
    set_deadline(t, clock_ms());
    return true;
}

static bool resume(struct job *job)
{
    struct transfer *t = (struct transfer *)job;
    if (!t->is_paused)
        return true;
    t->is_paused = false;
    set_deadline(t, clock_ms());
    /* This calls on_body with what was kept, which may pause it again. */
    CURLcode code = curl_easy_pause(t->easy, CURLPAUSE_CONT);
    if (code != CURLE_OK)
        post_outcome(t, code);
    return code == CURLE_OK;
}

static bool release(struct job *job)
{
    struct transfer *t = (struct transfer *)job;
    if (!t->is_released)
        t->job.due = clock_ms() + RELEASED_MS;
    t->is_released = true;
    return t->is_running && resume(job);
}

static bool expire(struct job *job)
{
    struct transfer *t = (struct transfer *)job;
    struct error error = ERROR_INIT;
    if (t->is_answered)
        error_set(&error, RN_ETIMEOUT, "the server has sent nothing for %g s", t->idle_ms / 1000.0);
    else
        error_set(&error, RN_ETIMEOUT, "%s gave no answer within %g s", t->peer,
                  t->first_ms / 1000.0);
    post_end(t, &error);
    return false;
}

static void free_transfer(struct job *job)
{
    struct transfer *t = (struct transfer *)job;
    if (t->is_running)
        curl_multi_remove_handle(t->multi, t->easy);
    curl_easy_cleanup(t->easy);
    handle_free_headers(t->headers);
    free(t->body);
    free(t->peer);
    free(t->unix_socket);
    buf_clear(&t->head);
    free(t);
}

static const struct job_kind TRANSFER = {
    .start = start, .resume = resume, .release = release, .expire = expire, .free = free_transfer};

/* ---- Making it ----------------------------------------------------------------------------- */

static void set_callbacks(struct transfer *t)
{
    curl_easy_setopt(t->easy, CURLOPT_PRIVATE, t);
    curl_easy_setopt(t->easy, CURLOPT_ERRORBUFFER, t->detail);
    curl_easy_setopt(t->easy, CURLOPT_HEADERFUNCTION, on_header);
    curl_easy_setopt(t->easy, CURLOPT_HEADERDATA, t);
    curl_easy_setopt(t->easy, CURLOPT_WRITEFUNCTION, on_body);
    curl_easy_setopt(t->easy, CURLOPT_WRITEDATA, t);
    curl_easy_setopt(t->easy, CURLOPT_XFERINFOFUNCTION, on_progress);
    curl_easy_setopt(t->easy, CURLOPT_XFERINFODATA, t);
    curl_easy_setopt(t->easy, CURLOPT_NOPROGRESS, 0L);
    if (t->trace.fd < 0)
        return;
    curl_easy_setopt(t->easy, CURLOPT_DEBUGFUNCTION, trace_curl);
    curl_easy_setopt(t->easy, CURLOPT_DEBUGDATA, &t->trace);
    curl_easy_setopt(t->easy, CURLOPT_VERBOSE, 1L);
}

/* A line break would let a value pose as further headers. */
static bool has_line_break(const char *const *headers)
{
    for (; headers && *headers; headers++)
        if (strpbrk(*headers, "\r\n"))
            return true;
    return false;
}

struct job *transfer_new(CURLM *multi, const struct http_request *request, int log_fd)
{
    struct transfer *t = xnew(struct transfer);
    t->job.kind = &TRANSFER;
    t->trace.fd = log_fd;
    t->multi = multi;
    t->peer = http_peer(request->url, request->unix_socket);
    t->unix_socket = xstrdup(request->unix_socket);
    t->connect_ms = request->connect_ms;
    t->first_ms = request->first_ms;
    t->idle_ms = request->idle_ms;
    t->body_max = request->body_max;
    if (has_line_break(request->headers)) {
        error_set(&t->error, RN_ECONFIG, "a header of the request has a line break in it");
        return &t->job;
    }
    if (request->body)
        t->body = xstrndup(request->body, request->body_len);
    t->headers = handle_headers(request);
    t->easy = t->headers ? handle_new(request, t->body, t->headers) : NULL;
    if (t->easy)
        set_callbacks(t);
    else
        error_set(&t->error, RN_EIO, "libcurl cannot make a request");
    return &t->job;
}
