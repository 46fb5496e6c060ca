/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "text/wrap.h"

#include <locale.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "base/buf.h"
#include "text/cell.h"

/* Rows are written with a bar between them, as they are seen. */
static const struct {
    const char *about, *text;
    int width;
    bool anywhere;
    const char *want;
} cases[] = {
    {"one row", "hello", 10, false, "hello"},
    {"exactly full", "hello", 5, false, "hello"},
    {"between words", "hello big world", 10, false, "hello big|world"},
    {"a space that does not fit is not seen", "hello world", 5, false, "hello|world"},
    {"many spaces hang over the edge", "hello      world", 5, false, "hello|world"},
    {"a long word is broken", "abcdefghij", 4, false, "abcd|efgh|ij"},
    {"a long word after a short one", "ab cdefghij", 4, false, "ab|cdef|ghij"},
    {"indented text keeps its indent", "    abcdef", 6, false, "    ab|cdef"},
    {"newlines", "a\nb\n\nc", 10, false, "a|b||c"},
    {"an empty row at the end", "a\n", 10, false, "a|"},
    {"a newline after a full row", "abcd\nef", 4, false, "abcd|ef"},
    {"tabs count from the row's beginning", "a\tb", 9, false, "a\tb"},
    {"a tab that does not fit", "a\tb", 8, false, "a|b"},

    {"wide characters break anywhere", "漢字漢字", 5, false, "漢字|漢字"},
    {"one does not fit at the edge", "abc漢", 4, false, "abc|漢"},
    {"a word before wide ones stays with them", "abc 漢字漢字", 8, false, "abc 漢字|漢字"},
    {"marks stay with their letter", "e\u0301e\u0301e\u0301", 2, false, "e\u0301e\u0301|e\u0301"},
    {"a flag is not parted", "a🇩🇪", 2, false, "a|🇩🇪"},
    {"emoji", "😀😀😀", 4, false, "😀😀|😀"},

    {"width 1", "abc", 1, false, "a|b|c"},
    {"width 1, words", "a b", 1, false, "a|b"},
    {"width 1, wide characters", "漢字", 1, false, "漢|字"},
    {"width 1, a tab", "a\tb", 1, false, "a|b"},
    {"width 1, a flag", "🇩🇪x", 1, false, "🇩🇪|x"},

    {"anywhere: words are broken", "hello world", 7, true, "hello w|orld"},
    {"anywhere: spaces are seen", "ab  cd ", 3, true, "ab | cd| "},
    {"anywhere: wide at the edge", "ab漢", 3, true, "ab|漢"},
};

static void add_rows(const struct wrap *wrap, const char *text, struct buf *out)
{
    for (size_t i = 0; i < wrap->count; i++) {
        size_t start = wrap->starts[i];
        buf_adds(out, i ? "|" : "");
        buf_add(out, text + start, wrap_end(wrap, text, i) - start);
    }
}

static void test_table(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof(cases) / sizeof(*cases); i++) {
        print_message("%s\n", cases[i].about);
        struct wrap wrap = {.anywhere = cases[i].anywhere};
        struct buf out = BUF_INIT;
        wrap_update(&wrap, cases[i].text, strlen(cases[i].text), cases[i].width);
        add_rows(&wrap, cases[i].text, &out);
        assert_string_equal(buf_str(&out), cases[i].want);
        buf_clear(&out);
        wrap_clear(&wrap);
    }
}

static const char long_text[] =
    "A model writes a token at a time: \"Hello\", \" world\".\n\n"
    "\tindented code(with, tabs)\n    and spaces          many of them     \n"
    "漢字かな交じり文 mixed with 한국어 and emoji 😀🎉 and flags 🇩🇪🇫🇷 and e\u0301 marks.\n"
    "averyveryveryverylongwordthatdoesnotfitanywhereatallandgoesonandon\n\n\n";

