/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "session/glimpse.h"
#include "session_fixture.h"

#define SESSION "{\"type\":\"session\",\"v\":1}\n"
#define START(run, parent, prompt)                                       \
    "{\"type\":\"start\",\"run\":\"" run "\",\"parent\":\"" parent "\"," \
    "\"input\":[{\"role\":\"user\",\"content\":\"" prompt "\"}]}\n"
#define AI(text) "{\"type\":\"ai\",\"content\":\"" text "\"}\n"
#define SAYS(role, text) "{\"type\":\"message\",\"role\":\"" role "\",\"content\":\"" text "\"}\n"
#define HEAD(run) "{\"type\":\"head\",\"run\":\"" run "\"}\n"
/* Two runs side by side. */
#define PIECE(run, text) "{\"type\":\"ai\",\"run\":\"" run "\",\"content\":\"" text "\"}\n"
#define BESIDE          \
    START("a", "", "1") \
    START("b", "", "1") PIECE("b", "y1") PIECE("a", "x1") PIECE("b", "y2") PIECE("a", "x2")
#define OF(run, text) \
    "{\"type\":\"message\",\"run\":\"" run "\",\"role\":\"assistant\",\"content\":\"" text "\"}\n"
#define RUN(run, parent, q, a) START(run, parent, q) AI(a) SAYS("assistant", a)

static char *told(const struct glimpse *glimpse)
{
    struct buf text = BUF_INIT;
    for (size_t i = glimpse->count; i-- > 0;)
        buf_addf(&text, "%s%s|", glimpse->said[i].is_prompt ? "> " : "", glimpse->said[i].text);
    return text.data ? buf_take(&text) : xstrdup("");
}

static void test_what_was_said_last(void **state)
{
    (void)state;
    static const struct {
        const char *about, *text, *want;
    } cases[] = {
        {"nothing", "", ""},
        {"no session", "hello\n\n{]\n", ""},
        {"nothing said yet", SESSION, ""},
        {"one run", SESSION RUN("a", "", "1", "x"), "> 1|x|"},
        {"two runs", SESSION RUN("a", "", "1", "x") RUN("b", "a", "2", "y"), "> 1|x|> 2|y|"},
        {"no message record", START("a", "", "1") AI("x") AI("y"), "> 1|xy|"},
        {"a run that is not answered", RUN("a", "", "1", "x") START("b", "a", "2"), "> 1|x|> 2|"},
        {"an answer that was asked for again",
         RUN("a", "", "1", "x") RUN("b", "a", "2", "y") RUN("c", "a", "2", "z"), "> 1|x|> 2|z|"},
        {"a branch from the beginning", RUN("a", "", "1", "x") RUN("b", "", "2", "y"), "> 2|y|"},
        {"what a tool gave is left out, and what is blank",
         START("a", "", "1") SAYS("assistant", " \\n") SAYS("tool", "t") SAYS("assistant", "x"),
         "> 1|x|"},
        {"said while the run went on",
         START("a", "", "1") SAYS("assistant", "x") SAYS("user", "2") SAYS("assistant", "y"),
         "> 1|x|> 2|y|"},
        {"the beginning is lost", SAYS("assistant", "x"), "x|"},
        {"something was taken back", RUN("a", "", "1", "x") RUN("b", "a", "2", "y") HEAD("a"),
         "> 1|x|"},
        {"and something else was said",
         RUN("a", "", "1", "x") RUN("b", "a", "2", "y") HEAD("a") RUN("c", "a", "3", "z"),
         "> 1|x|> 3|z|"},
        {"the last of two heads",
         RUN("a", "", "1", "x") RUN("b", "a", "2", "y") HEAD("a") HEAD("b"), "> 1|x|> 2|y|"},
        {"all was taken back", RUN("a", "", "1", "x") HEAD(""), ""},
        {"a torn head", RUN("a", "", "1", "x") "{\"type\":\"head\",\"run\":\"", "> 1|x|"},
        {"a comparison", BESIDE OF("a", "x") OF("b", "y"), "> 1|y|"},
        {"of which the first was picked", BESIDE OF("a", "x") OF("b", "y") HEAD("a"), "> 1|x|"},
        {"which was broken off", BESIDE, "> 1|y1y2|"},
        {"after one of its answers had come", BESIDE OF("a", "x"), "> 1|y1y2|"},
        {"after the other", BESIDE OF("b", "y"), "> 1|y|"},
        {"a head whose run is elsewhere", RUN("a", "", "1", "x") HEAD("z"), ""},
        {"no more than fits",
         RUN("a", "", "1", "u") RUN("b", "a", "2", "v") RUN("c", "b", "3", "w")
             RUN("d", "c", "4", "x") RUN("e", "d", "5", "y"),
         "> 2|v|> 3|w|> 4|x|> 5|y|"},
    };
    char *folder = folder_new();
    for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        struct glimpse glimpse = {0};
        char *path = folder_put(folder, "x.jsonl", cases[i].text);
        glimpse_read(&glimpse, path);
        char *got = told(&glimpse);
        if (strcmp(got, cases[i].want) != 0)
            fail_msg("%s: \"%s\" instead of \"%s\"", cases[i].about, got, cases[i].want);
        glimpse_clear(&glimpse);
        free(got);
        free(path);
    }
    folder_free(folder);
}

/* The second reading is of another file, or of none. */
static void test_is_read_anew(void **state)
{
    (void)state;
    struct glimpse glimpse = {0};
    char *folder = folder_new();
    char *path = folder_put(folder, "x.jsonl", RUN("a", "", "1", "x"));
    glimpse_read(&glimpse, path);
    glimpse_read(&glimpse, path);
    assert_int_equal(glimpse.count, 2);
    glimpse_read(&glimpse, "/nowhere/x.jsonl");
    assert_int_equal(glimpse.count, 0);
    free(path);
    folder_free(folder);
}

/* A text is cut between characters; of an answer in pieces it is the end. */
static void test_long_texts(void **state)
{
    (void)state;
    struct buf text = BUF_INIT;
    struct glimpse glimpse = {0};
    char *folder = folder_new();
    buf_adds(&text,
             "{\"type\":\"start\",\"run\":\"a\",\"input\":[{\"role\":\"user\",\"content\":\"x");
    for (int i = 0; i < GLIMPSE_BYTES; i++)
        buf_adds(&text, "ü");
    buf_adds(&text, "\"}]}\n");
    for (int i = 0; i < 2 * GLIMPSE_BYTES; i++)
        buf_adds(&text, AI("a"));
    buf_adds(&text, AI("z"));
    char *path = folder_put(folder, "x.jsonl", text.data);
    glimpse_read(&glimpse, path);
    assert_int_equal(glimpse.count, 2);
    assert_int_equal(strlen(glimpse.said[0].text), GLIMPSE_BYTES);
    assert_int_equal(strlen(glimpse.said[1].text), GLIMPSE_BYTES - 1);
    assert_int_equal(glimpse.said[0].text[GLIMPSE_BYTES - 1], 'z');
    glimpse_clear(&glimpse);
    buf_clear(&text);
    free(path);
    folder_free(folder);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_what_was_said_last),
        cmocka_unit_test(test_is_read_anew),
        cmocka_unit_test(test_long_texts),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
