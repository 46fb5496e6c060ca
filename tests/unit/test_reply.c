/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "base/buf.h"
#include "base/json.h"
#include "describe.h"
#include "llm/event.h"
#include "llm/reply.h"

/* ---- Each test has a reply and its queue ---- */

struct fixture {
    struct event_queue *queue;
    struct reply *reply;
};

static int set_up(void **state)
{
    struct fixture *f = malloc(sizeof(*f));
    f->queue = event_queue_new();
    f->reply = reply_new(f->queue);
    *state = f;
    return 0;
}

static int tear_down(void **state)
{
    struct fixture *f = *state;
    reply_free(f->reply);
    event_queue_free(f->queue);
    free(f);
    return 0;
}

static void check(struct fixture *f, const char *want)
{
    struct buf got = BUF_INIT;
    for (struct event *event; (event = event_queue_next(f->queue));)
        describe(&got, &event->pub);
    assert_string_equal(buf_str(&got), want);
    buf_clear(&got);
}

static void text(struct fixture *f, const char *piece)
{
    reply_text(f->reply, piece, strlen(piece));
}

static void args(struct fixture *f, int call, const char *piece)
{
    reply_call_args(f->reply, call, piece, strlen(piece));
}

/* ---- Start and end ---- */

static void test_start_once(void **state)
{
    struct fixture *f = *state;
    reply_start(f->reply, "m1", "gpt");
    reply_start(f->reply, "m2", "other");
    text(f, "hi");
    reply_finish(f->reply, "stop", "stop");
    check(f, "start(m1,gpt) ai(hi) finish(stop,stop)");
}

/* Pieces that come before the start must not point to what the start replaces. */
static void test_text_before_start(void **state)
{
    struct fixture *f = *state;
    text(f, "a");
    reply_start(f->reply, "m1", "");
    text(f, "b");
    struct event *event = event_queue_next(f->queue);
    assert_string_equal(event->pub.id, "");
    event_queue_next(f->queue);
    event = event_queue_next(f->queue);
    assert_string_equal(event->pub.id, "m1");
}

static void test_long_id(void **state)
{
    struct fixture *f = *state;
    struct buf id = BUF_INIT;
    buf_addc(&id, 'x');
    while (id.len < REPLY_ID_MAX * 2)
        buf_adds(&id, "\u20AC");
    reply_start(f->reply, id.data, "");
    struct event *event = event_queue_next(f->queue);
    size_t len = strlen(event->pub.id);
    assert_true(len <= REPLY_ID_MAX && len > REPLY_ID_MAX - 3);
    assert_int_equal((len - 1) % 3, 0);
    buf_clear(&id);
}

static void test_one_end_only(void **state)
{
    struct fixture *f = *state;
    int call = reply_call_open(f->reply, "c", "f");
    reply_finish(f->reply, NULL, "");
    reply_finish(f->reply, "length", "length");
    reply_fail(f->reply, RN_ETRUNCATED, "cut", "", 0, true);
    reply_start(f->reply, "late", "");
    text(f, "late");
    reply_refusal(f->reply, "late", 4);
    reply_reasoning(f->reply, "late", 4);
    args(f, call, "late");
    reply_call_close(f->reply, call);
    assert_int_equal(reply_call_open(f->reply, "d", "g"), -1);
    json_t *data = json_integer(1);
    reply_opaque(f->reply, "late", data, "");
    json_decref(data);
    assert_true(reply_is_over(f->reply));
    check(f, "delta(c,f,) tool(c,f,{}) finish(tool_calls,)");
}

static void test_failure_keeps_text(void **state)
{
    struct fixture *f = *state;
    text(f, "so far");
    reply_call_open(f->reply, "c", "f");
    reply_fail(f->reply, RN_EPROVIDER, "broken", "E1", 502, true);
    reply_finish(f->reply, "stop", "stop");
    reply_fail(f->reply, RN_EPROVIDER, "again", "", 0, true);
    check(f, "ai(so far) delta(c,f,) error(provider: broken, http 502, code E1, retryable)");
}

