/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Prompts and models out of lines that are too long to be kept.
 */
#include "session/skim.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "base/mem.h"

#define INPUT(messages) "{\"type\":\"start\",\"input\":[" messages "],\"model\":\"m\"}"
#define USER(content) "{\"role\":\"user\",\"content\":\"" content "\"}"

static const struct {
    const char *about, *line, *want; /* "MODEL|PROMPT", "-" for what was not found */
} cases[] = {
    {"nothing", "", "-|-"},
    {"a start", INPUT(USER("hi")), "m|hi"},
    {"the type stands last", "{\"model\":\"m\",\"input\":[" USER("hi") "],\"type\":\"start\"}",
     "m|hi"},
    {"with blanks",
     "{ \"type\" : \"start\" , \"model\" : \"m\" , \"input\" : [ { \"content\" : \"hi\" , "
     "\"role\" : \"user\" } ] }",
     "m|hi"},
    {"the first of the user's",
     INPUT("{\"role\":\"assistant\",\"content\":\"no\"}," USER("yes") "," USER("late")), "m|yes"},
    {"escapes", INPUT(USER("a\\\"b\\\\c\\n\\u00fc\\ud83d\\ude00")), "m|a\"b\\c\n\u00fc\U0001F600"},
    {"braces in strings", INPUT(USER("}]{[\\\"role\\\":")), "m|}]{[\"role\":"},
    {"what stands deeper is not meant",
     "{\"type\":\"start\",\"x\":{\"model\":\"no\",\"input\":[" USER(
         "no") "]},\"input\":[{\"role\":"
               "\"user\",\"attachments\":[{\"role\":\"user\",\"content\":\"no\"}],\"content\":"
               "\"yes\"}],"
               "\"model\":\"m\"}",
     "m|yes"},
    {"values that are not text",
     "{\"type\":\"start\",\"n\":[1,true,null],\"model\":7,\"input\":[7,[\"role\",\"user\"],{"
     "\"role\":"
     "\"user\",\"content\":[\"x\"]}]}",
     "-|-"},
    {"another type", "{\"type\":\"ai\",\"model\":\"m\",\"input\":[" USER("hi") "]}", "-|-"},
    {"cut in the prompt",
     "{\"type\":\"start\",\"model\":\"m\",\"input\":[{\"role\":\"user\","
     "\"content\":\"hi",
     "m|-"},
    {"no JSON", "}}]]\"{\"\\", "-|-"},
};

static char *found(const struct skim *skim)
{
    bool is_start = skim->is_start;
    return xasprintf("%s|%s", is_start && skim->model ? skim->model : "-",
                     is_start && skim->prompt ? skim->prompt : "-");
}

/* Whole, byte by byte, and cut in two anywhere. */
static void lines_are_skimmed(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        size_t len = strlen(cases[i].line);
        for (size_t cut = 0; cut <= len + 1; cut++) {
            struct skim skim = {0};
            bool is_whole = cut <= len;
            for (size_t at = 0; !is_whole && at < len; at++)
                skim_feed(&skim, cases[i].line + at, 1);
            if (is_whole) {
                skim_feed(&skim, cases[i].line, cut);
                skim_feed(&skim, cases[i].line + cut, len - cut);
            }
            char *got = found(&skim);
            if (strcmp(got, cases[i].want) != 0)
                fail_msg("%s, cut at %zu: %s", cases[i].about, cut, got);
            free(got);
            skim_clear(&skim);
        }
    }
}

/* Whatever a long text begins with is kept whole: no character and no escape is cut. */
static void long_texts_are_cut(void **state)
{
    (void)state;
    static const char *const units[] = {"x", "\\n", "\\u00fc", "\u20ac", "\\ud83d\\ude00", "\x80"};
    for (size_t i = 0; i < sizeof(units) / sizeof(units[0]); i++) {
        struct skim skim = {0};
        struct buf line = BUF_INIT;
        buf_adds(
            &line,
            "{\"type\":\"start\",\"model\":\"m\",\"input\":[{\"role\":\"user\",\"content\":\"ab");
        while (line.len < 100000)
            buf_adds(&line, units[i]);
        assert_false(skim_feed(&skim, line.data, line.len)); /* its end is not waited for */
        assert_memory_equal(skim.prompt, "ab", 2);
        assert_in_range(strlen(skim.prompt), 600, 13000);
        assert_in_range(skim.text.len, 4000, 4200);
        skim_clear(&skim);
        buf_clear(&line);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(lines_are_skimmed),
        cmocka_unit_test(long_texts_are_cut),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
