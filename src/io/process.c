/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * What comes out of the pipes is read as long as the mailbox takes it.  The piece that it did not take
 * is held, and its pipe is not waited for until the reader has made room: so the child waits too.
 */
#include "io/process.h"

#include <errno.h>
#include <poll.h>
#include <signal.h>
#include <stdlib.h>
#include <sys/ioctl.h>
#include <unistd.h>

#include "base/buf.h"
#include "base/clock.h"
#include "base/error.h"
#include "base/mailbox.h"
#include "base/mem.h"
#include "io/child.h"
#include "io/job.h"
#include "io/program.h"
#include "io/worker.h"

enum {
    GRACE_MS = 500,         /* from SIGTERM to SIGKILL */
    READ_MAX = 16 * 1024,   /* as much as libcurl reads at once */
    LEFT_MAX = 1024 * 1024, /* the largest pipe that the kernel gives to everyone */
};

/* What it waits for: its pipes by their numbers in the child, and its end. */
enum { END = CHILD_STDERR + 1, WAITS };

struct process {
    struct job job; /* first: it is what the list knows */
    struct program *program;
    struct buf input;
    size_t written; /* of the input */
    int limit_ms;

    struct child child;
    struct pollfd waits[WAITS];
    struct buf held[CHILD_STDERR + 1]; /* read from a pipe, but the mailbox was full */
    bool is_ending;                    /* it was told to end */
    bool is_late;                      /* because of its limit */
};

/* ---- Bytes --------------------------------------------------------------------------------- */

static int kind_of(int which)
{
    return which == CHILD_STDOUT ? MAIL_BYTES : MAIL_NOTE;
}

/* A pipe that is closed or held is left out altogether: that its other end was closed would be told
 * again and again. */
static void set_waits(struct process *p)
{
    for (int i = CHILD_STDIN; i <= CHILD_STDERR; i++) {
        p->waits[i].fd = p->held[i].len > 0 ? -1 : p->child.ends[i];
        p->waits[i].events = i == CHILD_STDIN ? POLLOUT : POLLIN;
    }
    p->waits[END] = (struct pollfd){.fd = p->child.pidfd, .events = POLLIN};
}

/* That the child does not want its input is no error.  The SIGPIPE that comes with EPIPE is this
 * thread's, which blocks it as long as it lives, and a child begins with no signal pending. */
static void write_input(struct process *p)
{
    size_t left = p->input.len - p->written;
    ssize_t n = 0;
    if (left > 0)
        n = write(p->child.ends[CHILD_STDIN], p->input.data + p->written, left);
    if (n > 0)
        p->written += (size_t)n;
    if (p->written < p->input.len && (n >= 0 || errno == EAGAIN))
        return;
    child_close(&p->child, CHILD_STDIN);
    buf_clear(&p->input);
}

static void read_pipe(struct process *p, int which)
{
    char bytes[READ_MAX];
    ssize_t n = read(p->child.ends[which], bytes, sizeof(bytes));
    if (n > 0 && !job_post_bytes(&p->job, kind_of(which), clock_ms(), bytes, (size_t)n))
        buf_add(&p->held[which], bytes, (size_t)n);
    else if (n == 0 || (n < 0 && errno != EAGAIN))
        child_close(&p->child, which);
}

/* Whoever still writes to it is not waited for: what is there now is all there will be.  It passes the
 * mailbox's bound, as the end does. */
static void drain_pipe(struct process *p, int which)
{
    struct mail *mail = mail_new(p->job.number, kind_of(which));
    int fd = p->child.ends[which], left = 0;
    mail->data = p->held[which];
    p->held[which] = (struct buf)BUF_INIT;
    if (fd >= 0 && ioctl(fd, FIONREAD, &left) == 0 && left > 0) {
        size_t size = left < LEFT_MAX ? (size_t)left : LEFT_MAX;
        buf_reserve(&mail->data, size);
        ssize_t n = read(fd, mail->data.data + mail->data.len, size);
        mail->data.len += n > 0 ? (size_t)n : 0;
        mail->data.data[mail->data.len] = '\0';
    }
    if (mail->data.len > 0)
        job_post(&p->job, mail);
    else
        mail_free(mail);
}

