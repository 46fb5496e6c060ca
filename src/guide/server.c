/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * The guide's HTTP server: one thread, one poll.  libmicrohttpd is driven from outside by its epoll
 * descriptor; the sockets of the answers that wait for their pace are watched here, so that a client
 * that goes away is seen at once.
 */
#include "guide/guide.h"

#include <errno.h>
#include <microhttpd.h>
#include <poll.h>
#include <signal.h>
#include <sys/prctl.h>
#include <sys/signalfd.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/error.h"
#include "guide/exchange.h"
#include "guide/socket.h"

enum {
    IDLE_SECONDS = 300, /* a connection on which nothing happens */
    PARENT_MS = 1000,   /* how long a parent's threads may take to end one after another */
};

struct server {
    struct MHD_Daemon *daemon;
    struct exchanges exchanges;
};

enum { ALIVE, SIGNAL, DAEMON, FIRST_CLIENT };

/* How long until something is due, -1 for ever. */
static int patience(const struct server *server)
{
    MHD_UNSIGNED_LONG_LONG daemon_ms;
    int64_t wait = -1, now = clock_ms();
    if (MHD_get_timeout(server->daemon, &daemon_ms) == MHD_YES)
        wait = daemon_ms < INT32_MAX ? (int64_t)daemon_ms : INT32_MAX;
    for (size_t i = 0; i < server->exchanges.waiting_count; i++) {
        int64_t due = exchange_due(server->exchanges.waiting[i]) - now;
        due = due > 0 ? due : 0;
        wait = wait < 0 || due < wait ? due : wait;
    }
    return wait < INT32_MAX ? (int)wait : INT32_MAX;
}

static size_t watch(const struct exchanges *exchanges, struct pollfd *fds)
{
    size_t count = FIRST_CLIENT;
    for (size_t i = 0; i < exchanges->waiting_count; i++)
        fds[count++] =
            (struct pollfd){.fd = exchange_fd(exchanges->waiting[i]), .events = POLLRDHUP};
    return count;
}

/* From the last to the first, since the last takes the place of one that is resumed. */
static void resume_due(struct exchanges *exchanges, const struct pollfd *fds)
{
    int64_t now = clock_ms();
    for (size_t i = exchanges->waiting_count; i-- > 0;) {
        bool gone = fds[FIRST_CLIENT + i].revents != 0;
        if (gone || exchange_due(exchanges->waiting[i]) <= now)
            exchanges_resume(exchanges, i, gone);
    }
}

/* Until the parent is gone or we are asked to end. */
static int run(struct server *server, int alive_fd, int signal_fd, struct error *error)
{
    struct pollfd fds[FIRST_CLIENT + EXCHANGES_MAX] = {
        [ALIVE] = {.fd = alive_fd},
        [SIGNAL] = {.fd = signal_fd, .events = POLLIN},
        [DAEMON] = {.fd = MHD_get_daemon_info(server->daemon, MHD_DAEMON_INFO_EPOLL_FD)->epoll_fd,
                    .events = POLLIN},
    };
    for (;;) {
        size_t count = watch(&server->exchanges, fds);
        if (poll(fds, count, patience(server)) < 0) {
            if (errno != EINTR)
                return error_errno(error, RN_EIO, "the guide cannot wait");
            continue;
        }
        if (fds[ALIVE].revents || fds[SIGNAL].revents)
            return 0;
        resume_due(&server->exchanges, fds);
        if (MHD_run(server->daemon) != MHD_YES)
            return error_set(error, RN_EIO, "the guide's server failed");
    }
}

/* MHD wants no suspended connections when it stops. */
static void stop(struct server *server)
{
    while (server->exchanges.waiting_count > 0)
        exchanges_resume(&server->exchanges, 0, true);
    MHD_stop_daemon(server->daemon);
}

static struct MHD_Daemon *start(struct server *server, int listen_fd)
{
    return MHD_start_daemon(MHD_USE_EPOLL | MHD_ALLOW_SUSPEND_RESUME, 0, NULL, NULL,
                            exchange_request, &server->exchanges, MHD_OPTION_LISTEN_SOCKET,
                            listen_fd, MHD_OPTION_NOTIFY_COMPLETED, exchange_completed, NULL,
                            MHD_OPTION_CONNECTION_LIMIT, (unsigned)EXCHANGES_MAX,
                            MHD_OPTION_CONNECTION_TIMEOUT, (unsigned)IDLE_SECONDS, MHD_OPTION_END);
}

static int serve(int listen_fd, int alive_fd, int signal_fd, long rate, struct error *error)
{
    struct server server = {.exchanges = {.rate = rate}};
    server.daemon = start(&server, listen_fd);
    if (!server.daemon) {
        close(listen_fd);
        return error_set(error, RN_EIO, "the guide's server does not start");
    }
    int result = run(&server, alive_fd, signal_fd, error);
    stop(&server);
    return result;
}

/* A SIGTERM that has been obeyed must not strike when signals are let through again. */
static void close_signals(int signal_fd)
{
    struct signalfd_siginfo info;
    while (read(signal_fd, &info, sizeof(info)) > 0)
        ;
    close(signal_fd);
}

int guide_serve(int listen_fd, int alive_fd, long rate, struct error *error)
{
    sigset_t term, before;
    sigemptyset(&term);
    sigaddset(&term, SIGTERM);
    pthread_sigmask(SIG_BLOCK, &term, &before);
    int signal_fd = signalfd(-1, &term, SFD_CLOEXEC | SFD_NONBLOCK);
    if (alive_fd >= 0) {
        prctl(PR_SET_PDEATHSIG, SIGTERM);
        prctl(PR_SET_NAME, "runnel-guide"); /* else `ps` says "exe" */
    }
    /* MHD closes the socket that it listens on; the copy names the path that is to be removed. */
    int copy = dup(listen_fd);
    int result = serve(listen_fd, alive_fd, signal_fd, rate, error);
    struct pollfd alive = {.fd = alive_fd};
    if (alive_fd >= 0 && poll(&alive, 1, PARENT_MS) > 0)
        socket_remove_of(copy);
    if (alive_fd >= 0)
        close(alive_fd);
    close(copy);
    close_signals(signal_fd);
    pthread_sigmask(SIG_SETMASK, &before, NULL);
    return result;
}
