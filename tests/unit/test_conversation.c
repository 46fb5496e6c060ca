/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "llm/conversation.h"
#include "llm/event.h"
#include "llm/message.h"
#include "runnel.h"

static rn_message *answer(const char *run, const char *text)
{
    struct message *message = message_new();
    struct event event;
    event_init(&event, RN_START);
    event.start.run = run;
    message_add(message, &event.pub);
    event_init(&event, RN_AI);
    event.pub.content = text;
    event.pub.content_len = strlen(text);
    message_add(message, &event.pub);
    rn_message *held = message_hold(message);
    message_free(message);
    return held;
}

static void add_answer(rn_conversation *conversation, const char *run, const char *text)
{
    rn_message *message = answer(run, text);
    rn_conversation_add(conversation, message);
    rn_message_free(message);
}

static void test_empty(void **state)
{
    (void)state;
    rn_conversation *conversation = rn_conversation_new(NULL);
    assert_int_equal(rn_conversation_length(conversation), 0);
    assert_string_equal(rn_conversation_role(conversation, 0), "");
    assert_string_equal(rn_conversation_content(conversation, 7), "");
    assert_string_equal(rn_conversation_prompt(conversation), "");
    assert_string_equal(conversation_parent(conversation), "");
    assert_int_equal(conversation_unseen(conversation), 0);
    assert_false(rn_conversation_undo(conversation));
    rn_conversation_free(conversation);
    rn_conversation_free(NULL);
}

static void test_taking_turns(void **state)
{
    (void)state;
    rn_conversation *conversation = rn_conversation_new("be brief");
    rn_conversation_user(conversation, "one");
    assert_int_equal(conversation_unseen(conversation), 0);
    add_answer(conversation, "r1", "eins");
    rn_conversation_user(conversation, "two");
    rn_conversation_user(conversation, "three");
    assert_int_equal(rn_conversation_length(conversation), 4);
    assert_string_equal(rn_conversation_role(conversation, 1), "assistant");
    assert_string_equal(rn_conversation_content(conversation, 1), "eins");
    assert_string_equal(rn_conversation_role(conversation, 2), "user");
    assert_string_equal(rn_conversation_content(conversation, 2), "two");
    assert_string_equal(rn_conversation_prompt(conversation), "three");
    assert_string_equal(conversation_parent(conversation), "r1");
    assert_int_equal(conversation_unseen(conversation), 2);
    assert_string_equal(conversation->system, "be brief");
    rn_conversation_system(conversation, NULL);
    assert_null(conversation->system);
    rn_conversation_system(conversation, "other");
    assert_string_equal(conversation->system, "other");
    rn_conversation_free(conversation);
}

static void test_undo(void **state)
{
    (void)state;
    rn_conversation *conversation = rn_conversation_new(NULL);
    rn_conversation_user(conversation, "one");
    add_answer(conversation, "r1", "eins");
    rn_conversation_user(conversation, "two");
    add_answer(conversation, "r2", "zwei");
    assert_true(rn_conversation_undo(conversation));
    assert_int_equal(rn_conversation_length(conversation), 2);
    assert_string_equal(rn_conversation_prompt(conversation), "one");
    assert_string_equal(conversation_parent(conversation), "r1");
    assert_true(rn_conversation_undo(conversation));
    assert_int_equal(rn_conversation_length(conversation), 0);
    assert_false(rn_conversation_undo(conversation));
    add_answer(conversation, "r3", "drei"); /* an answer to nothing stays */
    assert_false(rn_conversation_undo(conversation));
    assert_int_equal(rn_conversation_length(conversation), 1);
    rn_conversation_free(conversation);
}

static void test_strange_text(void **state)
{
    (void)state;
    rn_conversation *conversation = rn_conversation_new(NULL);
    rn_conversation_user(conversation, "a\xFF\xE2\x82");
    rn_conversation_user(conversation, NULL);
    assert_string_equal(rn_conversation_content(conversation, 0), "a\uFFFD\uFFFD");
    assert_string_equal(rn_conversation_content(conversation, 1), "");
    rn_conversation_free(conversation);
}

static void test_tool_result(void **state)
{
    (void)state;
    rn_conversation *conversation = rn_conversation_new(NULL);
    conversation_add_json(
        conversation, json_pack("{s:s, s:s, s:s}", "role", "tool", "id", "c", "output", "11 C"));
    assert_string_equal(rn_conversation_role(conversation, 0), "tool");
    assert_string_equal(rn_conversation_content(conversation, 0), "11 C");
    rn_conversation_free(conversation);
}

/* What is added is a copy: the answer may go on, and go away. */
static void test_added_as_it_was(void **state)
{
    (void)state;
    rn_conversation *conversation = rn_conversation_new(NULL);
    struct message *message = message_new();
    struct event event;
    event_init(&event, RN_OPAQUE);
    event.opaque.field = "x";
    message_add(message, &event.pub);
    rn_conversation_add(conversation, message_public(message));
    message_add(message, &event.pub);
    message_free(message);
    const json_t *kept = json_object_get(json_array_get(conversation->messages, 0), "opaque");
    assert_int_equal(json_array_size(kept), 1);
    rn_conversation_free(conversation);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_empty),       cmocka_unit_test(test_taking_turns),
        cmocka_unit_test(test_undo),        cmocka_unit_test(test_strange_text),
        cmocka_unit_test(test_tool_result), cmocka_unit_test(test_added_as_it_was),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
