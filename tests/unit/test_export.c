/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "export/escape.h"
#include "export/format.h"
#include "export/hypertext.h"
#include "export/talk.h"
#include "html_form.h"
#include "session/store.h"
#include "session_fixture.h"

#define START(run, parent, input)                                                            \
    "{\"type\":\"start\",\"run\":\"" run "\",\"parent\":\"" parent "\",\"model\":\"small\"," \
    "\"system\":\"Be brief.\",\"input\":[" input "]}\n"
#define USER(text) "{\"role\":\"user\",\"content\":\"" text "\"}"
#define ANSWER(run, text)                                                                  \
    "{\"type\":\"message\",\"run\":\"" run "\",\"role\":\"assistant\",\"content\":\"" text \
    "\",\"model\":\"small\"}\n"
#define CALLS                                                                                   \
    START("r", "", USER("Tidy up"))                                                             \
    "{\"type\":\"message\",\"run\":\"r\",\"of\":3,\"role\":\"assistant\",\"content\":\"\","     \
    "\"reasoning\":\"Look first.\",\"model\":\"small\",\"calls\":[{\"id\":\"c\",\"tool\":"      \
    "\"list\",\"args\":{\"path\":\"src\"}}]}\n"                                                 \
    "{\"type\":\"message\",\"run\":\"r\",\"of\":3,\"role\":\"tool\",\"id\":\"c\",\"tool\":"     \
    "\"list\",\"output\":\"a.c\\n```\\nb.c\",\"status\":\"ok\"}\n"                              \
    "{\"type\":\"message\",\"run\":\"r\",\"of\":3,\"role\":\"assistant\",\"content\":\"Two.\"," \
    "\"model\":\"small\"}\n"

/* A session's text, in a format; the caller's. */
static char *exported(const char *session, const char *format_name, const char *title)
{
    struct error error;
    struct buf out = BUF_INIT;
    char *folder = folder_new();
    char *path = folder_put(folder, "s.jsonl", session);
    rn_conversation *conversation = session_conversation(path, &error);
    assert_non_null(conversation);
    const struct talk_about about = {.title = title, .id = "s"};
    struct talk *talk = talk_new(conversation, &about);
    format_find(format_name, &error)->write(talk, &out);
    talk_free(talk);
    rn_conversation_free(conversation);
    free(path);
    folder_free(folder);
    return buf_take(&out);
}

static void assert_in(const char *text, const char *part)
{
    if (!strstr(text, part))
        fail_msg("\"%s\" is not in:\n%s", part, text);
}

/* ---- Each format ---- */

static void test_markdown(void **state)
{
    (void)state;
    char *text = exported(CALLS, "md", NULL);
    assert_string_equal(text,
                        "# Tidy up\n\nsmall · s\n\n"
                        "<details>\n<summary>System prompt</summary>\n\nBe brief.\n\n</details>\n\n"
                        "## You\n\nTidy up\n\n## Answer\n\n"
                        "<details>\n<summary>Thinking</summary>\n\nLook first.\n\n</details>\n\n"
                        "<details>\n<summary><b>list</b> path=src: ok</summary>\n\n"
                        "```json\n{\n  \"path\": \"src\"\n}\n```\n\n"
                        "````\na.c\n```\nb.c\n````\n\n</details>\n\nTwo.\n");
    free(text);
}

static void test_text(void **state)
{
    (void)state;
    char *text = exported(CALLS, "text", "Tidying");
    assert_string_equal(text, "Tidying\n\nSystem prompt:\n    Be brief.\n\n> Tidy up\n\n"
                              "Thinking:\n    Look first.\n\n"
                              "[list path=src: ok]\n    a.c\n    ```\n    b.c\n\nTwo.\n");
    free(text);
}

static void test_json(void **state)
{
    (void)state;
    char *text = exported(CALLS, "json", NULL);
    assert_in(text, "\"role\": \"system\"");
    assert_in(text, "\"tool_call_id\": \"c\"");
    assert_in(text, "\"arguments\": \"{\\\"path\\\":\\\"src\\\"}\"");
    assert_int_equal(text[0], '[');
    free(text);
}

static void test_html(void **state)
{
    (void)state;
    char *text = exported(CALLS, "html", NULL);
    assert_null(html_trouble(text));
    assert_in(text, "<title>Tidy up</title>");
    assert_in(text, "default-src 'none'");
    assert_in(text, "prefers-color-scheme: dark");
    assert_in(text, "<summary><b>list</b> <span class=\"brief\">path=src</span>");
    assert_in(text, "a.c\n```\nb.c");
    assert_in(text, "<p>Two.</p>");
    free(text);
}

static void test_code_left_open_is_closed(void **state)
{
    (void)state;
    char *text = exported(START("r", "", USER("x")) ANSWER("r", "~~~~c\\nint x;")
                              START("s", "r", USER("y")) ANSWER("s", "z"),
                          "md", NULL);
    assert_in(text, "~~~~c\nint x;\n~~~~\n\n## You\n\ny\n");
    free(text);
}

