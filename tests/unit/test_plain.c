/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * runnel --plain, the chat without a screen, on a terminal.
 */
#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "base/mem.h"
#include "program/stage.h"

#define INTERRUPT "\x03"
#define END_OF_INPUT "\x04"

/* Up to the first prompt; what is found is the place after it. */
static struct subject *open_chat(struct stage *stage, size_t *at)
{
    struct subject *program = START(.args = ASKS(stage, "--plain"), .columns = 80, .rows = 24);
    *at = subject_await(program, "/help", 0);
    *at = subject_await(program, "> ", *at);
    return program;
}

/* Type a line; wait for what comes of it, and for the next prompt. */
static void type(struct subject *program, size_t *at, const char *line, const char *want)
{
    subject_write(program, line);
    subject_write(program, "\r");
    *at = subject_await(program, want, *at);
    *at = subject_await(program, "> ", *at);
}

static void leave(struct subject *program)
{
    subject_finish(program);
    assert_int_equal(program->status, 0);
    subject_free(program);
}

static void a_chat(void **state)
{
    struct stage *stage = *state;
    size_t at;
    SERVER_SCRIPT(stage->server, SERVE_STREAM, SERVE(SAYS("Good ") SAYS("morning.") STOPS));
    SERVER_SCRIPT(stage->server, SERVE_JSON(200, WHOLE("Good night.")));
    struct subject *program = open_chat(stage, &at);
    assert_has(subject_out(program), "with url:test (from --url)");
    type(program, &at, "hello", "Good morning.\r\n[stop, ");
    type(program, &at, "/invoke", "invoke: the next answer is shown whole");
    type(program, &at, "bye", "Good night.\r\n[stop, ");
    assert_has(server_request(stage->server, 0)->body, "\"stream\":true");
    assert_has(server_request(stage->server, 1)->body, "\"stream\":false");
    assert_has(server_request(stage->server, 1)->body, "Good morning.");
    type(program, &at, "/stream", "stream: the next answer is shown as it is made");
    subject_write(program, END_OF_INPUT);
    leave(program);
}

static void commands(void **state)
{
    struct stage *stage = *state;
    size_t at;
    char *file = home_path(stage->home, "chat.md"), *save = xasprintf("/save %s", file);
    SERVER_SCRIPT(stage->server, SERVE_STREAM, SERVE(SAYS("Hello.") STOPS));
    SERVER_SCRIPT(stage->server, SERVE_STREAM, SERVE(SAYS("Hello again.") STOPS));
    struct subject *program = open_chat(stage, &at);
    type(program, &at, "/help", "/quit ");
    type(program, &at, "/hlep", "there is no command /hlep: did you mean /help?");
    type(program, &at, "/frobnicate", "there is no command /frobnicate: /help lists them");
    type(program, &at, "/model", "url:test (from --url)");
    type(program, &at, "/model other", "url:other (from --url)");
    type(program, &at, "/system", "there is no system prompt");
    type(program, &at, "/system Be brief.", "system prompt: Be brief.");
    type(program, &at, "/retry", "nothing has been said yet");
    type(program, &at, "/save", "nothing has been said yet");
    type(program, &at, "hi", "Hello.");
    type(program, &at, "/retry", "Hello again.");
    assert_has(server_request(stage->server, 1)->body, "Be brief.");
    assert_has(server_request(stage->server, 1)->body, "\"other\"");
    assert_has_not(server_request(stage->server, 1)->body, "Hello.");
    type(program, &at, save, "the conversation is in ");
    type(program, &at, save, "is there already, and is not written over");
    type(program, &at, "/new", "[a new conversation]");
    type(program, &at, "/retry", "nothing has been said yet");
    subject_write(program, "/quit\r");
    leave(program);
    struct buf saved = BUF_INIT;
    home_read(stage->home, &saved);
    assert_has(saved.data, "## You\n\nhi\n\n## Answer\n\nHello again.\n");
    buf_clear(&saved);
    free(save);
    free(file);
}

static void an_answer_is_stopped_and_kept(void **state)
{
    struct stage *stage = *state;
    size_t at;
    SERVER_SCRIPT(stage->server, SERVE_STREAM, SERVE(SAYS("one ")), SERVE_STALL);
    SERVER_SCRIPT(stage->server, SERVE_STREAM, SERVE(SAYS("two") STOPS));
    struct subject *program = open_chat(stage, &at);
    subject_write(program, "count\r");
    at = subject_await(program, "one ", at);
    subject_write(program, INTERRUPT);
    at = subject_await(program, "[cancelled, ", at);
    at = subject_await(program, "> ", at);
    assert_true(server_saw_close(stage->server, 0));
    type(program, &at, "go on", "two\r\n[stop, ");
    assert_has(server_request(stage->server, 1)->body, "\"one \"");
    subject_write(program, "/quit\r");
    leave(program);
}

static void interrupts_at_the_prompt(void **state)
{
    struct stage *stage = *state;
    size_t at;
    struct subject *program = open_chat(stage, &at);
    subject_write(program, "half a li");
    at = subject_await(program, "half a li", at);
    subject_write(program, INTERRUPT);
    at = subject_await(program, "> ", at);
    subject_write(program, INTERRUPT);
    leave(program);
    assert_int_equal(server_request_count(stage->server), 0);
}

