/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "base/buf.h"
#include "base/error.h"
#include "llm/event.h"

/* ---- Names ---- */

static void test_types(void **state)
{
    (void)state;
    static const struct {
        enum rn_kind kind;
        const char *type;
    } kinds[] = {
        {RN_START, "start"},           {RN_AI, "ai"},         {RN_REASONING, "reasoning"},
        {RN_TOOL_DELTA, "tool_delta"}, {RN_TOOL, "tool"},     {RN_APPROVAL, "approval"},
        {RN_PROGRESS, "progress"},     {RN_RESULT, "result"}, {RN_USER, "user"},
        {RN_OPAQUE, "opaque"},         {RN_USAGE, "usage"},   {RN_RETRY, "retry"},
        {RN_ERROR, "error"},           {RN_FINISH, "finish"},
    };
    for (size_t i = 0; i < sizeof(kinds) / sizeof(kinds[0]); i++) {
        assert_string_equal(event_type(kinds[i].kind), kinds[i].type);
        assert_int_equal(event_kind(kinds[i].type), kinds[i].kind);
    }
    assert_int_equal(event_kind("session"), RN_UNKNOWN);
    assert_int_equal(event_kind(""), RN_UNKNOWN);
    assert_string_equal(event_type(RN_UNKNOWN), "");
}

/* No string is ever NULL, and what belongs to other kinds is. */
static void test_blank(void **state)
{
    (void)state;
    for (unsigned bit = 0; bit <= 14; bit++) {
        struct event event;
        memset(&event, 0xAA, sizeof(event));
        event_init(&event, (enum rn_kind)(1u << bit));
        const rn_event *e = &event.pub;
        const char *const strings[] = {e->type, e->run,    e->id,     e->content, e->text, e->tool,
                                       e->args, e->output, e->status, e->by,      e->json};
        for (size_t i = 1; i < sizeof(strings) / sizeof(strings[0]); i++)
            assert_string_equal(strings[i], "");
        assert_int_equal(e->content_len + e->text_len + e->output_len, 0);
        assert_int_equal(e->start != NULL, e->kind == RN_START);
        assert_int_equal(e->retry != NULL, e->kind == RN_RETRY);
        assert_int_equal(e->error != NULL, e->kind == RN_ERROR);
        assert_int_equal(e->opaque != NULL, e->kind == RN_OPAQUE);
        assert_int_equal(e->finish != NULL, e->kind == RN_FINISH);
        assert_int_equal(e->usage != NULL, e->kind == RN_FINISH || e->kind == RN_USAGE);
    }
}

/* ---- To JSON and back: byte for byte ---- */

