/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "base/buf.h"
#include "llm/think.h"

static const struct {
    const char *about, *text, *thinking, *answer;
} cases[] = {
    {"nothing", "", "", ""},
    {"no tag", "hello", "", "hello"},
    {"a tag", "<think>hm</think>hello", "hm", "hello"},
    {"blanks before it and behind it", " \n<think>\nhm\n</think>\n\nhello\n", "\nhm\n", "hello\n"},
    {"blanks and no tag", "  hello", "", "  hello"},
    {"only blanks", " \n ", "", " \n "},
    {"never closed", "<think>hm", "hm", ""},
    {"nothing behind", "<think>hm</think>", "hm", ""},
    {"only blanks behind", "<think>hm</think>\n\n", "hm", ""},
    {"no thought", "<think></think>hello", "", "hello"},
    {"the beginning of a tag", "<thi", "", "<thi"},
    {"nearly a tag", "<thinking>hm</thinking>", "", "<thinking>hm</thinking>"},
    {"a tag that comes later", "x<think>hm</think>", "", "x<think>hm</think>"},
    {"a second one", "<think>a</think>b<think>c</think>", "a", "b<think>c</think>"},
    {"one inside the other", "<think>a<think>b</think>c", "a<think>b", "c"},
    {"what looks like the end", "<think>a</thin</b</think>c", "a</thin</b", "c"},
    {"the end over and over", "<think></</</think></think>", "</</", "</think>"},
    {"ended in the middle of its end", "<think>a</thi", "a</thi", ""},
    {"beyond ASCII", "<think>\u00E9\u20AC</think>\U0001F980", "\u00E9\u20AC", "\U0001F980"},
};

static void check(size_t i, size_t first, size_t piece)
{
    struct think think = {0};
    struct buf thinking = BUF_INIT, answer = BUF_INIT;
    size_t len = strlen(cases[i].text);
    think_split(&think, cases[i].text, first, &thinking, &answer);
    for (size_t at = first; at < len; at += piece)
        think_split(&think, cases[i].text + at, len - at < piece ? len - at : piece, &thinking,
                    &answer);
    think_end(&think, &thinking, &answer);
    if (strcmp(buf_str(&thinking), cases[i].thinking) != 0 ||
        strcmp(buf_str(&answer), cases[i].answer) != 0)
        fail_msg("%s, cut at %zu, then every %zu: \"%s\" and \"%s\"", cases[i].about, first, piece,
                 buf_str(&thinking), buf_str(&answer));
    buf_clear(&thinking);
    buf_clear(&answer);
    think_clear(&think);
}

static void test_cut_anywhere(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        size_t len = strlen(cases[i].text);
        for (size_t cut = 0; cut <= len; cut++)
            check(i, cut, len + 1);
        check(i, 0, 1);
        check(i, 0, 3);
    }
}

/* A thought is shown as it comes, not when it is over. */
static void test_not_held_back(void **state)
{
    (void)state;
    struct think think = {0};
    struct buf thinking = BUF_INIT, answer = BUF_INIT;
    think_split(&think, "<think>hm, ", 11, &thinking, &answer);
    assert_string_equal(buf_str(&thinking), "hm, ");
    think_split(&think, "well</", 6, &thinking, &answer);
    assert_string_equal(buf_str(&thinking), "hm, well");
    think_split(&think, "think>so", 8, &thinking, &answer);
    assert_string_equal(buf_str(&answer), "so");
    think_clear(&think);
    buf_clear(&thinking);
    buf_clear(&answer);
}

/* A flood of blanks is neither kept for ever nor looked at again and again. */
static void test_blanks_without_end(void **state)
{
    (void)state;
    struct think think = {0};
    struct buf thinking = BUF_INIT, answer = BUF_INIT;
    for (int i = 0; i < 1000; i++)
        think_split(&think, "\n", 1, &thinking, &answer);
    assert_int_equal(answer.len, 1000);
    think_split(&think, "<think>", 7, &thinking, &answer);
    assert_string_equal(answer.data + 1000, "<think>");
    think_clear(&think);
    buf_clear(&thinking);
    buf_clear(&answer);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_cut_anywhere),
        cmocka_unit_test(test_not_held_back),
        cmocka_unit_test(test_blanks_without_end),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
