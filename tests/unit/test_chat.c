/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * A chat without a front end, against the fake server: its runs, its conversation, its model, its
 * session.
 */
#include <poll.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

#include "base/error.h"
#include "base/mem.h"
#include "chat/chat.h"
#include "config/settings.h"
#include "program/stage.h"

struct talk {
    struct stage *stage;
    struct settings *settings;
    rn_io *io;
    struct chat *chat;
};

static void set(struct talk *talk, const char *section, const char *key, const char *value)
{
    struct error error;
    assert_int_equal(
        settings_set(talk->settings, SETTINGS_FILE, section, key, value, "config.ini:1", &error),
        0);
}

static void open_chat(struct talk *talk, const char *resume)
{
    struct chat_options options = {.may_guide = true, .resume = resume};
    struct error error;
    talk->chat = chat_new(talk->settings, talk->io, &options, &error);
    if (!talk->chat)
        fail_msg("%s", error.text);
}

static int set_up(void **state)
{
    struct talk *talk = xnew(struct talk);
    void *stage;
    if (stage_set_up(&stage) < 0)
        return -1;
    talk->stage = stage;
    talk->settings = settings_new();
    talk->io = rn_io_new();
    set(talk, "provider.mine", "url", talk->stage->url);
    set(talk, "provider.mine", "retries", "0");
    set(talk, "chat", "model", "mine:small");
    *state = talk;
    return 0;
}

static int tear_down(void **state)
{
    struct talk *talk = *state;
    void *stage = talk->stage;
    chat_free(talk->chat);
    rn_io_free(talk->io);
    settings_free(talk->settings);
    free(talk);
    return stage_tear_down(&stage);
}

/* To the run's next event; NULL at its end. */
static const rn_event *next(struct talk *talk)
{
    const rn_event *event;
    int result;
    while ((result = chat_step(talk->chat, &event)) == RN_AGAIN) {
        struct pollfd wait = {.fd = chat_fd(talk->chat), .events = POLLIN};
        assert_int_equal(poll(&wait, 1, SUBJECT_PATIENCE_MS), 1);
    }
    return result == RN_EVENT ? event : NULL;
}

static void run(struct talk *talk)
{
    while (next(talk))
        ;
}

static void ask(struct talk *talk, const char *prompt)
{
    struct error error;
    assert_int_equal(chat_send(talk->chat, prompt, &error), 0);
    run(talk);
}

static void set_model(struct talk *talk, const char *name)
{
    struct error error;
    assert_int_equal(chat_set_model(talk->chat, name, &error), 0);
}

static void assert_body(struct talk *talk, unsigned i, const char *part, bool is_there)
{
    const char *body = server_request(talk->stage->server, i)->body;
    if (is_there)
        assert_has(body, part);
    else
        assert_has_not(body, part);
}

/* ---- Runs ---- */

static void an_answer_joins_the_conversation(void **state)
{
    struct talk *talk = *state;
    SERVER_SCRIPT(talk->stage->server, SERVE_STREAM, SERVE(SAYS("one ") SAYS("two") STOPS));
    open_chat(talk, NULL);
    assert_null(chat_answer(talk->chat));
    assert_int_equal(chat_fd(talk->chat), -1);
    ask(talk, "hi");
    assert_false(chat_busy(talk->chat));
    assert_string_equal(chat_answer(talk->chat)->content, "one two");
    const rn_conversation *conversation = chat_conversation(talk->chat);
    assert_int_equal(rn_conversation_length(conversation), 2);
    assert_string_equal(rn_conversation_content(conversation, 0), "hi");
    assert_string_equal(rn_conversation_content(conversation, 1), "one two");
}

static void one_run_at_a_time(void **state)
{
    struct talk *talk = *state;
    struct error error;
    SERVER_SCRIPT(talk->stage->server, SERVE_STREAM, SERVE(SAYS("one")), SERVE_STALL);
    open_chat(talk, NULL);
    assert_int_equal(chat_send(talk->chat, "hi", &error), 0);
    assert_true(chat_busy(talk->chat));
    assert_int_equal(chat_send(talk->chat, "again", &error), -1);
    assert_has(error.text, "an answer is still coming");
    assert_int_equal(chat_retry(talk->chat, &error), -1);
    chat_stop(talk->chat);
    run(talk);
    assert_string_equal(chat_answer(talk->chat)->reason, "cancelled");
}

