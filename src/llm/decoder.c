/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "llm/decoder.h"

#include <stdlib.h>
#include <string.h>

#include "base/buf.h"
#include "base/error.h"
#include "base/json.h"
#include "base/mem.h"
#include "base/utf8.h"
#include "io/ndjson.h"
#include "io/sse.h"
#include "llm/codec.h"
#include "llm/event.h"
#include "llm/failure.h"
#include "llm/glance.h"
#include "llm/reply.h"

enum { WHOLE_MAX = 64 * 1024 * 1024, ERROR_BODY_MAX = 1024 * 1024, SNIFF_BYTES = 7 };

enum shape { SHAPE_UNKNOWN, SHAPE_SSE, SHAPE_NDJSON, SHAPE_WHOLE, SHAPE_PAGE, SHAPE_ERROR };

struct rn_decoder {
    const struct codec *codec;
    void *state;
    struct event_queue *events;
    struct reply *reply;
    struct glance *glance;
    int status;
    char *type; /* Content-Type */
    enum shape shape;
    struct sse *sse;
    struct ndjson *ndjson;
    struct buf body; /* the first bytes while the shape is not known, then all of a whole body */
};

rn_decoder *decoder_new(const struct codec *codec)
{
    rn_decoder *decoder = xnew(rn_decoder);
    decoder->codec = codec;
    decoder->state = codec->state_new ? codec->state_new() : NULL;
    decoder->events = event_queue_new();
    decoder->reply = reply_new(decoder->events);
    decoder->glance = glance_new();
    decoder->status = 200;
    decoder->type = xstrdup("");
    return decoder;
}

rn_decoder *rn_decoder_new(const char *wire)
{
    const struct codec *codec = codec_find(wire);
    return codec ? decoder_new(codec) : NULL;
}

const char *rn_wire(size_t nth)
{
    return codec_name(nth);
}

void rn_decoder_free(rn_decoder *decoder)
{
    if (!decoder)
        return;
    if (decoder->codec->state_free)
        decoder->codec->state_free(decoder->state);
    reply_free(decoder->reply);
    glance_free(decoder->glance);
    event_queue_free(decoder->events);
    sse_free(decoder->sse);
    ndjson_free(decoder->ndjson);
    buf_clear(&decoder->body);
    free(decoder->type);
    free(decoder);
}

void decoder_split_think_tags(rn_decoder *decoder)
{
    reply_split_think_tags(decoder->reply);
}

void rn_decoder_head(rn_decoder *decoder, int status, const char *content_type)
{
    decoder->status = status;
    free(decoder->type);
    decoder->type = xstrdup(content_type ? content_type : "");
    if (status >= 300)
        decoder->shape = SHAPE_ERROR;
}

const rn_event *rn_decoder_next(rn_decoder *decoder)
{
    struct event *event = event_queue_next(decoder->events);
    return event ? &event->pub : NULL;
}

/* ---- One payload ---- */

static void fail_unreadable(rn_decoder *decoder, const char *data, size_t len)
{
    enum { EXCERPT = 60 };
    struct buf message = BUF_INIT;
    buf_adds(&message, "the server sent what is no JSON: ");
    size_t shown = len < EXCERPT ? len : EXCERPT;
    shown -= utf8_cut(data, shown);
    utf8_add_clean(&message, data, shown);
    buf_adds(&message, shown < len ? "..." : "");
    reply_fail(decoder->reply, RN_EPROTOCOL, message.data, "", 0, false);
    buf_clear(&message);
}

static void fail_to_read(rn_decoder *decoder, const char *name, const char *data, size_t len,
                         const struct error *why)
{
    if (why->code == RN_ELIMIT) {
        reply_fail(decoder->reply, RN_ELIMIT, why->text, "", 0, false);
    } else if (strcmp(name, "error") == 0) { /* an error in plain words */
        json_t *words = json_stringn(data, len);
        failure_from_payload(decoder->reply, words);
        json_decref(words);
    } else {
        fail_unreadable(decoder, data, len);
    }
}

static bool is_blank(const char *data, size_t len)
{
    while (len > 0 && memchr(" \t\r\n", data[len - 1], 4))
        len--;
    return len == 0;
}

/* What was mended has been changed: it is no model for others. */
static void read_tree(rn_decoder *decoder, const char *name, const char *data, size_t len,
                      const json_t *tree, bool mended)
{
    struct reply *reply = decoder->reply;
    const struct heard *heard = reply_listen(reply);
    reply_expect_halves(reply, mended);
    decoder->codec->payload(decoder->state, reply, name, tree);
    reply_expect_halves(reply, false);
    bool is_text = heard->count == 1 && heard->said.say && !mended;
    glance_learn(decoder->glance, name, data, len, is_text ? &heard->said : NULL);
}

