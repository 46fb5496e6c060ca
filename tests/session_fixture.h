/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * What the tests of session/ stand on: a folder of their own, and the example lines of
 * docs/sessions.md, so that what the page says is what the program does.
 */
#ifndef SESSION_FIXTURE_H
#define SESSION_FIXTURE_H

#include <fcntl.h>
#include <ftw.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/buf.h"
#include "base/error.h"
#include "base/fd.h"
#include "base/mem.h"

enum { FIXTURE_FILE_MAX = 256 * 1024 * 1024 };

static inline char *folder_new(void)
{
    char *path = xstrdup("/tmp/runnel-session-XXXXXX");
    if (!mkdtemp(path))
        abort();
    return path;
}

static inline int folder_remove(const char *path, const struct stat *info, int type, struct FTW *at)
{
    (void)info, (void)type, (void)at;
    return remove(path);
}

static inline void folder_free(char *path)
{
    nftw(path, folder_remove, 16, FTW_DEPTH | FTW_PHYS);
    free(path);
}

static inline void file_put(const char *path, const char *bytes, size_t len)
{
    int fd = open(path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);
    if (fd < 0 || fd_write_all(fd, bytes, len) < 0)
        abort();
    close(fd);
}

/* A file in a folder; its path is the caller's. */
static inline char *folder_put(const char *folder, const char *name, const char *text)
{
    char *path = xasprintf("%s/%s", folder, name);
    file_put(path, text, strlen(text));
    return path;
}

static inline char *file_get(const char *path)
{
    struct buf bytes = BUF_INIT;
    struct error error;
    if (file_read(path, &bytes, FIXTURE_FILE_MAX, &error) < 0)
        return xstrdup("(no such file)");
    return buf_take(&bytes);
}

/* A descriptor to read these bytes from. */
static inline int bytes_fd(const char *bytes, size_t len)
{
    char path[] = "/tmp/runnel-session-XXXXXX";
    int fd = mkostemp(path, O_CLOEXEC);
    if (fd < 0 || unlink(path) < 0 || fd_write_all(fd, bytes, len) < 0 || lseek(fd, 0, SEEK_SET) != 0)
        abort();
    return fd;
}

/* The same, but what comes after them cannot be read (EIO): they are the last of our memory before a gap. */
static inline int broken_fd(const char *bytes, size_t len)
{
    enum { ROOM = 1024 * 1024, GAP = 4096 };
    char *room = mmap(NULL, ROOM, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    int fd = open("/proc/self/mem", O_RDONLY | O_CLOEXEC);
    if (room == MAP_FAILED || fd < 0 || len > ROOM - GAP || munmap(room + ROOM - GAP, GAP) < 0)
        abort();
    char *begin = room + ROOM - GAP - len;
    memcpy(begin, bytes, len);
    if (lseek(fd, (off_t)(uintptr_t)begin, SEEK_SET) < 0)
        abort();
    return fd;
}

/* All lines inside ```json blocks of the page. */
static inline char *documented_lines(void)
{
    struct buf lines = BUF_INIT;
    char *page = file_get("docs/sessions.md"), *line = page;
    bool inside = false;
    for (char *end; (end = strchr(line, '\n')); line = end + 1) {
        bool fence = strncmp(line, "```", 3) == 0;
        if (inside && !fence)
            buf_add(&lines, line, (size_t)(end + 1 - line));
        if (fence)
            inside = strncmp(line, "```json", 7) == 0;
    }
    free(page);
    return buf_take(&lines);
}

#endif
