/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * What Markdown looks like: the rows of a page, without their styles and with them.
 */
#include "text/markdown.h"

#include <locale.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "base/buf.h"
#include "markdown_fixture.h"

static const struct {
    const char *about, *input, *want;
} looks[] = {
    {"nothing", "", ""},
    {"blank lines", "\n \n\n", ""},
    {"paragraphs", "a\n\n\nb\n", "a\n\nb"},
    {"a line break is kept", "a\nb  \nc\\\nd", "a\nb\nc\nd"},
    {"words are wrapped", "one two three four five six seven",
     "one two three four\nfive six seven"},
    {"headings keep their level", "# A #\n### B\ntext\n\n#### C", "# A\n### B\ntext\n\n#### C"},
    {"underlined headings", "A\n===\n\nB\n---", "# A\n\n## B"},
    {"no heading", "#a\n\n####### b", "#a\n\n####### b"},
    {"rules", "a\n\n---\n***\nb", "a\n\n────────────────────\n\n────────────────────\n\nb"},
    {"emphasis goes without its signs, unless terminals lack it",
     "**a** *b* ~~c~~ `d` ***e*** f_g_h", "a b ~~c~~ d e f_g_h"},
    {"open marks stay", "**a and `b", "**a and `b"},
    {"escapes", "\\*a\\* \\# 1\\. \\\\", "*a* # 1. \\"},
    {"entities", "&lt;&amp;&copy;&#65;&#x42;&nosuch;&#0;", "<&©AB&nosuch;\uFFFD"},
    {"an entity is no way around the filter", "&#27;[2J &#x202E;x &#10;", "␛[2J <U+202E>x ␊"},
    {"HTML is text", "<b>a</b> <!-- c -->\n\n<div>\n*b*\n</div>",
     "<b>a</b> <!-- c -->\n\n<div>\nb\n</div>"},
    {"lists", "- a\n- b\n\n* c\n+ d", "• a\n• b\n\n• c\n\n• d"},
    {"nested lists", "- a\n  - b\n    - c\n      - d\n- e", "• a\n  ◦ b\n    ▪ c\n      • d\n• e"},
    {"blank lines between items", "- a\n\n- b\n  more\n\n  para", "• a\n\n• b\n  more\n\n  para"},
    {"numbers", "3. a\n3. b\n10. c\n\n1) d", "3. a\n4. b\n5. c\n\n1) d"},
    {"numbers go on after a nested list", "1. a\n   - x\n2. b\n\n   c\n3. d",
     "1. a\n   • x\n2. b\n\n   c\n3. d"},
    {"tasks", "- [ ] a\n- [x] b\n- [X] c\n- [y] d", "[ ] a\n[x] b\n[x] c\n• [y] d"},
    {"an empty item", "- \n- a\n-", "•\n• a\n•"},
    {"items hang", "- one two three four five six", "• one two three four\n  five six"},
    {"code in an item", "1. a\n   ```\n   b\n   ```\n2. c", "1. a\n     b\n2. c"},
    {"code that is not in the item", "1. a\n```\nb\n```\n2. c", "1. a\n\n  b\n\n2. c"},
    {"lazy lines", "- a\nb\n> c\nd", "• a\n  b\n\n│ c\n│ d"},
    {"quotes", "> a\n>\n> > b\n> - c", "│ a\n│\n│ │ b\n│\n│ • c"},
    {"links show where they lead", "[a](http://x.y/z) [b](c \"t\")", "a (http://x.y/z) b\n(c)"},
    {"a link that says it", "<http://x.y> http://z.w <a@b.c>", "http://x.y\nhttp://z.w a@b.c"},
    {"images", "![a *b*](c.png)", "[image: a b] c.png"},
    {"definitions", "[a][1] [1]\n\n[1]: u 't'", "a (u) 1 (u)"},
    {"a definition above", "[A]: u\n\n[a]", "a (u)"},
    {"no definition", "[a]: u v\n\n[a]", "[a]: u v\n\n[a]"},
    {"code", "```\na *b*\n\n  c\n```\nd", "  a *b*\n\n    c\n\nd"},
    {"code with a language", "~~~ py x\ny\n~~~", "py x\n  y"},
    {"code without end", "```\na\n\n", "  a\n"},
    {"code is broken where the row is full", "```\n123456789012345678abc\n```",
     "  123456789012345678\n  abc"},
    {"indented fences", "  ```\n   a\n b\n  ```", "   a\n  b"},
    {"a longer fence", "````\n```\n````", "  ```"},
    {"indented code", "a\n\n    b\n\n      c", "a\n\n  b\n\n    c"},
    {"a table", "| a | b |\n|---|--:|\n| 日本 | 1 |\n| c | 22 |",
     "a    │  b\n─────┼───\n日本 │  1\nc    │ 22"},
    {"centred, with a bar in a cell", "a|b\n:-:|---\nxxx|`c\\|d`", " a  │ b\n────┼────\nxxx │ c|d"},
    {"missing cells", "| a | b |\n|-|-|\n| c |\n| d | e | f |", "a │ b\n──┼──\nc │\nd │ e"},
    {"a table that is too wide", "| a | b |\n|-|-|\n| one two three | four five |\n| x | y |",
     "a         │ b\n──────────┼─────────\none two   │ four\nthree     │ "
     "five\n──────────┼─────────\nx  "
     "       │ y"},
    {"a table that is far too wide",
     "|a|b|c|d|\n|-|-|-|-|\n|eeeeee|ffffff|gggggg|hhhhhh|\n|1|2|3|4|",
     "a: eeeeee\nb: ffffff\nc: gggggg\nd: hhhhhh\n\na: 1\nb: 2\nc: 3\nd: 4"},
    {"a table of one column that is too wide", "| a |\n|---|\n| one two three four five |\n| b |",
     "a\n────────────────────\none two three four\nfive\n────────────────────\nb"},
    {"tabs in cells", "|a|b|\n|-|-|\n|c\td|e|", "a   │ b\n────┼──\nc d │ e"},
    {"no table", "a | b\nc | d", "a | b\nc | d"},
    {"no table, since it is code", "\t|a|\n|-|\n|b|", "  |a|\n\n|-|\n|b|"},
    {"no table, since it goes on", "|a|\n    |-|\n|b|", "|a|\n|-|\n|b|"},
    {"a text after a table", "|a|\n|-|\n|b|\n\nc", "a\n─\nb\n\nc"},
    {"formulas stay", "\\(a_1*b*\\) $x*y*z$ $$\\{1\\}$$ \\[ \\\\ \\]",
     "\\(a_1*b*\\) $x*y*z$\n$$\\{1\\}$$ \\[ \\\\ \\]"},
    {"money is none", "$5 *a* $10 and `$` *b* $", "$5 a $10 and $ b $"},
    {"wide characters", "日本語日本語日本語日本語", "日本語日本語日本語日\n本語"},
    {"nothing hides", "a\033[31mb\u202Ec\u200Bd", "a␛[31mb<U+202E>cd"},
    {"many levels leave room for text", "> > > > > > > > deep text here",
     "│ │ │ │ │ deep text\n│ │ │ │ │ here"},
};

