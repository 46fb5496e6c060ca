/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Going back in a chat, and on from there, as docs/sessions.md promises it: what was said is never lost.
 */
#include "chat/branch.h"

#include <fcntl.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <unistd.h>

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
    struct sitting *sitting = *state;
    sitting_set(sitting, "chat", "tools", "none");
    sitting_open(sitting, &(struct chat_options){.may_guide = true});
    return 0;
}

/* The server gives this answer to the prompt. */
static void talk(struct sitting *sitting, const char *prompt, const char *answer)
{
    char *body =
        xasprintf("{\"id\":\"c1\",\"object\":\"chat.completion\",\"model\":\"test\",\"choices\":[{"
                  "\"index\":0,\"message\":{\"role\":\"assistant\",\"content\":\"%s\"},"
                  "\"finish_reason\":\"stop\"}]}",
                  answer);
    SERVER_SCRIPT(sitting->stage->server, SERVE_JSON(200, body));
    sitting_ask(sitting, prompt);
    free(body);
}

/* Runs a command; what it says has this in it. */
static int command(struct sitting *sitting, const char *line, const char *says)
{
    struct buf out = BUF_INIT;
    struct error error = ERROR_INIT;
    int effects = command_run(sitting->chat, line, &out, &error);
    if (!strstr(effects < 0 ? error.text : buf_str(&out), says))
        fail_msg("%s says: %s", line, effects < 0 ? error.text : buf_str(&out));
    buf_clear(&out);
    return effects;
}

static void refuses(struct sitting *sitting, const char *line, const char *says)
{
    assert_int_equal(command(sitting, line, says), -1);
}

static void to_the_end(struct sitting *sitting)
{
    while (sitting_next(sitting))
        ;
}

/* "prompt>answer prompt>answer" */
static void assert_said(const struct sitting *sitting, const char *want)
{
    const rn_conversation *conversation = chat_conversation(sitting->chat);
    struct buf said = BUF_INIT;
    for (size_t i = 0; i < rn_conversation_length(conversation); i++) {
        bool is_prompt = strcmp(rn_conversation_role(conversation, i), "user") == 0;
        buf_addf(&said, "%s%s",
                 !is_prompt ? ">"
                 : i > 0    ? " "
                            : "",
                 rn_conversation_content(conversation, i));
    }
    assert_string_equal(buf_str(&said), want);
    buf_clear(&said);
}

static char *session_path(const struct sitting *sitting, const char *id)
{
    char *name = xasprintf("data/runnel/sessions/%s.jsonl", id);
    char *path = home_path(sitting->stage->home, name);
    free(name);
    return path;
}

static char *this_session(const struct sitting *sitting)
{
    return session_path(sitting, chat_session(sitting->chat));
}

/* As another process would that begins now. */
static void come_back(struct sitting *sitting, const char *path, bool is_fork)
{
    char *copy = xstrdup(path);
    chat_free(sitting->chat);
    sitting->chat = NULL;
    sitting_open(sitting, &(struct chat_options){.resume = copy, .is_fork = is_fork});
    free(copy);
}

static char *bytes_of(const char *path)
{
    struct subject *cat = RUN(.program = "/bin/cat", .args = ARGS(path));
    char *bytes = xstrdup(subject_out(cat));
    subject_free(cat);
    return bytes;
}

/* ---- Prompts, taken back ---- */

static void an_edited_prompt_is_another_branch(void **state)
{
    struct sitting *sitting = *state;
    talk(sitting, "1", "a");
    talk(sitting, "2", "b");
    talk(sitting, "3", "c");
    assert_int_equal(command(sitting, "/edit 2", "2"), COMMAND_AGAIN | COMMAND_LINE);
    assert_said(sitting, "1>a");
    talk(sitting, "two", "B");
    assert_said(sitting, "1>a two>B");
    command(sitting, "/branches", "\n   1  3 prompts  3\n*  2  2 prompts  two\n");
    assert_int_equal(command(sitting, "/branches 1", ""), COMMAND_AGAIN | COMMAND_STATUS);
    assert_said(sitting, "1>a 2>b 3>c");
    talk(sitting, "4", "d");
    assert_said(sitting, "1>a 2>b 3>c 4>d");
    command(sitting, "/branches", "\n   1  2 prompts  two\n*  2  4 prompts  4\n");
    command(sitting, "/edit", "4");
    assert_said(sitting, "1>a 2>b 3>c");
}

