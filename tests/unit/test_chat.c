/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * A chat without a front end, against the fake server: its runs, its conversation, its model, its
 * session.
 */
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
#include "program/sitting.h"

static void open_chat(struct sitting *sitting)
{
    sitting_open(sitting, &(struct chat_options){.may_guide = true});
}

static void run(struct sitting *sitting)
{
    while (sitting_next(sitting))
        ;
}

static void set_model(struct sitting *sitting, const char *name)
{
    struct error error;
    assert_int_equal(chat_set_model(sitting->chat, name, &error), 0);
}

static void assert_body(struct sitting *sitting, unsigned i, const char *part, bool is_there)
{
    const char *body = server_request(sitting->stage->server, i)->body;
    if (is_there)
        assert_has(body, part);
    else
        assert_has_not(body, part);
}

/* ---- Runs ---- */

static void an_answer_joins_the_conversation(void **state)
{
    struct sitting *sitting = *state;
    SERVER_SCRIPT(sitting->stage->server, SERVE_STREAM, SERVE(SAYS("one ") SAYS("two") STOPS));
    open_chat(sitting);
    assert_null(chat_answer(sitting->chat));
    assert_int_equal(chat_fd(sitting->chat), -1);
    sitting_ask(sitting, "hi");
    assert_false(chat_busy(sitting->chat));
    assert_string_equal(chat_answer(sitting->chat)->content, "one two");
    const rn_conversation *conversation = chat_conversation(sitting->chat);
    assert_int_equal(rn_conversation_length(conversation), 2);
    assert_string_equal(rn_conversation_content(conversation, 0), "hi");
    assert_string_equal(rn_conversation_content(conversation, 1), "one two");
}

static void one_run_at_a_time(void **state)
{
    struct sitting *sitting = *state;
    struct error error;
    SERVER_SCRIPT(sitting->stage->server, SERVE_STREAM, SERVE(SAYS("one")), SERVE_STALL);
    open_chat(sitting);
    assert_int_equal(chat_send(sitting->chat, "hi", &error), 0);
    assert_true(chat_busy(sitting->chat));
    assert_int_equal(chat_send(sitting->chat, "again", &error), -1);
    assert_has(error.text, "an answer is still coming");
    assert_int_equal(chat_retry(sitting->chat, &error), -1);
    chat_stop(sitting->chat);
    run(sitting);
    assert_string_equal(chat_answer(sitting->chat)->reason, "cancelled");
}

static void what_was_stopped_is_kept(void **state)
{
    struct sitting *sitting = *state;
    struct error error;
    SERVER_SCRIPT(sitting->stage->server, SERVE_STREAM, SERVE(SAYS("half")), SERVE_STALL);
    open_chat(sitting);
    assert_int_equal(chat_send(sitting->chat, "hi", &error), 0);
    for (const rn_event *event; (event = sitting_next(sitting));)
        if (event->kind == RN_AI)
            chat_stop(sitting->chat);
    assert_true(chat_answer(sitting->chat)->partial);
    assert_string_equal(rn_conversation_content(chat_conversation(sitting->chat), 1), "half");
}

static void the_last_prompt_is_asked_again(void **state)
{
    struct sitting *sitting = *state;
    struct error error;
    SERVER_SCRIPT(sitting->stage->server, SERVE_STREAM, SERVE(SAYS("one") STOPS));
    SERVER_SCRIPT(sitting->stage->server, SERVE_STREAM, SERVE(SAYS("two") STOPS));
    open_chat(sitting);
    assert_int_equal(chat_retry(sitting->chat, &error), -1);
    assert_has(error.text, "nothing has been said yet");
    sitting_ask(sitting, "hi");
    assert_int_equal(chat_retry(sitting->chat, &error), 0);
    run(sitting);
    assert_int_equal(rn_conversation_length(chat_conversation(sitting->chat)), 2);
    assert_string_equal(rn_conversation_content(chat_conversation(sitting->chat), 1), "two");
    assert_body(sitting, 1, "\"one\"", false);
}

static void the_mode_is_what_was_set_last(void **state)
{
    struct sitting *sitting = *state;
    SERVER_SCRIPT(sitting->stage->server, SERVE_JSON(200, WHOLE("one")));
    sitting_set(sitting, "chat", "mode", "invoke");
    open_chat(sitting);
    assert_int_equal(chat_mode(sitting->chat), RN_INVOKE);
    sitting_ask(sitting, "hi");
    chat_set_mode(sitting->chat, RN_STREAM);
    sitting_ask(sitting, "hi");
    assert_body(sitting, 0, "\"stream\":false", true);
    assert_body(sitting, 1, "\"stream\":true", true);
}

