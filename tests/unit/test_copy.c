/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * /copy: which text is meant, after answers that a server gave.
 */
#include "chat/copy.h"

#include <poll.h>
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
#include "chat/chat.h"
#include "chat/command.h"
#include "config/settings.h"
#include "program/stage.h"

struct talk {
    struct stage *stage;
    struct settings *settings;
    rn_io *io;
    struct chat *chat;
};

static int set_up(void **state)
{
    static struct talk talk;
    struct chat_options options = {.is_one_answer = true};
    struct error error;
    void *stage;
    if (stage_set_up(&stage) < 0)
        return -1;
    talk.stage = stage;
    talk.settings = settings_new();
    talk.io = rn_io_new();
    settings_set(talk.settings, SETTINGS_OPTION, "provider.mine", "url", talk.stage->url, "--url",
                 &error);
    settings_set(talk.settings, SETTINGS_OPTION, "chat", "model", "mine:small", "-m", &error);
    talk.chat = chat_new(talk.settings, talk.io, &options, &error);
    *state = &talk;
    return talk.chat ? 0 : -1;
}

static int tear_down(void **state)
{
    struct talk *talk = *state;
    void *stage = talk->stage;
    chat_free(talk->chat);
    rn_io_free(talk->io);
    settings_free(talk->settings);
    return stage_tear_down(&stage);
}

static void send_prompt(struct talk *talk, const char *prompt)
{
    struct error error;
    assert_int_equal(chat_send(talk->chat, prompt, &error), 0);
}

/* Until the answer has so much in it, or to its end (NULL). */
static void follow(struct talk *talk, const char *until)
{
    const rn_event *event;
    int result;
    while ((result = chat_step(talk->chat, &event)) != RN_DONE) {
        if (until && strstr(chat_answer(talk->chat)->content, until))
            return;
        struct pollfd wait = {.fd = chat_fd(talk->chat), .events = POLLIN};
        if (result == RN_AGAIN)
            assert_int_equal(poll(&wait, 1, SUBJECT_PATIENCE_MS), 1);
    }
    assert_null(until);
}

/* What is copied, or "! " and why not. */
static void assert_copies(struct talk *talk, const char *args, const char *want)
{
    struct buf out = BUF_INIT, got = BUF_INIT;
    struct error error;
    int effect = copy_run(talk->chat, args, &out, &error);
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
    struct talk *talk = *state;
    SERVER_SCRIPT(talk->stage->server, SERVE_STREAM,
                  SERVE(SAYS("one \xf0\x9f\x91\xa9\xe2\x80\x8d\xf0\x9f\x94\xac") STOPS));
    SERVER_SCRIPT(
        talk->stage->server, SERVE_STREAM,
        SERVE(SAYS("*two*\\n\\n```sh\\nls\\n```\\n- and\\n\\n  ```\\n  a\\n    b\\n  ```") STOPS));
    send_prompt(talk, "first?");
    follow(talk, NULL);
    assert_copies(talk, "code", "! the last answer has no block of code");
    send_prompt(talk, "second?");
    follow(talk, NULL);
    for (size_t i = 0; i < sizeof(cases) / sizeof(*cases); i++)
        assert_copies(talk, cases[i].args, cases[i].want);
}

static void all_is_the_conversation(void **state)
{
    struct talk *talk = *state;
    struct buf out = BUF_INIT;
    struct error error;
    SERVER_SCRIPT(talk->stage->server, SERVE_STREAM, SERVE(SAYS("**an answer**") STOPS));
    send_prompt(talk, "a prompt?");
    follow(talk, NULL);
    assert_int_equal(copy_run(talk->chat, "all", &out, &error), COMMAND_COPY);
    assert_has(out.data, "a prompt?");
    assert_has(out.data, "**an answer**");
    buf_clear(&out);
}

static void what_is_there_of_an_answer_counts(void **state)
{
    struct talk *talk = *state;
    SERVER_SCRIPT(talk->stage->server, SERVE_STREAM, SERVE(SAYS("first") STOPS));
    SERVER_SCRIPT(talk->stage->server, SERVE_STREAM, SERVE_WAIT, SERVE(SAYS("```\\nhalf")),
                  SERVE_WAIT, SERVE(SAYS(" whole\\n```") STOPS));
    send_prompt(talk, "one?");
    follow(talk, NULL);
    send_prompt(talk, "two?");
    assert_copies(talk, "", "first");
    server_go(talk->stage->server);
    follow(talk, "half");
    assert_copies(talk, "", "```\nhalf");
    assert_copies(talk, "code", "half");
    assert_copies(talk, "2", "first");
    server_go(talk->stage->server);
    follow(talk, NULL);
    assert_copies(talk, "code", "half whole");
}

#define TEST(function) cmocka_unit_test_setup_teardown(function, set_up, tear_down)

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
