/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * The real program on a terminal, in a home of its own, with a server that answers it.
 *
 *      SERVER_SCRIPT(scene->stage->server, SERVE_STREAM, SERVE(SAYS("Hello") STOPS));
 *      SCENE_RUN(scene, "--no-tools");
 *      console_wait(scene->console, "ready");
 */
#ifndef TESTS_SCENE_H
#define TESTS_SCENE_H

#include "program/stage.h"
#include "screen/console.h"

struct scene {
    struct stage *stage;
    struct console *console;
};

/* For cmocka's set-up and tear-down: *state is a scene, its console of 24 rows and 80 columns. */
int scene_set_up(void **state);
int scene_tear_down(void **state);

/* Another console in the place of the one there is, in the same home. */
void scene_open(struct scene *scene, int rows, int columns);

/* The program with the options that lead to the server's model "test". */
#define SCENE_RUN(scene, ...)                                                                  \
    console_run((scene)->console,                                                              \
                (const char *[]){subject_path(), "--url", (scene)->stage->url, "-m", "test",   \
                                 __VA_ARGS__, NULL})
/* The same, by the words of one line, as a shell takes them. */
void scene_run_line(struct scene *scene, const char *options);

#endif
