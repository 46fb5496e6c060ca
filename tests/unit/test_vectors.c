/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * The conformance bodies of tests/wire through the decoder: whole, byte by byte, cut in two at every
 * position, and in random pieces.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>
#include <glob.h>
#include <jansson.h>

#include "base/buf.h"
#include "base/error.h"
#include "base/fd.h"
#include "base/json.h"
#include "runnel.h"

struct vector {
    const char *name;
    json_t *expect;
    struct buf body;
};

/* ---- What came out, in the vectors' form ---- */

static const char *const compared[] = {
    "type",    "id",     "model",         "content",     "refusal",  "text",    "field",
    "data",    "call",   "tool",          "args",        "args_raw", "invalid", "input",
    "output",  "cached", "reasoning",     "cache_write", "reason",   "raw",     "code",
    "message", "http",   "provider_code", "retryable",
};

static json_t *only_compared(const json_t *event)
{
    json_t *copy = json_object();
    for (size_t i = 0; i < sizeof(compared) / sizeof(compared[0]); i++)
        if (json_object_get(event, compared[i]))
            json_object_set(copy, compared[i], json_object_get(event, compared[i]));
    /* A piece has its message's id, which the vectors do not tell. */
    const char *type = json_get_text(event, "type");
    if (strcmp(type, "ai") == 0 || strcmp(type, "reasoning") == 0)
        json_object_del(copy, "id");
    return copy;
}

static void append_text(json_t *into, const json_t *from, const char *key)
{
    struct buf joined = BUF_INIT;
    buf_adds(&joined, json_get_text(into, key));
    buf_adds(&joined, json_get_text(from, key));
    json_object_set_new(into, key, json_string(buf_str(&joined)));
    buf_clear(&joined);
}

static bool same_text(const json_t *a, const json_t *b, const char *key)
{
    return strcmp(json_get_text(a, key), json_get_text(b, key)) == 0;
}

/* Adjacent pieces of the same kind are one. */
static void add_merged(json_t *list, const json_t *given)
{
    json_t *event = only_compared(given);
    json_t *last = json_array_get(list, json_array_size(list) - 1);
    const char *type = json_get_text(event, "type");
    const char *key = strcmp(type, "ai") == 0           ? "content"
                      : strcmp(type, "reasoning") == 0  ? "text"
                      : strcmp(type, "tool_delta") == 0 ? "args"
                                                        : NULL;
    if (last && key && same_text(last, event, "type") && same_text(last, event, "id"))
        append_text(last, event, key);
    else
        json_array_append(list, event);
    json_decref(event);
}

static void drain(rn_decoder *decoder, json_t *list)
{
    const rn_event *event;
    while ((event = rn_decoder_next(decoder))) {
        size_t len = rn_event_json(event, NULL, 0);
        char *line = malloc(len + 1);
        rn_event_json(event, line, len + 1);
        json_t *tree = json_loads(line, 0, NULL);
        assert_non_null(tree);
        add_merged(list, tree);
        json_decref(tree);
        free(line);
    }
}

/* Ids that the client made stand as @0, @1 in the vectors. */
static void bind_ids(json_t *list, const json_t *wanted)
{
    const char *bound[8] = {0};
    size_t i;
    json_t *event;
    json_array_foreach (list, i, event) {
        const char *id = json_get_text(event, "id");
        const char *want = json_get_text(json_array_get(wanted, i), "id");
        if (*want != '@')
            continue;
        size_t n = (size_t)(want[1] - '0');
        if (!bound[n])
            bound[n] = id;
        if (strcmp(bound[n], id) == 0)
            json_object_set_new(event, "bound", json_string(want));
    }
    json_array_foreach (list, i, event) {
        if (json_object_get(event, "bound")) {
            json_object_set(event, "id", json_object_get(event, "bound"));
            json_object_del(event, "bound");
        }
    }
}

static json_t *wanted_of(const json_t *expect)
{
    json_t *list = json_array(), *event;
    size_t i;
    json_array_foreach (json_object_get(expect, "events"), i, event)
        add_merged(list, event);
    return list;
}

/* ---- The ways of feeding ---- */

typedef size_t piece_fn(size_t at, size_t len, size_t parameter);

static size_t all(size_t at, size_t len, size_t parameter)
{
    (void)parameter;
    return len - at;
}

static size_t one(size_t at, size_t len, size_t parameter)
{
    (void)at, (void)len, (void)parameter;
    return 1;
}

static size_t cut(size_t at, size_t len, size_t parameter)
{
    return at < parameter ? parameter - at : len - at;
}

static size_t some(size_t at, size_t len, size_t parameter)
{
    size_t n = 1 + (at * 2654435761u + parameter * 40503u) % 37;
    return n < len - at ? n : len - at;
}

static void check(const struct vector *vector, const char *how, piece_fn *piece, size_t parameter)
{
    rn_decoder *decoder = rn_decoder_new("openai");
    json_t *list = json_array(), *wanted = wanted_of(vector->expect);
    int status = (int)json_integer_value(json_object_get(vector->expect, "status"));
    bool is_sse = strcmp(json_get_text(vector->expect, "framing"), "sse") == 0;
    rn_decoder_head(decoder, status, is_sse ? "text/event-stream" : "application/json");
    for (size_t at = 0; at < vector->body.len;) {
        size_t n = piece(at, vector->body.len, parameter);
        rn_decoder_feed(decoder, vector->body.data + at, n);
        drain(decoder, list);
        at += n;
    }
    rn_decoder_end(decoder);
    drain(decoder, list);
    bind_ids(list, wanted);
    if (!json_equal(list, wanted)) {
        char *got = json_dumps(list, JSON_INDENT(1)), *want = json_dumps(wanted, JSON_INDENT(1));
        print_error("%s, %s %zu:\ngot %s\nwant %s\n", vector->name, how, parameter, got, want);
        free(got);
        free(want);
        fail();
    }
    json_decref(list);
    json_decref(wanted);
    rn_decoder_free(decoder);
}

static void load(struct vector *vector, const char *path)
{
    char body[512];
    struct error error;
    vector->name = path;
    vector->expect = json_load_file(path, 0, NULL);
    assert_non_null(vector->expect);
    snprintf(body, sizeof(body), "%.*s.http-body", (int)(strlen(path) - strlen(".expect.json")),
             path);
    vector->body = (struct buf)BUF_INIT;
    assert_int_equal(file_read(body, &vector->body, 1 << 20, &error), 0);
}

static void test_vectors(void **state)
{
    (void)state;
    glob_t files;
    assert_int_equal(glob("tests/wire/openai-chat-*.expect.json", 0, NULL, &files), 0);
    assert_true(files.gl_pathc >= 21);
    for (size_t i = 0; i < files.gl_pathc; i++) {
        struct vector vector;
        load(&vector, files.gl_pathv[i]);
        check(&vector, "whole", all, 0);
        check(&vector, "byte by byte", one, 0);
        for (size_t at = 1; at < vector.body.len; at++)
            check(&vector, "cut at", cut, at);
        for (size_t seed = 0; seed < 20; seed++)
            check(&vector, "random pieces", some, seed);
        json_decref(vector.expect);
        buf_clear(&vector.body);
    }
    globfree(&files);
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(test_vectors)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