static void what_was_stopped_is_kept(void **state)
{
    struct talk *talk = *state;
    struct error error;
    SERVER_SCRIPT(talk->stage->server, SERVE_STREAM, SERVE(SAYS("half")), SERVE_STALL);
    open_chat(talk, NULL);
    assert_int_equal(chat_send(talk->chat, "hi", &error), 0);
    for (const rn_event *event; (event = next(talk));)
        if (event->kind == RN_AI)
            chat_stop(talk->chat);
    assert_true(chat_answer(talk->chat)->partial);
    assert_string_equal(rn_conversation_content(chat_conversation(talk->chat), 1), "half");
}

static void the_last_prompt_is_asked_again(void **state)
{
    struct talk *talk = *state;
    struct error error;
    SERVER_SCRIPT(talk->stage->server, SERVE_STREAM, SERVE(SAYS("one") STOPS));
    SERVER_SCRIPT(talk->stage->server, SERVE_STREAM, SERVE(SAYS("two") STOPS));
    open_chat(talk, NULL);
    assert_int_equal(chat_retry(talk->chat, &error), -1);
    assert_has(error.text, "nothing has been said yet");
    ask(talk, "hi");
    assert_int_equal(chat_retry(talk->chat, &error), 0);
    run(talk);
    assert_int_equal(rn_conversation_length(chat_conversation(talk->chat)), 2);
    assert_string_equal(rn_conversation_content(chat_conversation(talk->chat), 1), "two");
    assert_body(talk, 1, "\"one\"", false);
}

static void the_mode_is_what_was_set_last(void **state)
{
    struct talk *talk = *state;
    SERVER_SCRIPT(talk->stage->server, SERVE_JSON(200, WHOLE("one")));
    set(talk, "chat", "mode", "invoke");
    open_chat(talk, NULL);
    assert_int_equal(chat_mode(talk->chat), RN_INVOKE);
    ask(talk, "hi");
    chat_set_mode(talk->chat, RN_STREAM);
    ask(talk, "hi");
    assert_body(talk, 0, "\"stream\":false", true);
    assert_body(talk, 1, "\"stream\":true", true);
}

/* ---- The model ---- */

static void another_model(void **state)
{
    struct talk *talk = *state;
    struct error error;
    SERVER_SCRIPT(talk->stage->server, SERVE_STREAM, SERVE(SAYS("one") STOPS));
    open_chat(talk, NULL);
    assert_string_equal(chat_model(talk->chat), "mine:small");
    assert_string_equal(chat_model_why(talk->chat), "from config.ini:1");
    ask(talk, "hi");
    set_model(talk, "mine:big");
    assert_string_equal(chat_model(talk->chat), "mine:big");
    assert_string_equal(chat_model_why(talk->chat), "from /model");
    assert_string_equal(chat_run_model(talk->chat), "mine:small");
    assert_int_equal(chat_set_model(talk->chat, "openai:x", &error), -1);
    assert_has(error.text, "openai wants a key");
    assert_string_equal(chat_model(talk->chat), "mine:big");
    ask(talk, "again");
    assert_string_equal(chat_run_model(talk->chat), "mine:big");
    assert_body(talk, 1, "\"big\"", true);
}

static void request_options_move_along(void **state)
{
    struct talk *talk = *state;
    struct error error;
    SERVER_SCRIPT(talk->stage->server, SERVE_STREAM, SERVE(SAYS("one") STOPS));
    assert_int_equal(settings_set(talk->settings, SETTINGS_OPTION, "provider.mine", "max_tokens",
                                  "77", "--max-tokens", &error),
                     0);
    set(talk, "provider.mine", "temperature", "0.5");
    set(talk, "provider.other", "url", talk->stage->url);
    open_chat(talk, NULL);
    set_model(talk, "other:x");
    ask(talk, "hi");
    assert_body(talk, 0, "77", true);
    assert_body(talk, 0, "temperature", false);
}

