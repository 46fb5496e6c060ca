/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * What was found, laid over the rows of a transcript, and what is selected, in their margin; folding; times
 * of day.
 */
#include "tui/mark.h"

#include <locale.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "base/buf.h"
#include "text/line.h"
#include "tui/transcript.h"

enum { HEIGHT = 6, WIDTH = 30 };

static void add(struct transcript *transcript, enum entry_kind kind, const char *text)
{
    transcript_add(transcript, kind, text, strlen(text));
    transcript_close(transcript);
}

/* The rows, what is found in brackets, the current one in braces. */
static void show(struct transcript *transcript, struct buf *out)
{
    struct row rows[HEIGHT];
    transcript_rows(transcript, rows);
    for (int i = 0; i < HEIGHT; i++) {
        struct line line;
        transcript_line(transcript, &rows[i], &line);
        for (size_t n = 0; n < line.count; n++) {
            const struct span *span = &line.spans[n];
            bool found = span->attributes & ATTRIBUTE_FOUND;
            bool current = span->attributes & ATTRIBUTE_CURRENT;
            buf_addf(out, "%s%.*s%s",
                     current ? "{"
                     : found ? "["
                             : "",
                     (int)span->len, span->text,
                     current ? "}"
                     : found ? "]"
                             : "");
        }
        buf_addc(out, '\n');
    }
    while (out->len > 1 && out->data[out->len - 2] == '\n')
        buf_drop_end(out, 1);
}

static void assert_shows(struct transcript *transcript, const char *want)
{
    struct buf out = BUF_INIT;
    show(transcript, &out);
    assert_string_equal(buf_str(&out), want);
    buf_clear(&out);
}

static struct transcript *with_size(void)
{
    struct transcript *transcript = transcript_new();
    transcript_resize(transcript, WIDTH, HEIGHT);
    return transcript;
}

static const struct {
    const char *about;
    enum entry_kind kind;
    const char *text;
    struct mark marks[3];
    size_t count;
    const char *want;
} cases[] = {
    {"nothing", ENTRY_USER, "one two", {{0}}, 0, "▌ one two\n"},
    {"a word", ENTRY_USER, "one two", {{0, 4, 7, ATTRIBUTE_FOUND}}, 1, "▌ one [two]\n"},
    {"two, one of them current",
     ENTRY_USER,
     "aba",
     {{0, 0, 1, ATTRIBUTE_FOUND}, {0, 2, 3, ATTRIBUTE_CURRENT}},
     2,
     "▌ [a]b{a}\n"},
    {"all of it", ENTRY_NOTE, "one\ntwo", {{0, 0, 7, ATTRIBUTE_FOUND}}, 1, "· [one]\n  [two]\n"},
    {"in Markdown, by its wording",
     ENTRY_ANSWER,
     "a **bold** b",
     {{0, 2, 6, ATTRIBUTE_FOUND}},
     1,
     "  a [bold] b\n"},
    {"across a break of the row",
     ENTRY_ANSWER,
     "some words that go on for a while",
     {{0, 20, 30, ATTRIBUTE_FOUND}},
     1,
     "  some words that go o[n for a]\n  [wh]ile\n"},
    {"of another entry", ENTRY_USER, "one", {{1, 0, 3, ATTRIBUTE_FOUND}}, 1, "▌ one\n"},
    {"in code", ENTRY_ANSWER, "```\nlet x\n```", {{0, 4, 5, ATTRIBUTE_FOUND}}, 1, "    let [x]\n"},
};

static void test_marks(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof(cases) / sizeof(*cases); i++) {
        struct transcript *transcript = with_size();
        struct buf out = BUF_INIT;
        add(transcript, cases[i].kind, cases[i].text);
        transcript_mark(transcript, cases[i].marks, cases[i].count);
        show(transcript, &out);
        if (strcmp(buf_str(&out), cases[i].want) != 0)
            fail_msg("%s:\n%swanted:\n%s", cases[i].about, buf_str(&out), cases[i].want);
        buf_clear(&out);
        transcript_free(transcript);
    }
}

