/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "base/error.h"
#include "llm/event.h"
#include "llm/message.h"
#include "runnel.h"

/* ---- Events, from the lines of a session ---- */

static struct message *fold(const char *const *lines)
{
    struct message *message = message_new();
    struct event_reader *reader = event_reader_new();
    for (; *lines; lines++) {
        struct event event;
        struct error error = ERROR_INIT;
        if (event_read(reader, *lines, strlen(*lines), &event, &error) < 0)
            fail_msg("%s: %s", *lines, error.text);
        message_add(message, &event.pub);
    }
    event_reader_free(reader);
    return message;
}

#define LINES(...)        \
    (const char *const[]) \
    {                     \
        __VA_ARGS__, NULL \
    }

static char *json_of(const rn_message *message)
{
    size_t len = rn_message_json(message, NULL, 0);
    char *line = malloc(len + 1);
    assert_int_equal(rn_message_json(message, line, len + 1), len);
    return line;
}

static void check(const char *const *lines, const char *want)
{
    struct message *message = fold(lines);
    char *got = json_of(message_public(message));
    assert_string_equal(got, want);
    free(got);
    message_free(message);
}

#define START "{\"type\":\"start\",\"seq\":1,\"run\":\"r\",\"provider\":\"p\",\"model\":\"m\"}"

static void test_blank(void **state)
{
    (void)state;
    struct message *message = message_new();
    const rn_message *blank = message_public(message);
    const char *const strings[] = {blank->run,       blank->id,     blank->model, blank->content,
                                   blank->reasoning, blank->reason, blank->error};
    for (size_t i = 0; i < sizeof(strings) / sizeof(strings[0]); i++)
        assert_string_equal(strings[i], "");
    assert_int_equal(blank->usage.input, -1);
    assert_int_equal(blank->status, RN_OK);
    message_free(message);
    message_free(NULL);
    rn_message_free(NULL);
}

static void test_pieces(void **state)
{
    (void)state;
    check(
        LINES(START, "{\"type\":\"reasoning\",\"id\":\"x\",\"text\":\"h\"}",
              "{\"type\":\"ai\",\"id\":\"x\",\"content\":\"Hel\"}",
              "{\"type\":\"reasoning\",\"text\":\"m\"}",
              "{\"type\":\"tool_delta\",\"id\":\"c\",\"tool\":\"f\",\"args\":\"{\"}",
              "{\"type\":\"ai\",\"content\":\"lo\\u0000\\u20ac\",\"refusal\":true}",
              "{\"type\":\"tool\",\"id\":\"c\",\"tool\":\"f\",\"args\":{\"a\":1}}",
              "{\"type\":\"tool\",\"id\":\"d\",\"tool\":\"g\",\"args_raw\":\"{\",\"invalid\":true}",
              "{\"type\":\"opaque\",\"field\":\"s\",\"data\":[1],\"call\":\"c\"}",
              "{\"type\":\"hologram\"}",
              "{\"type\":\"finish\",\"seq\":9,\"reason\":\"length\",\"partial\":true,\"steps\":1,"
              "\"ms\":7,\"ttft_ms\":3}"),
        "{\"role\":\"assistant\",\"content\":\"Hello\\u0000\u20AC\",\"reasoning\":\"hm\","
        "\"refusal\":true,\"partial\":true,"
        "\"calls\":[{\"id\":\"c\",\"tool\":\"f\",\"args\":{\"a\":1}},{\"id\":\"d\",\"tool\":\"g\","
        "\"args_raw\":\"{\",\"invalid\":true}],"
        "\"opaque\":[{\"field\":\"s\",\"data\":[1],\"call\":\"c\"}],\"provider\":\"p\",\"model\":"
        "\"m\",\"reason\":\"length\",\"run\":\"r\","
        "\"status\":\"ok\",\"usage\":{},\"ms\":7,\"ttft_ms\":3}");
}

static void test_failure(void **state)
{
    (void)state;
    check(
        LINES(START, "{\"type\":\"ai\",\"content\":\"x\"}",
              "{\"type\":\"error\",\"code\":\"truncated\",\"message\":\"cut\",\"retryable\":true}",
              "{\"type\":\"finish\",\"seq\":4,\"reason\":\"truncated\",\"partial\":true}"),
        "{\"role\":\"assistant\",\"content\":\"x\",\"partial\":true,\"provider\":\"p\",\"model\":"
        "\"m\",\"reason\":\"truncated\",\"run\":\"r\","
        "\"status\":\"truncated\",\"error\":\"cut\",\"usage\":{}}");
}