static void read_payload(rn_decoder *decoder, const char *name, const char *data, size_t len,
                         bool is_tail)
{
    struct reply *reply = decoder->reply;
    bool mended;
    struct said said;
    struct error error;
    if (reply_is_over(reply) || is_blank(data, len))
        return;
    if (glance_at(decoder->glance, name, data, len, &said)) {
        said.say(reply, said.text, said.len);
        return;
    }
    if (*data != '{' && decoder->codec->word &&
        decoder->codec->word(decoder->state, reply, data, len))
        return;
    json_t *tree = json_read(data, len, &mended, &error);
    if (tree) {
        read_tree(decoder, name, data, len, tree, mended);
        json_decref(tree);
    } else if (!is_tail) {
        fail_to_read(decoder, name, data, len, &error);
    } /* else the bytes were cut inside it: the end will say so */
}

static void drain_sse(rn_decoder *decoder)
{
    struct sse_event event;
    while (sse_next(decoder->sse, &event))
        read_payload(decoder, event.name, event.data, event.data_len, event.is_tail);
    if (sse_failed(decoder->sse))
        reply_fail(decoder->reply, RN_ELIMIT, "one event of the stream is longer than 64 MiB", "",
                   0, false);
}

static void drain_ndjson(rn_decoder *decoder)
{
    struct ndjson_line line;
    while (ndjson_next(decoder->ndjson, &line))
        read_payload(decoder, "", line.data, line.len, line.is_tail);
    if (ndjson_failed(decoder->ndjson))
        reply_fail(decoder->reply, RN_ELIMIT, "one line of the stream is longer than 64 MiB", "", 0,
                   false);
}

/* ---- What shape the body has ---- */

static bool begins(const char *text, size_t len, const char *word)
{
    size_t n = strlen(word);
    return len >= n && memcmp(text, word, n) == 0;
}

static bool looks_like_sse(const char *text, size_t len)
{
    return begins(text, len, ":") || begins(text, len, "data:") || begins(text, len, "event:") ||
           begins(text, len, "id:") || begins(text, len, "retry:");
}

/* JSON over several lines, which are then none of NDJSON. */
static bool is_laid_out(const char *text, size_t len)
{
    return begins(text, len, "{\n") || begins(text, len, "{\r");
}

/* The first bytes decide, since content types are wrong at times.  SNIFF_BYTES tell the longest field
 * name. */
static enum shape shape_of(const rn_decoder *decoder, const char *text, size_t len, bool is_end)
{
    bool claims_sse = strncasecmp(decoder->type, "text/event-stream", 17) == 0;
    bool claims_lines = strncasecmp(decoder->type, "application/x-ndjson", 20) == 0;
    bool may_be_lines = claims_lines || decoder->codec->framing == FRAMING_NDJSON;
    if (*text == '{' && may_be_lines && len < 2 && !is_end)
        return SHAPE_UNKNOWN;
    if (*text == '{' || *text == '[')
        return may_be_lines && !is_laid_out(text, len) ? SHAPE_NDJSON : SHAPE_WHOLE;
    if (*text == '<' || begins(text, len, "\x1F\x8B"))
        return SHAPE_PAGE;
    if (looks_like_sse(text, len))
        return SHAPE_SSE;
    if (len < SNIFF_BYTES && !is_end)
        return SHAPE_UNKNOWN;
    return claims_sse ? SHAPE_SSE : SHAPE_PAGE;
}

static bool add_body(rn_decoder *decoder, const char *bytes, size_t len, size_t max)
{
    size_t room = max - decoder->body.len;
    buf_add(&decoder->body, bytes, len < room ? len : room);
    return len <= room;
}

static void feed_shaped(rn_decoder *decoder, const char *bytes, size_t len)
{
    switch (decoder->shape) {
    case SHAPE_SSE:
        sse_feed(decoder->sse, bytes, len);
        drain_sse(decoder);
        break;
    case SHAPE_NDJSON:
        ndjson_feed(decoder->ndjson, bytes, len);
        drain_ndjson(decoder);
        break;
    case SHAPE_WHOLE:
        if (!add_body(decoder, bytes, len, WHOLE_MAX))
            reply_fail(decoder->reply, RN_ELIMIT, "the response is longer than 64 MiB", "", 0,
                       false);
        break;
    default:
        add_body(decoder, bytes, len, ERROR_BODY_MAX);
    }
}