static void test_looks(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof(looks) / sizeof(looks[0]); i++) {
        struct markdown *markdown = markdown_of(looks[i].input, strlen(looks[i].input), 20);
        struct buf rows = BUF_INIT;
        add_rows(&rows, markdown, false);
        if (strcmp(buf_str(&rows), looks[i].want) != 0)
            fail_msg("%s:\n%s\nwanted:\n%s", looks[i].about, buf_str(&rows), looks[i].want);
        buf_clear(&rows);
        markdown_free(markdown);
    }
}

static const struct {
    const char *about, *input, *want;
} styles[] = {
    {"emphasis", "a **b *c*** ~~d~~", "a {text+s:b }{text+se:c} {faint:~~}{text+x:d}{faint:~~}"},
    {"code", "**a `b`**", "{text+s:a }{code+s:b}"},
    {"a heading", "## a *b*", "{faint:## }{heading:a }{heading+e:b}"},
    {"a link", "[a `b`](http://c)",
     "{link@http://c:a }{code@http://c:b}{url: (}{url@http://c:http:/"
     "/c}{url:)}"},
    {"only safe schemes are followed", "[a](javascript:b) [c](FILE:///d)",
     "{link:a}{url: (javascript:b)} {link:c}{url: (FILE:///d)}"},
    {"an address cannot end its sequence", "[a](<http://b c\"&#27;&#7;ü>)",
     "{link@http://b%20c%22%E2%90%9B%E2%90%87%C3%BC:a}{url: "
     "(}{url@http://b%20c%22%E2%90%9B%E2%90%87%"
     "C3%BC:http://b c\"␛␇ü}{url:)}"},
    {"a list", "- a", "{accent:• }a"},
    {"a table's head", "|a|\n|-|\n|b|", "{text+s:a}\n{rule:─}\nb"},
    {"a language", "```c\nint a; // b\n```", "{faint:c}\n  {type:int} a; {comment:// b}"},
    {"a language in an item", "- ```c\n  int\n  ```", "{accent:• }{faint:c}\n    {type:int}"},
    {"a comment over lines", "```c\n/* a\nint */ int\n```",
     "{faint:c}\n  {comment:/* a}\n  {comment:int */} {type:int}"},
};

