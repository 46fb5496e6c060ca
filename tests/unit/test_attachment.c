/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * What a user's message carries: how it is told apart, kept, told again and sent.
 */
#include "llm/attachment.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <stdlib.h>
#include <string.h>

#include "llm/conversation.h"

#define BYTES(text) text, sizeof(text) - 1

static const struct {
    const char *bytes;
    size_t len;
    const char *want;
} types[] = {
    {BYTES("\x89PNG\r\n\x1a\nrest"), "image/png"},
    {BYTES("\x89PNG\r\n\x1a\n"), "image/png"},
    {BYTES("\x89PNG\r\n\x1a"), "application/octet-stream"},
    {BYTES("\xff\xd8\xff\xe0"), "image/jpeg"},
    {BYTES("GIF89a"), "image/gif"},
    {BYTES("GIF87a"), "image/gif"},
    {BYTES("RIFF\x10\0\0\0WEBPVP8 "), "image/webp"},
    {BYTES("RIFF\x10\0\0\0WAVEfmt "), "application/octet-stream"},
    {BYTES("abcdefghWEBP"), "text/plain"},
    {BYTES("%PDF-1.7\n"), "application/pdf"},
    {BYTES("%PDF"), "text/plain"},
    {BYTES(""), "text/plain"},
    {BYTES("int main(void)\r\n\t{}\f\x1b[1mbold\n"), "text/plain"},
    {BYTES("\xe7\x8c\xab"), "text/plain"},
    {BYTES("\xef\xbb\xbf"
           "with a mark"),
     "text/plain"},
    {BYTES("caf\xe9"), "application/octet-stream"},
    {BYTES("a\0b"), "application/octet-stream"},
    {BYTES("a\x01"), "application/octet-stream"},
    {BYTES("\xff\xfe"
           "a\0"),
     "application/octet-stream"},
    {BYTES("\x7f"
           "ELF\2\1\1\0"),
     "application/octet-stream"},
    {BYTES("PK\3\4"), "application/octet-stream"},
};

static void test_types(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof(types) / sizeof(types[0]); i++)
        assert_string_equal(rn_media_type(types[i].bytes, types[i].len), types[i].want);
}

static const struct {
    const char *about;
    rn_attachment given;
    const char *want; /* NULL: it can be none */
} forms[] = {
    {"a text",
     {.name = "a.c", .data = BYTES("int x;")},
     "{\"name\":\"a.c\",\"type\":\"text/plain\",\"text\":\"int x;\"}"},
    {"a text of a type",
     {.name = "a.md", .type = "text/markdown", .data = BYTES("#")},
     "{\"name\":\"a.md\",\"type\":\"text/markdown\",\"text\":\"#\"}"},
    {"without a name", {.data = BYTES("x")}, "{\"type\":\"text/plain\",\"text\":\"x\"}"},
    {"an empty name", {.name = "", .data = BYTES("x")}, "{\"type\":\"text/plain\",\"text\":\"x\"}"},
    {"an empty text", {.data = "", .len = 0}, "{\"type\":\"text/plain\",\"text\":\"\"}"},
    {"an image",
     {.name = "cat.png", .data = BYTES("\x89PNG\r\n\x1a\n")},
     "{\"name\":\"cat.png\",\"type\":\"image/png\",\"data\":\"iVBORw0KGgo=\"}"},
    {"the type that is given counts",
     {.type = "image/gif", .data = BYTES("abc")},
     "{\"type\":\"image/gif\",\"data\":\"YWJj\"}"},
    {"a URL",
     {.type = "image/png", .url = "https://x.org/a.png"},
     "{\"type\":\"image/png\",\"url\":\"https://x.org/a.png\"}"},
    {"a name that is no UTF-8",
     {.name = "\xff", .data = BYTES("x")},
     "{\"name\":\"\xef\xbf\xbd\",\"type\":\"text/plain\",\"text\":\"x\"}"},
    {"a URL without a type", {.url = "https://x.org/a.png"}, NULL},
    {"nothing", {.name = "x"}, NULL},
    {"a text that is no UTF-8", {.type = "text/plain", .data = BYTES("\xff")}, NULL},
};

