/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Answers made up at random, to be written on a wire as a whole and as a stream, and the check that both
 * mean the same: the pieces of a stream joined are what the snapshot holds, what rn_collect gives and
 * what an invoke gives.  The same seed gives the same answer.
 *
 * To be included behind cmocka.h.
 */
#ifndef TESTS_MADE_ANSWER_H
#define TESTS_MADE_ANSWER_H

#include <jansson.h>
#include <stdio.h>

#include "base/json.h"
#include "base/utf8.h"
#include "model_fixture.h"

enum { PIECES_MAX = 12 };

/* ---- Chance ---- */

struct dice {
    uint64_t state;
};

static inline uint32_t roll(struct dice *dice, uint32_t sides)
{
    dice->state = dice->state * 6364136223846793005u + 1442695040888963407u;
    return (uint32_t)(dice->state >> 33) % sides;
}

static inline bool chance(struct dice *dice, uint32_t in)
{
    return roll(dice, in) == 0;
}

/* From each plane, the surrogates and what stands for them left out. */
static inline uint32_t code_point(struct dice *dice)
{
    static const uint32_t odd[] = {0,    1,    9,      0x1B,   0x22,   0x5C,
                                   0x7F, 0xA0, 0x2028, 0xFFFD, 0xFEFF, 0x10FFFF};
    switch (roll(dice, 6)) {
    case 0:
        return odd[roll(dice, sizeof(odd) / sizeof(odd[0]))];
    case 1:
        return 0x80 + roll(dice, 0xD800 - 0x80);
    case 2:
        return 0x10000 + roll(dice, 0x100000);
    case 3:
        return '\n';
    default:
        return ' ' + roll(dice, 95);
    }
}

static inline void add_text(struct buf *out, struct dice *dice, uint32_t most)
{
    for (uint32_t n = 1 + roll(dice, most); n > 0; n--)
        utf8_add(out, code_point(dice));
}

/* ---- An answer ---- */

struct piece {
    enum { TEXT, REFUSAL, REASONING, CALL } kind;
    struct buf text; /* a call's arguments */
};

struct answer {
    struct piece pieces[PIECES_MAX];
    int count;
    const char *reason;
    bool has_usage;
    int64_t input, output;
};

static inline void make_args(struct buf *out, struct dice *dice)
{
    struct buf text = BUF_INIT;
    if (chance(dice, 5)) { /* what a model writes that loses the thread */
        buf_adds(out, "{\"a\": [1, ");
        return;
    }
    add_text(&text, dice, 20);
    buf_adds(out, "{\"a\": ");
    json_add_string(out, text.data, text.len);
    buf_addf(out, ", \"b\": [%u, 1.50, {\"c\": null}]}", roll(dice, 1000));
    buf_clear(&text);
}

/* Reasoning comes before text, and calls at the end, as in a whole answer. */
static inline void make_answer(struct answer *answer, struct dice *dice)
{
    static const char *const reasons[] = {"stop", "length", "content_filter",
                                          "stop", "stop",   "abort"};
    static const int order[] = {REASONING, TEXT, REFUSAL, CALL};
    *answer = (struct answer){.reason = reasons[roll(dice, 6)], .has_usage = !chance(dice, 3)};
    answer->input = roll(dice, 10000);
    answer->output = roll(dice, 10000);
    for (int k = 0; k < 4; k++) {
        for (uint32_t n = roll(dice, k == REFUSAL ? 2 : 4); n > 0; n--) {
            struct piece *piece = &answer->pieces[answer->count++];
            piece->kind = (unsigned)order[k];
            if (piece->kind == CALL)
                make_args(&piece->text, dice);
            else
                add_text(&piece->text, dice, 30);
        }
    }
}

static inline void clear_answer(struct answer *answer)
{
    for (int i = 0; i < answer->count; i++)
        buf_clear(&answer->pieces[i].text);
}

static inline void join(struct buf *out, const struct answer *answer, unsigned kind)
{
    for (int i = 0; i < answer->count; i++)
        if (answer->pieces[i].kind == kind)
            buf_add(out, buf_str(&answer->pieces[i].text), answer->pieces[i].text.len);
}

/* ---- Written ---- */

/* A string as some server writes it: as it is, or with escapes, surrogate pairs among them. */
static inline void add_string(struct buf *out, const char *text, size_t len, bool escapes)
{
    if (!escapes) {
        json_add_string(out, text, len);
        return;
    }
    json_t *value = json_stringn(text, len);
    char *written = json_dumps(value, JSON_ENCODE_ANY | JSON_ENSURE_ASCII);
    buf_adds(out, written);
    free(written);
    json_decref(value);
}

