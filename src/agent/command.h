/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * A task that a process carries out: the arguments on its stdin, the result on its stdout, progress as
 * lines on its stderr.  When it fails with nothing on stdout, the last of these lines is the reason.
 */
#ifndef AGENT_COMMAND_H
#define AGENT_COMMAND_H

#include <stdint.h>

#include "base/buf.h"

struct mail;
struct mailbox;
struct task;
struct worker;

struct command {
    uint64_t process;  /* 0: none runs */
    struct buf line;   /* of stderr, not ended yet */
    struct buf reason; /* the last line that was */
};

void command_start(struct task *task, struct worker *worker, struct mailbox *box);
/* A mail of its process. */
void command_mail(struct task *task, const struct mail *mail);
/* End the process, if there is one. */
void command_stop(struct task *task, struct worker *worker);
void command_clear(struct command *command);

#endif
