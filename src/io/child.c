/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Between fork and exec the child has only what is async-signal-safe, because any lock may have been
 * held by another thread when its memory was copied: it makes system calls and nothing else.
 */
#include "io/child.h"

#include <assert.h>
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdlib.h>
#include <sys/pidfd.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/error.h"
#include "io/process.h"
#include "io/program.h"

/* What shells say; nobody looks at it. */
enum { EXIT_NOT_RUN = 127 };
/* A dead child that the kernel holds (a file server does not answer) is not waited for longer. */
enum { KILL_MS = 2000 };

/* ---- In the child -------------------------------------------------------------------------- */

static int exec_first(const struct program *program)
{
    int why = ENOENT;
    for (char **place = program->places; *place; place++) {
        execve(*place, program->argv, program->environment);
        if (errno == EACCES)
            why = EACCES;
        else if (errno != ENOENT && errno != ENOTDIR)
            return errno;
    }
    return why;
}

/* Our end of the line is closed too: else it would wait for itself when we are gone. */
static int take_ends(int theirs[CHILD_ENDS], const int ours[CHILD_ENDS])
{
    for (int i = 0; i < CHILD_ENDS; i++)
        close(ours[i]);
    /* We may have been started without a stdin: then they stand where they would be overwritten. */
    for (int i = CHILD_LINE; i >= 0; i--) {
        int moved = fcntl(theirs[i], F_DUPFD_CLOEXEC, STDERR_FILENO + 1);
        if (moved < 0)
            return -1;
        theirs[i] = moved;
    }
    for (int i = 0; i < CHILD_LINE; i++)
        if (dup2(theirs[i], i) < 0)
            return -1;
    return close_range(STDERR_FILENO + 1, ~0U, CLOSE_RANGE_CLOEXEC);
}

static void reset_signals(void)
{
    struct sigaction by_default = {.sa_handler = SIG_DFL};
    sigset_t none;
    for (int i = 1; i < NSIG; i++)
        sigaction(i, &by_default, NULL);
    sigemptyset(&none);
    sigprocmask(SIG_SETMASK, &none, NULL);
}

static _Noreturn void become(const struct program *program, int theirs[CHILD_ENDS],
                             const int ours[CHILD_ENDS])
{
    char go;
    int why;
    /* Should we be killed, nobody would look after it any more. */
    prctl(PR_SET_PDEATHSIG, SIGKILL);
    if (take_ends(theirs, ours) < 0 || setsid() < 0) {
        why = errno;
    } else if (read(theirs[CHILD_LINE], &go, 1) < 1) {
        _exit(EXIT_NOT_RUN);
    } else {
        reset_signals();
        why = exec_first(program);
    }
    (void)!write(theirs[CHILD_LINE], &why, sizeof(why));
    _exit(EXIT_NOT_RUN);
}

/* ---- In the parent ------------------------------------------------------------------------- */

static void close_all(int ends[CHILD_ENDS])
{
    for (int i = 0; i < CHILD_ENDS; i++) {
        if (ends[i] >= 0)
            close(ends[i]);
        ends[i] = -1;
    }
}

/* Pipes, because a stdin that is a socket is not like others: /dev/stdin cannot be opened then, and
 * bash takes itself for a remote shell and reads ~/.bashrc. */
static int open_end(int i, int *ours, int *theirs)
{
    int pair[2];
    if (i == CHILD_LINE ? socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, pair) < 0
                        : pipe2(pair, O_CLOEXEC) < 0)
        return -1;
    *ours = pair[i == CHILD_STDIN];
    *theirs = pair[i != CHILD_STDIN];
    return fcntl(*ours, F_SETFL, O_NONBLOCK);
}

static int open_ends(int ours[CHILD_ENDS], int theirs[CHILD_ENDS])
{
    for (int i = 0; i < CHILD_ENDS; i++)
        if (open_end(i, &ours[i], &theirs[i]) < 0)
            return -1;
    return 0;
}

/* It has ended, or will at once. */
static int await_end(pid_t pid, siginfo_t *info)
{
    int result;
    while ((result = waitid(P_PID, (id_t)pid, info, WEXITED)) < 0 && errno == EINTR)
        ;
    return result;
}

static int fork_child(struct child *child, const struct program *program, int theirs[CHILD_ENDS])
{
    pid_t pid = fork();
    if (pid < 0)
        return -1;
    if (pid == 0)
        become(program, theirs, child->ends);
    child->pidfd = pidfd_open(pid, 0);
    if (child->pidfd < 0) {
        int why = errno;
        siginfo_t info;
        kill(pid, SIGKILL);
        await_end(pid, &info);
        errno = why;
        return -1;
    }
    child->pid = pid;
    return 0;
}

int child_start(struct child *child, const struct program *program, struct error *error)
{
    int theirs[CHILD_ENDS] = {-1, -1, -1, -1};
    *child = (struct child)CHILD_INIT;
    if (open_ends(child->ends, theirs) < 0 || fork_child(child, program, theirs) < 0) {
        if (errno == ENOSYS)
            error_set(error, RN_EIO, "cannot run %s: the kernel has no pidfd_open (Linux 5.3 has)",
                      program_name(program));
        else
            error_errno(error, RN_EIO, "cannot run %s", program_name(program));
        close_all(child->ends);
        close_all(theirs);
        return -1;
    }
    close_all(theirs);
    send(child->ends[CHILD_LINE], "", 1, MSG_NOSIGNAL);
    return 0;
}

void child_close(struct child *child, int end)
{
    close(child->ends[end]);
    child->ends[end] = -1;
}

void child_signal(const struct child *child, int signal)
{
    assert(child->pid > 0);
    /* A child that has only just begun has no group yet, and is alone. */
    if (kill(-child->pid, signal) < 0)
        kill(child->pid, signal);
}

/* 0: it was run. */
static int why_not_run(const struct child *child)
{
    int why;
    ssize_t len = recv(child->ends[CHILD_LINE], &why, sizeof(why), 0);
    return len == (ssize_t)sizeof(why) ? why : 0;
}

int child_reap(struct child *child, const struct program *program, struct process_end *end,
               struct error *error)
{
    siginfo_t info;
    /* The group first: as long as the child is not reaped nobody else can have its number. */
    child_signal(child, SIGKILL);
    int result = await_end(child->pid, &info);
    child->pid = 0;
    *end = (struct process_end){.status = -1};
    errno = why_not_run(child);
    if (errno)
        return error_errno(error, RN_EIO, "cannot run %s", program_name(program));
    if (result < 0)
        return error_set(
            error, RN_EIO,
            "how %s ended is not known: SIGCHLD is ignored, or another has waited for it",
            program_name(program));
    if (info.si_code == CLD_EXITED)
        end->status = info.si_status;
    else
        end->signal = info.si_status;
    return 0;
}

void child_clear(struct child *child)
{
    struct pollfd end = {.fd = child->pidfd, .events = POLLIN};
    siginfo_t info;
    if (child->pid > 0) {
        child_signal(child, SIGKILL);
        if (poll(&end, 1, KILL_MS) > 0)
            await_end(child->pid, &info);
    }
    if (child->pidfd >= 0)
        close(child->pidfd);
    close_all(child->ends);
    *child = (struct child)CHILD_INIT;
}
