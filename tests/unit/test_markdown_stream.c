/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Markdown as it comes: what is seen does not depend on how it was cut, nothing is seen that is
 * taken back, and only the end is made anew.
 */
#include "text/markdown.h"

#include <locale.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "base/buf.h"
#include "markdown_fixture.h"

static const char *const texts[] = {
    "# Title\n\nSome **bold**, *em*, `code`, ~~gone~~ and [a link](http://x.y/z).\nA line.  "
    "\nMore\n"
    "\nSetext\n---\n\n***\n",
    "1. one\n2. two\n   - a\n\n     b\n   - c\n3. three\n\n\n4. four\nlazy\n> quote\n- [x] d\n+ e",
    "text\n```python\ndef f():\n    \"\"\"a\n    b\"\"\"\n```\n~~~\nopen\n\n   ```\n",
    "| a | b |\n|:-|-:|\n| 1 | **2** |\n| `x|y` | 日本 |\n\n| no table\n|\n\n|-|\n| x |\n|-|",
    "[a][b] [c]\n\n[b]: http://b\n[c]: <d e> 'f'\n\n[C] ![i](j) <http://k>\n\n[b]: other",
    "> a\n> ```c\n> int x; /* y\n> z */\n> ```\n>\n> - b\n>\n>   c\nd\n\n    code\n\n    code\n",
    "&lt;&#27;&nosuch; <b>\n\n<!-- x -->\n\\(a_b\\) $x$ \\[\n\\alpha\n\\] $5 \\* \\",
    "- \n-\n  - \n10. x\n\n11. y\n* * *\n_ _ _\n-\n--\n---\na\n=\n#\n##\n",
    "👩‍🚀 🇩🇪🇫🇷 e\u0301 \u202Ehe\u202C \033[31m\tt\r\na\rb\u2028c\n**日本**語",
};

enum { TEXTS = sizeof(texts) / sizeof(texts[0]), WIDTH = 24 };

static char *rows_of(struct markdown *markdown)
{
    struct buf rows = BUF_INIT;
    buf_adds(&rows, "");
    add_rows(&rows, markdown, true);
    return buf_take(&rows);
}

static void check_same(struct markdown *markdown, struct markdown *other, const char *text)
{
    struct buf rows = BUF_INIT, others = BUF_INIT;
    add_rows(&rows, markdown, true);
    add_rows(&others, other, true);
    if (strcmp(buf_str(&rows), buf_str(&others)) != 0)
        fail_msg("%s:\n%s\nand:\n%s", text, buf_str(&rows), buf_str(&others));
    for (size_t i = 0; i < markdown_rows(markdown); i++)
        assert_int_equal(markdown_offset(markdown, i), markdown_offset(other, i));
    buf_clear(&rows);
    buf_clear(&others);
}

/* Laid out after each piece. */
static void add_piece(struct markdown *markdown, const char *text, size_t len)
{
    markdown_add(markdown, text, len);
    markdown_update(markdown, WIDTH);
}

static void test_cut_in_two_anywhere(void **state)
{
    (void)state;
    for (size_t i = 0; i < TEXTS; i++) {
        size_t len = strlen(texts[i]);
        struct markdown *whole = markdown_of(texts[i], len, WIDTH);
        for (size_t cut = 0; cut <= len; cut++) {
            struct markdown *pieces = markdown_new();
            add_piece(pieces, texts[i], cut);
            add_piece(pieces, texts[i] + cut, len - cut);
            markdown_end(pieces);
            markdown_update(pieces, WIDTH);
            check_same(whole, pieces, texts[i]);
            markdown_free(pieces);
        }
        markdown_free(whole);
    }
}

/* What is seen after so many bytes is what would be seen if they had come at once. */
static void test_byte_by_byte(void **state)
{
    (void)state;
    for (size_t i = 0; i < TEXTS; i++) {
        struct markdown *pieces = markdown_new();
        for (size_t at = 0; at < strlen(texts[i]); at++) {
            add_piece(pieces, texts[i] + at, 1);
            struct markdown *whole = markdown_new();
            add_piece(whole, texts[i], at + 1);
            check_same(whole, pieces, texts[i]);
            markdown_free(whole);
        }
        markdown_free(pieces);
    }
}

static void test_widths_and_forgetting(void **state)
{
    (void)state;
    for (size_t i = 0; i < TEXTS; i++) {
        struct markdown *markdown = markdown_of(texts[i], strlen(texts[i]), WIDTH);
        for (int width = 1; width < 90; width += 11) {
            struct markdown *fresh = markdown_of(texts[i], strlen(texts[i]), width);
            assert_true(markdown_update(markdown, width) == 0);
            check_same(fresh, markdown, texts[i]);
            markdown_forget(markdown);
            check_same(fresh, markdown, texts[i]);
            markdown_free(fresh);
        }
        markdown_free(markdown);
    }
}