static void test_reasons(void **state)
{
    static const struct {
        const char *given;
        bool calls, refuses;
        const char *want;
    } cases[] = {
        {NULL, false, false, "finish(stop,r)"},        {"stop", false, false, "finish(stop,r)"},
        {"stop", true, false, "finish(tool_calls,r)"}, {NULL, true, false, "finish(tool_calls,r)"},
        {"stop", false, true, "finish(refusal,r)"},    {"stop", true, true, "finish(tool_calls,r)"},
        {"length", true, true, "finish(length,r)"},    {"other", false, false, "finish(other,r)"},
    };
    (void)state;
    for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        struct fixture f = {.queue = event_queue_new()};
        f.reply = reply_new(f.queue);
        if (cases[i].calls)
            reply_call_open(f.reply, "c", "f");
        if (cases[i].refuses)
            reply_refusal(f.reply, "no", 2);
        while (event_queue_next(f.queue))
            continue;
        reply_finish(f.reply, cases[i].given, "r");
        if (cases[i].calls)
            event_queue_next(f.queue);
        check(&f, cases[i].want);
        reply_free(f.reply);
        event_queue_free(f.queue);
    }
}

/* ---- Halves of surrogate pairs ---- */

#define HIGH "\xF4\x8D\xA0\xBE" /* JSON_HALF + 0xD83E */
#define LOW "\xF4\x8D\xB6\x80"  /* JSON_HALF + 0xDD80: together U+1F980 */

static void test_halves(void **state)
{
    static const struct {
        const char *about, *pieces[4], *want;
    } cases[] = {
        {"in two pieces", {"a" HIGH, LOW "b"}, "ai(a) ai(\U0001F980b)"},
        {"each a piece of its own", {HIGH, LOW}, "ai(\U0001F980)"},
        {"the first alone", {HIGH, "x"}, "ai(\uFFFDx)"},
        {"the first alone at the end", {"x" HIGH}, "ai(x) ai(\uFFFD)"},
    };
    (void)state;
    for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        struct fixture f = {.queue = event_queue_new()};
        struct buf want = BUF_INIT;
        f.reply = reply_new(f.queue);
        reply_expect_halves(f.reply, true);
        for (size_t k = 0; k < 4 && cases[i].pieces[k]; k++)
            text(&f, cases[i].pieces[k]);
        reply_expect_halves(f.reply, false);
        reply_finish(f.reply, NULL, "");
        buf_addf(&want, "%s finish(stop,)", cases[i].want);
        check(&f, want.data);
        buf_clear(&want);
        reply_free(f.reply);
        event_queue_free(f.queue);
    }
}

static void test_halves_of_fields_apart(void **state)
{
    struct fixture *f = *state;
    reply_expect_halves(f->reply, true);
    text(f, HIGH);
    reply_reasoning(f->reply, HIGH, 4);
    reply_refusal(f->reply, HIGH, 4);
    int call = reply_call_open(f->reply, "c", "f");
    args(f, call, "{\"a\":\"" HIGH);
    text(f, LOW);
    reply_refusal(f->reply, LOW "!", 5);
    reply_reasoning(f->reply, LOW "?", 5);
    args(f, call, LOW "\"}");
    reply_expect_halves(f->reply, false);
    reply_finish(f->reply, NULL, "");
    check(f, "delta(c,f,) delta(c,f,{\"a\":\") ai(\U0001F980) refusal(\U0001F980!) "
             "think(\U0001F980?) delta(c,f,\U0001F980\"}) tool(c,f,{\"a\":\"\U0001F980\"}) "
             "finish(tool_calls,)");
}

/* The code points that stand for halves are good ones of a private plane elsewhere. */
static void test_private_plane(void **state)
{
    struct fixture *f = *state;
    text(f, HIGH LOW);
    int call = reply_call_open(f->reply, "c", "f");
    args(f, call, "{\"a\":\"" HIGH "\"}");
    reply_expect_halves(f->reply, true);
    text(f, HIGH);
    reply_expect_halves(f->reply, false);
    text(f, HIGH);
    reply_finish(f->reply, NULL, "");
    check(f, "ai(" HIGH LOW ") delta(c,f,) delta(c,f,{\"a\":\"" HIGH "\"}) ai(\uFFFD) ai(" HIGH
             ") tool(c,f,{\"a\":\"" HIGH "\"}) finish(tool_calls,)");
}

/* ---- Thinking in the text ---- */

static void test_think_tags(void **state)
{
    struct fixture *f = *state;
    reply_split_think_tags(f->reply);
    text(f, "<thi");
    text(f, "nk>hm</think>");
    text(f, "\n\nyes </thi");
    reply_finish(f->reply, NULL, "");
    check(f, "think(hm) ai(yes </thi) finish(stop,)");
}

static void test_think_tags_held_back(void **state)
{
    struct fixture *f = *state;
    reply_split_think_tags(f->reply);
    text(f, "<think>a</");
    reply_fail(f->reply, RN_ETRUNCATED, "cut", "", 0, true);
    check(f, "think(a) think(</) error(truncated: cut, retryable)");
}