/* The text of a row that has no room for all its looks is whole. */
static void test_a_motley_row_keeps_its_text(void **state)
{
    (void)state;
    enum { WORDS = 100 };
    struct mark marks[WORDS];
    struct row rows[HEIGHT];
    struct line line;
    struct buf text = BUF_INIT, want = BUF_INIT, shown = BUF_INIT;
    struct transcript *transcript = transcript_new();
    buf_adds(&want, "  ");
    for (size_t i = 0; i < WORDS; i++) {
        buf_adds(&text, i % 3 ? "ab " : "*a*b ");
        buf_adds(&want, i + 1 < WORDS ? "ab " : "ab");
        marks[i] = (struct mark){0, 3 * i, 3 * i + 1, ATTRIBUTE_FOUND};
    }
    transcript_resize(transcript, 4 * WORDS, HEIGHT);
    add(transcript, ENTRY_ANSWER, text.data);
    for (size_t count = 0; count <= WORDS; count++) {
        transcript_mark(transcript, marks, count);
        transcript_rows(transcript, rows);
        transcript_line(transcript, &rows[0], &line);
        buf_reset(&shown);
        for (size_t i = 0; i < line.count; i++) {
            buf_add(&shown, line.spans[i].text, line.spans[i].len);
            if (line.spans[i].attributes & ATTRIBUTE_FOUND)
                assert_int_equal(line.spans[i].len, 1);
        }
        assert_string_equal(shown.data, want.data);
    }
    buf_clear(&text);
    buf_clear(&want);
    buf_clear(&shown);
    transcript_free(transcript);
}

/* Only the rows that a mark is on are to be painted again. */
static void test_keys(void **state)
{
    (void)state;
    struct row before[HEIGHT], after[HEIGHT];
    struct transcript *transcript = with_size();
    add(transcript, ENTRY_ANSWER, "one\n\ntwo\n\nthree");
    transcript_rows(transcript, before);
    transcript_mark(transcript, &(struct mark){0, 5, 8, ATTRIBUTE_FOUND}, 1);
    transcript_rows(transcript, after);
    assert_true(before[0].key == after[0].key);
    assert_true(before[2].key != after[2].key);
    assert_true(before[4].key == after[4].key);
    transcript_mark(transcript, &(struct mark){0, 5, 8, ATTRIBUTE_CURRENT}, 1);
    transcript_rows(transcript, before);
    assert_true(before[2].key != after[2].key);
    transcript_mark(transcript, NULL, 0);
    transcript_free(transcript);
}

/* Of one look, whatever it lies on: a heading is found as a word of code is. */
static void test_what_is_found_has_the_texts_own_style(void **state)
{
    (void)state;
    struct row rows[HEIGHT];
    struct line line;
    struct transcript *transcript = with_size();
    add(transcript, ENTRY_ANSWER, "a `code`");
    transcript_mark(transcript, &(struct mark){0, 3, 5, ATTRIBUTE_FOUND}, 1);
    transcript_rows(transcript, rows);
    transcript_line(transcript, &rows[0], &line);
    for (size_t i = 1; i < line.count; i++) {
        bool is_found = line.spans[i].attributes & ATTRIBUTE_FOUND;
        bool is_code = line.spans[i].text[0] == 'c' || line.spans[i].text[0] == 'e';
        assert_int_equal(line.spans[i].style, is_code && !is_found ? STYLE_CODE : STYLE_TEXT);
    }
    transcript_free(transcript);
}

/* The rows that have a bar. */
static const struct {
    const char *about;
    size_t start, end;
    const char *want;
} selections[] = {
    {"nothing", 0, 0, "......"},
    {"all", 0, 100, "xxxxxx"},
    {"a paragraph, with the empty row above", 5, 6, "xx...."},
    {"a block of code", 17, 18, ".....x"},
};