/* What may stand before everything: a byte order mark, and blank lines that keep a connection alive. */
static size_t prelude(const char *bytes, size_t len)
{
    static const char mark[] = "\xEF\xBB\xBF";
    size_t n = 0;
    while (n < len) {
        if (begins(bytes + n, len - n, mark))
            n += sizeof(mark) - 1;
        else if (memchr(" \t\r\n", bytes[n], 4))
            n++;
        else
            break;
    }
    return n;
}

static void choose_shape(rn_decoder *decoder, bool is_end)
{
    buf_drop(&decoder->body, prelude(buf_str(&decoder->body), decoder->body.len));
    struct buf held = decoder->body;
    if (held.len > 0)
        decoder->shape = shape_of(decoder, held.data, held.len, is_end);
    if (decoder->shape == SHAPE_UNKNOWN)
        return;
    if (decoder->shape == SHAPE_SSE)
        decoder->sse = sse_new();
    if (decoder->shape == SHAPE_NDJSON)
        decoder->ndjson = ndjson_new();
    decoder->body = (struct buf)BUF_INIT;
    feed_shaped(decoder, held.data, held.len);
    buf_clear(&held);
}

void rn_decoder_feed(rn_decoder *decoder, const void *bytes, size_t len)
{
    if (reply_is_over(decoder->reply) || len == 0)
        return;
    if (decoder->shape != SHAPE_UNKNOWN) {
        feed_shaped(decoder, bytes, len);
        return;
    }
    buf_add(&decoder->body, bytes, len);
    choose_shape(decoder, false);
}

/* ---- The end ---- */

/* Lines of JSON that do not say so: the first is whole, and more follows. */
static bool is_lines(const struct buf *body)
{
    struct error ignored;
    const char *end = memchr(body->data, '\n', body->len);
    json_t *first = end ? json_read(body->data, (size_t)(end - body->data), NULL, &ignored) : NULL;
    bool is_whole = first != NULL;
    json_decref(first);
    return is_whole;
}

static void read_lines(rn_decoder *decoder)
{
    decoder->ndjson = ndjson_new();
    ndjson_feed(decoder->ndjson, decoder->body.data, decoder->body.len);
    drain_ndjson(decoder);
    ndjson_end(decoder->ndjson);
    drain_ndjson(decoder);
}

static void end_whole(rn_decoder *decoder)
{
    const struct buf *body = &decoder->body;
    bool mended;
    struct error error;
    json_t *tree = json_read(body->data, body->len, &mended, &error);
    if (!tree && is_lines(body))
        read_lines(decoder);
    else if (!tree && error.code != RN_ETRUNCATED)
        fail_to_read(decoder, "", body->data, body->len, &error);
    if (!tree)
        return;
    reply_expect_halves(decoder->reply, mended);
    decoder->codec->whole(decoder->state, decoder->reply, tree);
    json_decref(tree);
}

static void end_shaped(rn_decoder *decoder)
{
    const struct buf *body = &decoder->body;
    switch (decoder->shape) {
    case SHAPE_SSE:
        sse_end(decoder->sse);
        drain_sse(decoder);
        break;
    case SHAPE_NDJSON:
        ndjson_end(decoder->ndjson);
        drain_ndjson(decoder);
        break;
    case SHAPE_WHOLE:
        end_whole(decoder);
        break;
    case SHAPE_PAGE:
        failure_from_page(decoder->reply, body->data, body->len);
        break;
    case SHAPE_ERROR:
        failure_from_body(decoder->reply, decoder->status, buf_str(body), body->len);
        break;
    case SHAPE_UNKNOWN:
        break;
    }
}

void decoder_break(rn_decoder *decoder, enum rn_status code, const char *message, bool retryable)
{
    if (reply_is_over(decoder->reply))
        return;
    if (decoder->shape == SHAPE_UNKNOWN)
        choose_shape(decoder, true);
    end_shaped(decoder);
    if (decoder->codec->end)
        decoder->codec->end(decoder->state, decoder->reply);
    reply_fail(decoder->reply, code, message, "", 0, retryable);
}

void rn_decoder_end(rn_decoder *decoder)
{
    bool is_empty = decoder->shape == SHAPE_UNKNOWN && decoder->body.len == 0;
    decoder_break(decoder, RN_ETRUNCATED,
                  is_empty ? "the server's answer is empty"
                           : "stream ended before the response was complete",
                  true);
}

int64_t decoder_wait_ms(const rn_decoder *decoder)
{
    return reply_wait_ms(decoder->reply);
}
