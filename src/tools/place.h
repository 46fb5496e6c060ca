/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * A path that a model wrote, and what is found there.  It is judged twice, by the same rules: as it is
 * written, before the call runs, and as what was really opened, by the tool itself.  Nothing is reached
 * through a symbolic link that would have been judged otherwise by its own name:
 *
 *      a path that needs no asking may go through links, as long as they end where none is needed;
 *      a path that had to be asked for, or that is written to, is its own real name.
 *
 * So what the user agreed to is what is opened, whoever changes links meanwhile.
 */
#ifndef TOOLS_PLACE_H
#define TOOLS_PLACE_H

#include <stdbool.h>
#include <sys/stat.h>

#include "tools/grounds.h"

struct error;

struct place {
    enum place_kind kind;
    char *path;             /* absolute, without "." and ".." */
    int fd;                 /* of what is there, O_PATH; -1: nothing, or not opened */
    struct stat stat;       /* of it */
    int parent;             /* place_open_parent: the deepest folder that is there */
    const char *rest;       /* what of `path` is below it */
    const char *refused;    /* it can never be opened, since it is this; NULL: it can */
};

#define PLACE_INIT {.fd = -1, .parent = -1}

/* Take a path as the model wrote it: relative to the folder, or absolute, or "~/...". */
int place_read(struct place *place, const struct grounds *grounds, const char *written,
               struct error *error);
void place_clear(struct place *place);

/* Open the file or folder that is there, without reading it.  `path` becomes its real name. */
int place_open(struct place *place, const struct grounds *grounds, struct error *error);
/* For one who writes: the deepest folder that is there, and the file if it is there too. */
int place_open_parent(struct place *place, struct error *error);
/* What is open at `fd`, which may be O_PATH, opened for reading; -1 with errno. */
int place_reopen(int fd);
/* The file system is one of the kernel's own, wherever it is mounted. */
bool place_is_kernels(int fd);

#endif
