/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * stream and invoke are one: for answers made up at random, the pieces of a stream joined are what the
 * snapshot holds, what rn_collect gives and what rn_model_invoke gives of the same answer whole, in
 * whatever dialect it is written and wherever it is cut.  The seeds are fixed.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include <jansson.h>

#include "base/json.h"
#include "base/utf8.h"
#include "model_fixture.h"

enum { ROUNDS = 300, PIECES_MAX = 12 };

/* ---- Chance ---- */

struct dice {
    uint64_t state;
};

static uint32_t roll(struct dice *dice, uint32_t sides)
{
    dice->state = dice->state * 6364136223846793005u + 1442695040888963407u;
    return (uint32_t)(dice->state >> 33) % sides;
}

static bool chance(struct dice *dice, uint32_t in)
{
    return roll(dice, in) == 0;
}

/* From each plane, the surrogates and what stands for them left out. */
static uint32_t code_point(struct dice *dice)
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

static void add_text(struct buf *out, struct dice *dice, uint32_t most)
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

static void make_args(struct buf *out, struct dice *dice)
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
static void make_answer(struct answer *answer, struct dice *dice)
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

static void clear_answer(struct answer *answer)
{
    for (int i = 0; i < answer->count; i++)
        buf_clear(&answer->pieces[i].text);
}

static void join(struct buf *out, const struct answer *answer, unsigned kind)
{
    for (int i = 0; i < answer->count; i++)
        if (answer->pieces[i].kind == kind)
            buf_add(out, buf_str(&answer->pieces[i].text), answer->pieces[i].text.len);
}

/* ---- Written as a whole ---- */

/* A string as some server writes it: as it is, or with escapes, surrogate pairs among them. */
static void add_string(struct buf *out, const char *text, size_t len, bool escapes)
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

static void add_joined(struct buf *out, const char *key, const struct answer *answer, unsigned kind)
{
    struct buf text = BUF_INIT;
    join(&text, answer, kind);
    if (text.len > 0) {
        json_add_key(out, key);
        add_string(out, text.data, text.len, false);
    }
    buf_clear(&text);
}

static void add_usage(struct buf *out, const struct answer *answer)
{
    buf_addf(out, "\"usage\":{\"prompt_tokens\":%lld,\"completion_tokens\":%lld}",
             (long long)answer->input, (long long)answer->output);
}

static void write_whole(struct buf *out, const struct answer *answer)
{
    int call = 0;
    buf_adds(out, "{\"id\":\"m1\",\"choices\":[{\"message\":{\"role\":\"assistant\"");
    add_joined(out, "reasoning_content", answer, REASONING);
    add_joined(out, "content", answer, TEXT);
    add_joined(out, "refusal", answer, REFUSAL);
    buf_adds(out, ",\"tool_calls\":[");
    for (int i = 0; i < answer->count; i++) {
        if (answer->pieces[i].kind != CALL)
            continue;
        buf_addf(out, "%s{\"id\":\"call_%d\",\"function\":{\"name\":\"f%d\",\"arguments\":",
                 call > 0 ? "," : "", call, call);
        add_string(out, buf_str(&answer->pieces[i].text), answer->pieces[i].text.len, false);
        buf_adds(out, "}}");
        call++;
    }
    buf_addf(out, "]},\"finish_reason\":\"%s\"}]", answer->reason);
    if (answer->has_usage) {
        buf_addc(out, ',');
        add_usage(out, answer);
    }
    buf_addc(out, '}');
}

/* ---- Written as a stream ---- */

struct dialect {
    const char *line_end;
    bool escapes, comments, names_events;
    bool has_index, repeats_id, has_done;
};

static void make_dialect(struct dialect *dialect, struct dice *dice)
{
    static const char *const ends[] = {"\n", "\r\n", "\r"};
    *dialect = (struct dialect){.line_end = ends[roll(dice, 3)],
                                .escapes = chance(dice, 2),
                                .comments = chance(dice, 2),
                                .names_events = chance(dice, 4),
                                .has_index = !chance(dice, 3),
                                .repeats_id = chance(dice, 3),
                                .has_done = !chance(dice, 4)};
}

static void begin_event(struct buf *out, const struct dialect *dialect)
{
    if (dialect->comments)
        buf_addf(out, ": keep-alive%s%s", dialect->line_end, dialect->line_end);
    if (dialect->names_events)
        buf_addf(out, "event: chunk%s", dialect->line_end);
    buf_adds(out, dialect->comments ? "data:" : "data: ");
}

static void end_event(struct buf *out, const struct dialect *dialect)
{
    buf_addf(out, "%s%s", dialect->line_end, dialect->line_end);
}

static void begin_delta(struct buf *out, const struct dialect *dialect)
{
    begin_event(out, dialect);
    buf_adds(out, "{\"id\":\"m1\",\"choices\":[{\"index\":0,\"delta\":{");
}

static void end_delta(struct buf *out, const struct dialect *dialect)
{
    buf_adds(out, "},\"finish_reason\":null}]}");
    end_event(out, dialect);
}

/* A piece of a string; servers that escape may cut a surrogate pair in two. */
static size_t some_of(const struct buf *text, size_t at, struct dice *dice)
{
    size_t len = 1 + roll(dice, 9);
    if (len > text->len - at)
        len = text->len - at;
    while (at + len < text->len && ((unsigned char)text->data[at + len] & 0xC0) == 0x80)
        len++;
    return len;
}

static bool is_astral(const struct buf *text, size_t at)
{
    return at < text->len && ((unsigned char)text->data[at] & 0xF8) == 0xF0;
}

