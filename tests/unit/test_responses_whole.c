/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * An answer of the Responses wire is the same message however it is asked for: what a stream's pieces add
 * up to is what its response says as a whole.  And what goes back is what came.
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
#include "base/json.h"
#include "llm/message.h"
#include "llm/responses_input.h"
#include "quoted.h"
#include "runnel.h"
#include "wire_vector.h"

/* What a body adds up to, as JSON. */
static json_t *message_of(const char *body, size_t len)
{
    struct message *message = message_new();
    rn_decoder *decoder = rn_decoder_new("responses");
    const rn_event *event;
    rn_decoder_feed(decoder, body, len);
    rn_decoder_end(decoder);
    while ((event = rn_decoder_next(decoder)))
        message_add(message, event);
    size_t size = rn_message_json(message_public(message), NULL, 0) + 1;
    char *line = malloc(size);
    rn_message_json(message_public(message), line, size);
    json_t *json = json_loads(line, 0, NULL);
    assert_non_null(json);
    free(line);
    rn_decoder_free(decoder);
    message_free(message);
    return json;
}

static void check_same(const char *about, const json_t *got, const json_t *want)
{
    if (json_equal(got, want))
        return;
    char *a = json_dumps(got, JSON_COMPACT), *b = json_dumps(want, JSON_COMPACT);
    print_error("%s:\ngot  %s\nwant %s\n", about, a, b);
    free(a);
    free(b);
    fail();
}

/* ---- The response of a stream, as a server would have given it whole ---- */

/* Add what a delta says to the item it belongs to, in case no event has the item whole. */
static void add_delta(json_t *item, const json_t *event)
{
    json_t *content = json_object_get(item, "content");
    if (!content)
        json_object_set_new(item, "content", content = json_array());
    json_t *part = json_array_get(content, 0);
    if (!part) {
        part = json_pack("{s:s, s:s}", "type", "output_text", "text", "");
        json_array_append_new(content, part);
    }
    struct buf text = BUF_INIT;
    buf_adds(&text, json_get_text(part, "text"));
    buf_adds(&text, json_get_text(event, "delta"));
    json_object_set_new(part, "text", json_string(buf_str(&text)));
    buf_clear(&text);
}

static void assemble(json_t *output, const json_t *event)
{
    const char *type = json_get_text(event, "type");
    size_t index = (size_t)json_get_number(event, "output_index", 0);
    json_t *item = json_object_get(event, "item");
    if (strcmp(type, "response.output_item.added") == 0)
        json_array_append_new(output, json_deep_copy(item));
    else if (strcmp(type, "response.output_item.done") == 0)
        json_array_set_new(output, index, json_deep_copy(item));
    else if (strcmp(type, "response.output_text.delta") == 0)
        add_delta(json_array_get(output, index), event);
}

/* NULL when the stream has no completed event. */
static json_t *response_of(const struct buf *body)
{
    json_t *output = json_array(), *response = NULL;
    for (const char *at = body->data; (at = strstr(at, "data: ")); at++) {
        json_t *event = json_loads(at + 6, JSON_DISABLE_EOF_CHECK, NULL);
        assemble(output, event);
        if (strcmp(json_get_text(event, "type"), "response.completed") == 0)
            response = json_deep_copy(json_object_get(event, "response"));
        json_decref(event);
    }
    if (response)
        json_object_set(response, "output", output);
    json_decref(output);
    return response;
}

/* True when there was something to compare. */
static bool check_stream(const char *about, const struct buf *body)
{
    json_t *response = response_of(body);
    if (!response)
        return false;
    char *text = json_dumps(response, JSON_COMPACT);
    json_t *whole = message_of(text, strlen(text)), *streamed = message_of(body->data, body->len);
    check_same(about, streamed, whole);
    json_decref(whole);
    json_decref(streamed);
    free(text);
    json_decref(response);
    return true;
}

static void test_vectors(void **state)
{
    (void)state;
    glob_t files;
    int compared = 0;
    assert_int_equal(glob("tests/wire/openai-responses-*.expect.json", 0, NULL, &files), 0);
    for (size_t i = 0; i < files.gl_pathc; i++) {
        struct vector vector;
        assert_true(vector_load(&vector, files.gl_pathv[i]));
        compared += check_stream(vector.name, &vector.body);
        vector_clear(&vector);
    }
    globfree(&files);
    assert_true(compared >= 4);
}

/* ---- A long answer ---- */