static void test_forms(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof(forms) / sizeof(forms[0]); i++) {
        json_t *json = attachment_json(&forms[i].given);
        json_t *want = forms[i].want ? json_loads(forms[i].want, 0, NULL) : NULL;
        if (forms[i].want ? !json_equal(json, want) : json != NULL)
            fail_msg("%s", forms[i].about);
        json_decref(json);
        json_decref(want);
    }
}

/* ---- In a conversation ---- */

static void attach(rn_conversation *conversation, const char *name, const void *data, size_t len)
{
    rn_attachment attachment = {.name = name, .data = data, .len = len};
    assert_int_equal(rn_conversation_attach(conversation, &attachment), 0);
}

static void test_only_the_user_attaches(void **state)
{
    (void)state;
    rn_attachment text = {.data = "x", .len = 1}, nothing = {0};
    rn_conversation *conversation = rn_conversation_new(NULL);
    assert_int_equal(rn_conversation_attach(conversation, &text), -1);
    rn_conversation_user(conversation, "look");
    assert_int_equal(rn_conversation_attach(conversation, &nothing), -1);
    assert_int_equal(rn_conversation_attach(conversation, &text), 0);
    conversation_add_json(conversation,
                          json_pack("{s:s, s:s}", "role", "assistant", "content", "ok"));
    assert_int_equal(rn_conversation_attach(conversation, &text), -1);
    rn_conversation_free(conversation);
}

static void test_told_again(void **state)
{
    (void)state;
    rn_attachment told, url = {.type = "application/pdf", .url = "https://x.org/d.pdf"};
    rn_conversation *conversation = rn_conversation_new(NULL);
    rn_conversation_user(conversation, "one");
    rn_conversation_user(conversation, "two");
    attach(conversation, "a.txt", "a\0", 1);
    attach(conversation, "cat.jpg", "\xff\xd8\xff\xe0", 4);
    assert_int_equal(rn_conversation_attach(conversation, &url), 0);
    assert_false(rn_conversation_attachment(conversation, 0, 0, &told));
    assert_false(rn_conversation_attachment(conversation, 2, 0, &told));
    assert_false(rn_conversation_attachment(conversation, 1, 3, &told));

    assert_true(rn_conversation_attachment(conversation, 1, 0, &told));
    assert_string_equal(told.name, "a.txt");
    assert_string_equal(told.type, "text/plain");
    assert_memory_equal(told.data, "a", told.len);
    assert_null(told.url);
    assert_true(rn_conversation_attachment(conversation, 1, 1, &told));
    assert_string_equal(told.type, "image/jpeg");
    assert_int_equal(told.len, 4);
    assert_null(told.data);
    assert_true(rn_conversation_attachment(conversation, 1, 2, &told));
    assert_string_equal(told.url, "https://x.org/d.pdf");
    assert_string_equal(told.name, "");
    rn_conversation_free(conversation);
}

static void test_a_copy_shares_nothing(void **state)
{
    (void)state;
    rn_attachment told;
    rn_conversation *conversation = rn_conversation_new(NULL);
    rn_conversation_user(conversation, "look");
    attach(conversation, "a", "x", 1);
    rn_conversation *copy = rn_conversation_copy(conversation);
    attach(conversation, "b", "y", 1);
    assert_true(rn_conversation_attachment(copy, 0, 0, &told));
    assert_false(rn_conversation_attachment(copy, 0, 1, &told));
    rn_conversation_free(conversation);
    rn_conversation_free(copy);
}

static void test_rewinding_keeps_it(void **state)
{
    (void)state;
    rn_attachment told;
    rn_conversation *conversation = rn_conversation_new(NULL);
    assert_false(rn_conversation_rewind(conversation));
    rn_conversation_user(conversation, "look");
    attach(conversation, "a", "x", 1);
    conversation_add_json(conversation, json_pack("{s:s, s:s, s:s}", "role", "assistant", "content",
                                                  "ok", "run", "r1"));
    assert_true(rn_conversation_rewind(conversation));
    assert_int_equal(rn_conversation_length(conversation), 1);
    assert_true(rn_conversation_attachment(conversation, 0, 0, &told));
    assert_true(rn_conversation_rewind(conversation));
    assert_int_equal(rn_conversation_length(conversation), 1);
    rn_conversation_free(conversation);
}

