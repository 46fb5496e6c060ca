/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "llm/call.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>
#include <sys/random.h>
#include <time.h>

#include "base/clock.h"
#include "base/mailbox.h"
#include "base/mem.h"
#include "io/http.h"
#include "io/io.h"
#include "io/worker.h"
#include "llm/codec.h"
#include "llm/decoder.h"
#include "llm/event.h"
#include "llm/model.h"
#include "llm/record.h"

enum {
    RETRIES = 2,
    BACKOFF_FIRST_MS = 500, /* what OpenAI's and Anthropic's own libraries do */
    BACKOFF_MOST_MS = 8000,
    RETRY_AFTER_MOST_MS = 60000,
    SILENCE_MS = 600000,
};

struct call {
    rn_model *model;
    struct worker *worker;
    struct mailbox *box;
    char *body;
    uint64_t transfer, retry_timer, silence_timer;
    int64_t started, last_event;
    unsigned attempt, attempts;
    rn_decoder *decoder;
    struct event retry;
    bool has_head, has_shown, is_over;
    bool is_final;          /* the server says that trying again is of no use */
    bool is_worth_retrying; /* the server says that it is */
    int64_t retry_after;    /* ms; -1: the server did not say */
    rn_timing timing;
};

static int silence_limit(const struct call *call)
{
    int wanted = call->model->options.silence_ms;
    return wanted > 0 ? wanted : SILENCE_MS;
}

static void send_request(struct call *call)
{
    struct http_request request = model_request(call->model, call->body);
    int record = call->model->options.record_fd;
    call->attempt++;
    call->has_head = call->is_final = call->is_worth_retrying = false;
    call->retry_after = -1;
    call->timing = (rn_timing){.resolve = -1, .connect = -1, .tls = -1, .first_byte = -1};
    call->started = call->last_event = clock_ms();
    rn_decoder_free(call->decoder);
    call->decoder = decoder_new(call->model->codec);
    if (call->model->options.think_tags)
        decoder_split_think_tags(call->decoder);
    if (record > 0)
        record_request(record, call->model->codec->name, call->model->url, call->body);
    call->transfer = worker_http(call->worker, &request, call->box);
}

struct call *call_new(rn_model *model, char *body, struct mailbox *box)
{
    struct call *call = xnew(struct call);
    int retries = model->options.retries;
    call->model = model;
    call->worker = io_worker(model->io);
    call->box = box;
    call->body = body;
    call->attempts = 1 + (unsigned)(retries < 0 ? 0 : retries ? retries : RETRIES);
    send_request(call);
    call->silence_timer = worker_timer(call->worker, silence_limit(call), box);
    return call;
}

void call_stop(struct call *call)
{
    worker_drop(call->worker, call->transfer);
    worker_drop(call->worker, call->retry_timer);
    worker_drop(call->worker, call->silence_timer);
    call->transfer = call->retry_timer = call->silence_timer = 0;
}

void call_free(struct call *call)
{
    if (!call)
        return;
    call_stop(call);
    rn_decoder_free(call->decoder);
    free(call->body);
    free(call);
}

void call_resume(struct call *call)
{
    worker_resume(call->worker, call->transfer);
}

rn_timing call_timing(const struct call *call)
{
    return call->timing;
}

/* ---- The head of the response ---- */

/* Seconds, or a date. */
static int64_t retry_after(const char *value)
{
    char *rest;
    double seconds = strtod(value, &rest);
    if (rest != value)
        return seconds >= 0 && seconds < 1e6 ? (int64_t)ceil(seconds * 1000) : -1;
    struct tm date = {0};
    if (!strptime(value, "%a, %d %b %Y %H:%M:%S GMT", &date))
        return -1;
    time_t wait = timegm(&date) - time(NULL);
    return wait > 0 ? (int64_t)wait * 1000 : 0;
}

static void read_retry_headers(struct call *call, const char *lines)
{
    char value[64];
    if (http_header(lines, "retry-after-ms", value, sizeof(value)))
        call->retry_after = retry_after(value) / 1000;
    else if (http_header(lines, "retry-after", value, sizeof(value)))
        call->retry_after = retry_after(value);
    if (http_header(lines, "x-should-retry", value, sizeof(value))) {
        call->is_final = strcmp(value, "false") == 0;
        call->is_worth_retrying = strcmp(value, "true") == 0;
    }
}

