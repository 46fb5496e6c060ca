/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * The thread sleeps in curl_multi_poll until a socket or a pipe has something, somebody wishes something,
 * or the next deadline has come: never at regular intervals.
 */
#include "io/worker.h"

#include <curl/curl.h>
#include <limits.h>
#include <pthread.h>
#include <signal.h>
#include <stdlib.h>

#include "base/buf.h"
#include "base/clock.h"
#include "base/mailbox.h"
#include "base/mem.h"
#include "io/job.h"
#include "io/process.h"
#include "io/transfer.h"
#include "runnel.h"

struct worker {
    struct jobs *jobs; /* fixed after worker_new */
    int log_fd;        /* fixed when the thread starts */
    struct buf waits;  /* the thread's: struct curl_waitfd */

    pthread_mutex_t lock; /* a leaf: hold it, take no other */
    CURLM *multi;         /* under lock; fixed once the thread runs, NULL before */
    bool is_ending;       /* under lock */
    pthread_t thread;
};

struct worker *worker_new(void)
{
    struct worker *worker = xnew(struct worker);
    worker->jobs = jobs_new();
    worker->log_fd = -1;
    pthread_mutex_init(&worker->lock, NULL);
    return worker;
}

void worker_log(struct worker *worker, int fd)
{
    worker->log_fd = fd;
}

/* ---- The thread ---------------------------------------------------------------------------- */

static bool is_ending(struct worker *worker)
{
    pthread_mutex_lock(&worker->lock);
    bool ending = worker->is_ending;
    pthread_mutex_unlock(&worker->lock);
    return ending;
}

static void end_transfers(struct worker *worker)
{
    int left;
    for (CURLMsg *message; (message = curl_multi_info_read(worker->multi, &left));)
        if (message->msg == CURLMSG_DONE)
            jobs_end(worker->jobs, transfer_done(message->easy_handle, message->data.result));
}

static int ms_until(int64_t due)
{
    if (due == 0)
        return INT_MAX;
    int64_t wait = due - clock_ms();
    return wait < 0 ? 0 : wait > INT_MAX ? INT_MAX : (int)wait;
}

/* Until there is something to do of our own accord; libcurl knows its own deadlines. */
static void await(struct worker *worker)
{
    int64_t due;
    unsigned count = jobs_waits(worker->jobs, &worker->waits, &due);
    struct curl_waitfd *waits = (struct curl_waitfd *)worker->waits.data;
    curl_multi_poll(worker->multi, waits, count, ms_until(due), NULL);
}

static void *run(void *arg)
{
    struct worker *worker = arg;
    int running;
    while (!is_ending(worker)) {
        jobs_attend(worker->jobs);
        curl_multi_perform(worker->multi, &running);
        end_transfers(worker);
        await(worker);
    }
    /* Here, because closing a TLS connection may raise SIGPIPE, which only this thread blocks. */
    jobs_end_all(worker->jobs);
    curl_multi_cleanup(worker->multi);
    return NULL;
}

static void init_curl(void)
{
    curl_global_init(CURL_GLOBAL_DEFAULT);
}

/* A thread inherits the signals its maker blocks: so signals go to the program's own threads. */
static int start_thread(struct worker *worker)
{
    sigset_t all, old;
    sigfillset(&all);
    pthread_sigmask(SIG_SETMASK, &all, &old);
    int failed = pthread_create(&worker->thread, NULL, run, worker);
    pthread_sigmask(SIG_SETMASK, &old, NULL);
    return failed;
}

/* Under the lock. */
static bool start(struct worker *worker)
{
    static pthread_once_t once = PTHREAD_ONCE_INIT;
    if (worker->multi)
        return true;
    pthread_once(&once, init_curl);
    worker->multi = curl_multi_init();
    /* Without descriptors for its wake-up libcurl would make do, and nobody could reach the thread. */
    if (worker->multi && curl_multi_wakeup(worker->multi) == CURLM_OK && start_thread(worker) == 0)
        return true;
    curl_multi_cleanup(worker->multi);
    worker->multi = NULL;
    return false;
}

