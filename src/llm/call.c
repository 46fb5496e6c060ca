/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "llm/call.h"

#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "base/buf.h"
#include "base/clock.h"
#include "base/error.h"
#include "base/mailbox.h"
#include "base/mem.h"
#include "io/http.h"
#include "io/io.h"
#include "io/redact.h"
#include "io/worker.h"
#include "llm/codec.h"
#include "llm/cost.h"
#include "llm/decoder.h"
#include "llm/event.h"
#include "llm/limits.h"
#include "llm/model.h"
#include "llm/record.h"
#include "llm/refusals.h"
#include "llm/retry.h"
#include "llm/script.h"

enum { AMENDMENTS_MAX = 4, SILENCE_MS = 600000 };

struct call {
    rn_model *model;
    struct worker *worker;
    struct mailbox *box;
    enum rn_mode mode;
    char *body;
    struct refusals *refusals; /* the run's */
    uint64_t transfer, retry_timer, silence_timer;
    int64_t started, last_event;
    rn_decoder *decoder;
    struct retry retry;
    unsigned amendments; /* of the body, so far */
    bool has_head, has_shown, is_over, fails_tls;
    rn_timing timing;
    rn_limits limits; /* as far as the last head told */
    bool has_limits;
    char *note;        /* what the head adds to an error's message; NULL: nothing */
    struct event told; /* of the retry, or of the error with the note */
    struct buf told_text;
    struct script_call *script; /* instead of a request; NULL: none */
};

static int silence_limit(const struct call *call)
{
    const rn_model_options *options = &call->model->options;
    int otherwise = options->idle_ms > SILENCE_MS ? options->idle_ms : SILENCE_MS;
    return options->silence_ms > 0 ? options->silence_ms : otherwise;
}

static struct record record_of(const struct call *call)
{
    return (struct record){.fd = call->model->options.record_fd,
                           .headers = (const char *const *)call->model->headers};
}

static void send_request(struct call *call)
{
    struct http_request request = model_request(call->model, call->mode, call->body);
    struct record record = record_of(call);
    retry_attempt(&call->retry);
    call->has_head = false;
    free(call->note);
    call->note = NULL;
    call->timing = (rn_timing){.resolve = -1, .connect = -1, .tls = -1, .first_byte = -1};
    call->started = call->last_event = clock_ms();
    rn_decoder_free(call->decoder);
    call->decoder = decoder_new(call->model->codec);
    if (call->model->options.think_tags)
        decoder_split_think_tags(call->decoder);
    if (record.fd > 0)
        record_request(&record, call->model->codec->name, request.url, call->body);
    call->transfer = worker_http(call->worker, &request, call->box);
    call->silence_timer = worker_timer(call->worker, silence_limit(call), call->box);
}

/* The body is then the question. */
static void follow_script(struct call *call)
{
    call->timing = (rn_timing){.resolve = -1, .connect = -1, .tls = -1, .first_byte = -1};
    call->script = script_call_new(call->model->script, call->body);
}

struct call *call_new(rn_model *model, enum rn_mode mode, char *body, struct refusals *refusals,
                      struct mailbox *box)
{
    struct call *call = xnew(struct call);
    call->model = model;
    call->worker = io_worker(model->io);
    call->box = box;
    call->mode = mode;
    call->body = body;
    call->refusals = refusals;
    retry_init(&call->retry, model->options.retries);
    if (model->script) {
        follow_script(call);
    } else {
        refusals_heed(refusals, model->codec, &call->body);
        send_request(call);
    }
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
    script_call_free(call->script);
    buf_clear(&call->told_text);
    free(call->note);
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

const rn_limits *call_limits(const struct call *call)
{
    return call->has_limits ? &call->limits : NULL;
}

/* ---- The head of the response ---- */

/* The name under which the provider's own people find a request again. */
static bool find_request_id(const char *lines, char *id, size_t size)
{
    static const char *const names[] = {"x-request-id", "request-id", "x-generation-id", "cf-ray"};
    for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++)
        if (http_header(lines, names[i], id, size) && *id)
            return true;
    return false;
}

static void take_note(struct call *call, int status, const char *lines)
{
    char value[256];
    bool redirects = status >= 300 && status < 400;
    if (redirects && http_header(lines, "location", value, sizeof(value)))
        call->note = xasprintf(": %s", value);
    else if (find_request_id(lines, value, sizeof(value)))
        call->note = xasprintf(" (request %s)", value);
}

static void keep_timing(struct call *call, const struct mail *mail)
{
    const struct http_timing *timing = mail->more;
    if (!timing)
        return;
    call->fails_tls = timing->fails_tls;
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
    call->last_event = mail->time;
    http_header(lines, "content-type", type, sizeof(type));
    retry_read(&call->retry, lines);
    call->has_limits = limits_read(&call->limits, lines, (int64_t)time(NULL) * 1000);
    take_note(call, mail->code, lines);
    rn_decoder_head(call->decoder, mail->code, type);
}

/* A server of this machine that is not there will not be there in a second either; nor will a
 * certificate become trusted, or a server that speaks no TLS speak it. */
static bool is_passing(const struct call *call, enum rn_status code)
{
    const rn_model_options *options = &call->model->options;
    return code == RN_ETIMEOUT || code == RN_ETRUNCATED ||
           (code == RN_ECONNECT && !call->fails_tls &&
            !http_is_local(call->model->url[call->mode], options->unix_socket));
}

