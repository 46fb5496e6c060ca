/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * /replay: in a chat a session is played, and the chat goes on as it was.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "player_fixture.h"

static void begin_chat(struct scene *scene, const char *options)
{
    SERVER_SCRIPT(scene->stage->server, SERVE_STREAM, SERVE(SAYS("**Paris**, of course.") STOPS));
    SERVER_SCRIPT(scene->stage->server, SERVE_STREAM, SERVE(SAYS("Lyon.") STOPS));
    scene_run_line(scene, options);
    console_wait(scene->console, ">");
    console_type(scene->console, "The capital?\r");
    console_wait(scene->console, "  Paris, of course.");
    console_wait(scene->console, "ready ·");
}

static void replay(struct scene *scene, const char *name)
{
    char *line = xasprintf("/replay %s/%s.jsonl\r", scene->stage->home, name);
    console_type(scene->console, line);
    free(line);
}

/* What stands in the transcript now is the conversation, and the next prompt goes on with it. */
static void assert_goes_on(struct scene *scene)
{
    console_wait(scene->console, "  Paris, of course.");
    console_wait(scene->console, "─ ready ─");
    console_type(scene->console, "And then?\r");
    console_wait(scene->console, "  Lyon.");
    console_wait(scene->console, "ready ·");
    const char *body = server_request(scene->stage->server, 1)->body;
    assert_has(body, "The capital?");
    assert_has(body, "**Paris**, of course.");
    assert_has(body, "And then?");
    assert_has_not(body, "One?");
    assert_has_not(body, "alpha");
}

static void its_own_session_is_played(void **state)
{
    struct scene *scene = *state;
    begin_chat(scene, "--no-tools");
    console_type(scene->console, "/replay\r");
    console_wait(scene->console, "The end.  q goes to the chat");
    console_wait(scene->console, "▌ The capital?");
    console_wait(scene->console, "  Paris, of course.");
    console_type(scene->console, "\033[200~hello\033[201~");
    console_wait(scene->console, "nothing is sent in a replay: q goes to the chat");
    console_type(scene->console, "q");
    console_wait_gone(scene->console, "q goes to the chat");
    assert_goes_on(scene);
    char *session = home_session(scene->stage->home); /* the replay has left nothing in it */
    const char *first = strstr(session, "\"type\":\"start\"");
    assert_non_null(first);
    const char *second = strstr(first + 1, "\"type\":\"start\"");
    assert_non_null(second);
    assert_null(strstr(second + 1, "\"type\":\"start\""));
    free(session);
    assert_leaves(scene, "\004");
}

static void another_session_is_played(void **state)
{
    struct scene *scene = *state;
    begin_chat(scene, "--no-tools");
    replay(scene, "film");
    console_wait(scene->console, "▌ One?");
    console_wait_gone(scene->console, "Paris");
    console_type(scene->console, " \033[C");
    console_wait(scene->console, "  alpha");
    console_wait(scene->console, "paused 1:00:00");
    console_type(scene->console, "q");
    console_wait_gone(scene->console, "alpha");
    assert_goes_on(scene);
    assert_leaves(scene, "\004");
}

static void c_goes_on_with_the_other_one(void **state)
{
    struct scene *scene = *state;
    begin_chat(scene, "--no-tools");
    replay(scene, "film");
    console_wait(scene->console, "▌ One?");
    console_type(scene->console, "c");
    console_wait(scene->console, "  gamma delta");
    console_wait(scene->console, "─ ready ─");
    console_type(scene->console, "Three?\r");
    console_wait(scene->console, "  Lyon.");
    assert_has(server_request(scene->stage->server, 1)->body, "gamma delta");
    assert_has_not(server_request(scene->stage->server, 1)->body, "Paris");
}

static void what_cannot_be_played(void **state)
{
    struct scene *scene = *state;
    scene_run_line(scene, "--no-tools");
    console_wait(scene->console, ">");
    console_type(scene->console, "/replay\r");
    console_wait(scene->console, "nothing has been said yet: /replay SESSION plays another");
    console_type(scene->console, "/replay nowhere\r");
    console_wait(scene->console, "no session");
    free(home_put(scene->stage->home, "torn.jsonl", "{\"type\":\"sta"));
    replay(scene, "torn");
    console_wait(scene->console, "there is nothing to play");
    assert_leaves(scene, "\004");

    scene_open(scene, 24, 80);
    begin_chat(scene, "--no-tools --no-save");
    console_type(scene->console, "/replay\r");
    console_wait(scene->console, "this chat is not saved");
    assert_leaves(scene, "\004");
}

/* The chat is left from within a replay. */
static void the_program_is_left(void **state)
{
    struct scene *scene = *state;
    begin_chat(scene, "--no-tools");
    console_type(scene->console, "/replay\r");
    console_wait(scene->console, "The end.");
    assert_leaves(scene, "\004");
}

#define TEST(function) cmocka_unit_test_setup_teardown(function, set_up, scene_tear_down)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(its_own_session_is_played),    TEST(another_session_is_played),
        TEST(c_goes_on_with_the_other_one), TEST(what_cannot_be_played),
        TEST(the_program_is_left),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
