/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "tui/find.h"

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

static void add(struct transcript *transcript, enum entry_kind kind, const char *text)
{
    transcript_add(transcript, kind, text, strlen(text));
    transcript_close(transcript);
}

static struct transcript *with(const char *text)
{
    struct transcript *transcript = transcript_new();
    transcript_resize(transcript, 40, 6);
    add(transcript, ENTRY_ANSWER, text);
    return transcript;
}

/* Each byte is a key, but those of arrows. */
static bool type(struct find *find, const char *bytes)
{
    bool is_taken = true;
    struct keys *keys = keys_new(50);
    struct key key;
    keys_feed(keys, bytes, strlen(bytes));
    keys_timeout(keys);
    while (keys_next(keys, &key)) {
        is_taken = find_key(find, &key);
        keys_timeout(keys);
    }
    keys_free(keys);
    return is_taken;
}

/* What is said of it, as far as it counts. */
static void assert_told(struct find *find, const char *want)
{
    const char *hint = find_hint(find);
    assert_non_null(hint);
    if (strncmp(hint, want, strlen(want)) != 0)
        fail_msg("\"%s\" is not \"%s...\"", hint, want);
}

static void what_is_found(void **state)
{
    static const struct {
        const char *text, *words, *want;
    } cases[] = {
        {"a word, a Word, a WORD", "word", "find: word  3 of 3"},
        {"a word, a Word, a WORD", "Word", "find: Word  1 of 1"},
        {"aaaa", "aa", "find: aa  2 of 2"},
        {"a word", "wort", "find: wort  not found"},
        {"\xc3\x84pfel und \xc3\xa4pfel", "\xc3\xa4pfel", "find: \xc3\xa4pfel  2 of 2"},
        {"\xc3\x84pfel und \xc3\xa4pfel", "\xc3\x84pfel", "find: \xc3\x84pfel  1 of 1"},
        {"\xe6\xb5\x81\xe6\xb5\x81", "\xe6\xb5\x81", "find: \xe6\xb5\x81  2 of 2"},
        {"cut at the en", "end", "find: end  not found"},
        {"", "x", "find: x  not found"},
        {"a.c", ".", "find: .  1 of 1"},
    };
    (void)state;
    for (size_t i = 0; i < sizeof(cases) / sizeof(*cases); i++) {
        struct find find = {0};
        struct transcript *transcript = with(cases[i].text);
        find_words(&find, transcript, cases[i].words);
        assert_told(&find, cases[i].want);
        find_clear(&find);
        transcript_free(transcript);
    }
}

static void it_finds_while_one_types(void **state)
{
    static const struct {
        const char *keys, *want;
    } steps[] = {
        {"", "find: _"},
        {"a", "find: a_  3 of 3"},
        {"b", "find: ab_  2 of 2"},
        {"bx", "find: abbx_  not found"},
        {"\177\177", "find: ab_  2 of 2"},
        {UP, "find: ab_  1 of 2"},
        {UP, "find: ab_  2 of 2"},
        {"\033[200~c\nd\033[201~", "find: abc_  1 of 1"},
        {"\025", "find: _"},
        {"\177", "find: _"},
        {"ab\r", "find: ab  2 of 2"},
        {"n", "find: ab  1 of 2"},
        {"n", "find: ab  2 of 2"},
        {"N", "find: ab  1 of 2"},
        {DOWN, "find: ab  2 of 2"},
        {"/n", "find: n_  not found"},
    };
    struct find find = {0};
    struct transcript *transcript = with("abc ab a");
    (void)state;
    find_open(&find, transcript);
    for (size_t i = 0; i < sizeof(steps) / sizeof(*steps); i++) {
        assert_true(type(&find, steps[i].keys));
        assert_told(&find, steps[i].want);
    }
    assert_true(type(&find, "\r"));
    assert_null(find_hint(&find));
    assert_false(type(&find, "n"));
    find_clear(&find);
    transcript_free(transcript);
}

static void what_ends_it(void **state)
{
    static const char *const ends[] = {"\r", "\033", "\003", "\007"};
    (void)state;
    for (size_t i = 0; i < sizeof(ends) / sizeof(*ends); i++) {
        struct find find = {0};
        struct transcript *transcript = with("a");
        find_words(&find, transcript, "a");
        assert_false(type(&find, "x"));
        assert_false(type(&find, "\033[5~"));
        assert_told(&find, "find: a  1 of 1");
        assert_true(type(&find, ends[i]));
        assert_null(find_hint(&find));
        find_clear(&find);
        transcript_free(transcript);
    }
}