static void an_alias_brings_its_system_prompt(void **state)
{
    struct talk *talk = *state;
    SERVER_SCRIPT(talk->stage->server, SERVE_STREAM, SERVE(SAYS("one") STOPS));
    set(talk, "model.brief", "provider", "mine");
    set(talk, "model.brief", "model", "small");
    set(talk, "model.brief", "system", "Be brief.");
    open_chat(talk, NULL);
    assert_string_equal(chat_system(talk->chat), "");
    set_model(talk, "brief");
    assert_string_equal(chat_system(talk->chat), "Be brief.");
    set_model(talk, "mine:small");
    assert_string_equal(chat_system(talk->chat), "");
    chat_set_system(talk->chat, "Mine.");
    set_model(talk, "brief");
    assert_string_equal(chat_system(talk->chat), "Mine.");
    ask(talk, "hi");
    assert_body(talk, 0, "Mine.", true);
}

static void a_key_is_not_wanted_where_the_url_is_ones_own(void **state)
{
    struct talk *talk = *state;
    SERVER_SCRIPT(talk->stage->server, SERVE_STREAM, SERVE(SAYS("one") STOPS));
    setenv("OPENAI_API_KEY", "sk-env-1", 1);
    set(talk, "provider.openai", "url", talk->stage->url);
    set(talk, "chat", "model", "openai:x");
    open_chat(talk, NULL);
    ask(talk, "hi");
    assert_has_not(server_request(talk->stage->server, 0)->head, "sk-env-1");
    unsetenv("OPENAI_API_KEY");
}

static void every_header_is_sent(void **state)
{
    struct talk *talk = *state;
    struct buf headers = BUF_INIT;
    SERVER_SCRIPT(talk->stage->server, SERVE_STREAM, SERVE(SAYS("one") STOPS));
    for (int i = 0; i < 100; i++)
        buf_addf(&headers, "%sX-%d: v%d", i > 0 ? "\n" : "", i, i);
    set(talk, "provider.mine", "headers", headers.data);
    open_chat(talk, NULL);
    ask(talk, "hi");
    assert_has(server_request(talk->stage->server, 0)->head, "X-0: v0\r\n");
    assert_has(server_request(talk->stage->server, 0)->head, "X-99: v99\r\n");
    buf_clear(&headers);
}

/* ---- The session ---- */

static void a_chat_in_which_nothing_was_said_leaves_nothing(void **state)
{
    struct talk *talk = *state;
    open_chat(talk, NULL);
    assert_string_equal(chat_session(talk->chat), "");
    char *session = home_session(talk->stage->home);
    assert_string_equal(session, "");
    free(session);
}

static void a_chat_is_resumed(void **state)
{
    struct talk *talk = *state;
    SERVER_SCRIPT(talk->stage->server, SERVE_STREAM, SERVE(SAYS("one") STOPS));
    open_chat(talk, NULL);
    chat_set_system(talk->chat, "Be brief.");
    ask(talk, "hi");
    char *name = xasprintf("data/runnel/sessions/%s.jsonl", chat_session(talk->chat));
    char *path = home_path(talk->stage->home, name);
    chat_free(talk->chat);
    open_chat(talk, path);
    assert_int_equal(rn_conversation_length(chat_conversation(talk->chat)), 2);
    set_model(talk, "mine:big"); /* the session's own system prompt stays */
    ask(talk, "go on");
    assert_body(talk, 1, "Be brief.", true);
    assert_body(talk, 1, "\"one\"", true);
    free(path);
    free(name);
}

static void a_new_conversation_is_a_new_session(void **state)
{
    struct talk *talk = *state;
    SERVER_SCRIPT(talk->stage->server, SERVE_STREAM, SERVE(SAYS("one") STOPS));
    open_chat(talk, NULL);
    ask(talk, "hi");
    char *first = xstrdup(chat_session(talk->chat));
    chat_begin(talk->chat);
    assert_int_equal(rn_conversation_length(chat_conversation(talk->chat)), 0);
    assert_null(chat_answer(talk->chat));
    ask(talk, "hello");
    assert_string_not_equal(chat_session(talk->chat), first);
    assert_body(talk, 1, "\"hi\"", false);
    free(first);
}

