/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Slash commands: what is one, what it says, what could be meant.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "base/buf.h"
#include "base/error.h"
#include "chat/chat.h"
#include "chat/command.h"
#include "chat/completion.h"
#include "config/settings.h"
#include "program/subject.h"

struct talk {
    void *home;
    struct settings *settings;
    rn_io *io;
    struct chat *chat;
};

static int set_up(void **state)
{
    static struct talk talk;
    struct chat_options options = {.may_guide = true};
    struct error error;
    if (home_set_up(&talk.home) < 0)
        return -1;
    talk.settings = settings_new();
    talk.io = rn_io_new();
    talk.chat = chat_new(talk.settings, talk.io, &options, &error);
    *state = &talk;
    return talk.chat ? 0 : -1;
}

static int tear_down(void **state)
{
    struct talk *talk = *state;
    chat_free(talk->chat);
    rn_io_free(talk->io);
    settings_free(talk->settings);
    return home_tear_down(&talk->home);
}

static void what_is_a_command(void **state)
{
    static const struct {
        const char *line;
        bool is;
    } cases[] = {
        {"/help", true},       {"/x", true},      {"/model a:b", true}, {"/new\n", true},
        {"", false},           {"/", false},      {"//", false},        {"// a comment", false},
        {"/usr/bin/x", false}, {"/etc", true},    {"/2", false},        {" /help", false},
        {"help", false},       {"/help.", false}, {"/a-b", false},      {"/\xc3\xa9", false},
    };
    (void)state;
    for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++)
        assert_int_equal(command_is(cases[i].line), cases[i].is);
}

static void what_a_command_does(void **state)
{
    static const struct {
        const char *line;
        int effect;
        const char *says;
    } cases[] = {
        {"/help", COMMAND_SAY, "/quit"},
        {"/invoke", COMMAND_SAY | COMMAND_STATUS, "invoke: the next answer is shown whole"},
        {"/stream", COMMAND_SAY | COMMAND_STATUS, "stream: the next answer is shown as it is made"},
        {"/model", COMMAND_SAY | COMMAND_STATUS, "guide (no model is chosen yet)"},
        {"/model ollama:small", COMMAND_SAY | COMMAND_STATUS, "ollama:small (from /model)"},
        {"/model  ollama:big \n", COMMAND_SAY | COMMAND_STATUS, "ollama:big (from /model)"},
        {"/model openai:x", -1, "openai wants a key"},
        {"/model nobody", -1, "which provider has the model \"nobody\"?"},
        {"/system", COMMAND_SAY, "there is no system prompt"},
        {"/system Be brief.", COMMAND_SAY, "system prompt: Be brief."},
        {"/system 100%s", COMMAND_SAY, "system prompt: 100%s"},
        {"/system -", COMMAND_SAY, "there is no system prompt"},
        {"/retry", -1, "nothing has been said yet"},
        {"/save", -1, "nothing has been said yet"},
        {"/new", COMMAND_CLEAR | COMMAND_STATUS, ""},
        {"/quit", COMMAND_QUIT, ""},
        {"/hlep", -1, "there is no command /hlep: did you mean /help?"},
        {"/frobnicate", -1, "there is no command /frobnicate: /help lists them"},
    };
    struct talk *talk = *state;
    for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        struct buf out = BUF_INIT;
        struct error error;
        int effect = command_run(talk->chat, cases[i].line, &out, &error);
        assert_int_equal(effect, cases[i].effect);
        assert_has(effect < 0 ? error.text : buf_str(&out), cases[i].says);
        buf_clear(&out);
    }
}

static void every_command_has_its_line_of_help(void **state)
{
    struct talk *talk = *state;
    struct buf out = BUF_INIT;
    struct error error;
    command_run(talk->chat, "/help", &out, &error);
    for (const struct command *command = commands; command->name; command++) {
        struct buf usage = BUF_INIT;
        buf_addf(&usage, "/%s", command->name);
        assert_has(out.data, usage.data);
        assert_has(out.data, command->help);
        buf_clear(&usage);
    }
    buf_clear(&out);
}

static void commands_stand_in_order(void **state)
{
    (void)state;
    for (const struct command *command = commands; command[1].name; command++)
        assert_true(strcmp(command->name, command[1].name) < 0);
}

static void what_could_stand_here(void **state)
{
    static const struct {
        const char *line, *want;
    } cases[] = {
        {"/qu", "/quit"},
        {"/s", "/save /screen /sessions /set /stream /system"},
        {"/xyz", ""},
        {"/help sy", "system"},
        {"/set t", "temperature="},
        {"/set nothing", ""},
        {"/role ", ""},
        {"/resume ", ""},
        {"/model \xc3\x9f/x:", ""},
        {"/model a b:", ""},
        {"hello", ""},
        {"/model oll", "ollama:"},
        {"/model gui", "guide"},
        {"/model x", "xai:"},
        {"/model a b", ""},
    };
    struct talk *talk = *state;
    for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        struct buf got = BUF_INIT;
        char *match;
        for (size_t nth = 0; (match = completion_nth(talk->chat, cases[i].line, nth)); nth++) {
            buf_addf(&got, "%s%s", nth > 0 ? " " : "", match);
            free(match);
        }
        assert_string_equal(buf_str(&got), cases[i].want);
        buf_clear(&got);
    }
}

#define CASE(function) cmocka_unit_test_setup_teardown(function, set_up, tear_down)

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(what_is_a_command),
        CASE(what_a_command_does),
        CASE(every_command_has_its_line_of_help),
        cmocka_unit_test(commands_stand_in_order),
        CASE(what_could_stand_here),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