/* Where the window is decides which place comes first. */
static void the_nearest_place_comes_first(void **state)
{
    struct find find = {0};
    struct transcript *transcript =
        with("x\n1\n2\n3\n4\n5\n6\n7\n8\nx\n1\n2\n3\n4\n5\n6\n7\n8\nx\nend");
    (void)state;
    find_words(&find, transcript, "x");
    assert_told(&find, "find: x  3 of 3");
    find_close(&find);
    transcript_home(transcript);
    find_words(&find, transcript, "x");
    assert_told(&find, "find: x  1 of 3");
    assert_false(transcript_follows(transcript));
    find_clear(&find);
    transcript_free(transcript);
}

static void what_is_folded_is_found_and_unfolded(void **state)
{
    struct find find = {0};
    struct transcript *transcript = with("first");
    (void)state;
    add(transcript, ENTRY_REASONING, "deep thought");
    transcript_summarize(transcript, 1, "thought for 2 s");
    transcript_fold(transcript, 1, true);
    find_words(&find, transcript, "deep");
    assert_told(&find, "find: deep  1 of 1");
    assert_false(transcript_is_folded(transcript, 1));
    find_clear(&find);
    transcript_free(transcript);
}

static void what_comes_meanwhile_is_found(void **state)
{
    struct find find = {0};
    struct transcript *transcript = with("ab");
    (void)state;
    transcript_append(transcript, ENTRY_ANSWER, "a", 1);
    find_words(&find, transcript, "ab");
    assert_told(&find, "find: ab  1 of 1");
    transcript_append(transcript, ENTRY_ANSWER, "b a", 3);
    find_refresh(&find);
    assert_told(&find, "find: ab  1 of 2");
    transcript_append(transcript, ENTRY_ANSWER, "b ", 2);
    transcript_close(transcript);
    add(transcript, ENTRY_NOTE, "AB");
    find_refresh(&find);
    assert_told(&find, "find: ab  1 of 4");
    assert_true(type(&find, "n"));
    assert_told(&find, "find: ab  4 of 4");
    transcript_clear(transcript);
    find_refresh(&find);
    assert_told(&find, "find: ab  not found");
    find_clear(&find);
    transcript_free(transcript);
}

/* Calls are told anew as a whole. */
static void a_call_that_changes_is_looked_through_again(void **state)
{
    struct find find = {0};
    struct styled body = {0};
    struct transcript *transcript = with("x");
    size_t call = transcript_reserve(transcript, ENTRY_TOOL);
    (void)state;
    styled_adds(&body, STYLE_TEXT, "abc");
    transcript_set(transcript, call, &body);
    find_words(&find, transcript, "b");
    assert_told(&find, "find: b  1 of 1");
    styled_reset(&body);
    styled_adds(&body, STYLE_TEXT, "bbc");
    transcript_set(transcript, call, &body);
    find_refresh(&find);
    assert_told(&find, "find: b  1 of 2");
    styled_clear(&body);
    find_clear(&find);
    transcript_free(transcript);
}

static void of_too_many_the_last_are_kept(void **state)
{
    struct find find = {0};
    struct buf text = BUF_INIT;
    (void)state;
    for (int i = 0; i < FIND_MAX + 10; i++)
        buf_addc(&text, 'x');
    struct transcript *transcript = with(text.data);
    find_words(&find, transcript, "x");
    assert_true(find.has_more && find.count <= FIND_MAX);
    assert_int_equal(find.found[find.count - 1].start, FIND_MAX + 9);
    assert_non_null(strstr(find_hint(&find), "+"));
    buf_clear(&text);
    find_clear(&find);
    transcript_free(transcript);
}

int main(void)
{
    setlocale(LC_ALL, "C.UTF-8");
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(what_is_found),
        cmocka_unit_test(it_finds_while_one_types),
        cmocka_unit_test(what_ends_it),
        cmocka_unit_test(the_nearest_place_comes_first),
        cmocka_unit_test(what_is_folded_is_found_and_unfolded),
        cmocka_unit_test(what_comes_meanwhile_is_found),
        cmocka_unit_test(a_call_that_changes_is_looked_through_again),
        cmocka_unit_test(of_too_many_the_last_are_kept),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
