/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * /copy: which text is meant, after answers that a server gave.
 */
#include "chat/copy.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "base/buf.h"
#include "base/error.h"
#include "base/mem.h"
#include "chat/command.h"
#include "program/sitting.h"

static int set_up(void **state)
{
    if (sitting_set_up(state) < 0)
        return -1;
    sitting_open(*state, &(struct chat_options){.is_one_answer = true});
    return 0;
}

/* What is copied, or "! " and why not. */
static void assert_copies(struct sitting *sitting, const char *args, const char *want)
{
    struct buf out = BUF_INIT, got = BUF_INIT;
    struct error error;
    int effect = copy_run(sitting->chat, args, &out, &error);
    if (effect < 0)
        buf_addf(&got, "! %s", error.text);
    else
        buf_add(&got, buf_str(&out), out.len);
    assert_true(effect == -1 || effect == COMMAND_COPY);
    assert_string_equal(buf_str(&got), want);
    buf_clear(&out);
    buf_clear(&got);
}

static void before_the_first_answer(void **state)
{
    static const struct {
        const char *args, *want;
    } cases[] = {
        {"", "! there is no answer yet"},
        {"2", "! there are not so many answers"},
        {"code", "! there is no answer yet"},
        {"all", "! nothing has been said yet"},
    };
    for (size_t i = 0; i < sizeof(cases) / sizeof(*cases); i++)
        assert_copies(*state, cases[i].args, cases[i].want);
}

static void which_text_is_meant(void **state)
{
    static const struct {
        const char *args, *want;
    } cases[] = {
        {"", "*two*\n\n```sh\nls\n```\n- and\n\n  ```\n  a\n    b\n  ```"},
        {"1", "*two*\n\n```sh\nls\n```\n- and\n\n  ```\n  a\n    b\n  ```"},
        {"2", "one \xf0\x9f\x91\xa9\xe2\x80\x8d\xf0\x9f\x94\xac"},
        {"3", "! there are not so many answers"},
        {"code", "a\n  b"},
        {"code 1", "ls"},
        {"code  2", "a\n  b"},
        {"code 3", "! the last answer has 2 blocks of code"},
        {"0", "! /copy takes a number, code, code and a number, or all: not 0"},
        {"-1", "! /copy takes a number, code, code and a number, or all: not -1"},
        {"1x", "! /copy takes a number, code, code and a number, or all: not 1x"},
        {"code x", "! /copy takes a number, code, code and a number, or all: not code x"},
        {"codex", "! /copy takes a number, code, code and a number, or all: not codex"},
        {"99999999999999999999", "! there are not so many answers"},
    };
    struct sitting *sitting = *state;
    SERVER_SCRIPT(sitting->stage->server, SERVE_STREAM,
                  SERVE(SAYS("one \xf0\x9f\x91\xa9\xe2\x80\x8d\xf0\x9f\x94\xac") STOPS));
    SERVER_SCRIPT(
        sitting->stage->server, SERVE_STREAM,
        SERVE(SAYS("*two*\\n\\n```sh\\nls\\n```\\n- and\\n\\n  ```\\n  a\\n    b\\n  ```") STOPS));
    sitting_ask(sitting, "first?");
    assert_copies(sitting, "code", "! the last answer has no block of code");
    sitting_ask(sitting, "second?");
    for (size_t i = 0; i < sizeof(cases) / sizeof(*cases); i++)
        assert_copies(sitting, cases[i].args, cases[i].want);
}

static void all_is_the_conversation(void **state)
{
    struct sitting *sitting = *state;
    struct buf out = BUF_INIT;
    struct error error;
    SERVER_SCRIPT(sitting->stage->server, SERVE_STREAM, SERVE(SAYS("**an answer**") STOPS));
    sitting_ask(sitting, "a prompt?");
    assert_int_equal(copy_run(sitting->chat, "all", &out, &error), COMMAND_COPY);
    assert_has(out.data, "a prompt?");
    assert_has(out.data, "**an answer**");
    buf_clear(&out);
}

static void what_is_there_of_an_answer_counts(void **state)
{
    struct sitting *sitting = *state;
    SERVER_SCRIPT(sitting->stage->server, SERVE_STREAM, SERVE(SAYS("first") STOPS));
    SERVER_SCRIPT(sitting->stage->server, SERVE_STREAM, SERVE_WAIT, SERVE(SAYS("```\\nhalf")),
                  SERVE_WAIT, SERVE(SAYS(" whole\\n```") STOPS));
    sitting_ask(sitting, "one?");
    sitting_send(sitting, "two?");
    assert_copies(sitting, "", "first");
    server_go(sitting->stage->server);
    while (!strstr(chat_answer(sitting->chat)->content, "half"))
        assert_non_null(sitting_next(sitting));
    assert_copies(sitting, "", "```\nhalf");
    assert_copies(sitting, "code", "half");
    assert_copies(sitting, "2", "first");
    server_go(sitting->stage->server);
    while (sitting_next(sitting))
        ;
    assert_copies(sitting, "code", "half whole");
}

#define TEST(function) cmocka_unit_test_setup_teardown(function, set_up, sitting_tear_down)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(before_the_first_answer),
        TEST(which_text_is_meant),
        TEST(all_is_the_conversation),
        TEST(what_is_there_of_an_answer_counts),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
