/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Lines as the bytes that a terminal gets.
 */
#include "text/brush.h"

#include <locale.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "base/buf.h"
#include "base/mem.h"
#include "markdown_fixture.h"

#define OPEN "\033]8;id="
#define CLOSE "\033]8;;\033\\"

/* What the terminal gets of a text; the caller's. */
static char *paint(const struct brush *brush, const char *text, int width)
{
    struct buf out = BUF_INIT;
    struct markdown *markdown = markdown_of(text, strlen(text), width);
    for (size_t row = 0; row < markdown_rows(markdown); row++) {
        struct line line;
        markdown_line(markdown, row, &line);
        brush_row(brush, &line, &out);
    }
    markdown_free(markdown);
    return buf_take(&out);
}

static const struct {
    const char *about, *theme;
    int colors;
    const char *text, *want;
} looks[] = {
    {"plain text has no sequences", "16", 8, "a\n\nb", "a\n\nb\n"},
    {"each look is undone", "16", 8, "a **b** c", "a \033[0;1mb\033[m c\n"},
    {"colours", "16", 8, "`a`", "\033[0;33ma\033[m\n"},
    {"none of them", "16", 0, "`a`", "a\n"},
    {"numbers", "dark", 256, "`a`", "\033[0;38;5;180ma\033[m\n"},
    {"all of them", "dark", 1 << 24, "`a`", "\033[0;38;2;215;175;135ma\033[m\n"},
    {"tabs are counted from the margin", "none", 0, "```\n\ta\tb\n```", "          a       b\n"},
    {"a link is text", "16", 0, "<http://a.b>", "\033[0;4mhttp://a.b\033[m\n"},
};

static void test_looks(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof(looks) / sizeof(*looks); i++) {
        struct brush brush = {.theme = *theme_find(looks[i].theme), .colors = looks[i].colors};
        char *got = paint(&brush, looks[i].text, 80);
        if (strcmp(got, looks[i].want) != 0)
            fail_msg("%s: \"%s\" is not \"%s\"", looks[i].about, got, looks[i].want);
        free(got);
    }
}

/* ---- Links */

/* The addresses that the terminal is told, each in bars; their sequences must be whole, and closed at the end
 * of each row. */
static void show_links(const char *bytes, struct buf *out)
{
    bool is_open = false;
    for (const char *at = bytes; *at; at++) {
        assert_false(is_open && *at == '\n');
        if (strncmp(at, "\033]8;", 4) != 0)
            continue;
        const char *address = strchr(at + 4, ';') + 1, *end = strstr(address, "\033\\");
        for (const char *byte = at + 1; byte < end; byte++)
            assert_in_range(*byte, 0x21, 0x7E);
        is_open = end > address;
        if (is_open)
            buf_addf(out, "|%.*s|", (int)(end - address), address);
        at = end + 1;
    }
    assert_false(is_open);
}

static const struct {
    const char *about, *text, *want;
} links[] = {
    {"none", "a", ""},
    {"an address", "<http://a.b>", "|http://a.b|"},
    {"what a link says, and where it leads", "[a](https://b.c)", "|https://b.c||https://b.c|"},
    {"of several pieces", "[a `b` *c*](http://d)", "|http://d||http://d|"},
    {"mail", "<a@b.c>", "|mailto:a@b.c|"},
    {"no other scheme", "[a](file:///b) [c](javascript:d) [e](ssh://f)", ""},
    {"no address of this place", "[a](b.md) [c](#d)", ""},
    {"blanks", "[a](<http://b c>)", "|http://b%20c||http://b%20c|"},
    {"no end of the sequence", "<http://a\033\\b\a>", "|http://a%E2%90%9B%5Cb%E2%90%87|"},
    {"nor as an entity", "[a](http://b&#27;\\c&#7;)",
     "|http://b%E2%90%9B%5Cc%E2%90%87||http://b%E2%90%9B%5Cc%E2%90%87|"},
    {"what the standard does not have", "[a](<http://b\"^`{|}>)",
     "|http://b%22%5E%60%7B%7C%7D||http://b%22%5E%60%7B%7C%7D|"},
    {"what is escaped stays, a lone sign is escaped", "[a](http://b/%C3%bc%zz%4)",
     "|http://b/%C3%bc%25zz%254||http://b/%C3%bc%25zz%254|"},
    {"letters of others", "<http://\xC3\xBC.de>", "|http://%C3%BC.de|"},
    {"code is none", "`http://a.b`\n\n```\nhttp://a.b\n```", ""},
};

static void test_links(void **state)
{
    (void)state;
    struct brush brush = {.theme = *theme_find("16"), .colors = 8, .hyperlinks = true};
    for (size_t i = 0; i < sizeof(links) / sizeof(*links); i++) {
        struct buf got = BUF_INIT;
        char *bytes = paint(&brush, links[i].text, 80);
        show_links(bytes, &got);
        if (strcmp(buf_str(&got), links[i].want) != 0)
            fail_msg("%s: %s is not %s", links[i].about, buf_str(&got), links[i].want);
        free(bytes);
        buf_clear(&got);
    }
}

static void test_what_is_too_long_is_text(void **state)
{
    (void)state;
    struct brush brush = {.theme = *theme_find("none"), .hyperlinks = true};
    struct buf text = BUF_INIT;
    buf_adds(&text, "http://a.b/");
    while (text.len < 2000)
        buf_addc(&text, 'x');
    char *bytes = paint(&brush, text.data, 80);
    assert_non_null(strstr(bytes, OPEN));
    free(bytes);
    while (text.len < 3000)
        buf_addc(&text, 'x');
    bytes = paint(&brush, text.data, 80);
    assert_null(strstr(bytes, OPEN));
    free(bytes);
    buf_clear(&text);
}

/* A link on two rows is one: both have the same id.  Another address has another. */
static void test_a_link_that_is_wrapped_is_one(void **state)
{
    (void)state;
    struct brush brush = {.theme = *theme_find("none"), .hyperlinks = true};
    char *bytes = paint(&brush, "<http://a.b/one-two-three-four> <http://c.d>", 20);
    const char *first = strstr(bytes, OPEN), *second = strstr(first + 1, OPEN);
    const char *third = strstr(second + 1, OPEN), *newline = strchr(first, '\n');
    assert_true(second > newline);
    assert_memory_equal(first, second, strcspn(first, ";") + 30);
    assert_memory_not_equal(first, third, strlen(OPEN) + 16);
    free(bytes);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_looks),
        cmocka_unit_test(test_links),
        cmocka_unit_test(test_what_is_too_long_is_text),
        cmocka_unit_test(test_a_link_that_is_wrapped_is_one),
    };
    if (!setlocale(LC_ALL, "C.UTF-8"))
        return 1;
    return cmocka_run_group_tests(tests, NULL, NULL);
}