/* A piece of a string; servers that escape may cut a surrogate pair in two. */
static inline size_t some_of(const struct buf *text, size_t at, struct dice *dice)
{
    size_t len = 1 + roll(dice, 9);
    if (len > text->len - at)
        len = text->len - at;
    while (at + len < text->len && ((unsigned char)text->data[at + len] & 0xC0) == 0x80)
        len++;
    return len;
}

/* ---- What all ways of reading give ---- */

/* The message as JSON, without what is of this run alone; an id that was made here is. */
static inline char *words_of(const rn_message *message)
{
    enum { MADE_ID_LEN = 9 };
    size_t i;
    json_t *part;
    size_t len = rn_message_json(message, NULL, 0);
    char *line = malloc(len + 1);
    rn_message_json(message, line, len + 1);
    json_t *tree = json_loads(line, JSON_ALLOW_NUL, NULL);
    json_object_del(tree, "run");
    json_object_del(tree, "ms");
    json_object_del(tree, "ttft_ms");
    json_array_foreach (json_object_get(tree, "calls"), i, part)
        if (strlen(json_get_text(part, "id")) == MADE_ID_LEN)
            json_object_del(part, "id");
    json_array_foreach (json_object_get(tree, "opaque"), i, part)
        if (strlen(json_get_text(part, "call")) == MADE_ID_LEN)
            json_object_del(part, "call");
    free(line);
    line = json_dumps(tree, JSON_INDENT(1));
    json_decref(tree);
    return line;
}

/* Reads the stream, piece by piece; the pieces joined are the snapshot. */
static inline rn_message *read_stream(rn_stream *stream)
{
    struct buf content = BUF_INIT, reasoning = BUF_INIT;
    struct run_check check = {0};
    for (const rn_event *event; (event = rn_next(stream));) {
        const char *fault = run_check(&check, event);
        if (fault)
            fail_msg("%s", fault);
        buf_add(&content, event->content, event->content_len);
        if (event->kind == RN_REASONING)
            buf_add(&reasoning, event->text, event->text_len);
        assert_true(utf8_valid(event->content, event->content_len));
        assert_true(utf8_valid(event->text, event->text_len));
    }
    const rn_message *snapshot = rn_snapshot(stream);
    assert_int_equal(snapshot->content_len, content.len);
    assert_memory_equal(snapshot->content, buf_str(&content), content.len);
    assert_int_equal(snapshot->reasoning_len, reasoning.len);
    assert_memory_equal(snapshot->reasoning, buf_str(&reasoning), reasoning.len);
    buf_clear(&content);
    buf_clear(&reasoning);
    return rn_collect(stream);
}

static inline void check_content(const rn_message *message, const struct answer *answer)
{
    struct buf text = BUF_INIT;
    join(&text, answer, TEXT);
    join(&text, answer, REFUSAL);
    assert_int_equal(message->content_len, text.len);
    assert_memory_equal(message->content, buf_str(&text), text.len);
    buf_reset(&text);
    join(&text, answer, REASONING);
    assert_int_equal(message->reasoning_len, text.len);
    assert_memory_equal(message->reasoning, buf_str(&text), text.len);
    assert_int_equal(message->usage.input, answer->has_usage ? answer->input : -1);
    buf_clear(&text);
}

/* Serve one answer in both its forms, ask for it in both ways, and compare; `answer`, if given, is what
 * it says. */
static inline void check_both(rn_io *io, const char *wire, const struct server_step *whole,
                              const struct server_step *stream, const struct answer *answer,
                              const char *about)
{
    struct server *server = server_new(NULL);
    server_script(server, NULL, whole);
    server_script(server, NULL, stream);
    rn_model *model = MODEL(server, .wire = wire, .io = io, .retries = -1);
    rn_message *invoked = rn_model_invoke(model, "hi");
    rn_stream *reading = rn_model_stream(model, "hi");
    rn_message *streamed = read_stream(reading);
    assert_int_equal(rn_close(reading), invoked->status);
    char *want = words_of(invoked), *got = words_of(streamed);
    if (strcmp(want, got) != 0 || (answer && invoked->status != RN_OK)) {
        fprintf(stderr, "%s:\nstreamed %s\ninvoked %s\n", about, got,
                want); /* too long for cmocka */
        fail();
    }
    if (answer)
        check_content(invoked, answer);
    free(want);
    free(got);
    rn_message_free(invoked);
    rn_message_free(streamed);
    rn_model_free(model);
    server_free(server);
}

#endif
