/* SPDX-License-Identifier: GPL-3.0-or-later
 */
#include "guide/socket.h"

#include <arpa/inet.h>
#include <errno.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <sys/random.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

#include "base/error.h"
#include "base/mem.h"
#include "guide/guide.h"

enum { BACKLOG = 16 };

/* An address has room for about a hundred bytes only, which a long TMPDIR fills; /tmp always fits. */
static bool fits(const char *folder, const char *path)
{
    return folder[0] == '/' && strlen(path) < sizeof(((struct sockaddr_un *)0)->sun_path) &&
           access(folder, W_OK | X_OK) == 0;
}

char *socket_path(struct error *error)
{
    uint64_t number;
    if (getrandom(&number, sizeof(number), 0) < 0) {
        error_errno(error, RN_EIO, "cannot choose a name for the guide's socket");
        return NULL;
    }
    const char *folders[] = {getenv("XDG_RUNTIME_DIR"), getenv("TMPDIR"), "/tmp"};
    for (size_t i = 0; i < sizeof(folders) / sizeof(folders[0]); i++) {
        if (!folders[i])
            continue;
        char *path = xasprintf("%s/runnel-%016llx/guide", folders[i], (unsigned long long)number);
        if (fits(folders[i], path))
            return path;
        free(path);
    }
    error_errno(error, RN_EIO, "no folder for the guide's socket: /tmp");
    return NULL;
}

static char *folder_of(const char *path)
{
    return xstrndup(path, (size_t)(strrchr(path, '/') - path));
}

void socket_remove(const char *path)
{
    char *folder = folder_of(path);
    unlink(path);
    rmdir(folder);
    free(folder);
}

static int fail(int fd, const char *path, struct error *error)
{
    int why = errno;
    if (fd >= 0)
        close(fd);
    socket_remove(path);
    errno = why;
    return error_errno(error, RN_EIO, "cannot listen on %s", path);
}

int socket_listen(const char *path, struct error *error)
{
    char *folder = folder_of(path);
    int made = mkdir(folder, 0700);
    free(folder);
    if (made < 0)
        return error_errno(error, RN_EIO, "cannot make a folder for %s", path);
    struct sockaddr_un address = {.sun_family = AF_UNIX};
    memcpy(address.sun_path, path, strlen(path));
    int fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
    if (fd < 0 || bind(fd, (struct sockaddr *)&address, sizeof(address)) < 0 ||
        listen(fd, BACKLOG) < 0)
        return fail(fd, path, error);
    return fd;
}

void socket_remove_of(int fd)
{
    struct sockaddr_un address = {.sun_family = AF_UNSPEC};
    socklen_t size = sizeof(address) - 1;
    if (getsockname(fd, (struct sockaddr *)&address, &size) < 0 || address.sun_family != AF_UNIX ||
        address.sun_path[0] != '/')
        return;
    socket_remove(address.sun_path);
}

int guide_listen(int port, struct error *error)
{
    if (port < 0 || port > UINT16_MAX)
        return error_set(error, RN_ECONFIG, "%d is no port: 0 to 65535", port);
    struct sockaddr_in address = {
        .sin_family = AF_INET,
        .sin_port = htons((uint16_t)port),
        .sin_addr.s_addr = htonl(INADDR_LOOPBACK),
    };
    int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
    if (fd < 0)
        return error_errno(error, RN_EIO, "cannot make a socket");
    setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &(int){1}, sizeof(int));
    if (bind(fd, (struct sockaddr *)&address, sizeof(address)) < 0 || listen(fd, BACKLOG) < 0) {
        error_errno(error, RN_EIO, "cannot listen on 127.0.0.1 port %d", port);
        close(fd);
        return -1;
    }
    return fd;
}