static const char *const lines[] = {
    "{\"type\":\"start\",\"seq\":1,\"t\":0,\"v\":1,\"run\":\"r1\",\"parent\":\"r0\",\"time\":"
    "\"2026-01-31T"
    "12:00:00.000Z\",\"mode\":\"stream\",\"provider\":\"ollama\",\"model\":\"llama3.2\",\"system\":"
    "\"be "
    "brief\",\"input\":[{\"role\":\"user\",\"content\":\"hi\"}],\"tools\":[\"time\"]}",
    "{\"type\":\"start\",\"seq\":1,\"t\":0,\"v\":1,\"run\":\"r1\",\"time\":\"\",\"mode\":"
    "\"invoke\","
    "\"provider\":\"\",\"model\":\"\",\"input\":[],\"tools\":[]}",
    "{\"type\":\"start\",\"id\":\"chatcmpl-1\",\"model\":\"gpt\"}",
    "{\"type\":\"ai\",\"seq\":2,\"t\":12,\"step\":1,\"id\":\"m1\",\"content\":"
    "\"Hel\\\"lo\\n\U0001F980\"}",
    "{\"type\":\"ai\",\"seq\":2,\"t\":12,\"run\":\"r2\",\"content\":\"no\",\"refusal\":true}",
    "{\"type\":\"ai\",\"content\":\"a\\u0000b\\u001b\"}",
    "{\"type\":\"reasoning\",\"seq\":3,\"t\":12,\"step\":1,\"text\":\"hm\"}",
    "{\"type\":\"tool_delta\",\"t\":12,\"step\":1,\"id\":\"c1\",\"tool\":\"f\",\"args\":\"{"
    "\\\"a\"}",
    "{\"type\":\"tool\",\"seq\":4,\"t\":12,\"step\":1,\"id\":\"c1\",\"tool\":\"f\",\"args\":{\"a\":"
    "[1,2.5,null]}}",
    "{\"type\":\"tool\",\"seq\":4,\"t\":12,\"id\":\"c1\",\"tool\":\"f\",\"args_raw\":\"{\\\"a\","
    "\"invalid\":true}",
    "{\"type\":\"approval\",\"seq\":5,\"t\":13,\"id\":\"c1\",\"tool\":\"f\",\"args\":{},\"state\":"
    "\"denied\","
    "\"by\":\"user\",\"why\":\"not now\"}",
    "{\"type\":\"progress\",\"seq\":6,\"t\":14,\"id\":\"c1\",\"tool\":\"f\",\"text\":\"half\","
    "\"fraction\":0.5}",
    "{\"type\":\"progress\",\"seq\":6,\"t\":14,\"tool\":\"f\",\"text\":\"some\"}",
    "{\"type\":\"result\",\"seq\":7,\"t\":15,\"id\":\"c1\",\"tool\":\"f\",\"output\":\"11 "
    "C\",\"status\":\"ok\","
    "\"ms\":3}",
    "{\"type\":\"user\",\"seq\":8,\"t\":16,\"content\":\"stop\"}",
    "{\"type\":\"opaque\",\"seq\":9,\"t\":17,\"field\":\"sig\",\"data\":{\"x\":\"y\"},\"call\":"
    "\"c1\"}",
    "{\"type\":\"opaque\",\"seq\":9,\"t\":17,\"field\":\"sig\",\"data\":null}",
    "{\"type\":\"usage\",\"seq\":10,\"t\":18,\"step\":1,\"input\":16,\"output\":3,\"cached\":0,"
    "\"cache_write\":2,\"reasoning\":1,\"cost\":0.0021,\"estimated\":true}",
    "{\"type\":\"usage\",\"seq\":10,\"t\":18}",
    "{\"type\":\"retry\",\"seq\":11,\"t\":19,\"attempt\":2,\"max\":3,\"delay_ms\":500,\"reason\":"
    "\"busy\","
    "\"http\":429}",
    "{\"type\":\"error\",\"seq\":12,\"t\":20,\"code\":\"http\",\"message\":\"no\",\"http\":404,"
    "\"provider_code\":\"model_not_found\",\"retryable\":false}",
    "{\"type\":\"error\",\"seq\":12,\"t\":20,\"code\":\"timeout\",\"message\":\"\",\"retryable\":"
    "true}",
    "{\"type\":\"finish\",\"seq\":13,\"t\":21,\"reason\":\"stop\",\"raw\":\"eos\",\"partial\":"
    "false,\"steps\":1,"
    "\"usage\":{\"input\":16,\"output\":3},\"ms\":21,\"ttft_ms\":12,\"timing\":{\"resolve\":1,"
    "\"connect\":2,"
    "\"tls\":3,\"first_byte\":11}}",
    "{\"type\":\"finish\",\"seq\":13,\"t\":21,\"reason\":\"cancelled\",\"partial\":true,\"steps\":"
    "0,"
    "\"usage\":{}}",
    "{\"type\":\"finish\",\"reason\":\"stop\",\"raw\":\"stop\"}",
    "{\"type\":\"finish\",\"seq\":13,\"t\":21,\"reason\":\"stop\",\"partial\":false,\"steps\":1,"
    "\"usage\":{},\"limits\":{\"requests\":2,\"tokens\":1000,\"reset_ms\":12000}}",
    "{\"type\":\"finish\",\"seq\":13,\"t\":21,\"reason\":\"stop\",\"partial\":false,\"steps\":1,"
    "\"usage\":{},\"limits\":{\"tokens\":0}}",
};

