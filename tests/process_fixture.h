/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * A ground for child processes: an I/O thread, and a test process to which orphans come (a subreaper),
 * so that it can tell whether anything was left behind: no process, no zombie, no descriptor.
 */
#ifndef PROCESS_FIXTURE_H
#define PROCESS_FIXTURE_H

#include <setjmp.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <pthread.h>
#include <sched.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/pidfd.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/buf.h"
#include "base/mailbox.h"
#include "base/mem.h"
#include "io/process.h"
#include "io/worker.h"
#include "runnel.h"
#include "server/client.h"

enum { PATIENCE_MS = 120 * 1000, BOX = 256 * 1024 };

#define SH(script) ((const char *const[]){"/bin/sh", "-c", script, NULL})

/* ---- pidfd_open, in place of the C library's ------------------------------------------------- */

static struct {
    _Atomic int fail_with;  /* errno; 0: do not */
    _Atomic int stand_ins;
} pidfd_fake;

struct stand_in {
    pid_t pid;
    int fds[2];
};

static inline void *wait_in_its_stead(void *arg)
{
    struct stand_in *stand_in = arg;
    siginfo_t info;
    waitid(P_PID, (id_t)stand_in->pid, &info, WEXITED | WNOWAIT);
    close(stand_in->fds[1]);
    free(stand_in);
    pidfd_fake.stand_ins--;
    return NULL;
}

/* valgrind 3.19 does not know the call: a pipe that a waiting thread closes does what is needed. */
static inline int pidfd_stand_in(pid_t pid)
{
    pthread_t thread;
    struct stand_in *stand_in = xnew(struct stand_in);
    stand_in->pid = pid;
    assert_int_equal(pipe2(stand_in->fds, O_CLOEXEC), 0);
    int fd = stand_in->fds[0];
    pidfd_fake.stand_ins++;
    assert_int_equal(pthread_create(&thread, NULL, wait_in_its_stead, stand_in), 0);
    pthread_detach(thread);
    return fd;
}

/* Until it can go no further by itself: it waits for something, or has ended. */
static inline void await_rest(pid_t pid)
{
    char path[64], state = 'R';
    snprintf(path, sizeof(path), "/proc/%d/stat", (int)pid);
    while (state != 'S' && state != 'Z') {
        FILE *file = fopen(path, "re");
        assert_non_null(file);
        assert_int_equal(fscanf(file, "%*d (%*[^)]) %c", &state), 1);
        fclose(file);
    }
}

int pidfd_open(pid_t pid, unsigned flags)
{
    if (pidfd_fake.fail_with) {
        await_rest(pid);
        errno = pidfd_fake.fail_with;
        return -1;
    }
    int fd = (int)syscall(SYS_pidfd_open, pid, flags);
    return fd < 0 && errno == ENOSYS ? pidfd_stand_in(pid) : fd;
}

/* ---- The ground ------------------------------------------------------------------------------ */

struct ground {
    struct worker *worker;
    struct mailbox *box;
    int fds;                /* open before */
};

static inline int count_entries(const char *folder)
{
    int count = 0;
    DIR *dir = opendir(folder);
    assert_non_null(dir);
    while (readdir(dir))
        count++;
    closedir(dir);
    return count;
}

static inline int count_fds(void)
{
    return count_entries("/proc/self/fd");
}

static inline int ground_set_up(void **state)
{
    struct ground *ground = xnew(struct ground);
    /* What hangs would hang for ever. */
    alarm(PATIENCE_MS / 1000);
    prctl(PR_SET_CHILD_SUBREAPER, 1);
    ground->fds = count_fds();
    ground->worker = worker_new();
    ground->box = mailbox_new(BOX);
    *state = ground;
    return 0;
}

/* Of what we made ourselves nothing is left; whatever these made has been killed, and we reap it. */
static inline void assert_all_gone(void)
{
    siginfo_t info;
    while (waitid(P_ALL, 0, &info, WEXITED | WNOWAIT) == 0) {
        pid_t group = getpgid(info.si_pid);
        assert_int_not_equal(group, info.si_pid);
        assert_int_not_equal(group, getpgrp());
        assert_int_equal(waitpid(info.si_pid, NULL, 0), info.si_pid);
    }
    assert_int_equal(errno, ECHILD);
}

