/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * /compare and /pick in a chat without a front end, between two servers.
 */
#include "chat/contest.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "base/buf.h"
#include "base/error.h"
#include "base/mem.h"
#include "chat/command.h"
#include "chat/race.h"
#include "program/sitting.h"
#include "session/store.h"

struct talk {
    struct sitting *sitting;
    struct server *other;
    char *sessions;
};

static void open_chat(struct talk *talk, const char *resume)
{
    sitting_open(talk->sitting, &(struct chat_options){.resume = resume});
}

static int set_up(void **state)
{
    void *sitting;
    if (sitting_set_up(&sitting) < 0)
        return -1;
    struct talk *talk = xnew(struct talk);
    *talk = (struct talk){.sitting = sitting, .other = server_new(NULL)};
    talk->sessions = home_path(talk->sitting->stage->home, "sessions");
    sitting_set(sitting, "provider.other", "url", server_url(talk->other, "/v1"));
    sitting_set(sitting, "provider.other", "retries", "0");
    sitting_set(sitting, "chat", "sessions", talk->sessions);
    open_chat(talk, NULL);
    *state = talk;
    return 0;
}

static int tear_down(void **state)
{
    struct talk *talk = *state;
    void *sitting = talk->sitting;
    int result = sitting_tear_down(&sitting);
    server_free(talk->other);
    free(talk->sessions);
    free(talk);
    return result;
}

static int command(struct talk *talk, const char *line, char **said)
{
    struct buf out = BUF_INIT;
    struct error error = ERROR_INIT;
    int effects = command_run(talk->sitting->chat, line, &out, &error);
    *said = xstrdup(effects < 0 ? error.text : buf_str(&out));
    buf_clear(&out);
    return effects;
}

static void assert_refused(struct talk *talk, const char *line, const char *why)
{
    char *said;
    assert_int_equal(command(talk, line, &said), -1);
    assert_has(said, why);
    free(said);
}

static void run_out(struct race *race)
{
    struct error error;
    size_t lane;
    rn_event event;
    int result;
    assert_int_equal(race_start(race, &error), 0);
    while ((result = race_step(race, &lane, &event)) != RN_DONE) {
        struct pollfd fds[RACE_LANES] = {{.fd = -1}, {.fd = -1}, {.fd = -1}, {.fd = -1}};
        race_poll(race, fds);
        if (result == RN_AGAIN)
            assert_true(poll(fds, RACE_LANES, SUBJECT_PATIENCE_MS) > 0);
    }
}

static void compare(struct talk *talk, const char *line, const char *how_to_pick)
{
    struct buf out = BUF_INIT;
    char *said;
    assert_int_equal(command(talk, line, &said), COMMAND_COMPARE);
    free(said);
    run_out(contest_race(talk->sitting->chat));
    contest_end(talk->sitting->chat, &out);
    assert_string_equal(buf_str(&out), how_to_pick);
    buf_clear(&out);
}

static void pick(struct talk *talk, const char *line)
{
    char *said;
    assert_int_equal(command(talk, line, &said), COMMAND_AGAIN | COMMAND_SAY | COMMAND_STATUS);
    free(said);
}

/* What was said, a word for each message. */
static void assert_said(struct talk *talk, const char *want)
{
    const rn_conversation *conversation = chat_conversation(talk->sitting->chat);
    struct buf said = BUF_INIT;
    for (size_t i = 0; i < rn_conversation_length(conversation); i++)
        buf_addf(&said, "%s%s", i > 0 ? " " : "", rn_conversation_content(conversation, i));
    assert_string_equal(buf_str(&said), want);
    buf_clear(&said);
}

static void resume(struct talk *talk)
{
    struct error error;
    char *path = store_find(talk->sessions, chat_session(talk->sitting->chat), &error);
    assert_non_null(path);
    chat_free(talk->sitting->chat);
    talk->sitting->chat = NULL;
    open_chat(talk, path);
    free(path);
}

#define MODELS "/compare -m mine:a -m other:b "
#define CHOICES "/pick 1 (mine:a), /pick 2 (other:b) goes on with that answer."

static void script(struct talk *talk)
{
    SERVER_SCRIPT(talk->sitting->stage->server, SERVE_STREAM, SERVE(SAYS("hare") STOPS));
    SERVER_SCRIPT(talk->other, SERVE_STREAM, SERVE(SAYS("tortoise") STOPS));
}

/* ---- Comparing ---- */

