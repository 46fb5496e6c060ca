/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * The sessions to go on with: found by words, looked into, told as text, resumed.
 */
#include "chat/shelf.h"

#include <fcntl.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cmocka.h>

#include "base/buf.h"
#include "base/error.h"
#include "base/mem.h"
#include "chat/command.h"
#include "program/sitting.h"

#define ASKED(model, prompt)                               \
    "{\"type\":\"start\",\"run\":\"a\",\"model\":\"" model \
    "\",\"input\":[{\"role\":\"user\",\"content\":\"" prompt "\"}]}\n"
#define SAID(text) \
    "{\"type\":\"message\",\"run\":\"a\",\"role\":\"assistant\",\"content\":\"" text "\"}\n"

/* The first was changed last. */
static const struct {
    const char *id, *text;
} sessions[] = {
    {"20260103-000000-ccc", ASKED("large", "A river in Bohemia") SAID("The Vltava.")},
    {"20260102-000000-bbb",
     "{\"type\":\"session\",\"name\":\"trip\"}\n" ASKED("small", "The capital of France?")
         SAID("Paris.") "{\"type\":\"title\",\"title\":\"Rome in May\"}\n"},
    {"20260101-000000-aaa",
     ASKED("small", "Red\\u001b[31m and a very long line that does not fit into the list")
         SAID("No.")},
};

enum { COUNT = sizeof(sessions) / sizeof(sessions[0]) };

static int set_up(void **state)
{
    if (sitting_set_up(state) < 0)
        return -1;
    struct sitting *sitting = *state;
    for (int i = 0; i < COUNT; i++) {
        char *name = xasprintf("data/runnel/sessions/%s.jsonl", sessions[i].id);
        char *path = home_put(sitting->stage->home, name, sessions[i].text);
        struct timespec times[2] = {{.tv_sec = 1000 - i}, {.tv_sec = 1000 - i}};
        assert_int_equal(utimensat(AT_FDCWD, path, times, 0), 0);
        free(path);
        free(name);
    }
    sitting_open(sitting, &(struct chat_options){.may_guide = true});
    return 0;
}

static void open_shelf(struct sitting *sitting, struct shelf *shelf)
{
    struct error error;
    if (shelf_open(shelf, sitting->chat, &error) < 0)
        fail_msg("%s", error.text);
}

static void each_word_has_to_be_in_it(void **state)
{
    static const struct {
        const char *words, *want; /* the last letters of the ids */
    } cases[] = {
        {"", "ccc bbb aaa "},    {"  ", "ccc bbb aaa "}, {"france", "bbb "},
        {"FRANCE", "bbb "},      {"rome", "bbb "},       {"trip", "bbb "},
        {"small", "bbb aaa "},   {"small trip", "bbb "}, {"  trip   small ", "bbb "},
        {"small river", ""},     {"20260103", "ccc "},   {"Vltava", ""},
        {"nothing like it", ""}, {"a", "ccc bbb aaa "},
    };
    struct shelf shelf = {0};
    open_shelf(*state, &shelf);
    for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        struct buf got = BUF_INIT;
        shelf_filter(&shelf, cases[i].words);
        for (size_t k = 0; k < shelf.count; k++)
            buf_addf(&got, "%s ", strrchr(shelf_nth(&shelf, k)->id, '-') + 1);
        if (strcmp(buf_str(&got), cases[i].want) != 0)
            fail_msg("\"%s\": %s", cases[i].words, buf_str(&got));
        assert_null(shelf_nth(&shelf, shelf.count));
        buf_clear(&got);
    }
    shelf_clear(&shelf);
}

static void what_was_said_last_is_seen(void **state)
{
    struct shelf shelf = {0};
    open_shelf(*state, &shelf);
    shelf_filter(&shelf, "river");
    const struct glimpse *glimpse = shelf_look(&shelf, 0);
    assert_int_equal(glimpse->count, 2);
    assert_string_equal(glimpse->said[0].text, "The Vltava.");
    assert_string_equal(glimpse->said[1].text, "A river in Bohemia");
    assert_int_equal(shelf_look(&shelf, 1)->count, 0);
    shelf_clear(&shelf);
}

static void what_it_was_called_last_is_its_name(void **state)
{
    struct shelf shelf = {0};
    open_shelf(*state, &shelf);
    assert_string_equal(shelf_name(shelf_nth(&shelf, 0)), "A river in Bohemia");
    assert_string_equal(shelf_name(shelf_nth(&shelf, 1)), "Rome in May");
    shelf_clear(&shelf);
}

/* Runs a command; -1 where it fails. */
static int command(struct sitting *sitting, const char *line, struct buf *out, struct error *error)
{
    buf_reset(out);
    return command_run(sitting->chat, line, out, error);
}

static void the_list_as_text(void **state)
{
    struct sitting *sitting = *state;
    struct buf out = BUF_INIT;
    struct error error;
    assert_int_equal(command(sitting, "/sessions", &out, &error), COMMAND_SAY);
    assert_has(out.data, "  A river in Bohemia (large)\n");
    assert_has(out.data, "  Rome in May (small)\n");
    assert_has(out.data, "  Red␛[31m and a very long line that does…");
    assert_has(out.data, "\n/resume SESSION goes on with one of them.");
    assert_null(strchr(out.data, '\033'));
    assert_true(strstr(out.data, "river") < strstr(out.data, "Rome"));
    buf_clear(&out);
}