static const char *const items[] = {
    "{'type':'reasoning','id':'rs_1','summary':[{'type':'summary_text','text':'**A**\\n\\na'},"
    "{'type':'summary_text','text':'**B**\\n\\nb'}],'encrypted_content':'x1'}",
    "{'type':'message','id':'m_1','phase':'commentary','content':[{'type':'output_text','text':"
    "'I look \u00e9.'}]}",
    "{'type':'function_call','id':'fc_1','call_id':'a','name':'f','arguments':'{\\'n\\':1}'}",
    "{'type':'reasoning','id':'rs_2','summary':[],'encrypted_content':'x2'}",
    "{'type':'function_call','id':'fc_2','call_id':'b','name':'g','arguments':'{}'}",
    "{'type':'reasoning','id':'rs_3','summary':[{'type':'summary_text','text':'**C**'}],"
    "'encrypted_content':'x3'}",
    "{'type':'message','id':'m_2','phase':'final_answer','content':[{'type':'output_text','text':"
    "'It is 5.'}]}",
};

enum { ITEM_COUNT = sizeof(items) / sizeof(items[0]) };

/* As OpenAI streams them, each text in two pieces. */
static void add_pieces(struct buf *body, size_t index, const json_t *item)
{
    static const char *const events[] = {"function_call_arguments.delta", "output_text.delta"};
    const json_t *part = json_array_get(json_object_get(item, "content"), 0);
    const char *texts[] = {json_get_text(item, "arguments"), json_get_text(part, "text")};
    for (size_t i = 0; i < 2; i++) {
        for (size_t k = 0, len = strlen(texts[i]); k < 2 && len > 0; k++) {
            json_t *delta = json_stringn(texts[i] + k, k == 0 ? 1 : len - 1);
            buf_addf(body,
                     "data: {\"type\":\"response.%s\",\"output_index\":%zu,\"delta\":", events[i],
                     index);
            json_add_value(body, delta);
            buf_adds(body, "}\n\n");
            json_decref(delta);
        }
    }
}

static void add_summaries(struct buf *body, size_t index, const json_t *item)
{
    size_t i;
    json_t *part;
    json_array_foreach (json_object_get(item, "summary"), i, part) {
        buf_addf(body,
                 "data: {\"type\":\"response.reasoning_summary_text.delta\",\"output_index\":%zu,"
                 "\"summary_index\":%zu,\"delta\":",
                 index, i);
        json_add_value(body, json_object_get(part, "text"));
        buf_adds(body, "}\n\n");
    }
}

static void add_item(struct buf *body, size_t index, const json_t *item)
{
    buf_addf(body, "data: {\"type\":\"response.output_item.added\",\"output_index\":%zu,\"item\":",
             index);
    json_t *begun = json_copy((json_t *)item);
    json_object_del(begun, "content");
    json_object_del(begun, "encrypted_content");
    json_add_value(body, begun);
    json_decref(begun);
    buf_adds(body, "}\n\n");
    add_summaries(body, index, item);
    add_pieces(body, index, item);
    buf_addf(body,
             "data: {\"type\":\"response.output_item.done\",\"output_index\":%zu,\"item\":", index);
    json_add_value(body, item);
    buf_adds(body, "}\n\n");
}

static struct buf long_stream(void)
{
    struct buf body = BUF_INIT;
    for (size_t i = 0; i < ITEM_COUNT; i++) {
        json_t *item = quoted_json(items[i]);
        assert_non_null(item);
        add_item(&body, i, item);
        json_decref(item);
    }
    buf_adds(&body, "data: {\"type\":\"response.completed\",\"response\":{\"id\":\"r\","
                    "\"status\":\"completed\",\"output\":[],\"usage\":{\"input_tokens\":3}}}\n\n");
    return body;
}

static void test_long(void **state)
{
    (void)state;
    struct buf body = long_stream();
    assert_true(check_stream("all kinds of items", &body));
    buf_clear(&body);
}

/* The form of input: a message's text without parts, and ids for thoughts only. */
static json_t *sent_item(const char *text)
{
    json_t *item = quoted_json(text);
    const json_t *part = json_array_get(json_object_get(item, "content"), 0);
    if (part) {
        json_object_set(item, "content", json_object_get(part, "text"));
        json_object_set_new(item, "role", json_string("assistant"));
    }
    if (strcmp(json_get_text(item, "type"), "reasoning") != 0)
        json_object_del(item, "id");
    return item;
}

static void test_there_and_back(void **state)
{
    (void)state;
    struct buf body = long_stream();
    json_t *messages = json_array(), *want = json_array();
    json_t *message = message_of(body.data, body.len);
    json_object_set_new(message, "provider", json_string("openai"));
    json_array_append_new(messages, message);
    for (size_t i = 0; i < ITEM_COUNT; i++)
        json_array_append_new(want, sent_item(items[i]));
    json_t *input = responses_input(messages, "openai");
    check_same("the items", input, want);
    json_decref(input);
    json_decref(want);
    json_decref(messages);
    buf_clear(&body);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_vectors),
        cmocka_unit_test(test_long),
        cmocka_unit_test(test_there_and_back),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
