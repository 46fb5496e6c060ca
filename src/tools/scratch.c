/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "tools/scratch.h"

#include <dirent.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/error.h"
#include "base/mem.h"

/* Deeper folders stay: nobody but an attacker makes them. */
enum { DEPTH_MAX = 100 };

char *scratch_new(struct error *error)
{
    const char *folder = getenv("TMPDIR");
    char *path = xasprintf("%s/runnel-tool-XXXXXX", folder && *folder == '/' ? folder : "/tmp");
    if (mkdtemp(path))
        return path;
    error_errno(error, RN_EIO, "%s", path);
    free(path);
    return NULL;
}

static void remove_tree(int above, const char *name, int depth);

/* Takes over `fd`. */
static void empty(int fd, int depth)
{
    DIR *dir = fdopendir(fd);
    if (!dir) {
        close(fd);
        return;
    }
    fchmod(fd, 0700);
    for (struct dirent *entry; (entry = readdir(dir));)
        if (strcmp(entry->d_name, ".") != 0 && strcmp(entry->d_name, "..") != 0)
            remove_tree(fd, entry->d_name, depth + 1);
    closedir(dir);
}

static void remove_tree(int above, const char *name, int depth)
{
    if (unlinkat(above, name, 0) == 0)
        return;
    fchmodat(above, name, 0700, 0); /* no link: that could be unlinked */
    int fd = openat(above, name, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
    if (fd >= 0 && depth < DEPTH_MAX)
        empty(fd, depth);
    else if (fd >= 0)
        close(fd);
    unlinkat(above, name, AT_REMOVEDIR);
}

void scratch_remove(char *path)
{
    if (path)
        remove_tree(AT_FDCWD, path, 0);
    free(path);
}