/* The same code point in two deltas, half a pair each. */
static size_t write_halves(struct buf *out, const struct dialect *dialect, const char *key,
                           const struct buf *text, size_t at)
{
    uint32_t code = 0;
    int len = utf8_decode(text->data + at, text->len - at, &code);
    begin_delta(out, dialect);
    buf_addf(out, "\"%s\":\"\\u%04x\"", key, (unsigned)(0xD800 + ((code - 0x10000) >> 10)));
    end_delta(out, dialect);
    begin_delta(out, dialect);
    buf_addf(out, "\"%s\":\"\\u%04X\"", key, (unsigned)(0xDC00 + ((code - 0x10000) & 0x3FF)));
    end_delta(out, dialect);
    return (size_t)len;
}

static void write_text(struct buf *out, const struct dialect *dialect, const char *key,
                       const struct buf *text, struct dice *dice)
{
    for (size_t at = 0; at < text->len;) {
        if (is_astral(text, at) && chance(dice, 3)) {
            at += write_halves(out, dialect, key, text, at);
            continue;
        }
        size_t len = some_of(text, at, dice);
        begin_delta(out, dialect);
        buf_addf(out, "\"role\":\"assistant\",\"%s\":", key);
        add_string(out, text->data + at, len, dialect->escapes);
        end_delta(out, dialect);
        at += len;
    }
}

static void write_call(struct buf *out, const struct dialect *dialect, int call,
                       const struct buf *args, struct dice *dice)
{
    bool is_first = true;
    for (size_t at = 0; is_first || at < args->len; is_first = false) {
        size_t len = is_first ? 0 : some_of(args, at, dice);
        begin_delta(out, dialect);
        buf_adds(out, "\"tool_calls\":[{");
        if (dialect->has_index)
            buf_addf(out, "\"index\":%d,", call + 1);
        if (is_first || dialect->repeats_id)
            buf_addf(out, "\"id\":\"call_%d\",", call);
        buf_adds(out, "\"function\":{");
        if (is_first)
            buf_addf(out, "\"name\":\"f%d\",", call);
        buf_adds(out, "\"arguments\":");
        add_string(out, args->data + at, len, dialect->escapes);
        buf_adds(out, "}}]");
        end_delta(out, dialect);
        at += len;
    }
}

static void write_stream(struct buf *out, const struct answer *answer,
                         const struct dialect *dialect, struct dice *dice)
{
    static const char *const keys[] = {
        [TEXT] = "content", [REFUSAL] = "refusal", [REASONING] = "reasoning"};
    int call = 0;
    begin_delta(out, dialect);
    end_delta(out, dialect);
    for (int i = 0; i < answer->count; i++) {
        const struct piece *piece = &answer->pieces[i];
        if (piece->kind == CALL)
            write_call(out, dialect, call++, &piece->text, dice);
        else
            write_text(out, dialect, keys[piece->kind], &piece->text, dice);
    }
    begin_event(out, dialect);
    buf_addf(out, "{\"choices\":[{\"delta\":{},\"finish_reason\":\"%s\"}]}", answer->reason);
    end_event(out, dialect);
    if (answer->has_usage) {
        begin_event(out, dialect);
        buf_adds(out, "{\"choices\":[],");
        add_usage(out, answer);
        buf_addc(out, '}');
        end_event(out, dialect);
    }
    if (dialect->has_done) {
        begin_event(out, dialect);
        buf_adds(out, "[DONE]");
        end_event(out, dialect);
    }
}

/* ---- What all ways of reading give ---- */

/* The message as JSON, without what is of this run alone. */
static char *words_of(const rn_message *message)
{
    size_t len = rn_message_json(message, NULL, 0);
    char *line = malloc(len + 1);
    rn_message_json(message, line, len + 1);
    json_t *tree = json_loads(line, JSON_ALLOW_NUL, NULL);
    json_object_del(tree, "run");
    json_object_del(tree, "ms");
    json_object_del(tree, "ttft_ms");
    free(line);
    line = json_dumps(tree, JSON_INDENT(1));
    json_decref(tree);
    return line;
}

/* Reads the stream, piece by piece; the pieces joined are the snapshot. */
static rn_message *read_stream(rn_stream *stream)
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

static void check_content(const rn_message *message, const struct answer *answer)
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

static void test_stream_is_invoke(void **state)
{
    (void)state;
    rn_io *io = rn_io_new();
    for (uint64_t seed = 1; seed <= ROUNDS; seed++) {
        struct dice dice = {.state = seed * 2654435761u};
        struct answer answer;
        struct dialect dialect;
        struct buf whole = BUF_INIT, stream = BUF_INIT;
        struct server *server = server_new(NULL);
        make_answer(&answer, &dice);
        make_dialect(&dialect, &dice);
        write_whole(&whole, &answer);
        write_stream(&stream, &answer, &dialect, &dice);
        SERVER_SCRIPT(server, SERVE_JSON(200, whole.data));
        SERVER_SCRIPT(server, SERVE_STREAM, SERVE_PIECES(stream.data, 1 + roll(&dice, 300)));
        rn_model *own = MODEL(server, .io = io, .retries = -1);
        rn_message *invoked = rn_model_invoke(own, "hi");
        rn_stream *reading = rn_model_stream(own, "hi");
        rn_message *streamed = read_stream(reading);
        assert_int_equal(rn_close(reading), RN_OK);
        char *want = words_of(invoked), *got = words_of(streamed);
        if (strcmp(want, got) != 0)
            fail_msg("seed %llu:\n%s\nstreamed %s\ninvoked %s", (unsigned long long)seed,
                     stream.data, got, want);
        check_content(invoked, &answer);
        free(want);
        free(got);
        rn_message_free(invoked);
        rn_message_free(streamed);
        rn_model_free(own);
        server_free(server);
        clear_answer(&answer);
        buf_clear(&whole);
        buf_clear(&stream);
    }
    rn_io_free(io);
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(test_stream_is_invoke)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
