/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Two readers of the same payloads.  One is a decoder as it is; the other is given an empty object behind
 * each payload, which says nothing on any wire, and over which no form of a payload is remembered
 * (llm/glance.h): so it parses everything.  Both must say the same, piece by piece.
 */
#ifndef TESTS_FORGETFUL_H
#define TESTS_FORGETFUL_H

#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#include "base/buf.h"
#include "llm/codec.h"
#include "llm/decoder.h"
#include "llm/event.h"

enum { READER_CALLS_MAX = 256 };

struct reader {
    rn_decoder *decoder;
    bool takes_lines, forgets;
    struct buf said;
    char *calls[READER_CALLS_MAX]; /* their ids, some of which are made by chance */
    size_t call_count;
};

struct readers {
    struct reader usual, forgetful;
};

/* ---- One reader ---- */

/* A call is known by its number among those that have been heard of. */
static inline const char *reader_name(struct reader *reader, const char *id)
{
    static const char *const names[] = {"first", "second", "third", "one of the others"};
    size_t n = 0;
    while (n < reader->call_count && strcmp(reader->calls[n], id) != 0)
        n++;
    if (n == reader->call_count && n < READER_CALLS_MAX)
        reader->calls[reader->call_count++] = strdup(id);
    return names[n < 3 ? n : 3];
}

static inline void reader_hear(struct reader *reader)
{
    const rn_event *event;
    while ((event = rn_decoder_next(reader->decoder))) {
        rn_event named = *event;
        rn_opaque opaque;
        if (event->kind & (RN_TOOL | RN_TOOL_DELTA))
            named.id = reader_name(reader, event->id);
        if (event->kind == RN_OPAQUE && *event->opaque->call) {
            opaque = *event->opaque;
            opaque.call = reader_name(reader, opaque.call);
            named.opaque = &opaque;
        }
        event_json(&named, &reader->said);
        buf_addc(&reader->said, '\n');
    }
}

static inline void reader_write(const struct reader *reader, struct buf *out, const char *name,
                                const char *payload, size_t len)
{
    if (!reader->takes_lines && *name)
        buf_addf(out, "event: %s\n", name);
    buf_adds(out, reader->takes_lines ? "" : "data: ");
    for (size_t i = 0; i < len; i++) {
        buf_addc(out, payload[i]);
        if (payload[i] == '\n' && !reader->takes_lines)
            buf_adds(out, "data: ");
    }
    buf_adds(out, reader->takes_lines ? "\n" : "\n\n");
}

static inline void reader_take(struct reader *reader, const char *name, const char *payload,
                               size_t len)
{
    struct buf bytes = BUF_INIT;
    reader_write(reader, &bytes, name, payload, len);
    if (reader->forgets)
        reader_write(reader, &bytes, "", "{}", 2);
    rn_decoder_feed(reader->decoder, bytes.data, bytes.len);
    reader_hear(reader);
    buf_clear(&bytes);
}

static inline struct reader reader_new(const struct codec *codec, bool splits_think, bool forgets)
{
    struct reader reader = {.decoder = decoder_new(codec),
                            .takes_lines = codec->framing == FRAMING_NDJSON,
                            .forgets = forgets};
    if (splits_think)
        decoder_split_think_tags(reader.decoder);
    reader_take(&reader, "", "{}", 2); /* so that both know what shape it has */
    return reader;
}

static inline void reader_clear(struct reader *reader)
{
    for (size_t i = 0; i < reader->call_count; i++)
        free(reader->calls[i]);
    buf_clear(&reader->said);
    rn_decoder_free(reader->decoder);
}

/* ---- Both ---- */

static inline struct readers readers_new(const struct codec *codec, bool splits_think)
{
    return (struct readers){reader_new(codec, splits_think, false),
                            reader_new(codec, splits_think, true)};
}

static inline void readers_take(struct readers *readers, const char *name, const char *payload,
                                size_t len)
{
    reader_take(&readers->usual, name, payload, len);
    reader_take(&readers->forgetful, name, payload, len);
}

/* The end; whether they agree. */
static inline bool readers_end(struct readers *readers)
{
    struct reader *a = &readers->usual, *b = &readers->forgetful;
    rn_decoder_end(a->decoder);
    rn_decoder_end(b->decoder);
    reader_hear(a);
    reader_hear(b);
    return a->said.len == b->said.len && memcmp(a->said.data, b->said.data, a->said.len) == 0;
}

static inline void readers_clear(struct readers *readers)
{
    reader_clear(&readers->usual);
    reader_clear(&readers->forgetful);
}

/* ---- Payloads that are like others ---- */

/* Put something else between a quote and the next: a text, a name, or what is between two strings. */
static inline void payload_edit(struct buf *payload, size_t quote, const char *text, size_t len)
{
    struct buf edited = BUF_INIT;
    const char *at = buf_str(payload), *end = at + payload->len, *next;
    for (size_t n = 0; (at = memchr(at, '"', (size_t)(end - at))) && n < quote; n++)
        at++;
    next = at ? memchr(at + 1, '"', (size_t)(end - at - 1)) : NULL;
    if (!next)
        return;
    buf_add(&edited, payload->data, (size_t)(at + 1 - payload->data));
    buf_add(&edited, text, len);
    buf_add(&edited, next, (size_t)(end - next));
    buf_clear(payload);
    *payload = edited;
}

#endif