static void a_session_that_cannot_be_written_is_told_once(void **state)
{
    struct talk *talk = *state;
    SERVER_SCRIPT(talk->stage->server, SERVE_STREAM, SERVE(SAYS("one") STOPS));
    set(talk, "chat", "sessions", "/proc/nowhere");
    open_chat(talk, NULL);
    ask(talk, "hi");
    const char *warning = chat_warning(talk->chat);
    assert_non_null(warning);
    assert_has(warning, "/proc/nowhere");
    assert_null(chat_warning(talk->chat));
    assert_string_equal(chat_answer(talk->chat)->content, "one");
}

static void a_replay_changes_nothing(void **state)
{
    struct talk *talk = *state;
    SERVER_SCRIPT(talk->stage->server, SERVE_STREAM, SERVE(SAYS("one") STOPS));
    open_chat(talk, NULL);
    ask(talk, "hi");
    char *before = home_session(talk->stage->home);
    char *path =
        home_put(talk->stage->home, "other.jsonl",
                 "{\"type\":\"start\",\"seq\":1,\"t\":0,\"run\":\"a\",\"provider\":\"ollama\","
                 "\"model\":\"old\",\"input\":[]}\n"
                 "{\"type\":\"ai\",\"seq\":2,\"t\":1,\"content\":\"played\"}\n"
                 "{\"type\":\"finish\",\"seq\":3,\"t\":2,\"reason\":\"stop\"}\n");
    FILE *file = fopen(path, "r");
    chat_play(talk->chat, rn_replay(talk->io, dup(fileno(file)), 0, -1));
    run(talk);
    assert_string_equal(chat_answer(talk->chat)->content, "played");
    assert_string_equal(chat_run_model(talk->chat), "ollama:old");
    assert_string_equal(chat_model(talk->chat), "mine:small");
    assert_int_equal(rn_conversation_length(chat_conversation(talk->chat)), 2);
    char *after = home_session(talk->stage->home);
    assert_string_equal(after, before);
    fclose(file);
    free(after);
    free(path);
    free(before);
}

/* ---- What cannot be opened ---- */

static void what_is_wrong_is_said_at_once(void **state)
{
    static const struct {
        const char *section, *key, *value, *says;
    } cases[] = {
        {"chat", "model", "nobody", "which provider has the model \"nobody\"?"},
        {"chat", "model", "unknown-provider:x", "which provider has the model"},
        {"chat", "role", "poet", "there is no [role.poet]"},
        {"chat", "system", "@/nowhere", "the system prompt: /nowhere cannot be opened"},
        {"provider.mine", "key_env", "NO_SUCH_KEY", "NO_SUCH_KEY"},
        {"provider.mine", "key_file", "/nowhere/key", "/nowhere/key"},
    };
    struct talk *talk = *state;
    for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        struct chat_options options = {.may_guide = true};
        struct error error;
        struct settings *settings = settings_new();
        assert_int_equal(settings_set(settings, SETTINGS_FILE, "provider.mine", "url",
                                      talk->stage->url, "x", &error),
                         0);
        assert_int_equal(
            settings_set(settings, SETTINGS_FILE, "chat", "model", "mine:x", "x", &error), 0);
        assert_int_equal(settings_set(settings, SETTINGS_OPTION, cases[i].section, cases[i].key,
                                      cases[i].value, "x", &error),
                         0);
        assert_null(chat_new(settings, talk->io, &options, &error));
        assert_int_equal(error.code, RN_ECONFIG);
        assert_has(error.text, cases[i].says);
        settings_free(settings);
    }
}

#define CASE(function) cmocka_unit_test_setup_teardown(function, set_up, tear_down)

int main(void)
{
    const struct CMUnitTest tests[] = {
        CASE(an_answer_joins_the_conversation),
        CASE(one_run_at_a_time),
        CASE(what_was_stopped_is_kept),
        CASE(the_last_prompt_is_asked_again),
        CASE(the_mode_is_what_was_set_last),
        CASE(another_model),
        CASE(request_options_move_along),
        CASE(an_alias_brings_its_system_prompt),
        CASE(a_key_is_not_wanted_where_the_url_is_ones_own),
        CASE(every_header_is_sent),
        CASE(a_chat_in_which_nothing_was_said_leaves_nothing),
        CASE(a_chat_is_resumed),
        CASE(a_new_conversation_is_a_new_session),
        CASE(a_session_that_cannot_be_written_is_told_once),
        CASE(a_replay_changes_nothing),
        CASE(what_is_wrong_is_said_at_once),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