/* What a line reads as, written again. */
static void rewrite(const char *line, size_t len, struct buf *out)
{
    struct event_reader *reader = event_reader_new();
    struct event event;
    struct error error = ERROR_INIT;
    if (event_read(reader, line, len, &event, &error) < 0)
        fail_msg("%s: %s", line, error.text);
    assert_memory_equal(event.pub.json, line, len);
    event.pub.json = "";
    event_json(&event.pub, out);
    event_reader_free(reader);
}

static void test_round_trip(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof(lines) / sizeof(lines[0]); i++) {
        struct buf out = BUF_INIT;
        rewrite(lines[i], strlen(lines[i]), &out);
        assert_string_equal(out.data, lines[i]);
        buf_clear(&out);
    }
}

/* A line that was read is handed on as it stands, what we do not know included. */
static void test_unknown(void **state)
{
    (void)state;
    static const char *const unknown[] = {
        "{\"type\":\"hologram\",\"seq\":4,\"t\":9,\"id\":\"x\",\"colour\":[1,2]}",
        "{ \"type\" : \"ai\", \"content\":\"x\", \"mood\":\"fine\" }",
    };
    struct event_reader *reader = event_reader_new();
    for (size_t i = 0; i < 2; i++) {
        struct event event;
        struct error error;
        struct buf out = BUF_INIT;
        assert_int_equal(event_read(reader, unknown[i], strlen(unknown[i]), &event, &error), 0);
        event_json(&event.pub, &out);
        assert_string_equal(out.data, unknown[i]);
        assert_int_equal(event.pub.kind, i == 0 ? RN_UNKNOWN : RN_AI);
        assert_string_equal(event.pub.type, i == 0 ? "hologram" : "ai");
        buf_clear(&out);
    }
    event_reader_free(reader);
}

static void test_no_event(void **state)
{
    (void)state;
    static const char *const none[] = {
        "",     "null", "[]", "\"ai\"", "{}", "{\"type\":1}", "{\"type\":\"\"}", "{\"type\":\"ai\"",
        "hello"};
    struct event_reader *reader = event_reader_new();
    for (size_t i = 0; i < sizeof(none) / sizeof(none[0]); i++) {
        struct event event;
        struct error error = ERROR_INIT;
        assert_int_equal(event_read(reader, none[i], strlen(none[i]), &event, &error), -1);
        assert_true(error.text[0]);
    }
    event_reader_free(reader);
}

/* Each field of the wrong type, out of range, or missing, on each kind: nothing is NULL, and what is
 * written can be read again. */
static void test_hostile_values(void **state)
{
    (void)state;
    static const char *const values[] = {
        "null",
        "true",
        "-1",
        "9223372036854775807",
        "-9223372036854775808",
        "18446744073709551616",
        "1e308",
        "-1e308",
        "0.5",
        "\"\"",
        "\"x\\u0000y\"",
        "\"\\ud83d\"",
        "[]",
        "{}",
        "[{\"role\":\"user\"}]",
    };
    static const char *const keys[] = {
        "seq",   "t",         "step",     "run",           "id",        "content",
        "text",  "tool",      "args",     "args_raw",      "invalid",   "state",
        "by",    "why",       "fraction", "output",        "status",    "ms",
        "field", "data",      "call",     "input",         "cached",    "reasoning",
        "cost",  "estimated", "attempt",  "max",           "delay_ms",  "reason",
        "http",  "code",      "message",  "provider_code", "retryable", "partial",
        "steps", "usage",     "ttft_ms",  "timing",        "mode",      "time",
        "tools", "system",    "refusal",
    };
    for (unsigned bit = 0; bit < 14; bit++) {
        for (size_t k = 0; k < sizeof(keys) / sizeof(keys[0]); k++) {
            for (size_t v = 0; v < sizeof(values) / sizeof(values[0]); v++) {
                char line[200];
                struct buf once = BUF_INIT, twice = BUF_INIT;
                snprintf(line, sizeof(line), "{\"type\":\"%s\",\"%s\":%s}",
                         event_type((enum rn_kind)(1u << bit)), keys[k], values[v]);
                rewrite(line, strlen(line), &once);
                rewrite(once.data, once.len, &twice);
                assert_string_equal(once.data, twice.data);
                buf_clear(&once);
                buf_clear(&twice);
            }
        }
    }
}