static void on_end(struct call *call, const struct mail *mail)
{
    enum rn_status code = (enum rn_status)mail->code;
    if (code == RN_OK)
        rn_decoder_end(call->decoder);
    else
        decoder_break(call->decoder, code, buf_str(&mail->data), is_passing(call, code));
}

/* ---- Mail ---- */

/* Until the head has come, the time limit for the first byte is the one that counts. */
static void on_silence(struct call *call)
{
    int64_t since = call->has_head ? call->last_event : clock_ms();
    int64_t left = since + silence_limit(call) - clock_ms();
    if (left > 0)
        call->silence_timer = worker_timer(call->worker, left, call->box);
    else
        decoder_break(call->decoder, RN_ETIMEOUT,
                      "the server kept the connection alive but sent nothing of an answer", false);
}

void call_mail(struct call *call, const struct mail *mail)
{
    struct record record = record_of(call);
    if (call->is_over || call->script)
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
    if (record.fd > 0)
        record_mail(&record, mail, mail->time - call->started);
    keep_timing(call, mail);
    if (mail->kind == MAIL_HEAD)
        on_head(call, mail);
    else if (mail->kind == MAIL_BYTES)
        rn_decoder_feed(call->decoder, mail->data.data, mail->data.len);
    else
        on_end(call, mail);
}

/* ---- Events, and trying again ---- */

/* The error with what the head adds to it, and without the key: servers repeat what they refuse, and it
 * goes into the session. */
static const rn_event *explain(struct call *call, const rn_event *error)
{
    struct buf *text = &call->told_text;
    event_init(&call->told, RN_ERROR);
    call->told.error = *error->error;
    buf_reset(text);
    buf_adds(text, error->text);
    if (call->note && (error->error->http || error->error->code == RN_EPROVIDER))
        buf_adds(text, call->note);
    if (call->retry.after > RETRY_AFTER_MOST_MS)
        buf_addf(text, "; the server asks to wait %lld s", (long long)call->retry.after / 1000);
    redact_headers(text->data, text->len, (const char *const *)call->model->headers);
    call->told.pub.text = text->data;
    call->told.pub.text_len = text->len;
    return &call->told.pub;
}

/* Without waiting: a request whose form the server refuses in another form.  A model may refuse more
 * than one thing, and says so one at a time. */
static bool amend(struct call *call, const rn_event *error)
{
    if (call->amendments == AMENDMENTS_MAX || call->has_shown ||
        !refusals_add(call->refusals, call->model->codec, error, &call->body))
        return false;
    call->amendments++;
    call->retry.attempts++;
    return true;
}

static const rn_event *try_again(struct call *call, int http, int64_t delay)
{
    event_init(&call->told, RN_RETRY);
    call->told.retry = (rn_retry){.attempt = call->retry.attempt + 1,
                                  .max = call->retry.attempts,
                                  .delay_ms = delay,
                                  .http = http};
    call->told.pub.text = call->told_text.data;
    call->told.pub.text_len = call->told_text.len;
    call_stop(call);
    call->retry_timer = worker_timer(call->worker, delay, call->box);
    return &call->told.pub;
}

/* Tried again only while nothing has been shown: what a user has read cannot be taken back. */
static const rn_event *on_error(struct call *call, const rn_event *event)
{
    retry_wait(&call->retry, decoder_wait_ms(call->decoder));
    const rn_event *error = explain(call, event);
    if (amend(call, error))
        return try_again(call, error->error->http, 0);
    if (!call->has_shown && retry_may(&call->retry, error->error->retryable))
        return try_again(call, error->error->http, retry_delay(&call->retry));
    call->is_over = true;
    call_stop(call);
    return error;
}

/* The sum where the provider only counts. */
static const rn_event *price(struct call *call, const rn_event *event)
{
    const rn_prices *prices = call->model->options.prices;
    if (!prices || event->usage->cost >= 0)
        return event;
    event_init(&call->told, RN_USAGE);
    call->told.usage = *event->usage;
    call->told.usage.cost = cost_of(event->usage, prices);
    return &call->told.pub;
}

/* What may still come says nothing, but a connection that is read to its end can be used again: a
 * handshake less for the next step. */
static void let_go(struct call *call)
{
    worker_release(call->worker, call->transfer);
    call->transfer = 0;
    call_stop(call);
}

/* A timer's mail is what calls for the next event; a silence's time limit is of no use here. */
static const rn_event *next_of_script(struct call *call)
{
    int64_t wait;
    const rn_event *event = script_call_next(call->script, &wait);
    if (!event && wait >= 0) {
        worker_drop(call->worker, call->retry_timer);
        call->retry_timer = worker_timer(call->worker, wait, call->box);
    }
    return event;
}

const rn_event *call_next(struct call *call)
{
    if (call->script)
        return next_of_script(call);
    enum { SHOWN = RN_AI | RN_REASONING | RN_TOOL | RN_TOOL_DELTA };
    const rn_event *event = rn_decoder_next(call->decoder);
    if (!event)
        return NULL;
    call->last_event = clock_ms();
    call->has_shown |= (event->kind & SHOWN) != 0;
    if (event->kind == RN_ERROR)
        return on_error(call, event);
    if (event->kind == RN_FINISH) {
        call->is_over = true;
        let_go(call);
    }
    return event->kind == RN_USAGE ? price(call, event) : event;
}