static void what_was_taken_back_stays_so(void **state)
{
    struct sitting *sitting = *state;
    talk(sitting, "1", "a");
    talk(sitting, "2", "b");
    char *path = this_session(sitting);
    assert_int_equal(command(sitting, "/undo", "taken back, with its answer: 2"),
                     COMMAND_AGAIN | COMMAND_SAY);
    assert_said(sitting, "1>a");
    come_back(sitting, path, false);
    assert_said(sitting, "1>a");
    command(sitting, "/branches 1", "");
    assert_said(sitting, "1>a 2>b");
    command(sitting, "/undo", "2");
    command(sitting, "/undo", "1");
    refuses(sitting, "/undo", "nothing has been said yet");
    assert_said(sitting, "");
    come_back(sitting, path, false);
    assert_said(sitting, "");
    talk(sitting, "3", "c");
    come_back(sitting, path, false);
    assert_said(sitting, "3>c");
    free(path);
}

static void what_was_gone_to_is_gone_on_with(void **state)
{
    struct sitting *sitting = *state;
    talk(sitting, "1", "a");
    command(sitting, "/edit", "1");
    talk(sitting, "one", "A");
    char *path = this_session(sitting);
    command(sitting, "/branches 1", "");
    come_back(sitting, path, false);
    assert_said(sitting, "1>a");
    free(path);
}

static void a_prompt_is_asked_again_on_its_branch(void **state)
{
    struct sitting *sitting = *state;
    struct error error;
    talk(sitting, "1", "a");
    command(sitting, "/edit", "1");
    talk(sitting, "one", "A");
    command(sitting, "/branches 1", "");
    SERVER_SCRIPT(sitting->stage->server, SERVE_JSON(200, WHOLE("again")));
    assert_int_equal(chat_retry(sitting->chat, &error), 0);
    to_the_end(sitting);
    assert_said(sitting, "1>again");
    command(sitting, "/branches", "\n   1  1 prompt  1\n   2  1 prompt  one\n*  3  1 prompt  1\n");
}

static void an_answer_that_was_stopped_goes_on(void **state)
{
    struct sitting *sitting = *state;
    refuses(sitting, "/continue", "nothing has been said yet");
    SERVER_SCRIPT(sitting->stage->server, SERVE_STREAM, SERVE(SAYS("half")), SERVE_STALL);
    sitting_send(sitting, "1");
    for (const rn_event *event; (event = sitting_next(sitting));)
        if (event->kind == RN_AI)
            chat_stop(sitting->chat);
    SERVER_SCRIPT(sitting->stage->server, SERVE_JSON(200, WHOLE("rest")));
    assert_int_equal(command(sitting, "/continue", ""), COMMAND_RUN);
    to_the_end(sitting);
    assert_said(sitting, "1>half Go on exactly where you stopped.>rest");
}

static void numbers_that_are_none(void **state)
{
    struct sitting *sitting = *state;
    static const struct {
        const char *line, *says;
    } cases[] = {{"/edit 0", "from 1 to 2"},      {"/edit 3", "from 1 to 2"},
                 {"/edit -1", "from 1 to 2"},     {"/edit x", "from 1 to 2"},
                 {"/edit 1x", "from 1 to 2"},     {"/edit 99999999999999999999", "from 1 to 2"},
                 {"/branches 0", "no branch 0"},  {"/branches 2", "no branch 2"},
                 {"/branches x", "no branch x"},  {"/branches 1x", "no branch 1x"},
                 {"/branches -1", "no branch -1"}};
    refuses(sitting, "/edit", "nothing has been said yet");
    refuses(sitting, "/branches", "nothing has been saved of this chat yet");
    refuses(sitting, "/fork", "nothing has been saved of this chat yet");
    talk(sitting, "1", "a");
    talk(sitting, "2", "b");
    for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++)
        refuses(sitting, cases[i].line, cases[i].says);
    assert_said(sitting, "1>a 2>b");
}

