/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "io/job.h"

#include <curl/curl.h>
#include <poll.h>
#include <pthread.h>
#include <stdlib.h>

#include "base/buf.h"
#include "base/clock.h"
#include "base/mailbox.h"
#include "base/mem.h"

enum { WISH_START = 1 << 0, WISH_RESUME = 1 << 1, WISH_DROP = 1 << 2, WISH_RELEASE = 1 << 3 };

struct jobs {
    pthread_mutex_t lock; /* taken before a mailbox's, and no other */
    struct job *first;    /* under lock, like all below */
    uint64_t last_number;
};

struct jobs *jobs_new(void)
{
    struct jobs *jobs = xnew(struct jobs);
    pthread_mutex_init(&jobs->lock, NULL);
    return jobs;
}

void jobs_free(struct jobs *jobs)
{
    if (!jobs)
        return;
    jobs_end_all(jobs);
    pthread_mutex_destroy(&jobs->lock);
    free(jobs);
}

uint64_t jobs_number(struct jobs *jobs)
{
    pthread_mutex_lock(&jobs->lock);
    uint64_t number = ++jobs->last_number;
    pthread_mutex_unlock(&jobs->lock);
    return number;
}

uint64_t jobs_add(struct jobs *jobs, struct job *job, struct mailbox *box)
{
    job->jobs = jobs;
    job->box = box;
    job->wishes = WISH_START;
    pthread_mutex_lock(&jobs->lock);
    uint64_t number = job->number = ++jobs->last_number;
    job->next = jobs->first;
    jobs->first = job;
    pthread_mutex_unlock(&jobs->lock);
    return number;
}

static bool wish(struct jobs *jobs, uint64_t number, unsigned what)
{
    pthread_mutex_lock(&jobs->lock);
    struct job *job = jobs->first;
    while (job && job->number != number)
        job = job->next;
    if (job)
        job->wishes |= what;
    if (job && (what & (WISH_DROP | WISH_RELEASE)))
        job->box = NULL;
    pthread_mutex_unlock(&jobs->lock);
    return job != NULL;
}

bool jobs_resume(struct jobs *jobs, uint64_t number)
{
    return wish(jobs, number, WISH_RESUME);
}

bool jobs_drop(struct jobs *jobs, uint64_t number)
{
    return wish(jobs, number, WISH_DROP);
}

bool jobs_release(struct jobs *jobs, uint64_t number)
{
    return wish(jobs, number, WISH_RELEASE);
}

static int64_t due_by(const struct job *job, int64_t now)
{
    return job->due <= now ? job->due : 0;
}

/* What was due earlier comes earlier, also when this thread is late for both; else the older does. */
static void chain(struct job **todo, struct job *job, int64_t now)
{
    while (*todo && due_by(*todo, now) < due_by(job, now))
        todo = &(*todo)->todo;
    job->todo = *todo;
    *todo = job;
}

/* The jobs to look after, chained by `todo`: so that it can be done without the lock. */
static struct job *take_todo(struct jobs *jobs, int64_t now)
{
    struct job *todo = NULL;
    pthread_mutex_lock(&jobs->lock);
    for (struct job *job = jobs->first; job; job = job->next) {
        if (!job->wishes && !due_by(job, now) && job->fd_count == 0)
            continue;
        job->doing = job->wishes;
        job->wishes = 0;
        chain(&todo, job, now);
    }
    pthread_mutex_unlock(&jobs->lock);
    return todo;
}

static bool do_job(bool (*what)(struct job *), struct job *job)
{
    return !what || what(job);
}

/* Not left to curl_multi_poll: it tells of no POLLHUP and no POLLERR, and these alone are what comes
 * when the other end of an empty pipe is closed. */
static bool is_ready(struct job *job)
{
    return job->fd_count > 0 && poll(job->fds, job->fd_count, 0) > 0;
}

/* False when the job is over. */
static bool look_after(struct job *job, int64_t now)
{
    if ((job->doing & WISH_DROP) && !(job->kind->drop && job->kind->drop(job)))
        return false;
    if ((job->doing & WISH_RELEASE) && !(job->kind->release && job->kind->release(job)))
        return false;
    if ((job->doing & WISH_START) && !do_job(job->kind->start, job))
        return false;
    if ((job->doing & WISH_RESUME) && !do_job(job->kind->resume, job))
        return false;
    if (is_ready(job) && !do_job(job->kind->ready, job))
        return false;
    return job->due == 0 || job->due > now || do_job(job->kind->expire, job);
}

void jobs_attend(struct jobs *jobs)
{
    int64_t now = clock_ms();
    for (struct job *job = take_todo(jobs, now), *next; job; job = next) {
        next = job->todo;
        if (!look_after(job, now))
            jobs_end(jobs, job);
    }
}

static void add_waits(struct buf *waits, const struct job *job)
{
    for (unsigned i = 0; i < job->fd_count; i++) {
        if (job->fds[i].fd < 0)
            continue;
        struct curl_waitfd wait = {
            .fd = job->fds[i].fd,
            .events = job->fds[i].events & POLLOUT ? CURL_WAIT_POLLOUT : CURL_WAIT_POLLIN,
        };
        buf_add(waits, &wait, sizeof(wait));
    }
}

unsigned jobs_waits(struct jobs *jobs, struct buf *waits, int64_t *due)
{
    buf_reset(waits);
    *due = 0;
    pthread_mutex_lock(&jobs->lock);
    for (const struct job *job = jobs->first; job; job = job->next) {
        add_waits(waits, job);
        if (job->due != 0 && (*due == 0 || job->due < *due))
            *due = job->due;
    }
    pthread_mutex_unlock(&jobs->lock);
    return (unsigned)(waits->len / sizeof(struct curl_waitfd));
}

void jobs_end(struct jobs *jobs, struct job *job)
{
    pthread_mutex_lock(&jobs->lock);
    struct job **link = &jobs->first;
    while (*link != job)
        link = &(*link)->next;
    *link = job->next;
    pthread_mutex_unlock(&jobs->lock);
    job->kind->free(job);
}

void jobs_end_all(struct jobs *jobs)
{
    while (jobs->first)
        jobs_end(jobs, jobs->first);
}

void job_post(struct job *job, struct mail *mail)
{
    pthread_mutex_lock(&job->jobs->lock);
    if (job->box)
        mailbox_post(job->box, mail);
    else
        mail_free(mail);
    pthread_mutex_unlock(&job->jobs->lock);
}

bool job_post_bytes(struct job *job, int kind, int64_t time, const char *bytes, size_t len)
{
    pthread_mutex_lock(&job->jobs->lock);
    bool taken = !job->box || mailbox_post_bytes(job->box, job->number, kind, time, bytes, len);
    pthread_mutex_unlock(&job->jobs->lock);
    return taken;
}