static void test_what_is_selected_has_a_bar(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof(selections) / sizeof(*selections); i++) {
        struct row before[HEIGHT], after[HEIGHT];
        struct buf out = BUF_INIT;
        struct transcript *transcript = with_size();
        add(transcript, ENTRY_ANSWER, "# a\n\nb\n\n---\n\n```\nx\n```\n");
        transcript_rows(transcript, before);
        transcript_select(transcript, 0, selections[i].start, selections[i].end);
        transcript_rows(transcript, after);
        for (int row = 0; row < HEIGHT; row++) {
            struct line line;
            transcript_line(transcript, &after[row], &line);
            bool has_bar = line.count > 0 && strncmp(line.spans[0].text, "█", 3) == 0;
            assert_int_equal(before[row].key != after[row].key, has_bar);
            buf_addc(&out, has_bar ? 'x' : '.');
        }
        assert_string_equal(buf_str(&out), selections[i].want);
        buf_clear(&out);
        transcript_free(transcript);
    }
}

static void test_a_row_of_many_marks_keeps_its_text(void **state)
{
    (void)state;
    struct mark marks[100];
    struct transcript *transcript = transcript_new();
    char text[201] = "";
    for (size_t i = 0; i < 100; i++) {
        memcpy(text + 2 * i, "ab", 3);
        marks[i] = (struct mark){0, 2 * i, 2 * i + 1, ATTRIBUTE_FOUND};
    }
    transcript_resize(transcript, 210, HEIGHT);
    add(transcript, ENTRY_USER, text);
    transcript_mark(transcript, marks, 100);
    struct row rows[HEIGHT];
    struct line line;
    size_t len = 0;
    transcript_rows(transcript, rows);
    transcript_line(transcript, &rows[0], &line);
    for (size_t i = 1; i < line.count; i++)
        len += line.spans[i].len;
    assert_int_equal(line.count, LINE_SPANS);
    assert_int_equal(len, 200);
    transcript_free(transcript);
}

static void test_fold(void **state)
{
    (void)state;
    struct transcript *transcript = with_size();
    add(transcript, ENTRY_REASONING, "one\n\n**two**");
    add(transcript, ENTRY_ANSWER, "yes");
    transcript_fold(transcript, 0, true); /* nothing stands for it yet */
    assert_false(transcript_is_folded(transcript, 0));
    transcript_summarize(transcript, 0, "thought");
    transcript_fold(transcript, 0, true);
    assert_shows(transcript, "┊ thought\n\n  yes\n");
    transcript_show(transcript, 0, 5); /* what is found in it unfolds it */
    assert_shows(transcript, "┊ one\n┊ \n┊ two\n\n  yes\n");
    transcript_free(transcript);
}

static void test_show_brings_a_place_into_view(void **state)
{
    (void)state;
    struct transcript *transcript = with_size();
    size_t offset;
    for (int i = 0; i < 20; i++)
        add(transcript, ENTRY_USER, "first\nsecond\nthird");
    transcript_show(transcript, 3, 6);
    assert_shows(transcript, "▌ second\n▌ third\n\n▌ first\n▌ second\n▌ third\n");
    assert_int_equal(transcript_top(transcript, &offset), 3);
    assert_int_equal(offset, 6);
    transcript_show(transcript, 4, 6); /* it is in view: nothing moves */
    assert_int_equal(transcript_top(transcript, &offset), 3);
    transcript_free(transcript);
}

static void test_time(void **state)
{
    (void)state;
    struct transcript *transcript = with_size();
    add(transcript, ENTRY_NOTE, "hello");
    transcript_time(transcript, "14:03");
    add(transcript, ENTRY_USER, "one");
    add(transcript, ENTRY_MARK, "[stopped]");
    transcript_time(transcript, NULL);
    add(transcript, ENTRY_USER, "two");
    assert_shows(transcript,
                 "· hello\n                         14:03\n▌ one\n  [stopped]\n\n▌ two\n");
    transcript_free(transcript);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_marks),
        cmocka_unit_test(test_a_motley_row_keeps_its_text),
        cmocka_unit_test(test_keys),
        cmocka_unit_test(test_what_is_found_has_the_texts_own_style),
        cmocka_unit_test(test_what_is_selected_has_a_bar),
        cmocka_unit_test(test_a_row_of_many_marks_keeps_its_text),
        cmocka_unit_test(test_fold),
        cmocka_unit_test(test_show_brings_a_place_into_view),
        cmocka_unit_test(test_time),
    };
    if (!setlocale(LC_ALL, "C.UTF-8"))
        return 1;
    return cmocka_run_group_tests(tests, NULL, NULL);
}