/* Rows before the one that update tells are as they were. */
static void test_update_tells_what_changed(void **state)
{
    (void)state;
    for (size_t i = 0; i < TEXTS; i++) {
        struct markdown *markdown = markdown_new();
        uint64_t keys[200];
        size_t rows = 0;
        for (size_t at = 0; at < strlen(texts[i]); at++) {
            markdown_add(markdown, texts[i] + at, 1);
            size_t first = markdown_update(markdown, WIDTH);
            assert_true(first <= rows);
            for (size_t row = 0; row < first; row++)
                assert_true(markdown_key(markdown, row) == keys[row]);
            rows = markdown_rows(markdown);
            assert_in_range(rows, 0, 200);
            for (size_t row = first; row < rows; row++)
                keys[row] = markdown_key(markdown, row);
        }
        markdown_free(markdown);
    }
}

static void test_final_rows_stay(void **state)
{
    (void)state;
    for (size_t i = 0; i < TEXTS; i++) {
        if (strstr(texts[i], "]: "))
            continue; /* definitions reach back */
        struct markdown *markdown = markdown_new(),
                        *whole = markdown_of(texts[i], strlen(texts[i]), WIDTH);
        for (size_t at = 0; at < strlen(texts[i]); at++) {
            add_piece(markdown, texts[i] + at, 1);
            for (size_t row = 0; row < markdown_final(markdown); row++)
                assert_true(markdown_key(markdown, row) == markdown_key(whole, row));
        }
        markdown_end(markdown);
        markdown_update(markdown, WIDTH);
        assert_int_equal(markdown_final(markdown), markdown_rows(markdown));
        markdown_free(markdown);
        markdown_free(whole);
    }
}

static const struct {
    const char *about, *so_far, *want;
} held[] = {
    {"a dash", "a\n\n-", "a"},
    {"a rule or an item", "a\n\n- -", "a"},
    {"an underline", "a\n==", "a"},
    {"a number", "a\n\n12.", "a"},
    {"a heading", "##", ""},
    {"a fence", "a\n``", "a"},
    {"a fence's language", "a\n```pyth", "a"},
    {"the end of code", "```\na\n``", "  a"},
    {"a bar", "|a|\n|---|\n|b|\n|", "{text+s:a}\n{rule:─}\nb"},
    {"a table's head", "a\n\n| b | c", "a"},
    {"a table's second line", "a\n\n| b | c |\n|--", "a"},
    {"what may be bold", "a **b c", "a"},
    {"what may be two signs", "a **b*", "a"},
    {"what is bold", "a **b *c* d**, e", "a {text+s:b }{text+se:c}{text+s: d}, e"},
    {"a sign between blanks", "2 * 3 and 4 * 5", "2 * 3 and 4 * 5"},
    {"a sign within a word", "snake_case_name", "snake_case_name"},
    {"half of code", "a `b c", "a"},
    {"code with a bar", "a `b|c` d", "a {code:b|c} d"},
    {"half of a link", "a [b](http://c", "a"},
    {"most of a long one",
     "a [b](http://c/0123456789/0123456789/0123456789/0123456789/0123456789/0123456789", "a"},
    {"what may have an address behind it", "a [b]", "a"},
    {"what has none", "a [b] c", "a [b] c"},
    {"what is long without an end",
     "a [0123456789 0123456789 0123456789 0123456789 0123456789 0123456789",
     "a [0123456789 0123456789\n0123456789 0123456789\n0123456789 0123456789"},
    {"half of a formula", "a \\(x_1", "a"},
    {"a formula on lines of its own", "\\[\na_1 * b_2 * c", "\\[\na_1 * b_2 * c"},
    {"one between dollars", "$$\na*b*c", "$$\na*b*c"},
    {"half of an escape", "a \\", "a"},
    {"a box of a task", "1. a\n   - [ ]", "{accent:1. }a"},
    {"a row", "|a|\n|---|\n|b|\n| c", "{text+s:a}\n{rule:─}\nb"},
    {"a row without bars around it", "a|b\n-|-\nc|d\ne|",
     "{text+s:a}{rule: │ }{text+s:b}\n"
     "{rule:──┼──}\nc{rule: │ }d"},
    {"a quoted table's head", "> a\n>\n> | b | c |\n> |--", "{rule:│ }a"},
    {"a table's head in an item", "- a\n\n  | b | c |\n", "{accent:• }a"},
    {"what may open something", "a *", "a"},
    {"half of a character", "a\xC3", "a"},
};

static void test_what_may_become_something_else_waits(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof(held) / sizeof(held[0]); i++) {
        struct markdown *markdown = markdown_new();
        add_piece(markdown, held[i].so_far, strlen(held[i].so_far));
        char *rows = rows_of(markdown);
        if (strcmp(rows, held[i].want) != 0)
            fail_msg("%s:\n%s\nwanted:\n%s", held[i].about, rows, held[i].want);
        free(rows);
        markdown_free(markdown);
    }
}

