/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * System calls that a process gives up for itself and all that it starts (seccomp): the ways around
 * Landlock, which knows files but not who is asked to open them.
 */
#ifndef TOOLS_SYSCALLS_H
#define TOOLS_SYSCALLS_H

#include <stdbool.h>

enum syscalls_group {
    SYSCALLS_UNIX_SOCKETS = 1 << 0, /* asking another process: D-Bus, Docker, an agent for keys */
    SYSCALLS_SOCKETS = 1 << 1,      /* any network at all */
    SYSCALLS_PROGRAMS = 1 << 2,     /* running another program */
    SYSCALLS_TRUNCATE = 1 << 3,     /* which Landlock before its version 3 does not see */
};

/* Forbid these groups, and always what no tool needs: io_uring, which passes such filters by, and the
 * kernel's store of keys.  What is forbidden fails with EPERM.  Asks for PR_SET_NO_NEW_PRIVS.  False
 * where the kernel or the architecture has no such filter. */
bool syscalls_forbid(unsigned groups);

#endif
