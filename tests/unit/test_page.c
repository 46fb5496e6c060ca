/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "tools/page.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <string.h>

#include "base/buf.h"

static const struct {
    const char *about, *html, *want;
} cases[] = {
    {"text", "Hello", "Hello\n"},
    {"nothing", "", ""},
    {"blanks fold", " a \n\t b ", "a b\n"},
    {"paragraphs", "<p>a</p><p>b</p>", "a\n\nb\n"},
    {"lines", "a<br>b<br/>c", "a\nb\nc\n"},
    {"a title and a heading", "<title>T</title><h1>H</h1>x", "T\n\nH\n\nx\n"},
    {"inline markup", "a<b>b</b> <i>c</i>d", "ab cd\n"},
    {"a list", "<ul><li>a</li><li>b</li></ul>x", "- a\n- b\n\nx\n"},
    {"a table", "<table><tr><th>a</th><th>b</th></tr><tr><td>1</td><td>2</td></tr></table>",
     "a | b\n1 | 2\n"},
    {"kept blanks", "<pre>a\n  b\n\nc</pre>d e", "a\n  b\n\nc\n\nd e\n"},
    {"scripts and styles", "a<script>if (1 < 2) x = '</b>';</script><STYLE>b{}</STYLE >c", "ac\n"},
    {"a script without an end", "a<script>b", "a\n"},
    {"comments", "a<!-- <p>b -->c<!-- d", "ac\n"},
    {"a doctype", "<!doctype html><?xml x?>a", "a\n"},
    {"quotes that hold a bracket", "<a title=\"x > y\" href='>'>a</a>", "a\n"},
    {"a quote in no value", "<p it's>a", "a\n"},
    {"no tag", "a < b, c <3 <", "a < b, c <3 <\n"},
    {"entities", "&lt;&amp;&gt; &quot;&apos; &copy;&eacute;&mdash;&hellip;",
     "<&> \"' \xc2\xa9\xc3\xa9\xe2\x80\x94\xe2\x80\xa6\n"},
    {"numbered entities", "&#65;&#x42;&#X43;&#8364;", "ABC\xe2\x82\xac\n"},
    {"a blank that does not break", "a&nbsp;b", "a b\n"},
    {"entities that are none", "a & b &x; &nosuchentityatall; AT&T;",
     "a & b &x; &nosuchentityatall; AT&T;\n"},
    {"numbers that are none", "&#0;&#xd800;&#1114112;&#;&#x;&#12z;",
     "\xef\xbf\xbd\xef\xbf\xbd\xef\xbf\xbd\xef\xbf\xbd\xef\xbf\xbd\xef\xbf\xbd\n"},
    {"an entity cut off", "a &am", "a &am\n"},
    {"a tag cut off", "a<b", "a\n"},
    {"markup is not read twice", "&lt;script&gt;", "<script>\n"},
    {"closing what is not open", "</pre></p>a</pre> b", "a\n\nb\n"},
    {"UTF-8", "\xc3\xa9t\xc3\xa9", "\xc3\xa9t\xc3\xa9\n"},
};

static void test_cases(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        struct buf out = BUF_INIT;
        page_text(cases[i].html, strlen(cases[i].html), &out);
        if (strcmp(buf_str(&out), cases[i].want) != 0)
            fail_msg("%s: got \"%s\", want \"%s\"", cases[i].about, buf_str(&out), cases[i].want);
        buf_clear(&out);
    }
}

/* Cut anywhere, it is a page all the same. */
static void test_cut(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        for (size_t len = 0; len <= strlen(cases[i].html); len++) {
            struct buf copy = BUF_INIT, out = BUF_INIT;
            buf_add(&copy, cases[i].html, len);
            page_text(copy.data, len, &out);
            assert_false(strlen(buf_str(&out)) != out.len);
            buf_clear(&copy);
            buf_clear(&out);
        }
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_cases),
        cmocka_unit_test(test_cut),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
