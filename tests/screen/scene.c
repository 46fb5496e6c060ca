/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "screen/scene.h"

#include <stdlib.h>

#include "base/mem.h"

void scene_open(struct scene *scene, int rows, int columns)
{
    static const char *const same[] = {
        "HOME", "XDG_CACHE_HOME", "XDG_CONFIG_HOME", "XDG_DATA_HOME", "XDG_STATE_HOME",
        "TERM", "LC_ALL",         "ASAN_OPTIONS",    "LSAN_OPTIONS",  "TSAN_OPTIONS",
    };
    if (scene->console)
        console_free(scene->console);
    scene->console = console_new(rows, columns);
    for (size_t i = 0; i < sizeof(same) / sizeof(same[0]); i++)
        console_set(scene->console, same[i], getenv(same[i]));
    console_set(scene->console, "INPUTRC", "/dev/null");
}

int scene_set_up(void **state)
{
    void *stage;
    if (stage_set_up(&stage) < 0)
        return -1;
    struct scene *scene = xnew(struct scene);
    *scene = (struct scene){.stage = stage};
    scene_open(scene, 24, 80);
    *state = scene;
    return 0;
}

int scene_tear_down(void **state)
{
    struct scene *scene = *state;
    void *stage = scene->stage;
    console_free(scene->console);
    free(scene);
    return stage_tear_down(&stage);
}

void scene_run_line(struct scene *scene, const char *options)
{
    char *line =
        xasprintf("exec %s --url %s -m test %s", subject_path(), scene->stage->url, options);
    console_run(scene->console, (const char *[]){"/bin/sh", "-c", line, NULL});
    free(line);
}
