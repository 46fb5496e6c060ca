/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "tui/transcript.h"

#include <locale.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "base/buf.h"
#include "text/line.h"

enum { ROWS_MAX = 200 };

/* The window's rows as text, one a line. */
static void show(struct transcript *transcript, int height, struct buf *out)
{
    struct row rows[ROWS_MAX];
    buf_reset(out);
    transcript_rows(transcript, rows);
    for (int i = 0; i < height; i++) {
        struct line line;
        transcript_line(transcript, &rows[i], &line);
        for (size_t n = 0; n < line.count; n++)
            buf_add(out, line.spans[n].text, line.spans[n].len);
        buf_addc(out, '\n');
    }
}

static void assert_shows(struct transcript *transcript, int height, const char *want)
{
    struct buf out = BUF_INIT;
    show(transcript, height, &out);
    assert_string_equal(buf_str(&out), want);
    buf_clear(&out);
}

static void add(struct transcript *transcript, enum entry_kind kind, const char *text)
{
    transcript_add(transcript, kind, text, strlen(text));
    transcript_close(transcript);
}

static struct transcript *with_size(int width, int height)
{
    struct transcript *transcript = transcript_new();
    transcript_resize(transcript, width, height);
    return transcript;
}

/* Entries "line 0" to "line N-1", one line each of one answer. */
static void add_lines(struct transcript *transcript, int from, int to)
{
    char text[32];
    for (int i = from; i < to; i++) {
        int len = snprintf(text, sizeof(text), "line %d\n", i);
        transcript_append(transcript, ENTRY_ANSWER, text, (size_t)len);
    }
}

static void test_kinds(void **state)
{
    (void)state;
    struct transcript *transcript = with_size(30, 16);
    add(transcript, ENTRY_NOTE, "welcome");
    add(transcript, ENTRY_USER, "two\nlines");
    add(transcript, ENTRY_REASONING, "well");
    add(transcript, ENTRY_ANSWER, "\n\nyes\n\n");
    add(transcript, ENTRY_MARK, "[stopped]");
    add(transcript, ENTRY_ERROR, "no\nwhat to do");
    assert_shows(transcript, 16,
                 "· welcome\n"
                 "\n"
                 "▌ two\n"
                 "▌ lines\n"
                 "\n"
                 "┊ well\n"
                 "\n"
                 "  yes\n"
                 "  [stopped]\n"
                 "\n"
                 "! no\n"
                 "  what to do\n"
                 "\n\n\n\n");
    transcript_free(transcript);
}

static void test_filtered(void **state)
{
    (void)state;
    struct transcript *transcript = with_size(30, 2);
    add(transcript, ENTRY_ANSWER, "a\033[31mb\r\n\342\200\256c");
    assert_shows(transcript, 2, "  a␛[31mb\n  <U+202E>c\n");
    transcript_free(transcript);
}

static const char long_text[] =
    "Some words that are wrapped, 漢字かな交じり文 that is wide, e\u0301 with a mark,\n\n"
    "\tcode(with, tabs)\nandaverylongwordthatfitsnowhereandmustbebroken 😀🎉 🇩🇪.\n\n"
    "The end of it.\n";

/* Each piece as it comes, cut anywhere, or the whole: the rows are the same, and so are their keys. */
static void test_append(void **state)
{
    (void)state;
    struct row whole_rows[40], piece_rows[40];
    for (int width = 1; width <= 90; width++) {
        struct transcript *whole = with_size(width, 40), *pieces = with_size(width, 40);
        transcript_append(whole, ENTRY_ANSWER, long_text, strlen(long_text));
        for (size_t i = 0; i < strlen(long_text); i++) {
            transcript_append(pieces, ENTRY_ANSWER, long_text + i, 1);
            transcript_rows(pieces, piece_rows);
        }
        transcript_rows(whole, whole_rows);
        transcript_rows(pieces, piece_rows);
        for (int i = 0; i < 40; i++)
            assert_true(whole_rows[i].key == piece_rows[i].key);
        transcript_free(whole);
        transcript_free(pieces);
    }
}