static void twenty_are_told(void **state)
{
    struct sitting *sitting = *state;
    struct buf out = BUF_INIT;
    struct error error;
    for (int i = 0; i < 20; i++) {
        char *name = xasprintf("data/runnel/sessions/more%02d.jsonl", i);
        free(home_put(sitting->stage->home, name, ASKED("m", "more")));
        free(name);
    }
    command(sitting, "/sessions", &out, &error);
    assert_has(out.data, "  and 3 more: runnel sessions lists all\n");
    assert_has_not(out.data, "river");
    buf_clear(&out);
}

static void one_is_resumed(void **state)
{
    static const char *const ways[] = {"trip", "20260102", "20260102-000000-bbb"};
    struct sitting *sitting = *state;
    struct buf out = BUF_INIT;
    struct error error;
    for (size_t i = 0; i < sizeof(ways) / sizeof(ways[0]); i++) {
        char *line = xasprintf("/resume %s", ways[i]);
        chat_begin(sitting->chat);
        assert_int_equal(command(sitting, line, &out, &error), COMMAND_AGAIN | COMMAND_STATUS);
        assert_string_equal(chat_session(sitting->chat), sessions[1].id);
        assert_string_equal(chat_title(sitting->chat), "Rome in May");
        assert_int_equal(rn_conversation_length(chat_conversation(sitting->chat)), 2);
        free(line);
    }
    buf_clear(&out);
}

/* The one that is open already is no other's. */
static void the_same_is_resumed_again(void **state)
{
    struct sitting *sitting = *state;
    struct buf out = BUF_INIT;
    struct error error;
    for (int i = 0; i < 2; i++) {
        assert_int_equal(command(sitting, "/resume trip", &out, &error),
                         COMMAND_AGAIN | COMMAND_STATUS);
        assert_string_equal(chat_session(sitting->chat), sessions[1].id);
    }
    buf_clear(&out);
}

static void what_cannot_be_resumed_leaves_the_chat_as_it_is(void **state)
{
    static const struct {
        const char *line, *says;
    } cases[] = {
        {"/resume nothing", "no session \"nothing\""},
        {"/resume 2026", "could be 3 sessions"},
        {"/resume -", "\"-\" is stdin"},
        {"/resume /nowhere/x.jsonl", "/nowhere/x.jsonl"},
        {"/resume /dev/null", "/dev/null holds no session"},
        {"/resume /", "cannot read the session /: Is a directory"},
    };
    struct sitting *sitting = *state;
    struct buf out = BUF_INIT;
    struct error error;
    assert_int_equal(command(sitting, "/resume", &out, &error), COMMAND_CHOOSE);
    command(sitting, "/resume trip", &out, &error);
    for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        assert_int_equal(command(sitting, cases[i].line, &out, &error), -1);
        assert_has(error.text, cases[i].says);
        assert_string_equal(chat_session(sitting->chat), sessions[1].id);
        assert_int_equal(rn_conversation_length(chat_conversation(sitting->chat)), 2);
    }
    buf_clear(&out);
}

/* What can be read but not written: here no descriptor is left for that. */
static void what_cannot_be_written_leaves_the_chat_saved(void **state)
{
    struct sitting *sitting = *state;
    struct buf out = BUF_INIT;
    struct error error;
    struct rlimit before, one_more;
    char *path =
        xasprintf("%s/data/runnel/sessions/%s.jsonl", sitting->stage->home, sessions[0].id);
    char *line = xasprintf("/resume %s", path);
    command(sitting, "/resume trip", &out, &error);
    int next = dup(STDIN_FILENO);
    close(next);
    assert_int_equal(getrlimit(RLIMIT_NOFILE, &before), 0);
    one_more = (struct rlimit){(rlim_t)next + 1, before.rlim_max};
    assert_int_equal(setrlimit(RLIMIT_NOFILE, &one_more), 0);
    assert_int_equal(command(sitting, line, &out, &error), -1);
    assert_int_equal(setrlimit(RLIMIT_NOFILE, &before), 0);
    assert_string_equal(chat_session(sitting->chat), sessions[1].id);
    assert_string_equal(rn_conversation_content(chat_conversation(sitting->chat), 1), "Paris.");
    buf_clear(&out);
    free(line);
    free(path);
}

#define CASE(function) cmocka_unit_test_setup_teardown(function, set_up, sitting_tear_down)

int main(void)
{
    const struct CMUnitTest tests[] = {
        CASE(each_word_has_to_be_in_it),
        CASE(what_was_said_last_is_seen),
        CASE(what_it_was_called_last_is_its_name),
        CASE(the_list_as_text),
        CASE(twenty_are_told),
        CASE(one_is_resumed),
        CASE(the_same_is_resumed_again),
        CASE(what_cannot_be_resumed_leaves_the_chat_as_it_is),
        CASE(what_cannot_be_written_leaves_the_chat_saved),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