static void test_styles(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof(styles) / sizeof(styles[0]); i++) {
        struct markdown *markdown = markdown_of(styles[i].input, strlen(styles[i].input), 80);
        struct buf rows = BUF_INIT;
        add_rows(&rows, markdown, true);
        if (strcmp(buf_str(&rows), styles[i].want) != 0)
            fail_msg("%s:\n%s\nwanted:\n%s", styles[i].about, buf_str(&rows), styles[i].want);
        buf_clear(&rows);
        markdown_free(markdown);
    }
}

static void test_rows_tell_their_places(void **state)
{
    (void)state;
    static const char text[] = "# a\n\none two three\n\n- b\n  c\n\n```\nd\n```\n";
    struct markdown *markdown = markdown_of(text, strlen(text), 9);
    assert_string_equal(buf_str(markdown_source(markdown)), text);
    for (size_t i = 0; i < markdown_rows(markdown); i++)
        assert_true(markdown_row_at(markdown, markdown_offset(markdown, i)) >= i);
    size_t row = markdown_row_at(markdown, (size_t)(strstr(text, "three") - text));
    assert_int_equal(markdown_offset(markdown, row), strstr(text, "three") - text);
    markdown_update(markdown, 40);
    row = markdown_row_at(markdown, (size_t)(strstr(text, "three") - text));
    assert_int_equal(markdown_offset(markdown, row), strstr(text, "one") - text);
    row = markdown_row_at(markdown, (size_t)(strstr(text, "d\n") - text));
    assert_int_equal(markdown_offset(markdown, row), strstr(text, "d\n") - text);
    markdown_free(markdown);
}

static void check_order(const char *text, size_t len, int width)
{
    struct markdown *markdown = markdown_of(text, len, width);
    size_t last = 0;
    for (size_t row = 0; row < markdown_rows(markdown); row++) {
        size_t offset = markdown_offset(markdown, row);
        assert_in_range(offset, last, markdown_source(markdown)->len);
        last = offset;
    }
    markdown_free(markdown);
}

/* What a row is made of may come from elsewhere: headings of a table, addresses. */
static void test_places_are_in_order(void **state)
{
    (void)state;
    struct buf table = BUF_INIT;
    buf_adds(&table, "|heading|b|c|d|\n|-|-|-|-|\n");
    while (table.len < 10000)
        buf_adds(&table, "|one|two|three|four|\n");
    for (int width = 1; width < 30; width += 4) {
        for (size_t i = 0; i < sizeof(looks) / sizeof(looks[0]); i++)
            check_order(looks[i].input, strlen(looks[i].input), width);
        check_order(table.data, table.len, width);
    }
    buf_clear(&table);
}

static void test_equal_rows_have_equal_keys(void **state)
{
    (void)state;
    struct markdown *markdown = markdown_of("a\n*a*\na", 7, 40);
    assert_true(markdown_key(markdown, 0) == markdown_key(markdown, 2));
    assert_true(markdown_key(markdown, 0) != markdown_key(markdown, 1));
    assert_true(markdown_key(markdown, 0) != 0);
    markdown_free(markdown);
}

int main(void)
{
    if (!setlocale(LC_ALL, "C.UTF-8"))
        return 1;
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_looks),
        cmocka_unit_test(test_styles),
        cmocka_unit_test(test_rows_tell_their_places),
        cmocka_unit_test(test_places_are_in_order),
        cmocka_unit_test(test_equal_rows_have_equal_keys),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
