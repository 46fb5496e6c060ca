/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "tui/find.h"

#include <locale.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "text/line.h"
#include "tui/keys.h"
#include "tui/transcript.h"

enum { HEIGHT = 6 };

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
    transcript_resize(transcript, 40, HEIGHT);
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
        {"**very** good, un**believ**able", "very good", "find: very good  1 of 1"},
        {"**very** good, un**believ**able", "unbelievable", "find: unbelievable  1 of 1"},
        {"**very** good", "*", "find: *  not found"},
        {"a &amp; b", "a & b", "find: a & b  1 of 1"},
        {"[words](http://a.b)", "words (http", "find: words (http  1 of 1"},
        {"broken by the\nmodel", "the model", "find: the model  1 of 1"},
        {"broken by the\nmodel", "The model", "find: The model  not found"},
        {"one\n\ntwo", "one two", "find: one two  1 of 1"},
        {"|a b|c|\n|-|-|\n|d|e|", "a b", "find: a b  1 of 1"},
        {"|a b|c|\n|-|-|\n|d|e|", "b c", "find: b c  not found"},
        {"|a b|c|\n|-|-|\n|d|e|", "|", "find: |  not found"},
        {"```c\nint i;\nint j;\n```", "int", "find: int  2 of 2"},
        {"words that go on and on until the row has no room for them", "no room",
         "find: no room  1 of 1"},
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

/* What stands out in the window: the current place in braces, the others in brackets. */
static void show_found(struct transcript *transcript, struct buf *out)
{
    struct row rows[HEIGHT];
    transcript_rows(transcript, rows);
    for (int i = 0; i < HEIGHT; i++) {
        struct line line;
        transcript_line(transcript, &rows[i], &line);
        for (size_t n = 0; n < line.count; n++) {
            const struct span *span = &line.spans[n];
            const char *marks = span->attributes & ATTRIBUTE_CURRENT ? "{}"
                                : span->attributes & ATTRIBUTE_FOUND ? "[]"
                                                                     : NULL;
            if (marks)
                buf_addf(out, "%d%c%.*s%c ", i, marks[0], (int)span->len, span->text, marks[1]);
        }
    }
}

static void the_right_cells_stand_out(void **state)
{
    static const struct {
        const char *about, *text, *words, *want;
    } cases[] = {
        {"a word", "a word, a word", "word", "0[word] 0{word} "},
        {"of several looks", "a **bold** *word*", "bold word", "0{bold} 0{ } 0{word} "},
        {"over the end of a row", "words that go on and on until the row is full", "the row",
         "0{the} 1{row} "},
        {"in a cell", "|a|b|\n|-|-|\n|one|two|", "two", "2{two} "},
        {"in a cell of several lines",
         "|a|b|\n|-|-|\n|one two three four five|six seven eight nine ten|", "four five",
         "3{four five} "},
        {"and over two of them", "|a|b|\n|-|-|\n|one two three four five|six seven eight nine ten|",
         "three four", "2{three} 3{four} "},
        {"a heading that stands above each item",
         "|one|b|c|d|e|f|g|h|\n|-|-|-|-|-|-|-|-|\n|q|||||||r|", "one", "0{one} "},
        {"what is not in the source", "a &lt;b [c](http://d)", "<b c (", "0{<} 0{b } 0{c} 0{ (} "},
        {"an address", "[c](http://d/e)", "d/e", "0{d/e} "},
        {"code", "```\n  if (a)\n\tb\n```", "(a)", "0{(a)} "},
        {"in a list", "1. one\n2. two\n   three", "three", "2{three} "},
        {"a letter with its marks", "cafe\xcc\x81 bar", "cafe", "0{cafe\xcc\x81} "},
        {"a mark with its letter", "cafe\xcc\x81 bar", "\xcc\x81", "0{e\xcc\x81} "},
        {"what is joined", "a \xf0\x9f\x91\xa9\xf0\x9f\x8f\xbd b", "\xf0\x9f\x91\xa9",
         "0{\xf0\x9f\x91\xa9} "},
        {"half of a flag", "\xf0\x9f\x87\xa9\xf0\x9f\x87\xaa x", "\xf0\x9f\x87\xaa",
         "0{\xf0\x9f\x87\xa9\xf0\x9f\x87\xaa} "},
    };
    (void)state;
    for (size_t i = 0; i < sizeof(cases) / sizeof(*cases); i++) {
        struct find find = {0};
        struct buf out = BUF_INIT;
        struct transcript *transcript = with(cases[i].text);
        find_words(&find, transcript, cases[i].words);
        show_found(transcript, &out);
        if (strcmp(buf_str(&out), cases[i].want) != 0)
            fail_msg("%s: %s is not %s", cases[i].about, buf_str(&out), cases[i].want);
        buf_clear(&out);
        find_clear(&find);
        transcript_free(transcript);
    }
}

