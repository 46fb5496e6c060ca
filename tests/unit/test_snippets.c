/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "text/snippets.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

/* The blocks, each in bars; then the same by their places in the Markdown. */
static void show(const char *markdown, struct buf *text, struct buf *places)
{
    struct snippets snippets = {0};
    snippets_find(&snippets, markdown, strlen(markdown));
    for (size_t i = 0; i < snippets.count; i++) {
        const struct snippet *block = &snippets.items[i];
        buf_addf(text, "|%.*s|", (int)block->len, snippets.text.data + block->text);
        assert_true(block->start <= block->end && block->end <= strlen(markdown));
        buf_addf(places, "|%.*s|", (int)(block->end - block->start), markdown + block->start);
    }
    snippets_clear(&snippets);
}

static void code_is_bare(void **state)
{
    static const struct {
        const char *about, *markdown, *text, *places;
    } cases[] = {
        {"nothing", "", "", ""},
        {"no code", "a `b` c\n", "", ""},
        {"a fence", "x\n\n```sh\nls\n```\ny\n", "|ls|", "|ls|"},
        {"tildes", "~~~\n```\n~~~\n", "|```|", "|```|"},
        {"several lines", "```\na\n\n  b\n```\n", "|a\n\n  b|", "|a\n\n  b|"},
        {"two", "```\na\n```\n- b\n\n```\nc\n```\n", "|a||c|", "|a||c|"},
        {"by indentation", "x\n\n    a\n      b\n", "|a\n  b|", "|a\n      b|"},
        {"in a list", "1. x\n   ```sh\n   ls\n     -l\n   ```\n", "|ls\n  -l|", "|ls\n     -l|"},
        {"in a quote", "> ```\n> a\n> b\n> ```\n", "|a\nb|", "|a\n> b|"},
        {"empty lines at the end", "```\na\n\n\n```\n", "|a|", "|a|"},
        {"empty", "```\n```\n", "", ""},
        {"it goes on", "```c\nint a;\nint", "|int a;\nint|", "|int a;\nint|"},
        {"in a cell it is none", "|a|\n|-|\n|```|\n|b|\n|```|\n", "", ""},
        {"after a table", "|a|\n|-|\n    b\n\n    c\n", "|c|", "|c|"},
        {"entities stay", "```\n&amp; <b> \\*\n```\n", "|&amp; <b> \\*|", "|&amp; <b> \\*|"},
    };
    (void)state;
    for (size_t i = 0; i < sizeof(cases) / sizeof(*cases); i++) {
        struct buf text = BUF_INIT, places = BUF_INIT;
        show(cases[i].markdown, &text, &places);
        if (strcmp(buf_str(&text), cases[i].text) != 0)
            print_error("%s\n", cases[i].about);
        assert_string_equal(buf_str(&text), cases[i].text);
        assert_string_equal(buf_str(&places), cases[i].places);
        buf_clear(&text);
        buf_clear(&places);
    }
}

static void repeat(struct buf *text, const char *what, int count)
{
    while (count-- > 0)
        buf_adds(text, what);
}

/* A table of thousands of columns and one cell a row makes md4c call as often for each row: what comes
 * after it is given up. */
static void a_table_made_to_cost_time_ends_it(void **state)
{
    struct buf text = BUF_INIT;
    struct snippets snippets = {0};
    (void)state;
    repeat(&text, "|---", 5000);
    buf_addc(&text, '\n');
    repeat(&text, "|---", 5000);
    buf_adds(&text, "|\n");
    repeat(&text, "|a|\n", 10000);
    buf_adds(&text, "\n```\nls\n```\n");
    snippets_find(&snippets, text.data, text.len);
    assert_int_equal(snippets.count, 0);
    snippets_clear(&snippets);
    buf_clear(&text);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(code_is_bare),
        cmocka_unit_test(a_table_made_to_cost_time_ends_it),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
