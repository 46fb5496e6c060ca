/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * A child process as a job of the I/O thread: bytes in, bytes out, and an end.  It has a session and a
 * process group of its own, three pipes and no other descriptor, default signals, and the environment
 * that it is given.  Nobody waits for it: the thread polls a pidfd beside its sockets.
 *
 * Its mail: MAIL_BYTES (stdout), MAIL_NOTE (stderr), and at last MAIL_END, whose code is 0 or an enum
 * rn_status (RN_ETIMEOUT; RN_EIO when it could not be started), whose data says why in that case, and
 * whose `more` is a struct process_end.  When the child has ended, what still runs in its group is
 * killed, and what is in the pipes is read: a grandchild that keeps them open holds nobody up.
 *
 * worker_drop ends it: SIGTERM to the group, SIGKILL half a second later.  So does its time limit.
 */
#ifndef IO_PROCESS_H
#define IO_PROCESS_H

#include <stddef.h>
#include <stdint.h>

struct job;
struct mailbox;
struct worker;

struct process_spec {
    const char *const *command;     /* argv, ended by NULL; argv[0] is looked up in PATH */
    const char *const *environment; /* "NAME=value", ended by NULL; NULL: process_environment's */
    const char *input;              /* for stdin, which is closed after it */
    size_t input_len;
    int limit_ms;                   /* 0: none */
};

struct process_end {
    int status;     /* exit status; -1: it ended by a signal, or never began */
    int signal;     /* 0: none */
};

/* All is copied.  Returns the number its mail will carry, never 0. */
uint64_t worker_process(struct worker *worker, const struct process_spec *spec, struct mailbox *box);

/* The job, for the worker; any thread. */
struct job *process_new(const struct process_spec *spec);

/* Our environment without what may be a key (names with KEY, TOKEN, SECRET, PASSWORD, CREDENTIAL,
 * AUTH, COOKIE in them, and values of the form scheme://user:password@...): NULL-ended; free() the
 * strings and the list. */
char **process_environment(void);

#endif