static void an_interrupt_at_an_empty_prompt_is_forgotten_after_a_line(void **state)
{
    struct stage *stage = *state;
    size_t at;
    struct subject *program = open_chat(stage, &at);
    subject_write(program, INTERRUPT);
    at = subject_await(program, "> ", at);
    type(program, &at, "/system", "there is no system prompt");
    subject_write(program, INTERRUPT);
    at = subject_await(program, "> ", at);
    type(program, &at, "/system", "there is no system prompt");
    subject_write(program, END_OF_INPUT);
    leave(program);
}

static void errors_are_told_and_the_chat_goes_on(void **state)
{
    struct stage *stage = *state;
    size_t at;
    SERVER_SCRIPT(stage->server, SERVE_JSON(401, FAILS("invalid_api_key", "no \\u001b[2Jkey")));
    SERVER_SCRIPT(stage->server, SERVE_STREAM, SERVE(SAYS("\\u001b[31mred") STOPS));
    struct subject *program = open_chat(stage, &at);
    type(program, &at, "hi", "runnel: HTTP 401 from url:test: no ");
    assert_has(subject_out(program), "The key was not accepted");
    assert_has_not(subject_out(program), "\x1b[2J");
    type(program, &at, "hi", "red");
    assert_has_not(subject_out(program), "\x1b[31m");
    subject_write(program, END_OF_INPUT);
    leave(program);
}

static void commands_are_completed(void **state)
{
    struct stage *stage = *state;
    size_t at;
    struct subject *program = open_chat(stage, &at);
    subject_write(program, "/sys\t");
    at = subject_await(program, "tem", at);
    subject_write(program, "\r");
    at = subject_await(program, "there is no system prompt", at);
    at = subject_await(program, "> ", at);
    subject_write(program, "/model oll\t");
    at = subject_await(program, "ama:", at);
    subject_write(program, INTERRUPT);
    at = subject_await(program, "> ", at);
    subject_write(program, END_OF_INPUT);
    leave(program);
}

static void a_chat_is_continued(void **state)
{
    struct stage *stage = *state;
    size_t at;
    SERVER_SCRIPT(stage->server, SERVE_STREAM, SERVE(SAYS("Tea.") STOPS));
    SERVER_SCRIPT(stage->server, SERVE_STREAM, SERVE(SAYS("Green.") STOPS));
    struct subject *program = open_chat(stage, &at);
    type(program, &at, "Tea or coffee?", "Tea.");
    subject_write(program, "/quit\r");
    leave(program);
    program = START(.args = ASKS(stage, "--plain", "-c"), .columns = 80, .rows = 24);
    at = subject_await(program, "> Tea or coffee?\r\n", 0);
    at = subject_await(program, "Tea.\r\n", at);
    at = subject_await(program, "> ", at);
    type(program, &at, "Which?", "Green.");
    assert_has(server_request(stage->server, 1)->body, "Tea or coffee?");
    subject_write(program, "/quit\r");
    leave(program);
}

static void prompts_are_kept_across_runs(void **state)
{
    struct stage *stage = *state;
    size_t at;
    struct subject *program = open_chat(stage, &at);
    type(program, &at, "/system one\\two", "system prompt: one\\two");
    subject_write(program, "/quit\r");
    leave(program);
    program = open_chat(stage, &at);
    subject_write(program, "\x10\x10"); /* Ctrl-P, twice: /quit, and the one before it */
    at = subject_await(program, "system one\\two", at); /* readline keeps the slash */
    subject_write(program, "\r");
    at = subject_await(program, "system prompt: one\\two", at);
    at = subject_await(program, "> ", at);
    subject_write(program, "/quit\r");
    leave(program);
}

static void a_signal_ends_the_chat_and_keeps_the_answer(void **state)
{
    struct stage *stage = *state;
    size_t at;
    SERVER_SCRIPT(stage->server, SERVE_STREAM, SERVE(SAYS("one ")), SERVE_STALL);
    struct subject *program = open_chat(stage, &at);
    subject_write(program, "count\r");
    at = subject_await(program, "one ", at);
    subject_signal(program, SIGTERM);
    subject_finish(program);
    assert_int_equal(program->status, 128 + SIGTERM);
    char *session = home_session(stage->home);
    assert_has(session, "\"reason\":\"cancelled\"");
    free(session);
    subject_free(program);
}

static void lines_from_a_pipe_are_prompts(void **state)
{
    struct stage *stage = *state;
    SERVER_SCRIPT(stage->server, SERVE_STREAM, SERVE(SAYS("one") STOPS));
    SERVER_SCRIPT(stage->server, SERVE_STREAM, SERVE(SAYS("two") STOPS));
    struct subject *program = RUN(.args = ASKS(stage, "--plain"), .input = "first\nsecond\n");
    assert_has(subject_out(program), "one\n[stop, ");
    assert_has(subject_out(program), "two\n[stop, ");
    assert_int_equal(program->status, 0);
    subject_free(program);
}

#define CASE(function) cmocka_unit_test_setup_teardown(function, stage_set_up, stage_tear_down)

int main(void)
{
    const struct CMUnitTest tests[] = {
        CASE(a_chat),
        CASE(commands),
        CASE(an_answer_is_stopped_and_kept),
        CASE(interrupts_at_the_prompt),
        CASE(an_interrupt_at_an_empty_prompt_is_forgotten_after_a_line),
        CASE(errors_are_told_and_the_chat_goes_on),
        CASE(commands_are_completed),
        CASE(a_chat_is_continued),
        CASE(prompts_are_kept_across_runs),
        CASE(a_signal_ends_the_chat_and_keeps_the_answer),
        CASE(lines_from_a_pipe_are_prompts),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
