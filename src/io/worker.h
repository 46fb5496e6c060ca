/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * The I/O thread.  It owns libcurl's multi handle, the pipes of child processes (io/process.h) and the
 * timers, and only moves bytes: whatever arrives is posted, with its time, to the mailbox named with the
 * request.  All functions here are called from other threads and return at once.
 *
 * What is under way is known by number, never by pointer.  After worker_drop of a number no mail from
 * it will be posted any more (mail already in the box may still carry it: the reader ignores it), so
 * that a reader may free its mailbox once everything it started is dropped.
 */
#ifndef IO_WORKER_H
#define IO_WORKER_H

#include <stdbool.h>
#include <stdint.h>

struct error;
struct http_request;
struct mailbox;
struct worker;

enum mail_kind {
    MAIL_HEAD,      /* code: the HTTP status; data: the header lines, "name: value\n", names in lower
                       case; more: struct http_timing */
    MAIL_BYTES,     /* data: a piece of the body, or of what a process writes to stdout */
    MAIL_NOTE,      /* data: a piece of what a process writes to stderr */
    MAIL_END,       /* the transfer or process is over.  code: 0, or enum rn_status; data: why, for the
                       user; more: struct http_timing, or struct process_end */
    MAIL_TIMER,
};

/* Milliseconds since the request; -1: it did not happen. */
struct http_timing {
    int64_t resolve, connect, tls, first_byte;
    int http;       /* version: 10, 11, 20; 0: no answer */
    bool fails_tls; /* it ended because certificate or TLS were no good: they will not be next time */
};

struct worker *worker_new(void);
/* Ends the thread, and all that is under way: processes are killed at once. */
void worker_free(struct worker *worker);
void worker_log(struct worker *worker, int fd);

/* Start a request; it is copied.  The thread itself starts with the first.  Returns the number its
 * mail will carry, never 0. */
uint64_t worker_http(struct worker *worker, const struct http_request *request,
                     struct mailbox *box);
/* One MAIL_TIMER after so many milliseconds. */
uint64_t worker_timer(struct worker *worker, int64_t ms, struct mailbox *box);
/* The reader has made room: go on reading for this number. */
void worker_resume(struct worker *worker, uint64_t number);
/* Forget this number: the mailbox is let go of at once, and the connection closed, or the process
 * ended, soon.  Unknown numbers are ignored. */
void worker_drop(struct worker *worker, uint64_t number);
/* The same, where nothing more is wanted but the rest may come: a connection is read to its end for a
 * moment, so that it can be used again. */
void worker_release(struct worker *worker, uint64_t number);

#endif
