/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Landlock: what Linux lets a process without rights do to shut itself in.  A ruleset denies all that
 * it does not allow, for the process and all that it starts, for ever.
 */
#ifndef TOOLS_LANDLOCK_H
#define TOOLS_LANDLOCK_H

#include <stdbool.h>
#include <stdint.h>

/* The kernel's bits.  They are named here since the headers of a system are often older than its
 * kernel. */
enum {
    LANDLOCK_EXECUTE = 1 << 0,
    LANDLOCK_WRITE_FILE = 1 << 1,
    LANDLOCK_READ_FILE = 1 << 2,
    LANDLOCK_READ_DIR = 1 << 3,
    LANDLOCK_REMOVE_DIR = 1 << 4,
    LANDLOCK_REMOVE_FILE = 1 << 5,
    LANDLOCK_MAKE_DIR = 1 << 7,
    LANDLOCK_MAKE_REG = 1 << 8,
    LANDLOCK_MAKE_SOCK = 1 << 9,
    LANDLOCK_MAKE_FIFO = 1 << 10,
    LANDLOCK_MAKE_SYM = 1 << 12,
    LANDLOCK_REFER = 1 << 13,
    LANDLOCK_TRUNCATE = 1 << 14,
    LANDLOCK_IOCTL_DEV = 1 << 15,

    LANDLOCK_READ = LANDLOCK_READ_FILE | LANDLOCK_READ_DIR,
    LANDLOCK_CHANGE = LANDLOCK_WRITE_FILE | LANDLOCK_REMOVE_DIR | LANDLOCK_REMOVE_FILE |
                      LANDLOCK_MAKE_DIR | LANDLOCK_MAKE_REG | LANDLOCK_MAKE_SOCK |
                      LANDLOCK_MAKE_FIFO | LANDLOCK_MAKE_SYM | LANDLOCK_REFER | LANDLOCK_TRUNCATE,
    LANDLOCK_DEVICE = LANDLOCK_READ_FILE | LANDLOCK_WRITE_FILE | LANDLOCK_IOCTL_DEV,
};

enum { LANDLOCK_BIND_TCP = 1 << 0, LANDLOCK_CONNECT_TCP = 1 << 1 };

/* The version of the kernel's interface; 0: it has none, or it is switched off. */
int landlock_version(void);
/* A ruleset's descriptor, -1 with errno.  It denies all to do with files, the given uses of TCP, and
 * signals and abstract sockets across its border, as far as the kernel knows them. */
int landlock_new(uint64_t tcp);
/* Allow this to the file or folder at `fd` and all below it. */
int landlock_allow(int ruleset, int fd, uint64_t rights);
/* The same by name; what is not there needs no rule. */
int landlock_allow_path(int ruleset, const char *path, uint64_t rights);
/* From now on the ruleset holds.  Closes it. */
int landlock_shut(int ruleset);

#endif
