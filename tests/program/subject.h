/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Runs the real program, as a user would: with its own home, its own environment, pipes or a terminal
 * of its own.  For cmocka tests: what does not happen in time fails the test, and shows what came.
 *
 *      struct subject *program = RUN(.args = ARGS("-m", "guide", "Hello"));
 *      assert_int_equal(program->status, 0);
 *      assert_string_equal(subject_out(program), "...");
 *      subject_free(program);
 *
 * A new home is the environment's HOME and XDG_...; no variable that changes what runnel does (a key, a
 * proxy) is inherited.
 */
#ifndef TESTS_SUBJECT_H
#define TESTS_SUBJECT_H

#include <stdbool.h>
#include <stddef.h>
#include <sys/types.h>

#include "base/buf.h"

enum { SUBJECT_PATIENCE_MS = 60000 };

/* ---- A home ---- */

/* For cmocka's set-up and tear-down: *state is the path of a new folder, which is HOME. */
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

struct subject_spec {
    const char *program;        /* another one than subject_path() */
    const char *const *args;    /* after its name, ended by NULL */
    const char *const *env;     /* "NAME=value", ended by NULL; NULL: no more than the home's */
    const char *input;          /* what is in stdin; NULL: nothing */
    const char *out_path;       /* stdout goes to this file */
    bool shares_err;            /* stderr goes where stdout goes */
    bool keeps_stdin_open;      /* for subject_write */
    bool closed_stdin, closed_stdout;
    int columns, rows;          /* a terminal of this size is stdin, stdout and stderr; 0: pipes */
    long file_limit;            /* no file may grow longer; 0: no limit */
};

struct subject {
    pid_t pid;
    int in, out_fd, err_fd;     /* our ends, -1 once closed; of a terminal all are out_fd */
    bool is_terminal;
    struct buf out, err;        /* what came so far */
    bool has_ended;
    int status;                 /* the exit status, 128 + N when signal N ended it */
    long peak_kb;               /* the most memory it had */
};

#define ARGS(...) ((const char *const[]){__VA_ARGS__, NULL})
#define START(...) subject_start(&(struct subject_spec){__VA_ARGS__})
#define RUN(...) subject_run(&(struct subject_spec){__VA_ARGS__})

/* Where runnel is: $RUNNEL, or else build/runnel. */
const char *subject_path(void);
struct subject *subject_start(const struct subject_spec *spec);
/* To its end. */
struct subject *subject_run(const struct subject_spec *spec);
void subject_free(struct subject *program);     /* kills it, if it has not ended */

/* Wait until this text is in what came on stdout (of a terminal: on it), from `from` on; returns the
 * offset after it. */
size_t subject_await(struct subject *program, const char *text, size_t from);
void subject_write(struct subject *program, const char *text);
void subject_close_stdin(struct subject *program);
void subject_close_stdout(struct subject *program);
void subject_signal(struct subject *program, int signal);
/* Wait for its end without reading what it wrote. */
void subject_wait(struct subject *program);
/* Read to the end of both, and wait for the program's own. */
void subject_finish(struct subject *program);

const char *subject_out(const struct subject *program);
const char *subject_err(const struct subject *program);

/* ---- What is asserted ---- */

void assert_has(const char *text, const char *part);
void assert_has_not(const char *text, const char *part);
/* It ended with this status, and the last line on stderr says so. */
void assert_failed(const struct subject *program, int status, const char *says);

#endif