static void test_think_tags_and_halves(void **state)
{
    struct fixture *f = *state;
    reply_split_think_tags(f->reply);
    reply_expect_halves(f->reply, true);
    text(f, "<think>" HIGH);
    text(f, LOW "</think>" HIGH);
    text(f, LOW);
    reply_expect_halves(f->reply, false);
    reply_finish(f->reply, NULL, "");
    check(f, "think(\U0001F980) ai(\U0001F980) finish(stop,)");
}

/* ---- Tool calls ---- */

static void test_args(void **state)
{
    static const struct {
        const char *about, *given, *want;
    } cases[] = {
        {"none", "", "tool(c,f,{})"},
        {"compact", "{\"a\":1}", "tool(c,f,{\"a\":1})"},
        {"with blanks", "{\n  \"a\": 1.10\n}\n", "tool(c,f,{\"a\":1.10})"},
        {"a number too large for us", "{\"a\":12345678901234567890123}",
         "tool(c,f,{\"a\":12345678901234567890123})"},
        {"half a pair, escaped", "{\"a\":\"\\ud83e\",\"b\":1}",
         "tool(c,f,{\"a\":\"\uFFFD\",\"b\":1})"},
        {"no object", "[1]", "bad(c,f,[1])"},
        {"a string", "\"x\"", "bad(c,f,\"x\")"},
        {"null", "null", "bad(c,f,null)"},
        {"cut", "{\"a\":\"b", "bad(c,f,{\"a\":\"b)"},
        {"words", "I think so", "bad(c,f,I think so)"},
        {"two", "{}{}", "bad(c,f,{}{})"},
    };
    (void)state;
    for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        struct fixture f = {.queue = event_queue_new()};
        f.reply = reply_new(f.queue);
        int call = reply_call_open(f.reply, "c", "f");
        for (const char *at = cases[i].given; *at; at++)
            reply_call_args(f.reply, call, at, 1);
        while (event_queue_next(f.queue))
            continue;
        reply_call_close(f.reply, call);
        reply_call_close(f.reply, call);
        check(&f, cases[i].want);
        reply_free(f.reply);
        event_queue_free(f.queue);
    }
}

/* An id of our own: nine letters and digits, each another; also where two calls come with the same. */
static void test_made_ids(void **state)
{
    struct fixture *f = *state;
    int a = reply_call_open(f->reply, "", "f"), b = reply_call_open(f->reply, "", "f");
    assert_int_equal(strlen(reply_call_id(f->reply, a)), 9);
    assert_int_equal(strspn(reply_call_id(f->reply, a), "abcdefghijklmnopqrstuvwxyz234567"), 9);
    assert_string_not_equal(reply_call_id(f->reply, a), reply_call_id(f->reply, b));
    int first = reply_call_open(f->reply, "c", "f"), second = reply_call_open(f->reply, "c", "f");
    assert_string_equal(reply_call_id(f->reply, first), "c");
    assert_int_equal(strlen(reply_call_id(f->reply, second)), 9);
    reply_call_name(f->reply, second, "c", "f");
    assert_int_equal(strlen(reply_call_id(f->reply, second)), 9);
}

static void test_call_held_back(void **state)
{
    struct fixture *f = *state;
    int call = reply_call_open(f->reply, "", "");
    args(f, call, "{\"a\"");
    assert_false(reply_call_has_tool(f->reply, call));
    check(f, "");
    reply_call_name(f->reply, call, "c", "f");
    assert_true(reply_call_has_tool(f->reply, call));
    args(f, call, ":1}");
    reply_finish(f->reply, NULL, "");
    check(f,
          "delta(c,f,) delta(c,f,{\"a\") delta(c,f,:1}) tool(c,f,{\"a\":1}) finish(tool_calls,)");
}

static void test_call_never_named(void **state)
{
    struct fixture *f = *state;
    args(f, reply_call_open(f->reply, "c", ""), "{}");
    reply_finish(f->reply, "stop", "stop");
    check(f, "finish(stop,stop)");
}

static void test_call_complete(void **state)
{
    struct fixture *f = *state;
    int call = reply_call_open(f->reply, "c", "f");
    assert_false(reply_call_complete(f->reply, call));
    args(f, call, "{\"a\":\"}");
    assert_false(reply_call_complete(f->reply, call));
    args(f, call, "\"}");
    assert_true(reply_call_complete(f->reply, call));
}

/* ---- Usage ---- */