static inline int ground_tear_down(void **state)
{
    struct ground *ground = *state;
    worker_free(ground->worker);
    mailbox_free(ground->box);
    assert_all_gone();
    while (pidfd_fake.stand_ins > 0)
        sched_yield();
    assert_int_equal(count_fds(), ground->fds);
    free(ground);
    return 0;
}

/* ---- What came of a process ------------------------------------------------------------------ */

struct outcome {
    struct buf out, notes, why;
    int ends, code;
    struct process_end end;
    size_t most;            /* bytes in one take before the end */
    bool was_full;
};

static inline void outcome_clear(struct outcome *o)
{
    buf_clear(&o->out);
    buf_clear(&o->notes);
    buf_clear(&o->why);
    *o = (struct outcome){0};
}

static inline void outcome_add(struct outcome *o, const struct mail *mail)
{
    assert_int_equal(o->ends, 0);
    switch (mail->kind) {
    case MAIL_BYTES:
        buf_add(&o->out, mail->data.data, mail->data.len);
        break;
    case MAIL_NOTE:
        buf_add(&o->notes, mail->data.data, mail->data.len);
        break;
    default:
        assert_int_equal(mail->kind, MAIL_END);
        o->ends++;
        o->code = mail->code;
        buf_adds(&o->why, buf_str(&mail->data));
        assert_non_null(mail->more);
        o->end = *(const struct process_end *)mail->more;
    }
}

/* Take what is there, and keep what is for this number; true when the box was full. */
static inline bool outcome_take(struct outcome *o, struct mailbox *box, uint64_t number)
{
    bool was_full;
    size_t bytes = 0;
    struct mail *mail = mailbox_take(box, &was_full), *next;
    for (; mail; mail = next) {
        next = mail->next;
        bytes += mail->data.len;
        if (mail->from == number)
            outcome_add(o, mail);
        mail_free(mail);
    }
    if (!o->ends && bytes > o->most)
        o->most = bytes;
    o->was_full |= was_full;
    return was_full;
}

static inline void await_fd(int fd)
{
    struct pollfd p = {.fd = fd, .events = POLLIN};
    assert_int_equal(poll(&p, 1, PATIENCE_MS), 1);
}

/* Until so much is there of stdout, or the end. */
static inline void outcome_read(struct outcome *o, struct worker *worker, struct mailbox *box,
                                uint64_t number, size_t enough)
{
    while (!o->ends && o->out.len < enough) {
        await_fd(mailbox_fd(box));
        if (outcome_take(o, box, number))
            worker_resume(worker, number);
    }
}

static inline void outcome_assert(const char *about, const struct outcome *o, int code, int status,
                                  int signal)
{
    if (o->ends != 1 || o->code != code || o->end.status != status || o->end.signal != signal)
        fail_msg("%s: ended %d times with %d \"%s\", status %d, signal %d; want %d, %d, %d", about,
                 o->ends, o->code, buf_str(&o->why), o->end.status, o->end.signal, code, status,
                 signal);
}

/* Run it to its end. */
static inline void ground_run(struct ground *ground, const struct process_spec *spec,
                              struct outcome *o)
{
    outcome_clear(o);
    uint64_t number = worker_process(ground->worker, spec, ground->box);
    assert_int_not_equal(number, 0);
    outcome_read(o, ground->worker, ground->box, number, SIZE_MAX);
    worker_drop(ground->worker, number);
}

/* The thread has gone round twice: what has ended is done with. */
static inline void ground_settle(struct ground *ground)
{
    client_pass_time(ground->worker, 0);
    client_pass_time(ground->worker, 0);
}

/* Begin a script whose first line is a process id.  Returns its number. */
static inline uint64_t ground_begin(struct ground *ground, const char *script, pid_t *pid)
{
    struct outcome o = {0};
    struct process_spec spec = {.command = SH(script)};
    uint64_t number = worker_process(ground->worker, &spec, ground->box);
    while (!o.ends && !(o.out.len > 0 && memchr(o.out.data, '\n', o.out.len)))
        outcome_read(&o, ground->worker, ground->box, number, o.out.len + 1);
    *pid = (pid_t)strtol(buf_str(&o.out), NULL, 10);
    assert_true(*pid > 1);
    outcome_clear(&o);
    return number;
}

#endif