/* ---- The model ---- */

static void another_model(void **state)
{
    struct sitting *sitting = *state;
    struct error error;
    SERVER_SCRIPT(sitting->stage->server, SERVE_STREAM, SERVE(SAYS("one") STOPS));
    open_chat(sitting);
    assert_string_equal(chat_model(sitting->chat), "mine:small");
    assert_string_equal(chat_model_why(sitting->chat), "from config.ini:1");
    sitting_ask(sitting, "hi");
    set_model(sitting, "mine:big");
    assert_string_equal(chat_model(sitting->chat), "mine:big");
    assert_string_equal(chat_model_why(sitting->chat), "from /model");
    assert_string_equal(chat_run_model(sitting->chat), "mine:small");
    assert_int_equal(chat_set_model(sitting->chat, "openai:x", &error), -1);
    assert_has(error.text, "openai wants a key");
    assert_string_equal(chat_model(sitting->chat), "mine:big");
    sitting_ask(sitting, "again");
    assert_string_equal(chat_run_model(sitting->chat), "mine:big");
    assert_body(sitting, 1, "\"big\"", true);
}

static void request_options_move_along(void **state)
{
    struct sitting *sitting = *state;
    struct error error;
    SERVER_SCRIPT(sitting->stage->server, SERVE_STREAM, SERVE(SAYS("one") STOPS));
    assert_int_equal(settings_set(sitting->settings, SETTINGS_OPTION, "provider.mine", "max_tokens",
                                  "77", "--max-tokens", &error),
                     0);
    sitting_set(sitting, "provider.mine", "temperature", "0.5");
    sitting_set(sitting, "provider.other", "url", sitting->stage->url);
    open_chat(sitting);
    set_model(sitting, "other:x");
    sitting_ask(sitting, "hi");
    assert_body(sitting, 0, "77", true);
    assert_body(sitting, 0, "temperature", false);
}

static void an_alias_brings_its_system_prompt(void **state)
{
    struct sitting *sitting = *state;
    SERVER_SCRIPT(sitting->stage->server, SERVE_STREAM, SERVE(SAYS("one") STOPS));
    sitting_set(sitting, "model.brief", "provider", "mine");
    sitting_set(sitting, "model.brief", "model", "small");
    sitting_set(sitting, "model.brief", "system", "Be brief.");
    open_chat(sitting);
    assert_string_equal(chat_system(sitting->chat), "");
    set_model(sitting, "brief");
    assert_string_equal(chat_system(sitting->chat), "Be brief.");
    set_model(sitting, "mine:small");
    assert_string_equal(chat_system(sitting->chat), "");
    chat_set_system(sitting->chat, "Mine.");
    set_model(sitting, "brief");
    assert_string_equal(chat_system(sitting->chat), "Mine.");
    sitting_ask(sitting, "hi");
    assert_body(sitting, 0, "Mine.", true);
}

static void a_key_is_not_wanted_where_the_url_is_ones_own(void **state)
{
    struct sitting *sitting = *state;
    SERVER_SCRIPT(sitting->stage->server, SERVE_STREAM, SERVE(SAYS("one") STOPS));
    setenv("OPENAI_API_KEY", "sk-env-1", 1);
    sitting_set(sitting, "provider.openai", "url", sitting->stage->url);
    sitting_set(sitting, "chat", "model", "openai:x");
    open_chat(sitting);
    sitting_ask(sitting, "hi");
    assert_has_not(server_request(sitting->stage->server, 0)->head, "sk-env-1");
    unsetenv("OPENAI_API_KEY");
}

static void every_header_is_sent(void **state)
{
    struct sitting *sitting = *state;
    struct buf headers = BUF_INIT;
    SERVER_SCRIPT(sitting->stage->server, SERVE_STREAM, SERVE(SAYS("one") STOPS));
    for (int i = 0; i < 100; i++)
        buf_addf(&headers, "%sX-%d: v%d", i > 0 ? "\n" : "", i, i);
    sitting_set(sitting, "provider.mine", "headers", headers.data);
    open_chat(sitting);
    sitting_ask(sitting, "hi");
    assert_has(server_request(sitting->stage->server, 0)->head, "X-0: v0\r\n");
    assert_has(server_request(sitting->stage->server, 0)->head, "X-99: v99\r\n");
    buf_clear(&headers);
}

/* ---- The session ---- */

static void a_chat_in_which_nothing_was_said_leaves_nothing(void **state)
{
    struct sitting *sitting = *state;
    open_chat(sitting);
    assert_string_equal(chat_session(sitting->chat), "");
    char *session = home_session(sitting->stage->home);
    assert_string_equal(session, "");
    free(session);
}

