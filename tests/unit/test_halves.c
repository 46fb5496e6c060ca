/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "llm/halves.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <string.h>

#include "base/buf.h"

#define HIGH "\xF4\x8D\xA0\xBE" /* JSON_HALF + 0xD83E */
#define LOW "\xF4\x8D\xB6\x80"  /* JSON_HALF + 0xDD80: together U+1F980 */
#define FIRST "\xF4\x8D\xA0\x80" LOW
#define LAST "\xF4\x8D\xAF\xBF\xF4\x8D\xBF\xBF"
#define LOST "\uFFFD"

static const struct {
    const char *about, *text, *want;
} cases[] = {
    {"nothing", "", ""},
    {"no halves", "a\u00E9\u20AC\U0001F980", "a\u00E9\u20AC\U0001F980"},
    {"a pair", "a" HIGH LOW "b", "a\U0001F980b"},
    {"two pairs", HIGH LOW HIGH LOW, "\U0001F980\U0001F980"},
    {"the lowest and the highest", FIRST LAST, "\U00010180\U0010FFFF"},
    {"a first alone", HIGH "x", LOST "x"},
    {"a second alone", "x" LOW, "x" LOST},
    {"a first at the end", "x" HIGH, "x" LOST},
    {"two firsts", HIGH HIGH LOW, LOST "\U0001F980"},
    {"two seconds", HIGH LOW LOW, "\U0001F980" LOST},
    {"the wrong way round", LOW HIGH, LOST LOST},
    {"their neighbours are none", "\xF4\x8D\x9F\xBF\xF4\x8E\x80\x80",
     "\xF4\x8D\x9F\xBF\xF4\x8E\x80\x80"},
};

static bool is_between_characters(const char *text, size_t at)
{
    return ((unsigned char)text[at] & 0xC0) != 0x80;
}

/* Whole, and cut in two at each place between two characters, as json_read gives it. */
static void cut_anywhere(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        const char *text = cases[i].text;
        size_t len = strlen(text);
        for (size_t cut = 0; cut <= len; cut++) {
            struct halves halves = {0};
            struct buf out = BUF_INIT;
            if (!is_between_characters(text, cut))
                continue;
            halves_join(&halves, &out, text, cut);
            halves_join(&halves, &out, text + cut, len - cut);
            halves_end(&halves, &out);
            if (strcmp(buf_str(&out), cases[i].want) != 0)
                fail_msg("%s, cut at %zu: %s", cases[i].about, cut, buf_str(&out));
            assert_false(halves_wait(&halves));
            buf_clear(&out);
        }
    }
}

static void one_waits(void **state)
{
    struct halves halves = {0};
    struct buf out = BUF_INIT;
    (void)state;
    halves_join(&halves, &out, "a" HIGH, 5);
    assert_true(halves_wait(&halves));
    assert_string_equal(out.data, "a");
    halves_join(&halves, &out, "", 0);
    assert_true(halves_wait(&halves));
    halves_join(&halves, &out, LOW, 4);
    assert_false(halves_wait(&halves));
    assert_string_equal(out.data, "a\U0001F980");
    halves_end(&halves, &out);
    assert_int_equal(out.len, 5);
    buf_clear(&out);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(cut_anywhere),
        cmocka_unit_test(one_waits),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
