/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "base/rough.h"
#include "llm/conversation.h"
#include "runnel.h"

static void test_rough(void **state)
{
    (void)state;
    static const struct {
        const char *text;
        uint64_t quarters;
    } cases[] = {{"", 0}, {"four", 4}, {"\u00DF", 3}, {"\u4F60\u597D", 6}, {"a\u20AC", 4}};
    for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++)
        assert_int_equal(rough_quarters(cases[i].text, strlen(cases[i].text)), cases[i].quarters);
}

static void test_bulk(void **state)
{
    (void)state;
    rn_conversation *conversation = rn_conversation_new(NULL);
    rn_bulk bulk = rn_conversation_bulk(conversation);
    assert_int_equal(bulk.messages, 0);
    assert_int_equal(bulk.tokens, 0);
    rn_conversation_user(conversation, "Hello there.");
    rn_conversation_attach(conversation,
                           &(rn_attachment){.name = "a.c", .data = "int a;\n\n", .len = 8});
    rn_conversation_attach(conversation,
                           &(rn_attachment){.type = "image/png", .data = "123456", .len = 6});
    rn_conversation_attach(conversation,
                           &(rn_attachment){.type = "image/png", .url = "https://h/x.png"});
    json_t *answer = json_pack("{s:s, s:s, s:[{s:s, s:s, s:{s:i}}]}", "role", "assistant",
                               "content", "Yes.", "calls", "id", "c1", "tool", "f", "args", "x", 1);
    conversation_add_json(conversation, answer);
    conversation_add_json(conversation, json_pack("{s:s, s:s}", "role", "tool", "output", "1234"));
    bulk = rn_conversation_bulk(conversation);
    const size_t calls = strlen("[{\"id\":\"c1\",\"tool\":\"f\",\"args\":{\"x\":1}}]");
    assert_int_equal(bulk.messages, 3);
    assert_int_equal(bulk.bytes, 12 + 4 + calls + 4);
    assert_int_equal(bulk.attachments, 3);
    assert_int_equal(bulk.attachment_bytes, 8 + 6);
    assert_int_equal(bulk.tokens, (12 + 8 + 4 + calls + 4) / 4);
    rn_conversation_free(conversation);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_rough),
        cmocka_unit_test(test_bulk),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
