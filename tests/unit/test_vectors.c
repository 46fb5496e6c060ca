/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * The conformance bodies of tests/wire through the decoder: whole, byte by byte, cut in two at every
 * position, and in random pieces.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <glob.h>

#include "wire_vector.h"

/* The vectors of a wire, and how many there are at least. */
struct set {
    const char *wire, *pattern;
    size_t least;
};

static void drain(rn_decoder *decoder, json_t *list)
{
    const rn_event *event;
    while ((event = rn_decoder_next(decoder))) {
        size_t len = rn_event_json(event, NULL, 0);
        char *line = malloc(len + 1);
        rn_event_json(event, line, len + 1);
        json_t *tree = json_loads(line, 0, NULL);
        assert_non_null(tree);
        vector_add(list, tree);
        json_decref(tree);
        free(line);
    }
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

static json_t *decode(const char *wire, const struct vector *vector, piece_fn *piece,
                      size_t parameter)
{
    rn_decoder *decoder = rn_decoder_new(wire);
    json_t *list = json_array();
    assert_non_null(decoder);
    rn_decoder_head(decoder, vector_status(vector), vector_type(vector));
    for (size_t at = 0; at < vector->body.len;) {
        size_t n = piece(at, vector->body.len, parameter);
        rn_decoder_feed(decoder, vector->body.data + at, n);
        drain(decoder, list);
        at += n;
    }
    rn_decoder_end(decoder);
    drain(decoder, list);
    rn_decoder_free(decoder);
    return list;
}

static void check(const char *wire, const struct vector *vector, const char *how, piece_fn *piece,
                  size_t parameter)
{
    json_t *wanted = vector_events(vector), *list = decode(wire, vector, piece, parameter);
    vector_bind(list, wanted);
    if (!json_equal(list, wanted)) {
        char *got = json_dumps(list, JSON_INDENT(1)), *want = json_dumps(wanted, JSON_INDENT(1));
        print_error("%s, %s %zu:\ngot %s\nwant %s\n", vector->name, how, parameter, got, want);
        free(got);
        free(want);
        fail();
    }
    json_decref(list);
    json_decref(wanted);
}

static void test_vectors(void **state)
{
    const struct set *set = *state;
    glob_t files;
    assert_int_equal(glob(set->pattern, 0, NULL, &files), 0);
    assert_true(files.gl_pathc >= set->least);
    for (size_t i = 0; i < files.gl_pathc; i++) {
        struct vector vector;
        assert_true(vector_load(&vector, files.gl_pathv[i]));
        check(set->wire, &vector, "whole", all, 0);
        check(set->wire, &vector, "byte by byte", one, 0);
        for (size_t at = 1; at < vector.body.len; at++)
            check(set->wire, &vector, "cut at", cut, at);
        for (size_t seed = 0; seed < 20; seed++)
            check(set->wire, &vector, "random pieces", some, seed);
        vector_clear(&vector);
    }
    globfree(&files);
}

int main(void)
{
    static struct set openai = {"openai", "tests/wire/openai-chat-*.expect.json", 21};
    static struct set responses = {"responses", "tests/wire/openai-responses-*.expect.json", 7};
    static struct set anthropic = {"anthropic", "tests/wire/anthropic-*.expect.json", 10};
    static struct set ollama = {"ollama", "tests/wire/ollama-*.expect.json", 6};
    static struct set gemini = {"gemini", "tests/wire/gemini-*.expect.json", 8};
    const struct CMUnitTest tests[] = {
        {"openai", test_vectors, NULL, NULL, &openai},
        {"responses", test_vectors, NULL, NULL, &responses},
        {"anthropic", test_vectors, NULL, NULL, &anthropic},
        {"ollama", test_vectors, NULL, NULL, &ollama},
        {"gemini", test_vectors, NULL, NULL, &gemini},
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
