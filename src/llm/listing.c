/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "llm/listing.h"

#include <limits.h>
#include <poll.h>
#include <stdlib.h>
#include <string.h>

#include "base/buf.h"
#include "base/clock.h"
#include "base/error.h"
#include "base/json.h"
#include "base/mailbox.h"
#include "base/mem.h"
#include "io/http.h"
#include "io/io.h"
#include "io/redact.h"
#include "io/worker.h"
#include "llm/codec.h"
#include "llm/event.h"
#include "llm/failure.h"
#include "llm/model.h"
#include "llm/reply.h"

enum { QUEUE_BYTES = 1024 * 1024 };

struct rn_listing {
    rn_model *model; /* whom it asks */
    struct mailbox *box;
    uint64_t transfer, timer;
    int status; /* HTTP's */
    struct buf body;

    int result; /* RN_AGAIN while it is under way */
    char *error;
    json_t *told; /* by the codec; the strings of `models` are in it */
    rn_listed *models;
    size_t count;
};

/* ---- How it ends ---- */

static void end(rn_listing *listing, int result)
{
    struct worker *worker = io_worker(listing->model->io);
    listing->result = result;
    worker_drop(worker, listing->transfer);
    worker_drop(worker, listing->timer);
    buf_clear(&listing->body);
    if (listing->box)
        mailbox_wake(listing->box); /* whoever waits is to come and look */
}

/* Without the key, which servers repeat when they refuse it. */
static void fail(rn_listing *listing, int result, const char *why)
{
    listing->error = xstrdup(why);
    redact_headers(listing->error, strlen(why), (const char *const *)listing->model->headers);
    end(listing, result);
}

/* What the server says when it says no, in the words of a model call's. */
static void fail_as_told(rn_listing *listing, const json_t *payload)
{
    struct event_queue *events = event_queue_new();
    struct reply *reply = reply_new(events);
    if (payload)
        failure_from_payload(reply, payload);
    else
        failure_from_body(reply, listing->status, buf_str(&listing->body), listing->body.len);
    for (const struct event *event; (event = event_queue_next(events));)
        if (event->pub.kind == RN_ERROR)
            fail(listing, (int)event->error.code, event->pub.text);
    reply_free(reply);
    event_queue_free(events);
}

/* ---- What is listed ---- */

static int ability(const json_t *model, const char *key)
{
    const json_t *value = json_object_get(model, key);
    return json_is_boolean(value) ? json_is_true(value) : -1;
}

static double price(const json_t *model, const char *key)
{
    const json_t *value = json_object_get(json_object_get(model, "prices"), key);
    return json_is_number(value) ? json_number_value(value) : -1;
}

static rn_listed read_model(const json_t *model)
{
    return (rn_listed){
        .name = json_get_text(model, "name"),
        .title = json_get_text(model, "title"),
        .context = json_get_number(model, "context", -1),
        .output = json_get_number(model, "output", -1),
        .images = ability(model, "images"),
        .tools = ability(model, "tools"),
        .reasoning = ability(model, "reasoning"),
        .prices = {.input = price(model, "input"),
                   .output = price(model, "output"),
                   .cached = price(model, "cached"),
                   .cache_write = price(model, "cache_write")},
    };
}

static void read_models(rn_listing *listing)
{
    size_t i;
    const json_t *model;
    listing->models = xcalloc(json_array_size(listing->told) + 1, sizeof(*listing->models));
    json_array_foreach (listing->told, i, model) {
        rn_listed listed = read_model(model);
        size_t len = strlen(listed.name);
        if (len > 0 && len <= LISTING_NAME_MAX)
            listing->models[listing->count++] = listed;
    }
}

static void read_answer(rn_listing *listing)
{
    struct error why;
    json_t *answer = json_read(buf_str(&listing->body), listing->body.len, NULL, &why);
    if (answer)
        listing->told = listing->model->codec->models(answer);
    if (json_is_array(listing->told)) {
        read_models(listing);
        end(listing, RN_DONE);
    } else if (answer && failure_is(answer)) {
        fail_as_told(listing, answer);
    } else if (!answer && why.code == RN_ELIMIT) {
        fail(listing, RN_ELIMIT, why.text);
    } else {
        fail(listing, RN_EPROTOCOL,
             "the server answered with something else than a list of models: is the URL right?");
    }
    json_decref(answer);
}