static void nothing_moves_while_an_answer_comes(void **state)
{
    struct sitting *sitting = *state;
    static const char *const lines[] = {"/undo", "/edit", "/branches 1", "/fork", "/resume x"};
    talk(sitting, "1", "a");
    SERVER_SCRIPT(sitting->stage->server, SERVE_STREAM, SERVE(SAYS("b")), SERVE_STALL);
    sitting_send(sitting, "2");
    for (size_t i = 0; i < sizeof(lines) / sizeof(lines[0]); i++)
        refuses(sitting, lines[i], "an answer is still coming: stop it first");
    chat_stop(sitting->chat);
    to_the_end(sitting);
}

/* ---- Sessions of their own ---- */

static void a_fork_leaves_the_old_one_as_it_is(void **state)
{
    struct sitting *sitting = *state;
    talk(sitting, "1", "a");
    char *old = this_session(sitting), *before = bytes_of(old);
    char *id = xstrdup(chat_session(sitting->chat));
    command(sitting, "/fork", "a session of its own");
    assert_string_equal(chat_session(sitting->chat), "");
    talk(sitting, "2", "b");
    char *path = this_session(sitting), *bytes = bytes_of(path), *after = bytes_of(old);
    char *parent = xasprintf("\"parent\":\"%s\"", id);
    assert_string_equal(after, before);
    assert_has(bytes, parent);
    assert_has_not(bytes, "\"content\":\"1\"");
    come_back(sitting, path, false);
    assert_said(sitting, "1>a 2>b");
    come_back(sitting, old, false);
    assert_said(sitting, "1>a");
    free(parent);
    free(after);
    free(bytes);
    free(path);
    free(id);
    free(before);
    free(old);
}

static void a_fork_from_the_beginning(void **state)
{
    struct sitting *sitting = *state;
    talk(sitting, "1", "a");
    char *old = this_session(sitting), *before = bytes_of(old);
    come_back(sitting, old, true);
    assert_said(sitting, "1>a");
    command(sitting, "/undo", "1"); /* of the fork, which has no file yet */
    talk(sitting, "2", "b");
    char *after = bytes_of(old);
    assert_string_equal(after, before);
    free(after);
    free(before);
    free(old);
}

/* Whoever else writes it holds a lock on it. */
static void a_session_that_is_written_is_branched(void **state)
{
    struct sitting *sitting = *state;
    talk(sitting, "1", "a");
    char *old = this_session(sitting), *before = bytes_of(old);
    chat_free(sitting->chat);
    sitting->chat = NULL;
    int lock = open(old, O_RDONLY | O_CLOEXEC);
    assert_int_equal(flock(lock, LOCK_EX | LOCK_NB), 0);
    sitting_open(sitting, &(struct chat_options){.resume = old});
    assert_said(sitting, "1>a");
    assert_string_equal(chat_session(sitting->chat), "");
    talk(sitting, "2", "b");
    char *after = bytes_of(old), *path = this_session(sitting);
    assert_string_equal(after, before);
    assert_string_not_equal(path, old);
    close(lock);
    come_back(sitting, path, false);
    assert_said(sitting, "1>a 2>b");
    free(path);
    free(after);
    free(before);
    free(old);
}

/* ---- Shown again ---- */

static void what_was_said_is_told_again(void **state)
{
    struct sitting *sitting = *state;
    struct buf told = BUF_INIT;
    assert_false(branch_recall(sitting->chat));
    talk(sitting, "1", "a");
    assert_true(branch_recall(sitting->chat));
    for (const rn_event *event; (event = sitting_next(sitting));)
        buf_addf(&told, "%s:%s%s ", event->type, event->text, event->content);
    assert_string_equal(buf_str(&told), "user:1 ai:a finish: ");
    assert_said(sitting, "1>a");
    buf_clear(&told);
}

#define CASE(function) cmocka_unit_test_setup_teardown(function, set_up, sitting_tear_down)

int main(void)
{
    const struct CMUnitTest tests[] = {
        CASE(an_edited_prompt_is_another_branch),  CASE(what_was_taken_back_stays_so),
        CASE(what_was_gone_to_is_gone_on_with),    CASE(a_prompt_is_asked_again_on_its_branch),
        CASE(an_answer_that_was_stopped_goes_on),  CASE(numbers_that_are_none),
        CASE(nothing_moves_while_an_answer_comes), CASE(a_fork_leaves_the_old_one_as_it_is),
        CASE(a_fork_from_the_beginning),           CASE(a_session_that_is_written_is_branched),
        CASE(what_was_said_is_told_again),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