/* ---- Sent ---- */

static const struct {
    const char *about, *message, *words;
    size_t things;
} messages[] = {
    {"words alone", "{\"content\":\"hi\"}", "hi", 0},
    {"a text", "{\"content\":\"hi\",\"attachments\":[{\"name\":\"a\",\"text\":\"x\\n\"}]}",
     "<file name=\"a\">\nx\n</file>\n\nhi", 0},
    {"its last line has no end",
     "{\"content\":\"\",\"attachments\":[{\"name\":\"a\",\"text\":\"x\"}]}",
     "<file name=\"a\">\nx\n</file>\n\n", 0},
    {"an empty one", "{\"content\":\"\",\"attachments\":[{\"name\":\"a\",\"text\":\"\"}]}",
     "<file name=\"a\">\n</file>\n\n", 0},
    {"without a name", "{\"content\":\"\",\"attachments\":[{\"text\":\"x\"}]}",
     "<file name=\"input\">\nx\n</file>\n\n", 0},
    {"a name that would end its quotes",
     "{\"content\":\"\",\"attachments\":[{\"name\":\"a\\\">\\n\",\"text\":\"x\"}]}",
     "<file name=\"a&quot;> \">\nx\n</file>\n\n", 0},
    {"two texts and a picture",
     "{\"content\":\"hi\",\"attachments\":[{\"name\":\"a\",\"text\":\"x\"},"
     "{\"type\":\"image/png\",\"data\":\"\"},{\"name\":\"b\",\"text\":\"y\"}]}",
     "<file name=\"a\">\nx\n</file>\n\n<file name=\"b\">\ny\n</file>\n\nhi", 1},
    {"pictures alone",
     "{\"content\":\"hi\",\"attachments\":[{\"type\":\"image/png\",\"data\":\"\"},"
     "{\"type\":\"application/pdf\",\"url\":\"https://x.org/\"}]}",
     "hi", 2},
    {"none in the list", "{\"content\":\"hi\",\"attachments\":[]}", "hi", 0},
    {"no list at all", "{\"content\":\"hi\",\"attachments\":7}", "hi", 0},
};

static void test_words_and_things(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof(messages) / sizeof(messages[0]); i++) {
        json_t *message = json_loads(messages[i].message, 0, NULL);
        json_t *words = attachment_words(message), *things = attachment_things(message);
        if (strcmp(json_string_value(words), messages[i].words) != 0)
            fail_msg("%s: %s", messages[i].about, json_string_value(words));
        assert_int_equal(json_array_size(things), messages[i].things);
        json_decref(words);
        json_decref(things);
        json_decref(message);
    }
}

static void test_urls(void **state)
{
    (void)state;
    json_t *inside = json_loads("{\"type\":\"image/png\",\"data\":\"YWJj\"}", 0, NULL);
    json_t *outside =
        json_loads("{\"type\":\"application/pdf\",\"url\":\"https://x.org/\"}", 0, NULL);
    char *own = attachment_url(inside), *given = attachment_url(outside);
    assert_string_equal(own, "data:image/png;base64,YWJj");
    assert_string_equal(given, "https://x.org/");
    assert_true(attachment_is_image(inside));
    assert_false(attachment_is_image(outside));
    assert_false(attachment_is_text(inside));
    free(own);
    free(given);
    json_decref(inside);
    json_decref(outside);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_types),
        cmocka_unit_test(test_forms),
        cmocka_unit_test(test_only_the_user_attaches),
        cmocka_unit_test(test_told_again),
        cmocka_unit_test(test_a_copy_shares_nothing),
        cmocka_unit_test(test_rewinding_keeps_it),
        cmocka_unit_test(test_words_and_things),
        cmocka_unit_test(test_urls),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