static CURLM *ensure_thread(struct worker *worker)
{
    pthread_mutex_lock(&worker->lock);
    CURLM *multi = start(worker) ? worker->multi : NULL;
    pthread_mutex_unlock(&worker->lock);
    return multi;
}

void worker_free(struct worker *worker)
{
    if (!worker)
        return;
    pthread_mutex_lock(&worker->lock);
    bool is_running = worker->multi != NULL;
    worker->is_ending = true;
    /* Under the lock, because the thread frees the multi handle as soon as it sees is_ending. */
    if (is_running)
        curl_multi_wakeup(worker->multi);
    pthread_mutex_unlock(&worker->lock);
    if (is_running)
        pthread_join(worker->thread, NULL);
    jobs_free(worker->jobs);
    buf_clear(&worker->waits);
    pthread_mutex_destroy(&worker->lock);
    free(worker);
}

/* ---- What others wish ---------------------------------------------------------------------- */

static uint64_t add(struct worker *worker, CURLM *multi, struct job *job, struct mailbox *box)
{
    uint64_t number = jobs_add(worker->jobs, job, box);
    curl_multi_wakeup(multi);
    return number;
}

/* There is a job, and so there is the thread. */
static void wake(struct worker *worker)
{
    pthread_mutex_lock(&worker->lock);
    curl_multi_wakeup(worker->multi);
    pthread_mutex_unlock(&worker->lock);
}

/* There is no thread to do it: say so at once.  Takes `more` over. */
static uint64_t post_failure(struct worker *worker, struct mailbox *box, int kind, void *more)
{
    uint64_t number = jobs_number(worker->jobs);
    struct mail *mail = mail_new(number, kind);
    mail->code = kind == MAIL_END ? RN_EIO : RN_OK;
    mail->more = more;
    if (kind == MAIL_END)
        buf_adds(&mail->data, "the I/O thread cannot start: too many threads or open files");
    mailbox_post(box, mail);
    return number;
}

uint64_t worker_http(struct worker *worker, const struct http_request *request, struct mailbox *box)
{
    CURLM *multi = ensure_thread(worker);
    if (!multi)
        return post_failure(worker, box, MAIL_END, NULL);
    return add(worker, multi, transfer_new(multi, request, worker->log_fd), box);
}

uint64_t worker_process(struct worker *worker, const struct process_spec *spec, struct mailbox *box)
{
    CURLM *multi = ensure_thread(worker);
    if (multi)
        return add(worker, multi, process_new(spec), box);
    struct process_end *end = xnew(struct process_end);
    end->status = -1;
    return post_failure(worker, box, MAIL_END, end);
}

void worker_resume(struct worker *worker, uint64_t number)
{
    if (jobs_resume(worker->jobs, number))
        wake(worker);
}

void worker_drop(struct worker *worker, uint64_t number)
{
    if (jobs_drop(worker->jobs, number))
        wake(worker);
}

void worker_release(struct worker *worker, uint64_t number)
{
    if (jobs_release(worker->jobs, number))
        wake(worker);
}

/* ---- Timers -------------------------------------------------------------------------------- */

static bool ring(struct job *job)
{
    job_post(job, mail_new(job->number, MAIL_TIMER));
    return false;
}

static void free_timer(struct job *job)
{
    free(job);
}

static const struct job_kind TIMER = {.expire = ring, .free = free_timer};

uint64_t worker_timer(struct worker *worker, int64_t ms, struct mailbox *box)
{
    CURLM *multi = ensure_thread(worker);
    if (!multi)
        return post_failure(worker, box, MAIL_TIMER, NULL);
    struct job *timer = xnew(struct job);
    timer->kind = &TIMER;
    timer->due = clock_ms() + (ms > 0 ? ms : 0);
    return add(worker, multi, timer, box);
}
