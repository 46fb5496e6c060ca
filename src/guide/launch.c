/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * The guide's server is this executable once more.  Two things tell it that we are gone, however we
 * went: the pipe of which we hold the writing end, and the kernel (PR_SET_PDEATHSIG in server.c).  The
 * listening socket is ours, so a server that died can be followed by another on the same path.
 */
#include "guide/guide.h"

#include <errno.h>
#include <fcntl.h>
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

/* What the child finds its two descriptors at; no descriptor of ours that is to be moved there may be
 * one of these. */
enum { LISTEN_FD = 3, ALIVE_FD = 4, FIRST_FD = 5 };

struct guide {
    char *path;
    int listen_fd; /* -1 until the first start */
    int alive[2];  /* a pipe: the child has the reading end and sees ours close */
    pid_t child;   /* 0: none */
};

struct guide *guide_new(struct error *error)
{
    char *path = socket_path(error);
    if (!path)
        return NULL;
    struct guide *guide = xnew(struct guide);
    *guide = (struct guide){.path = path, .listen_fd = -1, .alive = {-1, -1}};
    return guide;
}

const char *guide_socket(const struct guide *guide)
{
    return guide->path;
}

static void close_fd(int *fd)
{
    if (*fd >= 0)
        close(*fd);
    *fd = -1;
}

static void let_go(struct guide *guide)
{
    close_fd(&guide->alive[0]);
    close_fd(&guide->alive[1]);
    if (guide->listen_fd >= 0)
        socket_remove(guide->path);
    close_fd(&guide->listen_fd);
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

/* Once: the socket, and the pipe. */
static int prepare(struct guide *guide, struct error *error)
{
    if (guide->listen_fd >= 0)
        return 0;
    guide->listen_fd = socket_listen(guide->path, error);
    if (guide->listen_fd < 0)
        return -1;
    if (pipe2(guide->alive, O_CLOEXEC) < 0 || move_up(&guide->alive[0]) < 0 ||
        move_up(&guide->listen_fd) < 0) {
        error_errno(error, RN_EIO, "cannot start the guide");
        let_go(guide);
        return -1;
    }
    return 0;
}

/* Its own session, so that the terminal's Ctrl-C is none of its business; no signal blocked or
 * ignored; of our descriptors the two and stderr. */
static int spawn(struct guide *guide, char *const argv[])
{
    posix_spawn_file_actions_t files;
    posix_spawnattr_t attributes;
    sigset_t all, none;
    sigfillset(&all);
    sigemptyset(&none);
    posix_spawn_file_actions_init(&files);
    posix_spawn_file_actions_addopen(&files, STDIN_FILENO, "/dev/null", O_RDONLY, 0);
    posix_spawn_file_actions_addopen(&files, STDOUT_FILENO, "/dev/null", O_WRONLY, 0);
    posix_spawn_file_actions_adddup2(&files, guide->listen_fd, LISTEN_FD);
    posix_spawn_file_actions_adddup2(&files, guide->alive[0], ALIVE_FD);
    posix_spawn_file_actions_addclosefrom_np(&files, FIRST_FD);
    posix_spawnattr_init(&attributes);
    posix_spawnattr_setflags(&attributes,
                             POSIX_SPAWN_SETSID | POSIX_SPAWN_SETSIGDEF | POSIX_SPAWN_SETSIGMASK);
    posix_spawnattr_setsigdefault(&attributes, &all);
    posix_spawnattr_setsigmask(&attributes, &none);
    int result = posix_spawn(&guide->child, "/proc/self/exe", &files, &attributes, argv, environ);
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

int guide_start(struct guide *guide, long rate, struct error *error)
{
    if (is_running(guide))
        return 0;
    if (prepare(guide, error) < 0)
        return -1;
    char listen_fd[16], alive_fd[16], pace[32];
    snprintf(listen_fd, sizeof(listen_fd), "%d", LISTEN_FD);
    snprintf(alive_fd, sizeof(alive_fd), "%d", ALIVE_FD);
    snprintf(pace, sizeof(pace), "%ld", rate);
    const char *argv[] = {"runnel", "serve-guide", "--listen-fd", listen_fd, "--alive-fd",
                          alive_fd, "--rate",      pace,          NULL};
    int why = spawn(guide, (char *const *)argv);
    if (!why)
        return 0;
    guide->child = 0;
    return error_set(error, RN_EIO, "cannot start the guide: %s", strerror(why));
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
    let_go(guide);
    free(guide->path);
    free(guide);
}
