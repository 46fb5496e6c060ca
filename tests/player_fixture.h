/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * What the tests of a replay on the screen stand on: a film of three hours.  Hours lie between its events, so
 * that nothing comes but by a key or an option.
 */
#ifndef PLAYER_FIXTURE_H
#define PLAYER_FIXTURE_H

#include <stdlib.h>
#include <sys/wait.h>

#include "base/mem.h"
#include "screen/scene.h"

/* `parent` is a field of its own, or nothing. */
#define PROMPT(run, parent, text)                                                \
    "{\"type\":\"start\",\"seq\":1,\"t\":0,\"v\":1,\"run\":\"" run "\"," parent  \
    "\"mode\":\"stream\",\"provider\":\"ollama\",\"model\":\"small\",\"input\":" \
    "[{\"role\":\"user\",\"content\":\"" text "\"}],\"tools\":[]}\n"
#define AI(t, text) "{\"type\":\"ai\",\"seq\":2,\"t\":" t ",\"step\":1,\"content\":\"" text "\"}\n"
#define FINISH(run, t, text)                                                                   \
    "{\"type\":\"finish\",\"seq\":9,\"t\":" t ",\"reason\":\"stop\",\"partial\":false,"        \
    "\"steps\":1,\"usage\":{\"input\":3,\"output\":2},\"ms\":" t ",\"ttft_ms\":1000}\n"        \
    "{\"type\":\"message\",\"run\":\"" run "\",\"role\":\"assistant\",\"content\":\"" text     \
    "\",\"provider\":\"ollama\",\"model\":\"small\",\"reason\":\"stop\"}\n"

static const char film[] =
    PROMPT("a", "", "One?") AI("3600000", "alpha") AI("5400000", " beta")
    FINISH("a", "5400000", "alpha beta")
    PROMPT("b", "\"parent\":\"a\",", "Two?") AI("3600000", "gamma") AI("5400000", " delta")
    FINISH("b", "5400000", "gamma delta");

static inline int set_up(void **state)
{
    if (scene_set_up(state) < 0)
        return -1;
    const struct scene *scene = *state;
    free(home_put(scene->stage->home, "film.jsonl", film));
    return 0;
}

/* With these options, until it is there. */
static inline void play(struct scene *scene, const char *options)
{
    char *line = xasprintf("replay %s \"$HOME\"/film.jsonl", options);
    scene_run_line(scene, line);
    console_wait(scene->console, "A replay of film");
    console_wait(scene->console, "0:00");
    free(line);
}

static inline void assert_leaves(struct scene *scene, const char *keys)
{
    console_type(scene->console, keys);
    int status = console_wait_exit(scene->console);
    assert_true(WIFEXITED(status));
    assert_int_equal(WEXITSTATUS(status), 0);
    assert_false(console_is_alternate(scene->console));
}

#endif
