/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * The walls of a tool, by what it does to the world.  Files: Landlock, where the kernel has it.  Other
 * processes and the network: system calls given up.  Processor time, memory, size of files, number of
 * processes: resource limits, always.  What is not confined is told in docs/safety.md.
 */
#ifndef TOOLS_SANDBOX_H
#define TOOLS_SANDBOX_H

#include "tools/tools.h"

struct error;
struct grounds;

struct sandbox {
    enum tool_access access;
    const struct grounds *grounds;
    int place;              /* TOOL_READS: what it reads; TOOL_WRITES: the folder it writes in */
    const char *scratch;    /* TOOL_RUNS: a folder for its temporary files */
};

/* For every tool, first of all: gains no rights by what it runs, cannot be looked into, has no terminal,
 * makes nothing that others may write to. */
void sandbox_prepare(void);
/* Shut it: from now on nothing is reached but what the access and the place allow.  Fails only where the
 * kernel has the means and refuses them. */
int sandbox_shut(const struct sandbox *sandbox, struct error *error);

#endif
