/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * stream and invoke are one, in whatever dialect of chat completions an answer is written and wherever
 * it is cut.  tests/unit/test_wires.c: the same for the other wires.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "made_answer.h"

enum { ROUNDS = 300 };

/* ---- Written as a whole ---- */

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

static void test_stream_is_invoke(void **state)
{
    (void)state;
    rn_io *io = rn_io_new();
    for (uint64_t seed = 1; seed <= ROUNDS; seed++) {
        struct dice dice = {.state = seed * 2654435761u};
        struct answer answer;
        struct dialect dialect;
        struct buf whole = BUF_INIT, stream = BUF_INIT, about = BUF_INIT;
        make_answer(&answer, &dice);
        make_dialect(&dialect, &dice);
        write_whole(&whole, &answer);
        write_stream(&stream, &answer, &dialect, &dice);
        buf_addf(&about, "seed %llu:\n%s", (unsigned long long)seed, stream.data);
        check_both(io, "openai",
                   (struct server_step[]){SERVE_JSON(200, whole.data), {.kind = SERVER_END}},
                   (struct server_step[]){SERVE_STREAM,
                                          SERVE_PIECES(stream.data, 1 + roll(&dice, 300)),
                                          {.kind = SERVER_END}},
                   &answer, about.data);
        clear_answer(&answer);
        buf_clear(&whole);
        buf_clear(&stream);
        buf_clear(&about);
    }
    rn_io_free(io);
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(test_stream_is_invoke)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
