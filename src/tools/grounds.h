/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * What a path is judged by, and how: where the working folder is, where the home folder, and where runnel
 * keeps its own.  All of them are real names, without links.
 */
#ifndef TOOLS_GROUNDS_H
#define TOOLS_GROUNDS_H

#include <stdbool.h>

struct error;

enum place_kind {
    PLACE_FREE,     /* inside the working folder */
    PLACE_HIDDEN,   /* inside it, below a name that begins with a dot */
    PLACE_HOME,     /* inside it, where it is the home folder or holds it */
    PLACE_OWN,      /* runnel's settings, sessions and history */
    PLACE_OUTSIDE,
    PLACE_KERNEL,   /* /proc, /sys, /dev: no files */
};

struct grounds {
    char *folder;           /* the working folder */
    char *home;             /* NULL: unknown, then every folder may be it */
    char *own[3];           /* NULL: there is none */
};

/* From the environment.  NULL is the folder that the process is in. */
int grounds_init(struct grounds *grounds, const char *folder, struct error *error);
void grounds_clear(struct grounds *grounds);
/* `path` is absolute, without "." and "..". */
enum place_kind grounds_judge(const struct grounds *grounds, const char *path);
/* `path` is `folder`, or below it. */
bool path_is_within(const char *path, const char *folder);

#endif
