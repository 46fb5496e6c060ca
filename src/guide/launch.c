/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * The guide's server is this executable once more.  Two things tell it that we are gone, however we
 * went: the pipe of which we hold the writing end, and the kernel (PR_SET_PDEATHSIG in server.c).  We
 * listen for it before it runs, so that nobody has to wait until it does; but the socket is its own
 * then, so that nobody waits for one that died.
 */
#include "guide/guide.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <signal.h>
#include <spawn.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/error.h"
#include "base/mem.h"
#include "guide/socket.h"

/* What the child finds its two descriptors at; none of ours that is to be moved there may be one of
 * these. */
enum { LISTEN_FD = 3, ALIVE_FD = 4, FIRST_FD = 5 };

struct guide {
    char *path;
    int alive[2]; /* a pipe, -1 before the first start: the child sees our end close */
    pid_t child;  /* 0: none */
};

struct guide *guide_new(struct error *error)
{
    char *path = socket_path(error);
    if (!path)
        return NULL;
    struct guide *guide = xnew(struct guide);
    *guide = (struct guide){.path = path, .alive = {-1, -1}};
    return guide;
}

const char *guide_socket(const struct guide *guide)
{
    return guide->path;
}

/* Move a descriptor out of the way of the child's numbers. */
static int move_up(int *fd)
{
    int moved = fcntl(*fd, F_DUPFD_CLOEXEC, FIRST_FD);
    if (moved < 0)
        return -1;
    close(*fd);
    *fd = moved;
    return 0;
}

static void close_pipe(struct guide *guide)
{
    for (int i = 0; i < 2; i++) {
        if (guide->alive[i] >= 0)
            close(guide->alive[i]);
        guide->alive[i] = -1;
    }
}

static int open_pipe(struct guide *guide, struct error *error)
{
    if (guide->alive[0] >= 0)
        return 0;
    if (pipe2(guide->alive, O_CLOEXEC) == 0 && move_up(&guide->alive[0]) == 0)
        return 0;
    error_errno(error, RN_EIO, "cannot start the guide");
    close_pipe(guide);
    return -1;
}

/* The name of this executable.  The kernel's own name for it is right even when the file has been
 * replaced since; but under valgrind that is valgrind. */
static void find_executable(char *path, size_t size)
{
    ssize_t len = readlink("/proc/self/exe", path, size - 1);
    path[len > 0 ? len : 0] = '\0';
    if (access(path, X_OK) < 0)
        snprintf(path, size, "/proc/self/exe");
}

/* Its own session, so that the terminal's Ctrl-C is none of its business; no signal blocked or
 * ignored; of our descriptors the two and stderr. */
static int spawn(struct guide *guide, int listen_fd, char *const argv[])
{
    char executable[PATH_MAX];
    find_executable(executable, sizeof(executable));
    posix_spawn_file_actions_t files;
    posix_spawnattr_t attributes;
    sigset_t all, none;
    sigfillset(&all);
    sigemptyset(&none);
    posix_spawn_file_actions_init(&files);
    posix_spawn_file_actions_addopen(&files, STDIN_FILENO, "/dev/null", O_RDONLY, 0);
    posix_spawn_file_actions_addopen(&files, STDOUT_FILENO, "/dev/null", O_WRONLY, 0);
    posix_spawn_file_actions_adddup2(&files, listen_fd, LISTEN_FD);
    posix_spawn_file_actions_adddup2(&files, guide->alive[0], ALIVE_FD);
    posix_spawn_file_actions_addclosefrom_np(&files, FIRST_FD);
    posix_spawnattr_init(&attributes);
    posix_spawnattr_setflags(&attributes,
                             POSIX_SPAWN_SETSID | POSIX_SPAWN_SETSIGDEF | POSIX_SPAWN_SETSIGMASK);
    posix_spawnattr_setsigdefault(&attributes, &all);
    posix_spawnattr_setsigmask(&attributes, &none);
    int result = posix_spawn(&guide->child, executable, &files, &attributes, argv, environ);
    posix_spawnattr_destroy(&attributes);
    posix_spawn_file_actions_destroy(&files);
    return result;
}

static bool is_running(struct guide *guide)
{
    if (guide->child > 0 && waitpid(guide->child, NULL, WNOHANG) != 0)
        guide->child = 0;
    return guide->child > 0;
}

/* Start it on a socket: it is the child's, and ours is closed. */
static int start_on(struct guide *guide, int listen_fd, long rate)
{
    char listen_number[16], alive_number[16], pace[32];
    snprintf(listen_number, sizeof(listen_number), "%d", LISTEN_FD);
    snprintf(alive_number, sizeof(alive_number), "%d", ALIVE_FD);
    snprintf(pace, sizeof(pace), "%ld", rate);
    const char *argv[] = {"runnel",     "serve-guide", "--listen-fd", listen_number, "--alive-fd",
                          alive_number, "--rate",      pace,          NULL};
    int why = move_up(&listen_fd) < 0 ? errno : spawn(guide, listen_fd, (char *const *)argv);
    close(listen_fd);
    return why;
}

static int make_and_start(struct guide *guide, long rate, struct error *error)
{
    /* One that died has left its socket. */
    socket_remove(guide->path);
    int listen_fd = socket_listen(guide->path, error);
    if (listen_fd < 0)
        return -1;
    int why = start_on(guide, listen_fd, rate);
    if (!why)
        return 0;
    guide->child = 0;
    socket_remove(guide->path);
    return error_set(error, RN_EIO, "cannot start the guide: %s", strerror(why));
}

/* Between the making of the folder and the start of the child that would remove it, no signal may
 * end us. */
int guide_start(struct guide *guide, long rate, struct error *error)
{
    if (is_running(guide))
        return 0;
    if (open_pipe(guide, error) < 0)
        return -1;
    sigset_t all, before;
    sigfillset(&all);
    pthread_sigmask(SIG_SETMASK, &all, &before);
    int result = make_and_start(guide, rate, error);
    pthread_sigmask(SIG_SETMASK, &before, NULL);
    return result;
}

/* The child holds nothing that could be lost, so it is ended the one way that never takes long. */
void guide_free(struct guide *guide)
{
    if (!guide)
        return;
    if (is_running(guide)) {
        kill(guide->child, SIGKILL);
        while (waitpid(guide->child, NULL, 0) < 0 && errno == EINTR)
            ;
    }
    if (guide->alive[0] >= 0)
        socket_remove(guide->path);
    close_pipe(guide);
    free(guide->path);
    free(guide);
}