static void assert_same(const struct wrap *a, const struct wrap *b)
{
    assert_int_equal(a->count, b->count);
    assert_int_equal(a->solid, b->solid);
    assert_memory_equal(a->starts, b->starts, a->count * sizeof(*a->starts));
}

/* A text that comes in pieces, cut between characters, has the rows of the whole at each width. */
static void test_pieces(void **state)
{
    (void)state;
    size_t len = strlen(long_text);
    for (int width = 1; width <= 100; width++) {
        for (int anywhere = 0; anywhere <= 1; anywhere++) {
            struct wrap whole = {.anywhere = anywhere}, pieces = {.anywhere = anywhere};
            wrap_update(&whole, long_text, len, width);
            for (size_t at = 1; at <= len; at++)
                if (at == len || ((unsigned char)long_text[at] & 0xC0) != 0x80)
                    wrap_update(&pieces, long_text, at, width);
            assert_same(&whole, &pieces);
            wrap_clear(&whole);
            wrap_clear(&pieces);
        }
    }
}

/* No row is wider than the window, but one with a single cell. */
static void test_fits(void **state)
{
    (void)state;
    struct wrap wrap = {0};
    for (int width = 1; width <= 100; width++) {
        wrap_update(&wrap, long_text, strlen(long_text), width);
        for (size_t i = 0; i < wrap.count; i++) {
            const char *row = long_text + wrap.starts[i];
            size_t len = wrap_end(&wrap, long_text, i) - wrap.starts[i];
            if (len > 0 && cell_columns(row, len) > width)
                assert_int_equal(cell_at(row, len, 0).len, len);
        }
    }
    wrap_clear(&wrap);
}

static void test_row_at(void **state)
{
    static const char text[] = "hello big world\nend";
    (void)state;
    struct wrap wrap = {0};
    wrap_update(&wrap, text, strlen(text), 10);
    assert_int_equal(wrap.count, 3);
    assert_int_equal(wrap_row_at(&wrap, 0), 0);
    assert_int_equal(wrap_row_at(&wrap, 9), 0);
    assert_int_equal(wrap_row_at(&wrap, 10), 1);
    assert_int_equal(wrap_row_at(&wrap, 16), 2);
    assert_int_equal(wrap_row_at(&wrap, 1000), 2);
    wrap_clear(&wrap);
}

/* Empty rows at the end are not solid: what is shown ends where something is to be seen. */
static void test_solid(void **state)
{
    static const char text[] = "a\n\n \n\nb\n\n\n";
    static const size_t want[] = {1, 1, 1, 1, 1, 1, 5, 5, 5, 5};
    (void)state;
    struct wrap wrap = {0};
    for (size_t len = 1; len <= strlen(text); len++) {
        wrap_update(&wrap, text, len, 10);
        assert_int_equal(wrap.solid, want[len - 1]);
    }
    wrap_clear(&wrap);
}

/* The cost of a piece must not grow with what is there: a flood without a single newline or word ends
 * rows all the same. */
static void test_floods(void **state)
{
    static const char *const floods[] = {"x", " ", "\t", "\n", "漢", "a "};
    (void)state;
    for (size_t i = 0; i < sizeof(floods) / sizeof(*floods); i++) {
        struct buf text = BUF_INIT;
        struct wrap wrap = {0};
        for (int n = 0; n < 20000; n++) {
            buf_adds(&text, floods[i]);
            wrap_update(&wrap, text.data, text.len, 80);
            assert_true(text.len - wrap.starts[wrap.count - 1] <= 3 * 80);
        }
        buf_clear(&text);
        wrap_clear(&wrap);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_table),  cmocka_unit_test(test_pieces), cmocka_unit_test(test_fits),
        cmocka_unit_test(test_row_at), cmocka_unit_test(test_solid),  cmocka_unit_test(test_floods),
    };
    if (!setlocale(LC_ALL, "C.UTF-8"))
        return 1;
    return cmocka_run_group_tests(tests, NULL, NULL);
}