static void test_reading(void **state)
{
    (void)state;
    struct event_reader *reader = event_reader_new();
    struct event event;
    struct error error;
    assert_int_equal(event_read(reader, lines[0], strlen(lines[0]), &event, &error), 0);
    assert_string_equal(event.pub.text, "hi");
    assert_string_equal(event.pub.start->input, "[{\"role\":\"user\",\"content\":\"hi\"}]");
    assert_int_equal(event.pub.start->mode, RN_STREAM);
    assert_int_equal(event_read(reader, lines[5], strlen(lines[5]), &event, &error), 0);
    assert_int_equal(event.pub.content_len, 4);
    assert_memory_equal(event.pub.content, "a\0b\x1B", 5);
    static const char half[] = "{\"type\":\"ai\",\"content\":\"\\ud83d\"}";
    assert_int_equal(event_read(reader, half, strlen(half), &event, &error), 0);
    assert_string_equal(event.pub.content, "\uFFFD");
    static const char odd[] = "{\"type\":\"finish\",\"steps\":-3,\"http\":99999999999,\"usage\":7}";
    assert_int_equal(event_read(reader, odd, strlen(odd), &event, &error), 0);
    assert_int_equal(event.pub.finish->steps, 0);
    assert_int_equal(event.pub.usage->input, -1);
    event_reader_free(reader);
}

static void test_public_json(void **state)
{
    (void)state;
    struct event event;
    char line[64];
    event_init(&event, RN_AI);
    event.pub.content = "hi";
    event.pub.content_len = 2;
    const char *want = "{\"type\":\"ai\",\"content\":\"hi\"}";
    assert_int_equal(rn_event_json(&event.pub, NULL, 0), strlen(want));
    assert_int_equal(rn_event_json(&event.pub, line, 10), strlen(want));
    assert_string_equal(line, "{\"type\":\"");
    assert_int_equal(rn_event_json(&event.pub, line, sizeof(line)), strlen(want));
    assert_string_equal(line, want);
}

/* ---- The queue ---- */

static void test_queue(void **state)
{
    (void)state;
    struct event_queue *queue = event_queue_new();
    assert_null(event_queue_next(queue));
    for (int round = 0; round < 3; round++) {
        for (int i = 0; i < 1000; i++) {
            char text[16];
            snprintf(text, sizeof(text), "%d", i);
            struct event *event = event_queue_add(queue, RN_AI);
            event->pub.content = event_queue_text(queue, text, strlen(text));
        }
        for (int i = 0; i < 1000; i++)
            assert_int_equal(strtol(event_queue_next(queue)->pub.content, NULL, 10), i);
        assert_null(event_queue_next(queue));
    }
    event_queue_add(queue, RN_FINISH);
    event_queue_free(queue);
    event_queue_free(NULL);
}

/* An event lasts while others are added. */
static void test_queue_lifetime(void **state)
{
    (void)state;
    struct event_queue *queue = event_queue_new();
    struct event *event = event_queue_add(queue, RN_AI);
    event->pub.content = event_queue_text(queue, "first", 5);
    const struct event *first = event_queue_next(queue);
    for (int i = 0; i < 1000; i++)
        event_queue_text(event_queue_add(queue, RN_AI) ? queue : NULL, "another", 7);
    assert_string_equal(first->pub.content, "first");
    event_queue_free(queue);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_types),      cmocka_unit_test(test_blank),
        cmocka_unit_test(test_round_trip), cmocka_unit_test(test_unknown),
        cmocka_unit_test(test_no_event),   cmocka_unit_test(test_hostile_values),
        cmocka_unit_test(test_reading),    cmocka_unit_test(test_public_json),
        cmocka_unit_test(test_queue),      cmocka_unit_test(test_queue_lifetime),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
