/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "tools/walk.h"

#include <dirent.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/mem.h"
#include "tools/arguments.h"
#include "tools/call.h"

/* In one folder; the rest of it is not seen. */
enum { NAMES_MAX = 100 * 1000 };

struct walker {
    const struct call *call;
    bool hidden; /* names that begin with a dot too */
    walk_fn *fn;
    void *user;
};

const char *walk_shown(const struct call *call, const char *path)
{
    size_t len = strlen(call->grounds.folder);
    if (strncmp(path, call->grounds.folder, len) != 0 || (path[len] != '/' && path[len]))
        return path;
    return path[len] ? path + len + 1 : ".";
}

static bool is_shown(const struct walker *walker, const char *name)
{
    if (strcmp(name, ".") == 0 || strcmp(name, "..") == 0)
        return false;
    return walker->hidden || name[0] != '.';
}

static int by_name(const void *left, const void *right)
{
    return strcmp(*(char *const *)left, *(char *const *)right);
}

static char **read_names(const struct walker *walker, DIR *dir, size_t *count)
{
    char **names = NULL;
    for (struct dirent *entry; *count < NAMES_MAX && (entry = readdir(dir));) {
        if (!is_shown(walker, entry->d_name))
            continue;
        if ((*count & (*count - 1)) == 0)
            names = xrealloc(names, (*count ? *count * 2 : 1) * sizeof(*names));
        names[(*count)++] = xstrdup(entry->d_name);
    }
    if (*count > 0)
        qsort(names, *count, sizeof(*names), by_name);
    return names;
}

/* Takes over `fd`. */
static bool walk_folder(const struct walker *walker, int fd, const char *path, int depth);

static bool walk_below(const struct walker *walker, int folder, const char *name, const char *path,
                       int depth)
{
    bool is_own = grounds_judge(&walker->call->grounds, path) == PLACE_OWN;
    if (depth <= 1 || (is_own && walker->call->place.kind != PLACE_OWN))
        return true;
    int fd = openat(folder, name, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
    return fd < 0 || walk_folder(walker, fd, path, depth - 1);
}

static bool visit(const struct walker *walker, int folder, const char *above, const char *name,
                  int depth)
{
    struct walk_entry entry = {.name = name, .folder = folder};
    if (fstatat(folder, name, &entry.stat, AT_SYMLINK_NOFOLLOW) < 0)
        return true; /* gone meanwhile */
    char *path = xasprintf("%s/%s", above[1] ? above : "", name);
    entry.path = walk_shown(walker->call, path);
    bool goes_on = walker->fn(&entry, walker->user);
    if (goes_on && S_ISDIR(entry.stat.st_mode))
        goes_on = walk_below(walker, folder, name, path, depth);
    free(path);
    return goes_on;
}

static bool walk_folder(const struct walker *walker, int fd, const char *path, int depth)
{
    bool goes_on = true;
    size_t count = 0;
    DIR *dir = place_is_kernels(fd) ? NULL : fdopendir(fd);
    if (!dir) {
        close(fd);
        return true;
    }
    char **names = read_names(walker, dir, &count);
    for (size_t i = 0; i < count; i++) {
        goes_on = goes_on && visit(walker, fd, path, names[i], depth);
        free(names[i]);
    }
    free(names);
    closedir(dir);
    return goes_on;
}

int walk(const struct call *call, int depth, walk_fn *fn, void *user)
{
    struct walker walker = {call, arguments_has(call->args, "hidden"), fn, user};
    int fd = place_reopen(call->place.fd);
    if (fd < 0)
        return -1;
    walk_folder(&walker, fd, call->place.path, depth < WALK_DEPTH_MAX ? depth : WALK_DEPTH_MAX);
    return 0;
}