static void keep_timing(struct call *call, const struct mail *mail)
{
    const struct http_timing *timing = mail->more;
    if (timing)
        call->timing = (rn_timing){.resolve = timing->resolve,
                                   .connect = timing->connect,
                                   .tls = timing->tls,
                                   .first_byte = timing->first_byte};
}

static void on_head(struct call *call, const struct mail *mail)
{
    char type[128] = "";
    const char *lines = buf_str(&mail->data);
    call->has_head = true;
    http_header(lines, "content-type", type, sizeof(type));
    read_retry_headers(call, lines);
    rn_decoder_head(call->decoder, mail->code, type);
}

static void on_end(struct call *call, const struct mail *mail)
{
    bool is_local = http_is_local(call->model->url, call->model->options.unix_socket);
    enum rn_status code = (enum rn_status)mail->code;
    if (code == RN_OK || (code == RN_ETRUNCATED && call->has_head))
        rn_decoder_end(call->decoder);
    else /* a server of this machine that is not there will not be there in a second either */
        decoder_break(call->decoder, code, buf_str(&mail->data),
                      code == RN_ETIMEOUT || (code == RN_ECONNECT && !is_local));
}

/* ---- Mail ---- */

static void on_silence(struct call *call)
{
    int64_t left = call->last_event + silence_limit(call) - clock_ms();
    if (left > 0)
        call->silence_timer = worker_timer(call->worker, left, call->box);
    else
        decoder_break(call->decoder, RN_ETIMEOUT,
                      "the server kept the connection alive but sent nothing of an answer", false);
}

void call_mail(struct call *call, const struct mail *mail)
{
    int record = call->model->options.record_fd;
    if (call->is_over)
        return;
    if (mail->kind == MAIL_TIMER) {
        if (mail->from == call->retry_timer)
            send_request(call);
        else if (mail->from == call->silence_timer)
            on_silence(call);
        return;
    }
    if (mail->from != call->transfer)
        return;
    if (record > 0)
        record_mail(record, mail, mail->time - call->started);
    keep_timing(call, mail);
    if (mail->kind == MAIL_HEAD)
        on_head(call, mail);
    else if (mail->kind == MAIL_BYTES)
        rn_decoder_feed(call->decoder, mail->data.data, mail->data.len);
    else
        on_end(call, mail);
}

/* ---- Events, and trying again ---- */

static int64_t backoff(const struct call *call)
{
    unsigned char random = 0;
    int64_t delay = BACKOFF_FIRST_MS;
    if (call->retry_after >= 0)
        return call->retry_after;
    for (unsigned i = 1; i < call->attempt && delay < BACKOFF_MOST_MS; i++)
        delay *= 2;
    if (delay > BACKOFF_MOST_MS)
        delay = BACKOFF_MOST_MS;
    if (getrandom(&random, 1, GRND_NONBLOCK) < 0)
        random = 128;
    return delay - delay / 4 * random / 256; /* up to a quarter less, so that clients do not march */
}

/* Only while nothing has been shown: what a user has read cannot be taken back. */
static bool may_retry(const struct call *call, const rn_event *error)
{
    bool wanted = error->error->retryable || call->is_worth_retrying;
    return wanted && !call->is_final && !call->has_shown && call->attempt < call->attempts &&
           call->retry_after <= RETRY_AFTER_MOST_MS;
}

static const rn_event *retry(struct call *call, const rn_event *error)
{
    event_init(&call->retry, RN_RETRY);
    call->retry.retry = (rn_retry){.attempt = call->attempt + 1,
                                   .max = call->attempts,
                                   .delay_ms = backoff(call),
                                   .http = error->error->http};
    call->retry.public.text = error->text; /* the decoder's, which lives until the next request */
    call->retry.public.text_len = error->text_len;
    worker_drop(call->worker, call->transfer);
    call->transfer = 0;
    call->retry_timer = worker_timer(call->worker, call->retry.retry.delay_ms, call->box);
    return &call->retry.public;
}

const rn_event *call_next(struct call *call)
{
    enum { SHOWN = RN_AI | RN_REASONING | RN_TOOL | RN_TOOL_DELTA };
    const rn_event *event = rn_decoder_next(call->decoder);
    if (!event)
        return NULL;
    call->last_event = clock_ms();
    call->has_shown |= (event->kind & SHOWN) != 0;
    if (event->kind == RN_ERROR && may_retry(call, event))
        return retry(call, event);
    call->is_over |= (event->kind & (RN_ERROR | RN_FINISH)) != 0;
    return event;
}
