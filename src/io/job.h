/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * What is under way on the I/O thread, by number: transfers, processes and timers.  Besides the
 * mailboxes, the list of jobs is all that this thread shares with others: they add jobs and say what
 * they wish of them, the thread looks after them.
 *
 * The list's lock also guards each job's way to its mailbox.  So a reader that drops a job need not
 * wait for the thread, which may be busy with somebody's TLS: the mailbox is taken away at once, and
 * the thread ends the job when it comes to it.
 */
#ifndef IO_JOB_H
#define IO_JOB_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct buf;
struct job;
struct jobs;
struct mail;
struct mailbox;
struct pollfd;

/* What the I/O thread does with a job.  All but the last return false when the job is over: it is then
 * freed.  NULL: nothing is to be done. */
struct job_kind {
    bool (*start)(struct job *job);
    bool (*resume)(struct job *job);    /* its reader has made room */
    bool (*ready)(struct job *job);     /* one of its descriptors has something: see `revents` */
    bool (*expire)(struct job *job);    /* `due` has come */
    bool (*drop)(struct job *job);      /* its reader has gone; NULL: then it is over.  It may come twice */
    bool (*release)(struct job *job);   /* the same, but it may end by itself; NULL: as drop */
    void (*free)(struct job *job);
};

/* The beginning of each kind's own struct. */
struct job {
    const struct job_kind *kind;
    uint64_t number;        /* 0 until it is added */
    int64_t due;            /* the I/O thread's: expire it at this clock_ms(); 0: never */
    struct pollfd *fds;     /* the I/O thread's: what it waits for; a descriptor of -1 is passed over */
    unsigned fd_count;      /* fixed when it is added, as is `fds`; 0: it has none */
    struct job *todo;       /* the I/O thread's: the next one to look after */
    unsigned doing;         /* the I/O thread's: the wishes it has taken note of */

    struct jobs *jobs;      /* fixed when it is added */
    struct job *next;       /* under the lock of jobs, like all below */
    struct mailbox *box;    /* NULL: the reader has dropped it */
    unsigned wishes;
};

/* Any thread. */
struct jobs *jobs_new(void);
void jobs_free(struct jobs *jobs);      /* with all jobs that are left */
uint64_t jobs_number(struct jobs *jobs);    /* one that no job has */
/* Takes the job over.  Returns its number. */
uint64_t jobs_add(struct jobs *jobs, struct job *job, struct mailbox *box);
/* False when there is no such job. */
bool jobs_resume(struct jobs *jobs, uint64_t number);
/* The same; from now on nothing is posted for this number. */
bool jobs_drop(struct jobs *jobs, uint64_t number);
bool jobs_release(struct jobs *jobs, uint64_t number);

/* The I/O thread.  Fulfil all wishes, expire what is due, free what is over. */
void jobs_attend(struct jobs *jobs);
/* What there is to wait for: the time when the next job is due (0: never), and the descriptors, as struct
 * curl_waitfd one after the other.  Returns how many. */
unsigned jobs_waits(struct jobs *jobs, struct buf *waits, int64_t *due);
/* The job is over. */
void jobs_end(struct jobs *jobs, struct job *job);
void jobs_end_all(struct jobs *jobs);
/* To the job's reader, if there still is one.  job_post_bytes is false when the mailbox is full. */
void job_post(struct job *job, struct mail *mail);
bool job_post_bytes(struct job *job, int kind, int64_t time, const char *bytes, size_t len);

#endif
