/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "tools/grounds.h"

#include <limits.h>
#include <stdlib.h>
#include <string.h>

#include "base/error.h"
#include "base/mem.h"

bool path_is_within(const char *path, const char *folder)
{
    size_t len = strlen(folder);
    if (len == 1)
        return true; /* the root */
    return strncmp(path, folder, len) == 0 && (path[len] == '/' || path[len] == '\0');
}

/* The real name; as it stands where nothing is there yet. */
static char *real_name(const char *path)
{
    char name[PATH_MAX];
    return xstrdup(realpath(path, name) ? name : path);
}

static char *own_folder(const char *variable, const char *home, const char *below)
{
    const char *base = getenv(variable);
    char *path = NULL;
    if (base && base[0] == '/')
        path = xasprintf("%s/runnel", base);
    else if (home)
        path = xasprintf("%s/%s/runnel", home, below);
    char *own = path ? real_name(path) : NULL;
    free(path);
    return own;
}

int grounds_init(struct grounds *grounds, const char *folder, struct error *error)
{
    char name[PATH_MAX];
    const char *home = getenv("HOME");
    *grounds = (struct grounds){0};
    if (!realpath(folder ? folder : ".", name))
        return error_errno(error, RN_EIO, "the working folder");
    grounds->folder = xstrdup(name);
    if (home && home[0] == '/')
        grounds->home = real_name(home);
    grounds->own[0] = own_folder("XDG_CONFIG_HOME", grounds->home, ".config");
    grounds->own[1] = own_folder("XDG_DATA_HOME", grounds->home, ".local/share");
    grounds->own[2] = own_folder("XDG_STATE_HOME", grounds->home, ".local/state");
    return 0;
}

void grounds_clear(struct grounds *grounds)
{
    free(grounds->folder);
    free(grounds->home);
    for (int i = 0; i < 3; i++)
        free(grounds->own[i]);
    *grounds = (struct grounds){0};
}

static bool is_own(const struct grounds *grounds, const char *path)
{
    for (int i = 0; i < 3; i++)
        if (grounds->own[i] && path_is_within(path, grounds->own[i]))
            return true;
    return false;
}

enum place_kind grounds_judge(const struct grounds *grounds, const char *path)
{
    if (path_is_within(path, "/proc") || path_is_within(path, "/sys") ||
        path_is_within(path, "/dev"))
        return PLACE_KERNEL;
    if (is_own(grounds, path))
        return PLACE_OWN;
    if (!path_is_within(path, grounds->folder))
        return PLACE_OUTSIDE;
    if (!grounds->home || path_is_within(grounds->home, grounds->folder))
        return PLACE_HOME;
    return strstr(path + strlen(grounds->folder), "/.") ? PLACE_HIDDEN : PLACE_FREE;
}
