/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * A child process: made, signalled together with its group, reaped.  It belongs to the I/O thread from
 * its birth to its end.
 *
 * It is made there for three reasons.  That thread blocks all signals, so no handler of the program's
 * runs in the child before it has laid them off.  It never ends before its children do, so the kernel
 * can be told to kill them with it (PR_SET_PDEATHSIG is about the thread, not the process).  And what it
 * owns alone needs no lock.  The price is that fork(2) copies page tables for as long as some hundred
 * microseconds while streams wait.
 */
#ifndef IO_CHILD_H
#define IO_CHILD_H

#include <sys/types.h>

struct error;
struct process_end;
struct program;

/* Our ends of what there is between us and it. */
enum {
    CHILD_STDIN,        /* as the child numbers them; ours do not block */
    CHILD_STDOUT,
    CHILD_STDERR,
    CHILD_LINE,         /* it waits on it until it may begin, and says on it why it could not */
    CHILD_ENDS,
};

struct child {
    pid_t pid;          /* and the number of its group; 0: there is none */
    int pidfd;          /* readable when it has ended */
    int ends[CHILD_ENDS];   /* -1: closed */
};

#define CHILD_INIT {.pidfd = -1, .ends = {-1, -1, -1, -1}}

/* Of a child that cannot be watched nothing has run. */
int child_start(struct child *child, const struct program *program, struct error *error);
void child_close(struct child *child, int end);
/* To all of its group. */
void child_signal(const struct child *child, int signal);
/* Its pidfd is readable: kill what is left of its group, and learn how it ended.  Fails when that
 * cannot be known, and when it was no program that could be run. */
int child_reap(struct child *child, const struct program *program, struct process_end *end,
               struct error *error);
/* Kill and reap it if that has not been done, close all. */
void child_clear(struct child *child);

#endif
