/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * The conformance bodies of tests/wire: NAME.http-body holds the bytes of an answer, NAME.expect.json
 * says what they mean.  How they are read, and how what came out is brought into their form.
 */
#ifndef TESTS_WIRE_VECTOR_H
#define TESTS_WIRE_VECTOR_H

#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <jansson.h>

#include "base/buf.h"
#include "base/error.h"
#include "base/fd.h"
#include "base/json.h"
#include "runnel.h"

struct vector {
    char *name;
    json_t *expect;
    struct buf body;
};

static inline bool vector_load(struct vector *vector, const char *path)
{
    struct buf body = BUF_INIT;
    struct error error;
    size_t stem = strlen(path) - strlen(".expect.json");
    *vector = (struct vector){.name = strdup(path), .expect = json_load_file(path, 0, NULL)};
    buf_add(&body, path, stem);
    buf_adds(&body, ".http-body");
    int done = file_read(body.data, &vector->body, 1 << 20, &error);
    buf_clear(&body);
    return done == 0 && vector->expect;
}

static inline void vector_clear(struct vector *vector)
{
    free(vector->name);
    json_decref(vector->expect);
    buf_clear(&vector->body);
}

static inline int vector_status(const struct vector *vector)
{
    return (int)json_get_number(vector->expect, "status", 200);
}

/* What the response's head says the body is. */
static inline const char *vector_type(const struct vector *vector)
{
    const char *framing = json_get_text(vector->expect, "framing");
    return strcmp(framing, "sse") == 0      ? "text/event-stream"
           : strcmp(framing, "ndjson") == 0 ? "application/x-ndjson"
                                            : "application/json";
}

/* ---- Events in the vectors' form ---- */

/* Only the fields that vectors tell. */
static inline json_t *vector_fields(const json_t *event)
{
    static const char *const told[] = {
        "type",    "id",    "model",   "content", "refusal",       "text",        "field",
        "data",    "call",  "item",    "index",   "tool",          "args",        "args_raw",
        "invalid", "input", "output",  "cached",  "reasoning",     "cache_write", "reason",
        "raw",     "code",  "message", "http",    "provider_code", "retryable",
    };
    json_t *copy = json_object();
    for (size_t i = 0; i < sizeof(told) / sizeof(told[0]); i++)
        if (json_object_get(event, told[i]))
            json_object_set(copy, told[i], json_object_get(event, told[i]));
    /* A piece has its message's id, which the vectors do not tell. */
    const char *type = json_get_text(event, "type");
    if (strcmp(type, "ai") == 0 || strcmp(type, "reasoning") == 0)
        json_object_del(copy, "id");
    return copy;
}

static inline bool vector_goes_on(const json_t *last, const json_t *event)
{
    static const char *const keys[] = {"type", "id", "refusal"};
    for (size_t i = 0; i < sizeof(keys) / sizeof(keys[0]); i++) {
        json_t *a = json_object_get(last, keys[i]), *b = json_object_get(event, keys[i]);
        if (a != b && !json_equal(a, b))
            return false;
    }
    return true;
}

/* Add an event, in the vectors' form; adjacent pieces of the same kind are one. */
static inline void vector_add(json_t *list, const json_t *given)
{
    json_t *event = vector_fields(given);
    json_t *last = json_array_get(list, json_array_size(list) - 1);
    const char *type = json_get_text(event, "type");
    const char *key = strcmp(type, "ai") == 0           ? "content"
                      : strcmp(type, "reasoning") == 0  ? "text"
                      : strcmp(type, "tool_delta") == 0 ? "args"
                                                        : NULL;
    if (last && key && vector_goes_on(last, event)) {
        struct buf joined = BUF_INIT;
        buf_adds(&joined, json_get_text(last, key));
        buf_adds(&joined, json_get_text(event, key));
        json_object_set_new(last, key, json_string(buf_str(&joined)));
        buf_clear(&joined);
    } else {
        json_array_append(list, event);
    }
    json_decref(event);
}

/* The events that a vector promises; the caller's. */
static inline json_t *vector_events(const struct vector *vector)
{
    json_t *list = json_array(), *event;
    size_t i;
    json_array_foreach (json_object_get(vector->expect, "events"), i, event)
        vector_add(list, event);
    return list;
}

/* Ids that the client made stand as @0, @1 in the vectors: bound where they are first seen, and the same
 * from there on. */
static inline void vector_bind(json_t *list, const json_t *wanted)
{
    enum { BOUND_MAX = 10 };
    static const char *const keys[] = {"id", "call"};
    json_t *bound[BOUND_MAX] = {0}, *event;
    size_t i;
    json_array_foreach (list, i, event) {
        for (size_t k = 0; k < sizeof(keys) / sizeof(keys[0]); k++) {
            json_t *want = json_object_get(json_array_get(wanted, i), keys[k]);
            json_t *id = json_object_get(event, keys[k]);
            const char *name = json_string_length(want) == 2 ? json_string_value(want) : "";
            if (*name != '@' || !id)
                continue;
            size_t n = (size_t)(name[1] - '0') % BOUND_MAX;
            if (!bound[n])
                bound[n] = json_incref(id);
            if (json_equal(bound[n], id))
                json_object_set(event, keys[k], want);
        }
    }
    for (i = 0; i < BOUND_MAX; i++)
        json_decref(bound[i]);
}

#endif
