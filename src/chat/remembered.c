/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "chat/remembered.h"

#include <stdlib.h>
#include <string.h>

#include "base/buf.h"
#include "base/error.h"
#include "base/fd.h"
#include "base/mem.h"
#include "config/settings.h"

enum { LINE_MAX = 4096 };

char *remembered_path(void)
{
    const char *state = getenv("XDG_STATE_HOME");
    const char *home = getenv("HOME");
    if (state && state[0] == '/')
        return xasprintf("%s/runnel/model", state);
    return home && home[0] == '/' ? xasprintf("%s/.local/state/runnel/model", home) : NULL;
}

void remembered_load(struct settings *settings)
{
    struct buf line = BUF_INIT;
    struct error ignored;
    char *path = remembered_path();
    if (path && file_read(path, &line, LINE_MAX, &ignored) == 0 && line.len > 0) {
        line.data[strcspn(line.data, "\n")] = '\0';
        settings_set(settings, SETTINGS_REMEMBERED, "chat", "model", line.data,
                     "your choice of an earlier time", &ignored);
    }
    buf_clear(&line);
    free(path);
}

int remembered_save(const char *model, struct error *error)
{
    char *path = remembered_path(), *line = xasprintf("%s\n", model);
    int result = path ? file_replace(path, line, strlen(line), error)
                      : error_set(error, RN_EIO, "there is no home folder to remember it in");
    free(path);
    free(line);
    return result;
}