static void a_chat_is_resumed(void **state)
{
    struct sitting *sitting = *state;
    SERVER_SCRIPT(sitting->stage->server, SERVE_STREAM, SERVE(SAYS("one") STOPS));
    open_chat(sitting);
    chat_set_system(sitting->chat, "Be brief.");
    sitting_ask(sitting, "hi");
    char *name = xasprintf("data/runnel/sessions/%s.jsonl", chat_session(sitting->chat));
    char *path = home_path(sitting->stage->home, name);
    sitting_open(sitting, &(struct chat_options){.resume = path});
    assert_int_equal(rn_conversation_length(chat_conversation(sitting->chat)), 2);
    set_model(sitting, "mine:big"); /* the session's own system prompt stays */
    sitting_ask(sitting, "go on");
    assert_body(sitting, 1, "Be brief.", true);
    assert_body(sitting, 1, "\"one\"", true);
    free(path);
    free(name);
}

static void a_new_conversation_is_a_new_session(void **state)
{
    struct sitting *sitting = *state;
    SERVER_SCRIPT(sitting->stage->server, SERVE_STREAM, SERVE(SAYS("one") STOPS));
    open_chat(sitting);
    sitting_ask(sitting, "hi");
    char *first = xstrdup(chat_session(sitting->chat));
    chat_begin(sitting->chat);
    assert_int_equal(rn_conversation_length(chat_conversation(sitting->chat)), 0);
    assert_null(chat_answer(sitting->chat));
    sitting_ask(sitting, "hello");
    assert_string_not_equal(chat_session(sitting->chat), first);
    assert_body(sitting, 1, "\"hi\"", false);
    free(first);
}

static void a_session_that_cannot_be_written_is_told_once(void **state)
{
    struct sitting *sitting = *state;
    SERVER_SCRIPT(sitting->stage->server, SERVE_STREAM, SERVE(SAYS("one") STOPS));
    sitting_set(sitting, "chat", "sessions", "/proc/nowhere");
    open_chat(sitting);
    sitting_ask(sitting, "hi");
    const char *warning = chat_warning(sitting->chat);
    assert_non_null(warning);
    assert_has(warning, "/proc/nowhere");
    assert_null(chat_warning(sitting->chat));
    assert_string_equal(chat_answer(sitting->chat)->content, "one");
}

static void a_replay_changes_nothing(void **state)
{
    struct sitting *sitting = *state;
    SERVER_SCRIPT(sitting->stage->server, SERVE_STREAM, SERVE(SAYS("one") STOPS));
    open_chat(sitting);
    sitting_ask(sitting, "hi");
    char *before = home_session(sitting->stage->home);
    char *path =
        home_put(sitting->stage->home, "other.jsonl",
                 "{\"type\":\"start\",\"seq\":1,\"t\":0,\"run\":\"a\",\"provider\":\"ollama\","
                 "\"model\":\"old\",\"input\":[]}\n"
                 "{\"type\":\"ai\",\"seq\":2,\"t\":1,\"content\":\"played\"}\n"
                 "{\"type\":\"finish\",\"seq\":3,\"t\":2,\"reason\":\"stop\"}\n");
    FILE *file = fopen(path, "r");
    chat_play(sitting->chat, rn_replay(sitting->io, dup(fileno(file)), 0, -1));
    run(sitting);
    assert_string_equal(chat_answer(sitting->chat)->content, "played");
    assert_string_equal(chat_run_model(sitting->chat), "ollama:old");
    assert_string_equal(chat_model(sitting->chat), "mine:small");
    assert_int_equal(rn_conversation_length(chat_conversation(sitting->chat)), 2);
    char *after = home_session(sitting->stage->home);
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
    struct sitting *sitting = *state;
    for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        struct chat_options options = {.may_guide = true};
        struct error error;
        struct settings *settings = settings_new();
        assert_int_equal(settings_set(settings, SETTINGS_FILE, "provider.mine", "url",
                                      sitting->stage->url, "x", &error),
                         0);
        assert_int_equal(
            settings_set(settings, SETTINGS_FILE, "chat", "model", "mine:x", "x", &error), 0);
        assert_int_equal(settings_set(settings, SETTINGS_OPTION, cases[i].section, cases[i].key,
                                      cases[i].value, "x", &error),
                         0);
        assert_null(chat_new(settings, sitting->io, &options, &error));
        assert_int_equal(error.code, RN_ECONFIG);
        assert_has(error.text, cases[i].says);
        settings_free(settings);
    }
}

#define CASE(function) cmocka_unit_test_setup_teardown(function, sitting_set_up, sitting_tear_down)

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