static void test_usage_is_replaced(void **state)
{
    struct fixture *f = *state;
    rn_usage first = {
        .input = 10, .output = 1, .cached = 3, .cache_write = -1, .reasoning = -1, .cost = -1};
    rn_usage second = {
        .input = -1, .output = 7, .cached = -1, .cache_write = -1, .reasoning = 2, .cost = -1};
    reply_usage(f->reply, &first);
    reply_usage(f->reply, &second);
    reply_finish(f->reply, NULL, "");
    check(f, "usage(10/7/3/2) finish(stop,)");
}

static void test_no_usage(void **state)
{
    struct fixture *f = *state;
    reply_finish(f->reply, NULL, "");
    check(f, "finish(stop,)");
}

/* ---- Limits ---- */

static void test_too_many_calls(void **state)
{
    struct fixture *f = *state;
    for (int i = 0; i < REPLY_CALLS_MAX; i++)
        assert_int_equal(reply_call_open(f->reply, "", "f"), i);
    while (event_queue_next(f->queue))
        continue;
    assert_int_equal(reply_call_open(f->reply, "", "f"), -1);
    check(f, "error(limit: the model made more than 128 tool calls at once)");
}

static void test_too_long_args(void **state)
{
    struct fixture *f = *state;
    enum { PIECE = 1024 * 1024 };
    char *piece = malloc(PIECE);
    memset(piece, 'x', PIECE);
    int call = reply_call_open(f->reply, "c", "f");
    for (size_t len = 0; len < REPLY_ARGS_MAX; len += PIECE) {
        reply_call_args(f->reply, call, piece, PIECE);
        while (event_queue_next(f->queue))
            continue;
    }
    assert_false(reply_is_over(f->reply));
    args(f, call, "x");
    check(f, "error(limit: a tool call's arguments are longer than 16 MiB)");
    free(piece);
}

/* All kinds of text count, opaque data and arguments too, since all of it is kept. */
static void test_too_long_text(void **state)
{
    struct fixture *f = *state;
    enum { PIECE = 8 * 1024 * 1024, ROOM = 1024 };
    char *piece = malloc(PIECE);
    memset(piece, 'x', PIECE);
    json_t *data = json_stringn(piece, PIECE - 2);
    int call = reply_call_open(f->reply, "", "f");
    for (size_t len = PIECE; len < REPLY_TEXT_MAX; len += PIECE) {
        switch (len / PIECE) {
        case 1:
            reply_reasoning(f->reply, piece, PIECE);
            break;
        case 2:
            reply_refusal(f->reply, piece, PIECE);
            break;
        case 3:
            reply_opaque(f->reply, "x", data, "");
            break;
        case 4:
            reply_call_args(f->reply, call, piece, PIECE);
            break;
        default:
            reply_text(f->reply, piece, PIECE);
        }
        while (event_queue_next(f->queue))
            continue;
    }
    reply_text(f->reply, piece, PIECE - ROOM);
    assert_false(reply_is_over(f->reply));
    while (event_queue_next(f->queue))
        continue;
    reply_text(f->reply, piece, ROOM);
    reply_finish(f->reply, NULL, "");
    check(f, "error(limit: the answer is longer than 256 MiB)");
    json_decref(data);
    free(piece);
}

/* What was held back may be too much at the very end: there is still one end only. */
static void test_too_long_at_the_end(void **state)
{
    struct fixture *f = *state;
    enum { PIECE = 8 * 1024 * 1024 };
    char *piece = malloc(PIECE);
    memset(piece, 'x', PIECE);
    reply_split_think_tags(f->reply);
    text(f, "<think>");
    for (size_t len = 0; len < REPLY_TEXT_MAX; len += PIECE) {
        reply_text(f->reply, piece, PIECE);
        while (event_queue_next(f->queue))
            continue;
    }
    text(f, "</");
    assert_false(reply_is_over(f->reply));
    reply_finish(f->reply, NULL, "");
    check(f, "error(limit: the answer is longer than 256 MiB)");
    free(piece);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(test_start_once),
        TEST(test_text_before_start),
        TEST(test_long_id),
        TEST(test_one_end_only),
        TEST(test_failure_keeps_text),
        cmocka_unit_test(test_reasons),
        cmocka_unit_test(test_halves),
        TEST(test_halves_of_fields_apart),
        TEST(test_private_plane),
        TEST(test_think_tags),
        TEST(test_think_tags_held_back),
        TEST(test_think_tags_and_halves),
        cmocka_unit_test(test_args),
        TEST(test_made_ids),
        TEST(test_call_held_back),
        TEST(test_call_never_named),
        TEST(test_call_complete),
        TEST(test_usage_is_replaced),
        TEST(test_no_usage),
        TEST(test_too_many_calls),
        TEST(test_too_long_args),
        TEST(test_too_long_text),
        TEST(test_too_long_at_the_end),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
