/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "program/stage.h"

#include <stdlib.h>

#include "base/mem.h"

int stage_set_up(void **state)
{
    struct stage *stage = xnew(struct stage);
    void *home = NULL;
    if (home_set_up(&home) < 0)
        return -1;
    stage->home = home;
    stage->server = server_new(NULL);
    stage->url = xstrdup(server_url(stage->server, "/v1"));
    *state = stage;
    return 0;
}

int stage_tear_down(void **state)
{
    struct stage *stage = *state;
    void *home = stage->home;
    server_free(stage->server);
    free(stage->url);
    free(stage);
    return home_tear_down(&home);
}
