/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * The tool's process is the command's keeper: it starts the shell, which shuts itself in before it begins,
 * and stays outside to end what the command leaves running and to remove its temporary files.  As a
 * subreaper it becomes the parent of every process whose own parent has ended, so nothing gets away.
 *
 * The command writes straight into the pipe that the keeper was given: its output is not held up, and
 * the limits on it are the caller's.
 */
#include "tools/call.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/buf.h"
#include "base/error.h"
#include "base/fd.h"
#include "base/json.h"
#include "tools/sandbox.h"
#include "tools/scratch.h"

/* The caller kills the keeper half a second after it asked it to end; this leaves time to clean up. */
enum { GRACE_MS = 200 };

/* ---- The command ---- */

static void set_environment(const char *scratch)
{
    setenv("TMPDIR", scratch, 1);
    setenv("XDG_CACHE_HOME", scratch, 1); /* the usual one cannot be written */
    setenv("TERM", "dumb", 1);
    setenv("PAGER", "cat", 1);
    setenv("GIT_PAGER", "cat", 1);
}

static void set_streams(void)
{
    int null = open("/dev/null", O_RDONLY | O_CLOEXEC);
    if (null >= 0)
        dup2(null, STDIN_FILENO);
    dup2(STDOUT_FILENO, STDERR_FILENO);
}

static _Noreturn void become_command(const struct call *call, const char *scratch,
                                     const sigset_t *mask)
{
    const char *command = json_get_text(call->args, "command");
    struct error error = ERROR_INIT;
    struct sandbox sandbox = {
        .access = TOOL_RUNS, .grounds = &call->grounds, .place = -1, .scratch = scratch};
    set_streams();
    set_environment(scratch);
    if (sandbox_shut(&sandbox, &error) < 0) {
        fd_write_all(STDOUT_FILENO, error.text, strlen(error.text));
        _exit(126);
    }
    signal(SIGPIPE, SIG_DFL);
    sigprocmask(SIG_SETMASK, mask, NULL);
    execl("/bin/sh", "sh", "-c", command, (char *)NULL);
    _exit(127);
}

/* ---- Its keeper ---- */

struct keeper {
    pid_t command;
    int status; /* of the command, when it has ended */
    bool has_ended, was_told_to_stop;
};

/* Send a signal to each child; whether there was one. */
static bool signal_children(int number)
{
    bool any = false;
    int pid;
    FILE *children = fopen("/proc/thread-self/children", "re");
    if (!children)
        return false;
    while (fscanf(children, "%d", &pid) == 1) /* NOLINT(cert-err34-c): the kernel's own numbers */
        any |= kill(pid, number) == 0;
    fclose(children);
    return any;
}

static void reap(struct keeper *keeper)
{
    int status;
    for (pid_t pid; (pid = waitpid(-1, &status, WNOHANG)) > 0;) {
        if (pid != keeper->command)
            continue;
        keeper->status = status;
        keeper->has_ended = true;
    }
}

/* Killing one hands its children to us: until there are none. */
static void end_all(struct keeper *keeper)
{
    while (signal_children(SIGKILL)) {
        int status;
        pid_t pid = waitpid(-1, &status, 0);
        if (pid == keeper->command) {
            keeper->status = status;
            keeper->has_ended = true;
        }
        reap(keeper);
    }
}

static void keep(struct keeper *keeper, const sigset_t *signals)
{
    static const struct timespec grace = {0, GRACE_MS * 1000000L};
    while (!keeper->has_ended) {
        int number = keeper->was_told_to_stop ? sigtimedwait(signals, NULL, &grace)
                                              : sigwaitinfo(signals, NULL);
        if (number < 0 && errno == EAGAIN)
            break; /* it did not end when it was told to */
        if (number == SIGCHLD) {
            reap(keeper);
        } else if (number > 0 && !keeper->was_told_to_stop) {
            keeper->was_told_to_stop = true;
            signal_children(SIGTERM);
        }
    }
    end_all(keeper);
}

static void list_signals(sigset_t *signals)
{
    sigemptyset(signals);
    sigaddset(signals, SIGCHLD);
    sigaddset(signals, SIGTERM);
    sigaddset(signals, SIGINT);
    sigaddset(signals, SIGHUP);
}

/* What follows the command's own output. */
static int tell_end(const struct keeper *keeper, struct buf *out)
{
    if (keeper->was_told_to_stop)
        return call_fail(out, "\n[stopped]\n");
    if (WIFSIGNALED(keeper->status))
        return call_fail(out, "\n[ended by signal %d: %s]\n", WTERMSIG(keeper->status),
                         strsignal(WTERMSIG(keeper->status)));
    if (WEXITSTATUS(keeper->status) != 0)
        return call_fail(out, "\n[exit status %d]\n", WEXITSTATUS(keeper->status));
    return 0;
}

static int start_and_keep(const struct call *call, const char *scratch, struct buf *out)
{
    sigset_t signals, before;
    struct keeper keeper = {0};
    list_signals(&signals);
    sigprocmask(SIG_BLOCK, &signals, &before);
    prctl(PR_SET_CHILD_SUBREAPER, 1, 0, 0, 0);
    keeper.command = fork();
    if (keeper.command < 0)
        return call_fail(out, "the command cannot be started: %s", strerror(errno));
    if (keeper.command == 0)
        become_command(call, scratch, &before);
    keep(&keeper, &signals);
    return tell_end(&keeper, out);
}

int run_shell(const struct call *call, struct buf *out)
{
    struct error error = ERROR_INIT;
    char *scratch = scratch_new(&error);
    if (!scratch)
        return call_fail(out, "there is no place for temporary files: %s", error.text);
    int result = start_and_keep(call, scratch, out);
    scratch_remove(scratch);
    return result;
}