static void each_is_sent_what_was_said(void **state)
{
    struct talk *talk = *state;
    script(talk);
    sitting_ask(talk->sitting, "hello");
    compare(talk, MODELS "who?", CHOICES);
    const char *bodies[] = {server_request(talk->sitting->stage->server, 1)->body,
                            server_request(talk->other, 0)->body};
    for (size_t i = 0; i < 2; i++) {
        assert_has(bodies[i], "hello");
        assert_has(bodies[i], "hare");
        assert_has(bodies[i], "who?");
    }
    assert_string_equal(chat_model(talk->sitting->chat), "mine:small");
    assert_said(talk, "hello hare");
}

static void without_a_prompt_the_last_is_asked(void **state)
{
    struct talk *talk = *state;
    script(talk);
    assert_refused(talk, "/compare", "nothing has been said yet");
    sitting_ask(talk->sitting, "hello");
    compare(talk, "/compare -m mine:a -m other:b", CHOICES);
    assert_has_not(server_request(talk->other, 0)->body, "hare");
    assert_said(talk, "hello hare");
    pick(talk, "/pick 2");
    assert_said(talk, "hello tortoise");
}

static void one_model_has_two_modes(void **state)
{
    struct talk *talk = *state;
    script(talk);
    compare(talk, "/compare -m other:b who?",
            "/pick 1 (stream), /pick 2 (invoke) goes on with that answer.");
    assert_int_equal(server_request_count(talk->other), 2);
}

static void a_lane_without_an_answer_cannot_be_picked(void **state)
{
    struct talk *talk = *state;
    SERVER_SCRIPT(talk->sitting->stage->server, SERVE_JSON(500, FAILS("down", "torn")));
    SERVER_SCRIPT(talk->other, SERVE_STREAM, SERVE(SAYS("tortoise") STOPS));
    compare(talk, MODELS "who?", "/pick 2 (other:b) goes on with that answer.");
    assert_refused(talk, "/pick 1", "answer 1 has no text");
}

static void what_cannot_be_is_refused(void **state)
{
    struct talk *talk = *state;
    assert_refused(talk, "/pick 1", "/compare comes first");
    assert_refused(talk, "/compare -m", "takes a model");
    assert_refused(talk, "/compare -m a:a -m a:b -m a:c -m a:d -m a:e who?", "no more than 4");
    assert_refused(talk, "/compare -m nobody:b who?", "nobody:b");
    assert_string_equal(settings_get(talk->sitting->settings, "chat", "model"), "mine:small");
    script(talk);
    compare(talk, MODELS "who?", CHOICES);
    static const char *const lines[] = {"/pick", "/pick 0", "/pick 3", "/pick 1x", "/pick -1"};
    for (size_t i = 0; i < sizeof(lines) / sizeof(lines[0]); i++)
        assert_refused(talk, lines[i], "from 1 to 2");
    sitting_ask(talk->sitting, "something else");
    assert_refused(talk, "/pick 1", "/compare comes first");
}

/* ---- Going on ---- */

static void the_chat_goes_on_with_the_one_that_is_picked(void **state)
{
    struct talk *talk = *state;
    script(talk);
    sitting_ask(talk->sitting, "hello");
    compare(talk, MODELS "who?", CHOICES);
    pick(talk, "/pick 1");
    pick(talk, "/pick 2");
    assert_said(talk, "hello hare who? tortoise");
    sitting_ask(talk->sitting, "why?");
    assert_has(server_request(talk->sitting->stage->server, 2)->body, "tortoise");
    resume(talk);
    assert_said(talk, "hello hare who? tortoise why? hare");
}

static void the_session_knows_what_was_picked(void **state)
{
    struct talk *talk = *state;
    script(talk);
    sitting_ask(talk->sitting, "hello");
    compare(talk, MODELS "who?", CHOICES);
    pick(talk, "/pick 1");
    resume(talk);
    assert_said(talk, "hello hare who? hare");
}

static void what_was_not_picked_is_not_gone_on_with(void **state)
{
    struct talk *talk = *state;
    script(talk);
    compare(talk, MODELS "who?", CHOICES);
    resume(talk);
    assert_said(talk, "");
    sitting_ask(talk->sitting, "hello");
    compare(talk, MODELS "who?", CHOICES);
    resume(talk);
    assert_said(talk, "hello hare");
}

#define ON_STAGE(test) cmocka_unit_test_setup_teardown(test, set_up, tear_down)

int main(void)
{
    const struct CMUnitTest tests[] = {
        ON_STAGE(each_is_sent_what_was_said),
        ON_STAGE(without_a_prompt_the_last_is_asked),
        ON_STAGE(one_model_has_two_modes),
        ON_STAGE(a_lane_without_an_answer_cannot_be_picked),
        ON_STAGE(what_cannot_be_is_refused),
        ON_STAGE(the_chat_goes_on_with_the_one_that_is_picked),
        ON_STAGE(the_session_knows_what_was_picked),
        ON_STAGE(what_was_not_picked_is_not_gone_on_with),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
