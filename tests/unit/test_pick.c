/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "tui/pick.h"

#include <locale.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "tui/keys.h"
#include "tui/transcript.h"

#define UP "\033[A"
#define DOWN "\033[B"
#define RIGHT "\033OC"
#define LEFT "\033[D"

static void add(struct transcript *transcript, enum entry_kind kind, const char *text)
{
    transcript_add(transcript, kind, text, strlen(text));
    transcript_close(transcript);
}

static struct transcript *talk(void)
{
    struct transcript *transcript = transcript_new();
    transcript_resize(transcript, 20, 30);
    add(transcript, ENTRY_NOTE, "hello");
    add(transcript, ENTRY_USER, "how?");
    add(transcript, ENTRY_ANSWER,
        "**so**, in a line that is longer than the window:\n\n```sh\nls\n```\n"
        "- or\n\n  ```\n  a\n    b\n  ```\n");
    add(transcript, ENTRY_MARK, "[cut off]");
    add(transcript, ENTRY_USER, "thanks");
    return transcript;
}

static bool type(struct pick *pick, const char *bytes)
{
    bool is_taken = true;
    struct keys *keys = keys_new(50);
    struct key key;
    keys_feed(keys, bytes, strlen(bytes));
    keys_timeout(keys);
    while (keys_next(keys, &key)) {
        is_taken = pick_key(pick, &key);
        keys_timeout(keys);
    }
    keys_free(keys);
    return is_taken;
}

static void assert_takes(struct pick *pick, const char *want)
{
    struct buf text = BUF_INIT;
    assert_true(pick_take(pick, &text));
    assert_string_equal(buf_str(&text), want);
    assert_false(pick->is_open);
    assert_false(pick_take(pick, &text));
    buf_clear(&text);
}

static void what_is_taken(void **state)
{
    static const char answer[] =
        "**so**, in a line that is longer than the window:\n\n```sh\nls\n```\n"
        "- or\n\n  ```\n  a\n    b\n  ```\n";
    static const struct {
        const char *keys, *want;
    } cases[] = {
        {"\r", answer},
        {"y", answer},
        {RIGHT "\r", "ls"},
        {"ly", "ls"},
        {RIGHT RIGHT "\r", "a\n  b"},
        {RIGHT RIGHT RIGHT "\r", "a\n  b"},
        {RIGHT RIGHT LEFT "\r", "ls"},
        {RIGHT LEFT LEFT "\r", answer},
        {UP "\r", "how?"},
        {UP UP "\r", "hello"},
        {"kkk\r", "hello"},
        {UP RIGHT "\r", "how?"},
        {RIGHT UP DOWN "\r", answer},
        {DOWN "\r", "thanks"},
        {"jjk\r", answer},
    };
    (void)state;
    for (size_t i = 0; i < sizeof(cases) / sizeof(*cases); i++) {
        struct pick pick = {0};
        struct transcript *transcript = talk();
        assert_true(pick_open(&pick, transcript));
        assert_true(type(&pick, cases[i].keys));
        assert_takes(&pick, cases[i].want);
        pick_clear(&pick);
        transcript_free(transcript);
    }
}

static void what_is_told(void **state)
{
    struct pick pick = {0};
    struct transcript *transcript = talk();
    (void)state;
    assert_true(pick_open(&pick, transcript));
    assert_string_equal(pick_hint(&pick), "answer, 11 lines, 92 bytes  ↑↓ message, ←→ code, "
                                          "Enter copies, Esc leaves");
    type(&pick, RIGHT RIGHT);
    assert_string_equal(pick_hint(&pick), "code 2 of 2, 2 lines, 5 bytes  ↑↓ message, ←→ code, "
                                          "Enter copies, Esc leaves");
    type(&pick, UP);
    assert_string_equal(pick_hint(&pick), "prompt, 4 bytes  ↑↓ message, Enter copies, Esc leaves");
    pick_clear(&pick);
    transcript_free(transcript);
}

static void what_ends_it(void **state)
{
    static const char *const ends[] = {"\033", "\003", "\007", "q"};
    (void)state;
    for (size_t i = 0; i < sizeof(ends) / sizeof(*ends); i++) {
        struct pick pick = {0};
        struct buf text = BUF_INIT;
        struct transcript *transcript = talk();
        assert_true(pick_open(&pick, transcript));
        assert_false(type(&pick, "x"));
        assert_true(type(&pick, ends[i]));
        assert_null(pick_hint(&pick));
        assert_false(pick_take(&pick, &text));
        assert_false(type(&pick, "y"));
        pick_clear(&pick);
        transcript_free(transcript);
    }
}

static void there_may_be_nothing(void **state)
{
    struct pick pick = {0};
    struct transcript *transcript = transcript_new();
    (void)state;
    assert_false(pick_open(&pick, transcript));
    assert_null(pick_hint(&pick));
    pick_clear(&pick);
    transcript_free(transcript);
}

/* An answer that is still coming is taken as far as it is there. */
static void what_comes_meanwhile_is_taken(void **state)
{
    struct pick pick = {0};
    struct transcript *transcript = talk();
    (void)state;
    transcript_append(transcript, ENTRY_ANSWER, "```\none\n", 8);
    assert_true(pick_open(&pick, transcript));
    type(&pick, RIGHT);
    transcript_append(transcript, ENTRY_ANSWER, "two\n", 4);
    pick_refresh(&pick);
    type(&pick, "y");
    assert_takes(&pick, "one\ntwo");
    transcript_clear(transcript);
    pick_refresh(&pick);
    assert_false(pick.is_open);
    pick_clear(&pick);
    transcript_free(transcript);
}

int main(void)
{
    setlocale(LC_ALL, "C.UTF-8");
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(what_is_taken),
        cmocka_unit_test(what_is_told),
        cmocka_unit_test(what_ends_it),
        cmocka_unit_test(there_may_be_nothing),
        cmocka_unit_test(what_comes_meanwhile_is_taken),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