static void test_keys(void **state)
{
    (void)state;
    struct row before[3], after[3];
    struct transcript *transcript = with_size(20, 3);
    transcript_append(transcript, ENTRY_ANSWER, "first\nsecond", 12);
    transcript_rows(transcript, before);
    transcript_append(transcript, ENTRY_ANSWER, " more", 5);
    transcript_rows(transcript, after);
    assert_true(before[0].key == after[0].key);
    assert_true(before[1].key != after[1].key);
    assert_true(before[2].key == after[2].key);
    transcript_free(transcript);
}

static void test_follow(void **state)
{
    (void)state;
    struct transcript *transcript = with_size(20, 3);
    add_lines(transcript, 0, 10);
    assert_true(transcript_follows(transcript));
    assert_shows(transcript, 3, "  line 7\n  line 8\n  line 9\n");

    transcript_scroll(transcript, -2);
    assert_false(transcript_follows(transcript));
    assert_shows(transcript, 3, "  line 5\n  line 6\n  line 7\n");
    add_lines(transcript, 10, 14);
    assert_shows(transcript, 3, "  line 5\n  line 6\n  line 7\n");
    assert_int_equal(transcript_unread(transcript), 4);

    transcript_scroll(transcript, 1);
    assert_shows(transcript, 3, "  line 6\n  line 7\n  line 8\n");
    transcript_scroll(transcript, 1000);
    assert_true(transcript_follows(transcript));
    assert_int_equal(transcript_unread(transcript), 0);
    assert_shows(transcript, 3, "  line 11\n  line 12\n  line 13\n");
    transcript_free(transcript);
}

static void test_unread_entries(void **state)
{
    (void)state;
    struct transcript *transcript = with_size(20, 3);
    add_lines(transcript, 0, 10);
    transcript_home(transcript);
    assert_shows(transcript, 3, "  line 0\n  line 1\n  line 2\n");
    transcript_append(transcript, ENTRY_ANSWER, "unfinished", 10);
    assert_int_equal(transcript_unread(transcript), 1);
    add(transcript, ENTRY_MARK, "[stopped]");
    assert_int_equal(transcript_unread(transcript), 2);
    add(transcript, ENTRY_USER, "next"); /* with an empty row above it */
    assert_int_equal(transcript_unread(transcript), 4);
    transcript_end(transcript);
    assert_int_equal(transcript_unread(transcript), 0);
    transcript_free(transcript);
}

static void test_short(void **state)
{
    (void)state;
    struct transcript *transcript = with_size(20, 5);
    transcript_home(transcript);
    transcript_scroll(transcript, -10);
    transcript_jump(transcript, true);
    assert_true(transcript_follows(transcript));
    add_lines(transcript, 0, 3);
    transcript_scroll(transcript, -10);
    transcript_home(transcript);
    assert_true(transcript_follows(transcript));
    assert_shows(transcript, 5, "  line 0\n  line 1\n  line 2\n\n\n");
    transcript_free(transcript);
}

/* Another width, another height: what stands at the top stays there. */
static void test_resize_keeps_place(void **state)
{
    (void)state;
    char text[80];
    struct transcript *transcript = with_size(60, 4);
    for (int i = 0; i < 50; i++) {
        int len = snprintf(text, sizeof(text), "%d-line with words enough for several rows\n", i);
        transcript_append(transcript, ENTRY_ANSWER, text, (size_t)len);
    }
    transcript_home(transcript);
    transcript_scroll(transcript, 20);
    for (int width = 70; width >= 3; width -= 3) {
        struct buf out = BUF_INIT;
        transcript_resize(transcript, width, 4 + width % 3);
        show(transcript, 1, &out);
        const char *row = buf_str(&out) + strspn(buf_str(&out), " ");
        assert_memory_equal(row, "20-", width < 5 ? 1 : 3);
        buf_clear(&out);
    }
    transcript_resize(transcript, 60, 4);
    transcript_scroll(transcript, -20);
    struct buf out = BUF_INIT;
    show(transcript, 1, &out);
    assert_memory_equal(buf_str(&out), "  0-line", 8);
    buf_clear(&out);
    transcript_free(transcript);
}

