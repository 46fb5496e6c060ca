/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "tools/content.h"

#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <stdio.h>
#include <string.h>
#include <sys/random.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/buf.h"
#include "base/error.h"
#include "base/fd.h"
#include "tools/place.h"

static int open_to_read(const struct place *place, struct error *error)
{
    if (place->fd < 0)
        return error_set(error, RN_EIO, "%s: there is no such file", place->path);
    int fd = place_reopen(place->fd);
    return fd < 0 ? error_errno(error, RN_EIO, "%s", place->path) : fd;
}

int content_read(const struct place *place, struct buf *out, struct error *error)
{
    size_t start = out->len;
    int fd = open_to_read(place, error);
    if (fd < 0)
        return -1;
    int result = fd_read_all(fd, out, CONTENT_MAX, error);
    close(fd);
    if (result < 0)
        return error_prefix(error, "%s", place->path);
    const char *nul = memchr(buf_str(out) + start, '\0', out->len - start);
    if (nul)
        return error_set(error, RN_EIO, "%s is no text: byte %zu is NUL", place->path,
                         (size_t)(nul - out->data) - start);
    return 0;
}

/* A new file beside the old one.  Its name is of no use to anyone: it is gone in a moment. */
static int open_new(const struct place *place, char name[32])
{
    uint64_t number;
    if (getrandom(&number, sizeof(number), 0) != sizeof(number))
        return -1;
    snprintf(name, 32, ".runnel-%016" PRIx64, number);
    return openat(place->parent, name, O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, 0666);
}

static int fill(int fd, const struct place *place, const char *bytes, size_t len)
{
    if (fd_write_all(fd, bytes, len) < 0)
        return -1;
    if (place->fd >= 0 && fchmod(fd, place->stat.st_mode & 0777) < 0)
        return -1;
    return fsync(fd);
}

int content_replace(const struct place *place, const char *bytes, size_t len, struct error *error)
{
    char name[32];
    int fd = open_new(place, name);
    if (fd < 0)
        return error_errno(error, RN_EIO, "%s cannot be written", place->path);
    int result = fill(fd, place, bytes, len);
    int cause = errno;
    close(fd);
    if (result == 0 && renameat(place->parent, name, place->parent, place->rest) == 0)
        return 0;
    errno = result < 0 ? cause : errno;
    error_errno(error, RN_EIO, "%s cannot be written", place->path);
    unlinkat(place->parent, name, 0);
    return -1;
}