static void test_a_cut_answer_says_so(void **state)
{
    (void)state;
    static const char session[] =
        START("r", "", USER("x")) "{\"type\":\"ai\",\"content\":\"Half\"}\n";
    static const char *const names[] = {"md", "html", "text"};
    for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++) {
        char *text = exported(session, names[i], NULL);
        assert_in(text, "Half");
        assert_in(text, "answer was cut off here");
        free(text);
    }
}

/* ---- Text that would like to be more ---- */

#define SCRIPT "</title></style></pre><script>alert(1)</script><img src=x onerror=alert(1)>"
#define QUOTED "\\\" onmouseover=\\\"alert(1)"

static void test_hostile_text_is_text(void **state)
{
    (void)state;
    static const char *const sessions[] = {
        START("r", "", USER(SCRIPT)) ANSWER("r", SCRIPT),
        START("r", "", USER("```" QUOTED "\\n" SCRIPT "\\n```")) ANSWER("r", "```" SCRIPT "\\nx"),
        START("r", "", USER("x")) ANSWER("r", "[a](javascript:alert(1)) [b](data:text/html,x) "
                                              "[c](https://e.org/" QUOTED ") <javascript:x> "
                                              "[d]( jAvAsCrIpT&#58;x) ![e](file:///x)"),
        START("r", "",
              "{\"role\":\"user\",\"content\":\"\",\"attachments\":[{\"name\":\"" SCRIPT
              "\",\"type\":\"text/plain\",\"text\":\"" SCRIPT "\"},{\"name\":\"" QUOTED
              "\",\"type\":\"image/png\",\"data\":\"" QUOTED "\"},{\"type\":\"image/"
              "svg+xml\",\"data\":\"x\"},{\"type\":\"image/png\",\"url\":\"https://e\"}]}"),
        START("r", "", USER("x")) "{\"type\":\"message\",\"run\":\"r\",\"role\":\"assistant\","
                                  "\"model\":\"" SCRIPT "\",\"reasoning\":\"" SCRIPT "\",\"calls\":"
                                  "[{\"id\":\"c\",\"tool\":\"" SCRIPT "\",\"args\":{\"" SCRIPT
                                  "\":\"" SCRIPT
                                  "\"}},{\"id\":\"d\",\"tool\":\"t\",\"args_raw\":\"" SCRIPT
                                  "\",\"invalid\":true}]}\n",
    };
    for (size_t i = 0; i < sizeof(sessions) / sizeof(sessions[0]); i++) {
        char *text = exported(sessions[i], "html", "</title>" SCRIPT);
        const char *trouble = html_trouble(text);
        if (trouble)
            fail_msg("session %zu: %.120s", i, trouble);
        assert_null(strstr(text, "<script"));
        free(text);
    }
}

static void test_escaping(void **state)
{
    (void)state;
    static const struct {
        const char *text;
        size_t len;
        const char *want;
    } cases[] = {
        {"<&>\"'", 5, "&lt;&amp;&gt;&quot;&#39;"},
        {"a\r\nb\rc", 6, "a\nb␍c"},
        {"\0\x1b\x7f", 3, "␀␛␡"},
        {"\xe2\x80\xae", 3, "&lt;U+202E&gt;"},
        {"\xc2\x85", 2, "&lt;U+0085&gt;"},
        {"\xff\xe2\x82", 3, "\xef\xbf\xbd\xef\xbf\xbd"},
        {"\xe2\x80\x8d", 3, "\xe2\x80\x8d"},
    };
    for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        struct buf out = BUF_INIT;
        escape_add(&out, cases[i].text, cases[i].len);
        assert_string_equal(buf_str(&out), cases[i].want);
        buf_clear(&out);
    }
}

#define LINK(address) "<a rel=\"noopener noreferrer nofollow\" href=\"" address "\">"