/* A window that has grown to hold all that is below follows again. */
static void test_resize_to_end(void **state)
{
    (void)state;
    struct transcript *transcript = with_size(20, 3);
    add_lines(transcript, 0, 10);
    transcript_scroll(transcript, -2);
    transcript_resize(transcript, 20, 8);
    assert_true(transcript_follows(transcript));
    assert_shows(
        transcript, 8,
        "  line 2\n  line 3\n  line 4\n  line 5\n  line 6\n  line 7\n  line 8\n  line 9\n");
    transcript_free(transcript);
}

static void test_jump(void **state)
{
    (void)state;
    struct transcript *transcript = with_size(20, 3);
    for (int i = 0; i < 3; i++) {
        char prompt[32];
        snprintf(prompt, sizeof(prompt), "prompt %d", i);
        add(transcript, ENTRY_USER, prompt);
        add_lines(transcript, 0, 5);
    }
    transcript_jump(transcript, true);
    assert_shows(transcript, 3, "▌ prompt 2\n\n  line 0\n");
    transcript_jump(transcript, true);
    assert_shows(transcript, 3, "▌ prompt 1\n\n  line 0\n");
    transcript_jump(transcript, true);
    transcript_jump(transcript, true);
    assert_shows(transcript, 3, "▌ prompt 0\n\n  line 0\n");
    transcript_jump(transcript, false);
    assert_shows(transcript, 3, "▌ prompt 1\n\n  line 0\n");
    transcript_jump(transcript, false);
    transcript_jump(transcript, false);
    assert_true(transcript_follows(transcript));
    transcript_free(transcript);
}

static void test_clear(void **state)
{
    (void)state;
    struct transcript *transcript = with_size(20, 3);
    add_lines(transcript, 0, 10);
    transcript_home(transcript);
    transcript_clear(transcript);
    assert_true(transcript_follows(transcript));
    assert_shows(transcript, 3, "\n\n\n");
    add_lines(transcript, 0, 1);
    assert_shows(transcript, 3, "  line 0\n\n\n");
    transcript_free(transcript);
}

static void test_tiny(void **state)
{
    (void)state;
    for (int width = 0; width <= 10; width++) {
        for (int height = 0; height <= 3; height++) {
            struct row rows[3];
            struct transcript *transcript = with_size(width, height);
            transcript_append(transcript, ENTRY_ANSWER, long_text, strlen(long_text));
            for (int rows_up = 1; rows_up < 400; rows_up *= 3)
                transcript_scroll(transcript, -rows_up);
            transcript_jump(transcript, false);
            transcript_home(transcript);
            transcript_scroll(transcript, 7);
            transcript_unread(transcript);
            transcript_rows(transcript, rows);
            transcript_free(transcript);
        }
    }
}

static void test_million_lines(void **state)
{
    (void)state;
    struct transcript *transcript = with_size(80, 3);
    add_lines(transcript, 0, 1000000);
    assert_shows(transcript, 3, "  line 999997\n  line 999998\n  line 999999\n");
    transcript_scroll(transcript, -500000);
    assert_shows(transcript, 3, "  line 499997\n  line 499998\n  line 499999\n");
    transcript_home(transcript);
    assert_shows(transcript, 3, "  line 0\n  line 1\n  line 2\n");
    transcript_free(transcript);
}

