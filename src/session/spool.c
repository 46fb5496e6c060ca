/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "session/spool.h"

#include <errno.h>
#include <fcntl.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/error.h"
#include "base/fd.h"
#include "base/mem.h"
#include "runnel.h"

enum { PIECE = 64 * 1024 };

/* It has no name any more when this returns: nothing is left of it, however the process ends. */
static int make_file(struct error *error)
{
    const char *folder = getenv("TMPDIR");
    char *path = xasprintf("%s/runnel-XXXXXX", folder && *folder ? folder : "/tmp");
    int fd = mkostemp(path, O_CLOEXEC);
    if (fd < 0)
        error_errno(error, RN_EIO, "cannot keep what comes through a pipe: %s", path);
    else
        unlink(path);
    free(path);
    return fd;
}

static int copy(int to, int from, struct error *error)
{
    char piece[PIECE];
    int64_t all = 0;
    for (;;) {
        ssize_t got = read(from, piece, sizeof(piece));
        if (got == 0)
            return 0;
        if (got < 0 && errno == EINTR)
            continue;
        if (got < 0)
            return error_errno(error, RN_EIO, "cannot read what comes through a pipe");
        all += got;
        if (all / 1000000 >= SPOOL_MAX_MB)
            return error_set(
                error, RN_ELIMIT,
                "more than %d MB came through a pipe: a session so long has to be a file",
                SPOOL_MAX_MB);
        if (fd_write_all(to, piece, (size_t)got) < 0)
            return error_errno(error, RN_EIO, "cannot keep what comes through a pipe");
    }
}

int spool_open(struct spool *spool, int from, struct error *error)
{
    struct stat info;
    bool is_file = fstat(from, &info) == 0 && S_ISREG(info.st_mode);
    spool->fd = is_file ? fcntl(from, F_DUPFD_CLOEXEC, 0) : make_file(error);
    if (spool->fd < 0)
        return -1;
    if (!is_file && copy(spool->fd, from, error) < 0) {
        spool_close(spool);
        return -1;
    }
    snprintf(spool->path, sizeof(spool->path), "/proc/self/fd/%d", spool->fd);
    return 0;
}

void spool_close(struct spool *spool)
{
    close(spool->fd);
    spool->fd = -1;
}