/* Another width moves what was found to other rows; it stays the same words. */
static void other_rows_show_the_same_words(void **state)
{
    struct find find = {0};
    struct buf out = BUF_INIT;
    struct transcript *transcript = with("words that go on and on until the row is full");
    (void)state;
    find_words(&find, transcript, "row is full");
    transcript_resize(transcript, 60, HEIGHT);
    find_refresh(&find);
    show_found(transcript, &out);
    assert_string_equal(buf_str(&out), "0{row is full} ");
    buf_clear(&out);
    find_clear(&find);
    transcript_free(transcript);
}

/* A place in a long entry comes into the window, at the right line of its cell too. */
static void what_is_found_comes_into_view(void **state)
{
    struct find find = {0};
    struct buf text = BUF_INIT, out = BUF_INIT;
    (void)state;
    buf_adds(&text, "|a|b|\n|-|-|\n|");
    for (int i = 0; i < 200; i++)
        buf_addf(&text, "word %d ", i);
    buf_adds(&text, "|c|\n\nend");
    struct transcript *transcript = with(text.data);
    add(transcript, ENTRY_NOTE, "1\n2\n3\n4\n5\n6\n7");
    find_words(&find, transcript, "word 77");
    assert_told(&find, "find: word 77  1 of 1");
    show_found(transcript, &out);
    assert_non_null(strstr(buf_str(&out), "{"));
    buf_clear(&text);
    buf_clear(&out);
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

/* What is held back until the end changes what is there, but not how long its source is. */
static void what_the_end_shows_is_found(void **state)
{
    struct find find = {0};
    struct buf out = BUF_INIT;
    struct transcript *transcript = transcript_new();
    (void)state;
    transcript_resize(transcript, 40, HEIGHT);
    transcript_append(transcript, ENTRY_ANSWER, "one\n\n| one", 10);
    find_words(&find, transcript, "one");
    assert_told(&find, "find: one  1 of 1");
    transcript_close(transcript);
    find_refresh(&find);
    assert_told(&find, "find: one  1 of 2");
    show_found(transcript, &out);
    assert_string_equal(buf_str(&out), "0{one} 2[one] ");
    buf_clear(&out);
    find_clear(&find);
    transcript_free(transcript);
}

/* An underline makes a heading of the line, with signs in front of it. */
static void what_moves_stands_out_where_it_is(void **state)
{
    struct find find = {0};
    struct buf out = BUF_INIT;
    struct transcript *transcript = transcript_new();
    (void)state;
    transcript_resize(transcript, 40, HEIGHT);
    transcript_append(transcript, ENTRY_ANSWER, "one, one", 8);
    find_words(&find, transcript, "one");
    assert_told(&find, "find: one  2 of 2");
    transcript_append(transcript, ENTRY_ANSWER, "\n===\none", 8);
    find_refresh(&find);
    assert_told(&find, "find: one  2 of 3");
    show_found(transcript, &out);
    assert_string_equal(buf_str(&out), "0[one] 0{one} 2[one] ");
    buf_clear(&out);
    find_clear(&find);
    transcript_free(transcript);
}

/* A paste belongs to the line that is written, whatever its first letter would be as a key. */
static void what_is_pasted_is_no_key(void **state)
{
    struct find find = {0};
    struct transcript *transcript = with("no n");
    (void)state;
    find_words(&find, transcript, "n");
    assert_true(type(&find, "n"));
    assert_false(type(&find, "\033[200~nice\033[201~"));
    assert_false(type(&find, "\033[200~/etc\033[201~"));
    assert_told(&find, "find: n  1 of 2");
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
    assert_told(&find, "find: b  2 of 2");
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

/* The places before the current one are forgotten while more of them come. */
static void the_current_place_is_not_forgotten(void **state)
{
    struct find find = {0};
    struct buf text = BUF_INIT;
    struct transcript *transcript = transcript_new();
    (void)state;
    for (int i = 0; i < FIND_MAX; i++)
        buf_addc(&text, 'x');
    transcript_append(transcript, ENTRY_ANSWER, text.data, text.len);
    find_words(&find, transcript, "x");
    assert_int_equal(find.current, FIND_MAX - 1);
    transcript_append(transcript, ENTRY_ANSWER, "xxx", 3);
    find_refresh(&find);
    assert_true(find.current < find.count - 1);
    assert_int_equal(find.found[find.current].start, FIND_MAX - 1);
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
        cmocka_unit_test(the_right_cells_stand_out),
        cmocka_unit_test(other_rows_show_the_same_words),
        cmocka_unit_test(what_is_found_comes_into_view),
        cmocka_unit_test(what_comes_meanwhile_is_found),
        cmocka_unit_test(what_the_end_shows_is_found),
        cmocka_unit_test(what_moves_stands_out_where_it_is),
        cmocka_unit_test(what_is_pasted_is_no_key),
        cmocka_unit_test(a_call_that_changes_is_looked_through_again),
        cmocka_unit_test(of_too_many_the_last_are_kept),
        cmocka_unit_test(the_current_place_is_not_forgotten),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