/* ---- Its end ------------------------------------------------------------------------------- */

static void post_end(struct process *p, const struct process_end *end, const struct error *error)
{
    struct mail *mail = mail_new(p->job.number, MAIL_END);
    struct process_end *more = xnew(struct process_end);
    *more = *end;
    mail->code = error->code;
    buf_adds(&mail->data, error->text);
    mail->more = more;
    job_post(&p->job, mail);
}

static void finish(struct process *p)
{
    struct error error = ERROR_INIT;
    struct process_end end;
    if (child_reap(&p->child, p->program, &end, &error) == 0 && p->is_late)
        error_set(&error, RN_ETIMEOUT, "%s did not end within %g s", program_name(p->program),
                  p->limit_ms / 1000.0);
    drain_pipe(p, CHILD_STDOUT);
    drain_pipe(p, CHILD_STDERR);
    post_end(p, &end, &error);
}

static void tell_to_end(struct process *p)
{
    child_signal(&p->child, SIGTERM);
    /* One that is stopped learns of no signal until it goes on. */
    child_signal(&p->child, SIGCONT);
    p->is_ending = true;
    p->job.due = clock_ms() + GRACE_MS;
}

/* ---- As a job ------------------------------------------------------------------------------ */

static bool start(struct job *job)
{
    struct process *p = (struct process *)job;
    struct error error = ERROR_INIT;
    if (child_start(&p->child, p->program, &error) < 0) {
        post_end(p, &(struct process_end){.status = -1}, &error);
        return false;
    }
    if (p->limit_ms > 0)
        job->due = clock_ms() + p->limit_ms;
    write_input(p);
    set_waits(p);
    return true;
}

static bool resume(struct job *job)
{
    struct process *p = (struct process *)job;
    int64_t now = clock_ms();
    for (int i = CHILD_STDOUT; i <= CHILD_STDERR; i++) {
        struct buf *held = &p->held[i];
        if (held->len > 0 && job_post_bytes(job, kind_of(i), now, held->data, held->len))
            buf_reset(held);
    }
    set_waits(p);
    return true;
}

static bool ready(struct job *job)
{
    struct process *p = (struct process *)job;
    if (p->waits[END].revents) {
        finish(p);
        return false;
    }
    if (p->waits[CHILD_STDIN].revents)
        write_input(p);
    for (int i = CHILD_STDOUT; i <= CHILD_STDERR; i++)
        if (p->waits[i].revents)
            read_pipe(p, i);
    set_waits(p);
    return true;
}

static bool expire(struct job *job)
{
    struct process *p = (struct process *)job;
    if (p->is_ending) {
        child_signal(&p->child, SIGKILL);
        job->due = 0;
    } else {
        p->is_late = true;
        tell_to_end(p);
    }
    return true;
}

/* Its output is still read, for a child that tidies up may have something to say; but to nobody. */
static bool drop(struct job *job)
{
    struct process *p = (struct process *)job;
    if (p->child.pid == 0)
        return false;
    if (!p->is_ending)
        tell_to_end(p);
    resume(job);
    return true;
}

static void free_process(struct job *job)
{
    struct process *p = (struct process *)job;
    child_clear(&p->child);
    program_free(p->program);
    buf_clear(&p->input);
    for (int i = CHILD_STDOUT; i <= CHILD_STDERR; i++)
        buf_clear(&p->held[i]);
    free(p);
}

static const struct job_kind PROCESS = {
    .start = start,
    .resume = resume,
    .ready = ready,
    .expire = expire,
    .drop = drop,
    .free = free_process,
};

struct job *process_new(const struct process_spec *spec)
{
    struct process *p = xnew(struct process);
    p->child = (struct child)CHILD_INIT;
    p->program = program_new(spec->command, spec->environment);
    p->limit_ms = spec->limit_ms;
    if (spec->input_len > 0)
        buf_add(&p->input, spec->input, spec->input_len);
    p->job.kind = &PROCESS;
    p->job.fds = p->waits;
    p->job.fd_count = WAITS;
    set_waits(p);
    return &p->job;
}
