/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * A program to be run: what execve(2) needs to know, made beforehand.  The child may allocate nothing,
 * and the environment, PATH included, belongs to the thread that asks for the process.
 */
#ifndef IO_PROGRAM_H
#define IO_PROGRAM_H

struct program {
    char **argv, **environment;
    char **places;      /* where argv[0] may be: itself, or each folder of PATH with it */
};

/* Copies both; `environment` NULL: process_environment's. */
struct program *program_new(const char *const *argv, const char *const *environment);
void program_free(struct program *program);
/* argv[0], for the user. */
const char *program_name(const struct program *program);

#endif
