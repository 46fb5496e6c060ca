/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * A walk through a folder and what is below it, each folder's entries by name.  No symbolic link is
 * followed, no pipe or device touched; the kernel's own file systems and runnel's own folders are passed
 * by, unless the walk begins in them.
 */
#ifndef TOOLS_WALK_H
#define TOOLS_WALK_H

#include <stdbool.h>
#include <sys/stat.h>

struct call;

enum { WALK_DEPTH_MAX = 32 };

struct walk_entry {
    const char *name;
    const char *path;       /* as it is shown: from the working folder, or absolute outside it */
    int folder;             /* the open folder that it is in */
    struct stat stat;       /* of the entry itself, links included */
};

/* false ends the walk */
typedef bool walk_fn(const struct walk_entry *entry, void *user);

/* From the call's place, which is a folder.  -1 with errno when it cannot be read. */
int walk(const struct call *call, int depth, walk_fn *fn, void *user);
/* How a path is shown, so that it can be given to a tool again. */
const char *walk_shown(const struct call *call, const char *path);

#endif
