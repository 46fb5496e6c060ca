/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Any bytes as the body of an answer on some wire.  The first byte says what the response's head says,
 * the second how the rest is cut.  However that is, the events add up to the same, end in one finish or
 * error, and hold what they promise to hold.
 */
#ifndef FUZZ_ANSWER_H
#define FUZZ_ANSWER_H

#include <assert.h>
#include <jansson.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "base/buf.h"
#include "base/utf8.h"
#include "llm/codec.h"
#include "llm/decoder.h"
#include "llm/event.h"

static const struct {
    int status;
    const char *type;
} heads[] = {
    {200, "text/event-stream"}, {200, "application/json"}, {200, ""}, {200, "application/x-ndjson"},
    {200, "text/html"},         {429, "application/json"}, {307, ""}, {500, "text/event-stream"},
};

enum { HEAD_COUNT = sizeof(heads) / sizeof(heads[0]), IDS_MAX = 256, THINK = 8 };

/* What came out: pieces that follow each other joined, calls by their number instead of their id, which
 * may be one that was made here. */
struct words {
    struct buf text;
    enum rn_kind last;
    size_t last_call;
    char *ids[IDS_MAX];
    size_t id_count;
    bool has_ended;
};

static size_t number_of(struct words *words, const char *id)
{
    size_t n = 0;
    while (n < words->id_count && strcmp(words->ids[n], id) != 0)
        n++;
    if (n == words->id_count && n < IDS_MAX)
        words->ids[words->id_count++] = strdup(id);
    return n;
}

static void check_event(const rn_event *event)
{
    assert(utf8_valid(event->content, event->content_len));
    assert(utf8_valid(event->text, event->text_len));
    assert(event->kind != RN_AI || event->content_len > 0);
    if (event->kind == RN_TOOL && !event->invalid) {
        json_t *args = json_loads(event->args, JSON_ALLOW_NUL | JSON_DECODE_INT_AS_REAL, NULL);
        assert(json_is_object(args));
        json_decref(args);
    }
}

static void add_event(struct words *words, const rn_event *event)
{
    const enum rn_kind kind = event->kind;
    const bool is_call = kind & (RN_TOOL_DELTA | RN_TOOL);
    size_t call = is_call ? number_of(words, event->id) : 0;
    assert(!words->has_ended);
    words->has_ended = kind & (RN_FINISH | RN_ERROR);
    check_event(event);
    if (kind != words->last || call != words->last_call ||
        !(kind & (RN_AI | RN_REASONING | RN_TOOL_DELTA)))
        buf_addf(&words->text, "\n%s %zu %s ", event->type, call, event->tool);
    words->last = kind;
    words->last_call = call;
    if (kind == RN_AI)
        buf_add(&words->text, event->content, event->content_len);
    else if (kind == RN_REASONING)
        buf_add(&words->text, event->text, event->text_len);
    else if (is_call)
        buf_adds(&words->text, event->args);
    else if (kind == RN_OPAQUE && *event->opaque->call)
        buf_addf(&words->text, "%zu %s %s", number_of(words, event->opaque->call),
                 event->opaque->field, event->opaque->data);
    else
        event_json(event, &words->text);
}

static void drain(rn_decoder *decoder, struct words *words)
{
    for (const rn_event *event; (event = rn_decoder_next(decoder));)
        add_event(words, event);
}

static struct buf decode(const struct codec *codec, uint8_t head, const uint8_t *body, size_t len,
                         size_t piece)
{
    struct words words = {0};
    rn_decoder *decoder = decoder_new(codec);
    rn_decoder_head(decoder, heads[head % HEAD_COUNT].status, heads[head % HEAD_COUNT].type);
    if (head & THINK)
        decoder_split_think_tags(decoder);
    for (size_t at = 0; at < len; at += piece) {
        size_t n = len - at < piece ? len - at : piece;
        uint8_t *copy = malloc(n);
        memcpy(copy, body + at, n);
        rn_decoder_feed(decoder, copy, n);
        free(copy);
        drain(decoder, &words);
    }
    rn_decoder_end(decoder);
    drain(decoder, &words);
    assert(words.has_ended);
    rn_decoder_free(decoder);
    for (size_t i = 0; i < words.id_count; i++)
        free(words.ids[i]);
    return words.text;
}

static int fuzz_answer(const struct codec *codec, const uint8_t *data, size_t size)
{
    if (size < 2)
        return 0;
    struct buf whole = decode(codec, data[0], data + 2, size - 2, size);
    struct buf cut = decode(codec, data[0], data + 2, size - 2, data[1] % 64 + 1u);
    assert(whole.len == cut.len && memcmp(whole.data, cut.data, whole.len) == 0);
    buf_clear(&whole);
    buf_clear(&cut);
    return 0;
}

#endif