/* ---- Long ones */

static void repeat(struct buf *text, const char *what, size_t len)
{
    while (text->len < len)
        buf_adds(text, what);
}

static const struct {
    const char *about, *first, *again;
    size_t len;
    size_t rows; /* that a piece may change */
} floods[] = {
    {"code", "```c\n", "int a; /* b */\n", 100000, 100},
    {"a line of code", "```\n", "0123456789", 100000, 200},
    {"a paragraph", "", "word **word** ", 60000, 900},
    {"a word", "", "word", 60000, 900},
    {"a table", "|a|b|\n|-|-|\n", "|c|d|\n", 60000, 900},
    {"a list", "", "- a\n", 20000, 3},
    {"paragraphs", "", "a\n\n", 20000, 4},
    {"an item", "- a\n", "  b\n", 60000, 5000},
    {"brackets", "", "[", 60000, 900},
    {"nesting", "", ">", 30000, 5},
    {"dollars", "", "$a ", 60000, 900},
};

/* The budget, told in rows: however long it is, a piece changes only so many. */
static void test_a_piece_changes_little(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof(floods) / sizeof(floods[0]); i++) {
        struct markdown *markdown = markdown_new();
        struct buf text = BUF_INIT;
        buf_adds(&text, floods[i].first);
        repeat(&text, floods[i].again, floods[i].len);
        for (size_t at = 0; at < text.len; at += 997) {
            size_t rest = text.len - at;
            markdown_add(markdown, text.data + at, rest < 997 ? rest : 997);
            size_t first = markdown_update(markdown, 80);
            if (markdown_rows(markdown) - first > floods[i].rows + 997)
                fail_msg("%s: %zu rows", floods[i].about, markdown_rows(markdown) - first);
        }
        markdown_end(markdown);
        struct markdown *whole = markdown_of(text.data, text.len, 80);
        markdown_update(markdown, 80);
        assert_int_equal(markdown_rows(markdown), markdown_rows(whole));
        for (size_t row = 0; row < markdown_rows(whole); row += 17)
            assert_true(markdown_key(markdown, row) == markdown_key(whole, row));
        markdown_free(markdown);
        markdown_free(whole);
        buf_clear(&text);
    }
}

/* ---- Wording */

/* The same at any width, whether it was gathered at once or as the text came. */
static void test_wording_depends_on_the_text_alone(void **state)
{
    static const char text[] =
        "# A *b*\n\none **two** three four [f][1]\nfive\n\n- x\n  - y &amp; z\n\n"
        "|a|b|\n|-|-|\n|one two|`c`|\n\n```c\nint i;\n\nj\n```\n\n[1]: http://u\n";
    static const char want[] = "# A b\none two three four f (http://u)\nfive\nx\ny & z\n"
                               "a\tb\tone two\tc\nc\nint i;\n\nj\n";
    (void)state;
    for (int width = 1; width < 60; width += 7) {
        for (size_t cut = 0; cut <= strlen(text); cut++) {
            struct buf wording = BUF_INIT;
            struct markdown *markdown = markdown_new();
            markdown_add(markdown, text, cut);
            markdown_wording(markdown, width, &wording);
            markdown_add(markdown, text + cut, strlen(text) - cut);
            markdown_end(markdown);
            markdown_update(markdown, width + 1);
            markdown_wording(markdown, width, &wording);
            if (strcmp(buf_str(&wording), want) != 0)
                fail_msg("cut at %zu: \"%s\" is not \"%s\"", cut, buf_str(&wording), want);
            buf_clear(&wording);
            markdown_free(markdown);
        }
    }
}

/* A table of 5,000 columns with one cell a row makes md4c call 5,000 times a row. */
static void test_a_table_made_to_cost_time_is_text(void **state)
{
    (void)state;
    struct buf text = BUF_INIT;
    repeat(&text, "|", 5000);
    buf_addc(&text, '\n');
    repeat(&text, "|---", 25000);
    buf_adds(&text, "|\n|a|\n|b|\n");
    struct markdown *markdown = markdown_of(text.data, text.len, 80);
    char *rows = rows_of(markdown);
    assert_non_null(strstr(rows, "|---|---"));
    free(rows);
    markdown_free(markdown);
    buf_clear(&text);
}

int main(void)
{
    if (!setlocale(LC_ALL, "C.UTF-8"))
        return 1;
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_cut_in_two_anywhere),
        cmocka_unit_test(test_byte_by_byte),
        cmocka_unit_test(test_widths_and_forgetting),
        cmocka_unit_test(test_update_tells_what_changed),
        cmocka_unit_test(test_final_rows_stay),
        cmocka_unit_test(test_what_may_become_something_else_waits),
        cmocka_unit_test(test_a_piece_changes_little),
        cmocka_unit_test(test_wording_depends_on_the_text_alone),
        cmocka_unit_test(test_a_table_made_to_cost_time_is_text),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
