/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * What the tests of a comparison on the screen stand on: two servers, "slow:" and "quick:".
 */
#ifndef COMPARE_FIXTURE_H
#define COMPARE_FIXTURE_H

#include <stdlib.h>

#include "base/mem.h"
#include "screen/scene.h"
#include "server/server.h"

struct stand {
    struct scene *scene;  /* its server is the slow one */
    struct server *other; /* the quick one */
};

static inline int set_up(void **state)
{
    void *scene;
    if (scene_set_up(&scene) < 0)
        return -1;
    struct stand *stand = xnew(struct stand);
    *stand = (struct stand){.scene = scene, .other = server_new(NULL)};
    char *config = xasprintf("[provider.slow]\nurl = %s\nretries = 0\n"
                             "[provider.quick]\nurl = %s\nretries = 0\n",
                             stand->scene->stage->url, server_url(stand->other, "/v1"));
    home_configure(stand->scene->stage->home, config);
    free(config);
    *state = stand;
    return 0;
}

static inline int tear_down(void **state)
{
    struct stand *stand = *state;
    void *scene = stand->scene;
    server_free(stand->other);
    free(stand);
    return scene_tear_down(&scene);
}

#endif
