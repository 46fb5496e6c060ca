/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Runs the real program, as a user would: with its own home, its own environment, pipes or a terminal
 * of its own.  For cmocka tests: what does not happen in time fails the test, and shows what came.
 *
 *      struct program *program = RUN(.args = ARGS("-m", "guide", "Hello"));
 *      assert_int_equal(program->status, 0);
 *      assert_string_equal(program_out(program), "...");
 *      program_free(program);
 *
 * The program is $RUNNEL, or else build/runnel.  A new home is the environment's HOME and XDG_...; no
 * variable that changes what runnel does (a key, a proxy) is inherited.
 */
#ifndef TESTS_PROGRAM_H
#define TESTS_PROGRAM_H

#include <stdbool.h>
#include <stddef.h>
#include <sys/types.h>

#include "base/buf.h"

enum { PROGRAM_PATIENCE_MS = 60000 };

/* ---- A home ---- */

/* For cmocka's set-up and tear-down: a folder, kept in *state, that is HOME and the working folder's
 * stand-in for all that the program writes. */
int home_set_up(void **state);
int home_tear_down(void **state);
/* A file below the home; both are the caller's to free. */
char *home_path(const char *home, const char *name);
char *home_put(const char *home, const char *name, const char *text);
/* The config file is this text from now on. */
void home_configure(const char *home, const char *text);
/* All bytes of all files below the home, joined: what must not be in any of them is not in these. */
void home_read(const char *home, struct buf *all);
/* The text of the session written last, "" when there is none; the caller's. */
char *home_session(const char *home);

/* ---- A program ---- */

struct program_spec {
    const char *const *args;    /* after its name, ended by NULL */
    const char *const *env;     /* "NAME=value", ended by NULL; NULL: no more than the home's */
    const char *input;          /* what is in stdin; NULL: nothing */
    const char *out_path;       /* stdout goes to this file */
    bool keeps_stdin_open;      /* for program_write */
    bool closed_stdin, closed_stdout;
    int columns, rows;          /* a terminal of this size is stdin, stdout and stderr; 0: pipes */
    long file_limit;            /* no file may grow longer; 0: no limit */
    unsigned char skip_home;    /* -- */
};

struct program {
    pid_t pid;
    int in, out_fd, err_fd;     /* our ends, -1 once closed; of a terminal all are out_fd */
    bool is_terminal;
    struct buf out, err;        /* what came so far */
    bool has_ended;
    int status;                 /* the exit status, 128 + N when signal N ended it */
    long peak_kb;               /* the most memory it had */
};

#define ARGS(...) ((const char *const[]){__VA_ARGS__, NULL})
#define START(...) program_start(&(struct program_spec){__VA_ARGS__})
#define RUN(...) program_run(&(struct program_spec){__VA_ARGS__})

struct program *program_start(const struct program_spec *spec);
/* To its end. */
struct program *program_run(const struct program_spec *spec);
void program_free(struct program *program);     /* kills it, if it has not ended */

/* Wait until this text is in what came on stdout (of a terminal: on it), from `from` on; returns the
 * offset after it. */
size_t program_await(struct program *program, const char *text, size_t from);
void program_write(struct program *program, const char *text);
void program_close_stdin(struct program *program);
void program_close_stdout(struct program *program);
/* Read to the end of both, and wait for the program's own. */
void program_finish(struct program *program);

const char *program_out(const struct program *program);
const char *program_err(const struct program *program);

/* ---- What is asserted ---- */

void assert_has(const char *text, const char *part);
void assert_has_not(const char *text, const char *part);
/* It ended with this status, and the last line on stderr says so. */
void assert_failed(const struct program *program, int status, const char *says);

#endif