/* Rows that begin at one place of the source are rows of their own all the same. */
static void test_scroll_row_by_row(void **state)
{
    static const char text[] = "one\n\n- a\n\n  b\n- c\n\n|a|b|\n|-|-|\n|one two three four|x|\n\n"
                               "---\n\n```\n\n\nd\n```\n\nend";
    (void)state;
    struct transcript *transcript = with_size(20, 3), *whole = with_size(20, 40);
    struct row rows[40], window[3];
    add(transcript, ENTRY_ANSWER, text);
    add(whole, ENTRY_ANSWER, text);
    transcript_rows(whole, rows);
    size_t count = 0;
    while (rows[count].number != ROW_EMPTY)
        count++;
    for (size_t top = count - 3; top-- > 0;) {
        transcript_scroll(transcript, -1);
        transcript_rows(transcript, window);
        assert_int_equal(window[0].number, top);
    }
    for (size_t top = 1; top < count - 3; top++) {
        transcript_scroll(transcript, 1);
        transcript_rows(transcript, window);
        assert_int_equal(window[0].number, top);
    }
    transcript_free(transcript);
    transcript_free(whole);
}

/* What stays on leaving. */
static void assert_stays(struct transcript *transcript, bool all, size_t most, const char *want)
{
    struct row *rows;
    struct buf out = BUF_INIT;
    size_t count = transcript_tail(transcript, all, most, &rows);
    for (size_t i = 0; i < count; i++) {
        struct line line;
        transcript_line(transcript, &rows[i], &line);
        for (size_t n = 0; n < line.count; n++)
            buf_add(&out, line.spans[n].text, line.spans[n].len);
        buf_addc(&out, '\n');
    }
    assert_string_equal(buf_str(&out), want);
    buf_clear(&out);
    free(rows);
}

static void test_what_stays(void **state)
{
    (void)state;
    struct transcript *transcript = with_size(20, 3);
    assert_stays(transcript, true, 100, "");
    add(transcript, ENTRY_NOTE, "welcome");
    assert_stays(transcript, false, 100, "");
    add(transcript, ENTRY_USER, "one");
    add(transcript, ENTRY_ANSWER, "first\033\n");
    add(transcript, ENTRY_USER, "two");
    add(transcript, ENTRY_REASONING, "hm");
    transcript_summarize(transcript, 4, "thought");
    transcript_fold(transcript, 4, true);
    add(transcript, ENTRY_ANSWER, "**second**, longer than the window\n\n");
    transcript_append(transcript, ENTRY_MARK, "[stopped", 8);
    static const char last[] = "▌ two\n\n┊ thought\n\n  second, longer\n  than the window\n"
                               "  [stopped\n";
    assert_stays(transcript, false, 100, last);
    assert_stays(transcript, false, 3, "  second, longer\n  than the window\n  [stopped\n");
    assert_stays(transcript, true, 9,
                 "  first␛\n\n▌ two\n\n┊ thought\n\n  second, longer\n"
                 "  than the window\n  [stopped\n");
    transcript_mark(transcript, &(struct mark){3, 0, 3, ATTRIBUTE_FOUND}, 1);
    assert_stays(transcript, false, 100, last);
    transcript_free(transcript);
}

/* The prompt's time stands above it. */
static void test_times_stay(void **state)
{
    (void)state;
    struct transcript *transcript = with_size(20, 3);
    add(transcript, ENTRY_NOTE, "welcome");
    transcript_time(transcript, "14:03");
    add(transcript, ENTRY_USER, "one");
    assert_stays(transcript, false, 100, "               14:03\n▌ one\n");
    transcript_free(transcript);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_kinds),
        cmocka_unit_test(test_filtered),
        cmocka_unit_test(test_append),
        cmocka_unit_test(test_keys),
        cmocka_unit_test(test_follow),
        cmocka_unit_test(test_unread_entries),
        cmocka_unit_test(test_short),
        cmocka_unit_test(test_resize_keeps_place),
        cmocka_unit_test(test_resize_to_end),
        cmocka_unit_test(test_jump),
        cmocka_unit_test(test_clear),
        cmocka_unit_test(test_tiny),
        cmocka_unit_test(test_million_lines),
        cmocka_unit_test(test_what_stays),
        cmocka_unit_test(test_scroll_row_by_row),
        cmocka_unit_test(test_times_stay),
    };
    if (!setlocale(LC_ALL, "C.UTF-8"))
        return 1;
    return cmocka_run_group_tests(tests, NULL, NULL);
}