static void test_hypertext(void **state)
{
    (void)state;
    static const struct {
        const char *markdown, *want;
    } cases[] = {
        {"", ""},
        {"# a", "<h2>a</h2>\n"},
        {"###### a", "<h6>a</h6>\n"},
        {"a\nb", "<p>a<br>\nb</p>\n"},
        {"*a* **b** ~~c~~ `d<`",
         "<p><em>a</em> <strong>b</strong> <del>c</del> <code>d&lt;</code></p>\n"},
        {"<b>a</b>", "<p>&lt;b&gt;a&lt;/b&gt;</p>\n"},
        {"&lt;b&gt;", "<p>&lt;b&gt;</p>\n"},
        {"[a](http://b/?c&d)", "<p>" LINK("http://b/?c&amp;d") "a</a></p>\n"},
        {"[a](javascript:b)", "<p>a <span class=\"address\">(javascript:b)</span></p>\n"},
        {"![a](https://b)", "<p>" LINK("https://b") "[image: a]</a></p>\n"},
        {"[![a](https://b)](https://c)", "<p>" LINK("https://c") "[image: a]</a></p>\n"},
        {"$a_b_c$ *d*", "<p>$a_b_c$ <em>d</em></p>\n"},
        {"- a\n- [x] b", "<ul>\n<li>a</li>\n<li class=\"task\">☑ b</li>\n</ul>\n"},
        {"3. a", "<ol start=\"3\">\n<li>a</li>\n</ol>\n"},
        {"> a", "<blockquote>\n<p>a</p>\n</blockquote>\n"},
        {"---", "<hr>\n"},
        {"```\n<a>\n\nb\n```", "<pre><code>&lt;a&gt;\n\nb\n</code></pre>\n"},
        {"```c\nint\n```", "<pre><span class=\"language\">c</span><code><span "
                           "class=\"t\">int</span>\n</code></pre>\n"},
        {"|a|b|\n|---|--:|\n|1|2|",
         "<div class=\"table\"><table>\n<thead>\n<tr><th>a</th><th class=\"right\">b</th></tr>\n"
         "</thead>\n<tbody>\n<tr><td>1</td><td class=\"right\">2</td></tr>\n</tbody>\n"
         "</table></div>\n"},
    };
    for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        struct buf out = BUF_INIT;
        hypertext_add(&out, cases[i].markdown, strlen(cases[i].markdown));
        assert_string_equal(buf_str(&out), cases[i].want);
        buf_clear(&out);
    }
}

/* A few thousand columns and rows of one cell are millions of cells. */
static void test_a_table_made_to_cost_time_is_text(void **state)
{
    (void)state;
    enum { COLUMNS = 4000, ROWS = 4000 };
    struct buf table = BUF_INIT, out = BUF_INIT;
    for (int i = 0; i < COLUMNS; i++)
        buf_adds(&table, "|a");
    buf_adds(&table, "|\n");
    for (int i = 0; i < COLUMNS; i++)
        buf_adds(&table, "|---");
    buf_adds(&table, "|\n");
    for (int i = 0; i < ROWS; i++)
        buf_adds(&table, "|x\n");
    hypertext_add(&out, table.data, table.len);
    assert_memory_equal(out.data, "<pre>|a|a", 9);
    assert_true(out.len < 2 * table.len);
    buf_clear(&table);
    buf_clear(&out);
}

/* ---- Files ---- */

static void test_formats_by_their_names(void **state)
{
    (void)state;
    static const struct {
        const char *path, *want;
    } cases[] = {
        {"a.md", "md"},     {"a.markdown", "md"}, {"a.HTML", "html"}, {"a.htm", "html"},
        {"a.json", "json"}, {"a.txt", "text"},    {"a.b.md", "md"},   {"a", NULL},
        {"a.", NULL},       {"a.doc", NULL},      {"a.md/b", NULL},   {"md", NULL},
    };
    for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        const struct format *format = format_of(cases[i].path);
        assert_string_equal(format ? format->name : "", cases[i].want ? cases[i].want : "");
    }
    struct error error;
    assert_null(format_find("doc", &error));
    assert_string_equal(error.text, "a format is md, html, json or text, not \"doc\"");
    assert_null(format_find("", &error));
}

static void test_no_file_is_written_over(void **state)
{
    (void)state;
    struct error error;
    struct stat info;
    char *folder = folder_new(), *path = xasprintf("%s/a.txt", folder);
    rn_conversation *conversation = rn_conversation_new(NULL);
    rn_conversation_user(conversation, "hello");
    const struct talk_about about = {.id = ""};
    struct talk *talk = talk_new(conversation, &about);
    assert_int_equal(format_save(format_of(path), talk, path, &error), 0);
    assert_int_equal(stat(path, &info), 0);
    assert_int_equal(info.st_mode & 0777, 0600);
    assert_int_equal(format_save(formats, talk, path, &error), -1);
    assert_in(error.text, "is there already, and is not written over");
    char *text = file_get(path);
    assert_string_equal(text, "hello\n\n> hello\n");
    free(text);
    assert_int_equal(format_save(formats, talk, "/proc/nowhere/a.md", &error), -1);
    talk_free(talk);
    rn_conversation_free(conversation);
    free(path);
    folder_free(folder);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_markdown),
        cmocka_unit_test(test_text),
        cmocka_unit_test(test_json),
        cmocka_unit_test(test_html),
        cmocka_unit_test(test_code_left_open_is_closed),
        cmocka_unit_test(test_a_cut_answer_says_so),
        cmocka_unit_test(test_hostile_text_is_text),
        cmocka_unit_test(test_escaping),
        cmocka_unit_test(test_hypertext),
        cmocka_unit_test(test_a_table_made_to_cost_time_is_text),
        cmocka_unit_test(test_formats_by_their_names),
        cmocka_unit_test(test_no_file_is_written_over),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
