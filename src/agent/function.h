/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * A task that a function of the library's user carries out, on the thread that steps the stream.
 */
#ifndef AGENT_FUNCTION_H
#define AGENT_FUNCTION_H

#include <stdatomic.h>

struct task;

/* From beginning to end.  `is_unwanted`: the run has been cancelled. */
void function_run(struct task *task, const atomic_bool *is_unwanted);

#endif