static void test_cancelled(void **state)
{
    (void)state;
    struct message *message =
        fold(LINES(START, "{\"type\":\"ai\",\"content\":\"x\"}",
                   "{\"type\":\"finish\",\"reason\":\"cancelled\",\"partial\":true}"));
    assert_int_equal(message_public(message)->status, RN_ECANCELLED);
    assert_string_equal(message_public(message)->content, "x");
    message_free(message);
}

/* ---- Usage ---- */

static void check_usage(const char *const *lines, const char *want)
{
    struct message *message = fold(lines);
    char *got = json_of(message_public(message));
    const char *usage = strstr(got, "\"usage\":");
    assert_non_null(usage);
    assert_string_equal(usage + strlen("\"usage\":"), want);
    free(got);
    message_free(message);
}

static void test_usage(void **state)
{
    (void)state;
    check_usage(LINES("{\"type\":\"usage\",\"step\":1,\"input\":10,\"output\":1,\"cost\":0.5}",
                      "{\"type\":\"usage\",\"step\":1,\"output\":5}"),
                "{\"input\":10,\"output\":5,\"cost\":0.5}}");
    check_usage(LINES("{\"type\":\"usage\",\"step\":1,\"input\":10,\"output\":1,\"cached\":2}",
                      "{\"type\":\"usage\",\"step\":2,\"input\":20,\"output\":2,\"cost\":0.25}",
                      "{\"type\":\"usage\",\"step\":2,\"input\":30,\"output\":4}",
                      "{\"type\":\"usage\",\"step\":3,\"output\":8,\"estimated\":true}"),
                "{\"input\":40,\"output\":13,\"cached\":2,\"cost\":0.25,\"estimated\":true}}");
    check_usage(
        LINES("{\"type\":\"usage\",\"step\":1,\"input\":9223372036854775807}",
              "{\"type\":\"usage\",\"step\":2,\"input\":9223372036854775807,\"cost\":1e308}",
              "{\"type\":\"usage\",\"step\":3,\"cost\":1.7e308}"),
        "{\"input\":9223372036854775807}}");
    check_usage(LINES("{\"type\":\"usage\",\"step\":1,\"input\":1,\"output\":1}",
                      "{\"type\":\"finish\",\"seq\":2,\"usage\":{\"output\":7}}"),
                "{\"input\":1,\"output\":7}}");
    check_usage(
        LINES("{\"type\":\"usage\",\"step\":1,\"input\":1}", "{\"type\":\"finish\",\"seq\":2}"),
        "{\"input\":1}}");
}

/* ---- Keeping ---- */

/* What is held outlives its maker, whichever goes first. */
static void test_hold(void **state)
{
    (void)state;
    struct message *message = fold(LINES("{\"type\":\"ai\",\"content\":\"x\"}"));
    rn_message *first = message_hold(message), *second = message_hold(message);
    message_free(message);
    assert_string_equal(first->content, "x");
    rn_message_free(first);
    assert_string_equal(second->content, "x");
    rn_message_free(second);
}

static void test_many_pieces(void **state)
{
    (void)state;
    enum { COUNT = 100000 };
    struct message *message = message_new();
    struct event event;
    event_init(&event, RN_AI);
    event.pub.content = "ab";
    event.pub.content_len = 2;
    for (int i = 0; i < COUNT; i++)
        message_add(message, &event.pub);
    const rn_message *whole = message_public(message);
    assert_int_equal(whole->content_len, 2 * COUNT);
    assert_int_equal(strlen(whole->content), 2 * COUNT);
    message_free(message);
}

static void test_json_size(void **state)
{
    (void)state;
    struct message *message = message_new();
    char line[8] = "???????";
    size_t len = rn_message_json(message_public(message), line, 5);
    assert_true(len > 5);
    assert_string_equal(line, "{\"ro");
    message_free(message);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_blank),       cmocka_unit_test(test_pieces),
        cmocka_unit_test(test_failure),     cmocka_unit_test(test_cancelled),
        cmocka_unit_test(test_usage),       cmocka_unit_test(test_hold),
        cmocka_unit_test(test_many_pieces), cmocka_unit_test(test_json_size),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
