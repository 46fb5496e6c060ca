/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * The real program on a terminal: what is typed and what it changes of the next request; the title, the
 * bell, the way out.
 */
#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "base/buf.h"
#include "base/mem.h"
#include "screen/scene.h"

static void configure(struct scene *scene, const char *text)
{
    char *path = home_put(scene->stage->home, "test.ini", text);
    SCENE_RUN(scene, "--config", path, "--no-tools");
    console_wait(scene->console, ">");
    free(path);
}

static const char *body(struct scene *scene, size_t nth)
{
    return server_request(scene->stage->server, nth)->body;
}

static void ask(struct scene *scene)
{
    console_type(scene->console, "hi\r");
    console_wait(scene->console, "answered");
    console_wait(scene->console, "ready ·");
}

#define ANSWERS(scene) \
    SERVER_SCRIPT((scene)->stage->server, SERVE_STREAM, SERVE(SAYS("answered") STOPS))

static void set_changes_requests(void **state)
{
    struct scene *scene = *state;
    ANSWERS(scene);
    configure(scene, "");
    console_type(scene->console, "/set\r");
    console_wait(scene->console, "nothing is set");
    console_type(scene->console, "/set temperature=0.25\r/set top_k=7\r/set top_k=8\r");
    console_wait(scene->console, "top_k=8");
    console_type(scene->console, "/set max_tokens=many\r");
    console_wait(scene->console, "must be a whole number");
    console_type(scene->console, "/set stop=x\r/set stop=\r");
    ask(scene);
    assert_has(body(scene, 0), "\"temperature\":0.25");
    assert_has(body(scene, 0), "\"top_k\":8");
    assert_has_not(body(scene, 0), "\"stop\"");
    assert_has_not(body(scene, 0), "many");
}

static void role_changes_the_system_prompt(void **state)
{
    struct scene *scene = *state;
    ANSWERS(scene);
    configure(scene, "[role.poet]\nsystem = You rhyme.\n[role.cook]\nsystem = You cook.\n");
    console_type(scene->console, "/role\r");
    console_wait(scene->console, "poet");
    console_type(scene->console, "/role poe\t\r");
    console_wait(scene->console, "role: poet, answered by");
    console_type(scene->console, "/role poem\r");
    console_wait(scene->console, "did you mean poet?");
    ask(scene);
    assert_has(body(scene, 0), "You rhyme.");
}

static void a_mentioned_file_goes_along(void **state)
{
    struct scene *scene = *state;
    ANSWERS(scene);
    free(home_put(scene->stage->home, "my cat.txt", "meow\n"));
    configure(scene, "");
    console_type(scene->console, "what says @~/my\t\r");
    console_wait(scene->console, "[my cat.txt, 5 bytes]");
    console_wait(scene->console, "answered");
    assert_has(body(scene, 0), "meow");
}

static void a_large_paste_is_one_step(void **state)
{
    enum { SIZE = 1000000 };
    struct scene *scene = *state;
    struct buf paste = BUF_INIT;
    ANSWERS(scene);
    configure(scene, "");
    buf_adds(&paste, "\033[200~");
    while (paste.len < SIZE)
        buf_adds(&paste, "line of words\n");
    buf_adds(&paste, "the end\033[201~");
    console_send(scene->console, paste.data, paste.len);
    console_wait(scene->console, "the end");
    console_type(scene->console, "\037"); /* undo */
    console_wait_gone(scene->console, "the end");
    console_send(scene->console, paste.data, paste.len);
    console_wait(scene->console, "the end");
    console_type(scene->console, "\r");
    console_wait(scene->console, "answered");
    assert_true(strlen(body(scene, 0)) > SIZE);
    buf_clear(&paste);
}

static void the_title_comes_and_goes(void **state)
{
    struct scene *scene = *state;
    configure(scene, "");
    console_type(scene->console, "\004");
    console_wait_exit(scene->console);
    const char *written = console_written(scene->console);
    const char *title = strstr(written, "\033[22;2t\033]2;runnel - url:test\033\\");
    assert_non_null(title);
    assert_non_null(strstr(title, "\033[23;2t"));
}

static void there_need_be_no_title(void **state)
{
    struct scene *scene = *state;
    configure(scene, "[screen]\ntitle = no\n");
    console_type(scene->console, "\004");
    console_wait_exit(scene->console);
    assert_null(strstr(console_written(scene->console), "\033]2;"));
}

static void the_bell_rings(void **state)
{
    static const struct {
        const char *config, *keys;
        bool rings;
    } cases[] = {
        {"[screen]\nbell = always\nbell_after = 0\n", "", true},
        {"[screen]\nbell = never\nbell_after = 0\n", "\033[O", false},
        {"[screen]\nbell_after = 0\n", "", false},
        {"[screen]\nbell_after = 0\n", "\033[O", true},
        {"[screen]\nbell_after = 0\n", "\033[O\033[I", false},
        {"[screen]\nbell = always\nbell_after = 3600\n", "", false},
    };
    for (size_t i = 0; i < sizeof(cases) / sizeof(*cases); i++) {
        struct scene *scene = *state;
        ANSWERS(scene);
        configure(scene, cases[i].config);
        console_type(scene->console, cases[i].keys);
        ask(scene);
        console_type(scene->console, "\004");
        console_wait_exit(scene->console);
        /* The end of a title is written in another way. */
        assert_int_equal(strchr(console_written(scene->console), '\a') != NULL, cases[i].rings);
        scene_tear_down(state);
        assert_int_equal(scene_set_up(state), 0);
    }
}

/* The shell of a window that is closed hands on the signal that its jobs have had already. */
static void a_closed_window_leaves_the_session_whole(void **state)
{
    struct scene *scene = *state;
    SERVER_SCRIPT(scene->stage->server, SERVE_STREAM, SERVE(SAYS("half an")), SERVE_STALL);
    configure(scene, "");
    console_type(scene->console, "hi\r");
    console_wait(scene->console, "half an");
    kill(console_pid(scene->console), SIGHUP);
    kill(console_pid(scene->console), SIGHUP);
    console_wait_exit(scene->console);
    char *session = home_session(scene->stage->home);
    assert_has(session, "\"type\":\"finish\"");
    assert_has(session, "half an");
    free(session);
}

#define CASE(function) cmocka_unit_test_setup_teardown(function, scene_set_up, scene_tear_down)

int main(void)
{
    const struct CMUnitTest tests[] = {
        CASE(set_changes_requests),
        CASE(role_changes_the_system_prompt),
        CASE(a_mentioned_file_goes_along),
        CASE(a_large_paste_is_one_step),
        CASE(the_title_comes_and_goes),
        CASE(there_need_be_no_title),
        CASE(the_bell_rings),
        CASE(a_closed_window_leaves_the_session_whole),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
