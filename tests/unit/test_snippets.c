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

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(code_is_bare)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
