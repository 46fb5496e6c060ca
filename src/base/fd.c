/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "base/fd.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/buf.h"
#include "base/error.h"
#include "base/mem.h"

int fd_write_all(int fd, const char *bytes, size_t len)
{
    while (len > 0) {
        ssize_t n = write(fd, bytes, len);
        if (n < 0 && errno == EAGAIN) {
            struct pollfd wait = {.fd = fd, .events = POLLOUT};
            poll(&wait, 1, -1);
        } else if (n < 0 && errno != EINTR) {
            return -1;
        } else if (n > 0) {
            bytes += n;
            len -= (size_t)n;
        }
    }
    return 0;
}

int fd_read_all(int fd, struct buf *out, size_t max, struct error *error)
{
    size_t start = out->len;
    for (;;) {
        buf_reserve(out, 64 * 1024);
        ssize_t n = read(fd, out->data + out->len, 64 * 1024);
        if (n < 0 && errno == EINTR)
            continue;
        if (n < 0)
            return error_errno(error, RN_EIO, "cannot be read");
        out->len += (size_t)n;
        out->data[out->len] = '\0';
        if (n == 0)
            return 0;
        if (out->len - start > max)
            return error_set(error, RN_ELIMIT, "is larger than %zu bytes", max);
    }
}

int file_read(const char *path, struct buf *out, size_t max, struct error *error)
{
    int fd = open(path, O_RDONLY | O_CLOEXEC);
    if (fd < 0)
        return error_errno(error, RN_EIO, "%s cannot be opened", path);
    int result = fd_read_all(fd, out, max, error);
    close(fd);
    return result < 0 ? error_prefix(error, "%s", path) : 0;
}

int file_make_folders(const char *path)
{
    char *folder = xstrdup(path);
    int result = 0;
    for (char *slash = folder + 1; result == 0 && (slash = strchr(slash, '/')); slash++) {
        *slash = '\0';
        if (mkdir(folder, 0700) < 0 && errno != EEXIST)
            result = -1;
        *slash = '/';
    }
    free(folder);
    return result;
}

static int write_fresh(int fd, const char *fresh, const char *path, const char *bytes, size_t len)
{
    int result = fd_write_all(fd, bytes, len);
    if (close(fd) < 0 || result < 0)
        return -1;
    return rename(fresh, path);
}

int file_replace(const char *path, const char *bytes, size_t len, struct error *error)
{
    char *fresh = xasprintf("%s.XXXXXX", path);
    int fd = file_make_folders(path) == 0 ? mkostemp(fresh, O_CLOEXEC) : -1;
    int result = fd < 0 ? -1 : write_fresh(fd, fresh, path, bytes, len);
    if (result < 0) {
        error_errno(error, RN_EIO, "%s cannot be written", path);
        if (fd >= 0)
            unlink(fresh);
    }
    free(fresh);
    return result;
}