/* ---- Mail ---- */

static void on_end(rn_listing *listing, const struct mail *mail)
{
    if (mail->code != RN_OK)
        fail(listing, mail->code, buf_str(&mail->data));
    else if (listing->status >= 300)
        fail_as_told(listing, NULL);
    else
        read_answer(listing);
}

static void on_mail(rn_listing *listing, const struct mail *mail)
{
    if (listing->result != RN_AGAIN)
        return;
    if (mail->kind == MAIL_TIMER)
        fail(listing, RN_ETIMEOUT, "the server took too long with its list of models");
    else if (mail->kind == MAIL_HEAD)
        listing->status = mail->code;
    else if (mail->kind == MAIL_BYTES)
        buf_add(&listing->body, mail->data.data, mail->data.len);
    else
        on_end(listing, mail);
}

static void take_mail(rn_listing *listing)
{
    bool was_full;
    struct mail *mail;
    while (listing->result == RN_AGAIN && (mail = mailbox_take(listing->box, &was_full))) {
        while (mail) {
            struct mail *next = mail->next;
            on_mail(listing, mail);
            mail_free(mail);
            mail = next;
        }
        if (was_full)
            worker_resume(io_worker(listing->model->io), listing->transfer);
    }
}

/* ---- Asking ---- */

static void ask(rn_listing *listing)
{
    const rn_model_options *options = &listing->model->options;
    struct worker *worker = io_worker(listing->model->io);
    char *url;
    struct http_request request = model_list_request(listing->model, &url);
    request.body_max = LISTING_BODY_MAX;
    listing->transfer = worker_http(worker, &request, listing->box);
    listing->timer =
        worker_timer(worker, options->first_ms > 0 ? options->first_ms : LISTING_MS, listing->box);
    free(url);
}

rn_listing *rn_list_models(const rn_model_options *options)
{
    rn_model_options given = {0};
    memcpy(&given, options, options->size < sizeof(given) ? options->size : sizeof(given));
    given.size = sizeof(given);
    if (!given.model || !*given.model)
        given.model = "any"; /* a model must have a name, and its list is the same for all */
    rn_listing *listing = xnew(rn_listing);
    listing->result = RN_AGAIN;
    listing->model = rn_model_new(&given);
    listing->box = mailbox_new(QUEUE_BYTES);
    const struct codec *codec = listing->model->codec;
    if (*rn_model_error(listing->model))
        fail(listing, RN_ECONFIG, rn_model_error(listing->model));
    else if (!listing->box)
        fail(listing, RN_EIO, "there are too many open files");
    else if (!codec->models)
        fail(listing, RN_ECONFIG, "this wire has no list of models");
    else
        ask(listing);
    return listing;
}

/* ---- For the caller ---- */

int rn_listing_step(rn_listing *listing, int timeout_ms)
{
    int64_t deadline = timeout_ms < 0 ? -1 : clock_ms() + timeout_ms;
    for (;;) {
        take_mail(listing);
        int64_t left = deadline - clock_ms();
        if (listing->result != RN_AGAIN || (deadline >= 0 && left <= 0))
            return listing->result;
        struct pollfd wait = {.fd = mailbox_fd(listing->box), .events = POLLIN};
        poll(&wait, 1, deadline < 0 ? -1 : (int)left);
    }
}

int rn_listing_fd(const rn_listing *listing)
{
    return listing->box ? mailbox_fd(listing->box) : -1;
}

const char *rn_listing_error(const rn_listing *listing)
{
    return listing->error ? listing->error : "";
}

const rn_listed *rn_listing_model(const rn_listing *listing, size_t nth)
{
    return nth < listing->count ? &listing->models[nth] : NULL;
}

void rn_listing_free(rn_listing *listing)
{
    if (!listing)
        return;
    if (listing->result == RN_AGAIN)
        end(listing, RN_ECANCELLED);
    mailbox_free(listing->box);
    rn_model_free(listing->model);
    json_decref(listing->told);
    free(listing->models);
    free(listing->error);
    free(listing);
}
