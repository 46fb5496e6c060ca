/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * O_PATH opens without reading, writing or waking a device; the kernel then tells in /proc/self/fd
 * where the descriptor really is.  Judging that name, and working on through the descriptor, leaves no
 * moment in between.
 */
#include "tools/place.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <linux/magic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/vfs.h>
#include <unistd.h>

#include "base/buf.h"
#include "base/error.h"
#include "base/mem.h"

/* ---- What is written ---- */

/* Add each part of a path, without "." and with ".." taken back. */
static void add_parts(struct buf *path, const char *parts)
{
    while (*parts) {
        size_t len = strcspn(parts, "/");
        if (len == 2 && strncmp(parts, "..", 2) == 0) {
            const char *last = strrchr(buf_str(path), '/');
            if (last)
                buf_drop_end(path, path->len - (size_t)(last - path->data));
        } else if (len > 1 || (len == 1 && *parts != '.')) {
            buf_addc(path, '/');
            buf_add(path, parts, len);
        }
        parts += len + (parts[len] == '/');
    }
}

int place_read(struct place *place, const struct grounds *grounds, const char *written,
               struct error *error)
{
    struct buf path = BUF_INIT;
    bool is_home = written[0] == '~' && (written[1] == '/' || !written[1]);
    if (!*written)
        return error_set(error, RN_EIO, "the path is empty: write \".\" for the working folder");
    if (is_home && !grounds->home)
        return error_set(error, RN_EIO, "there is no home folder: write the whole path");
    if (is_home)
        add_parts(&path, grounds->home);
    else if (written[0] != '/')
        add_parts(&path, grounds->folder);
    add_parts(&path, written + is_home);
    if (path.len == 0)
        buf_addc(&path, '/');
    if (path.len >= PATH_MAX) {
        buf_clear(&path);
        return error_set(error, RN_ELIMIT, "the path is longer than %d bytes", PATH_MAX - 1);
    }
    place->path = buf_take(&path);
    place->kind = grounds_judge(grounds, place->path);
    return 0;
}

void place_clear(struct place *place)
{
    if (place->fd >= 0)
        close(place->fd);
    if (place->parent >= 0)
        close(place->parent);
    free(place->path);
    *place = (struct place)PLACE_INIT;
}

/* ---- What is there ---- */

static const char kernels[] = "/proc, /sys and /dev are not for tools";

/* Where the kernel says that a descriptor is; -1 when it does not say, or it is nowhere by now. */
static int real_path(int fd, char path[PATH_MAX])
{
    char link[64];
    snprintf(link, sizeof(link), "/proc/self/fd/%d", fd);
    ssize_t len = readlink(link, path, PATH_MAX - 1);
    if (len <= 0 || path[0] != '/')
        return -1;
    path[len] = '\0';
    return 0;
}

int place_reopen(int fd)
{
    char link[64];
    snprintf(link, sizeof(link), "/proc/self/fd/%d", fd);
    return open(link, O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOCTTY);
}

bool place_is_kernels(int fd)
{
    static const unsigned long magic[] = {
        PROC_SUPER_MAGIC,    SYSFS_MAGIC,        DEBUGFS_MAGIC,
        TRACEFS_MAGIC,       SECURITYFS_MAGIC,   BPF_FS_MAGIC,
        CGROUP2_SUPER_MAGIC, CGROUP_SUPER_MAGIC, DEVPTS_SUPER_MAGIC,
    };
    struct statfs info;
    if (fstatfs(fd, &info) < 0)
        return true;
    for (size_t i = 0; i < sizeof(magic) / sizeof(magic[0]); i++)
        if ((unsigned long)info.f_type == magic[i])
            return true;
    return false;
}

static int refuse(struct place *place, const char *why, struct error *error)
{
    place->refused = why;
    return error_set(error, RN_EIO, "%s: %s", place->path, why);
}

static int refuse_link(struct place *place, const char *target, struct error *error)
{
    place->refused = "it is a symbolic link, or below one: name the place that it leads to";
    return error_set(error, RN_EIO, "%s leads to %s by a symbolic link: ask for that path",
                     place->path, target);
}

static int check_kind_of_file(struct place *place, int fd, struct error *error)
{
    if (fstat(fd, &place->stat) < 0)
        return error_errno(error, RN_EIO, "%s", place->path);
    if (!S_ISREG(place->stat.st_mode) && !S_ISDIR(place->stat.st_mode))
        return refuse(place, "it is a pipe, a device or a socket, not a file", error);
    if (place_is_kernels(fd))
        return refuse(place, kernels, error);
    return 0;
}

static int tell_missing(const struct place *place, struct error *error)
{
    if (errno == ENOENT || errno == ENOTDIR)
        return error_set(error, RN_EIO, "%s: there is no such file or folder", place->path);
    return error_errno(error, RN_EIO, "%s", place->path);
}

int place_open(struct place *place, const struct grounds *grounds, struct error *error)
{
    char real[PATH_MAX];
    if (place->kind == PLACE_KERNEL)
        return refuse(place, kernels, error);
    int fd = place->fd = open(place->path, O_PATH | O_CLOEXEC);
    if (fd < 0)
        return tell_missing(place, error);
    if (real_path(fd, real) < 0)
        return error_set(error, RN_EIO, "%s: the kernel does not say where it is", place->path);
    bool is_free = place->kind == PLACE_FREE && grounds_judge(grounds, real) == PLACE_FREE;
    if (!is_free && strcmp(real, place->path) != 0)
        return refuse_link(place, real, error);
    free(place->path);
    place->path = xstrdup(real);
    return check_kind_of_file(place, fd, error);
}

/* ---- For one who writes ---- */

/* Open the folder that the first `len` bytes of the path name. */
static int open_folder(const struct place *place, size_t len)
{
    char *path = xstrndup(place->path, len > 0 ? len : 1);
    int fd = open(path, O_PATH | O_DIRECTORY | O_CLOEXEC);
    free(path);
    return fd;
}

static int check_folder(struct place *place, size_t len, struct error *error)
{
    char real[PATH_MAX];
    if (real_path(place->parent, real) < 0)
        return error_set(error, RN_EIO, "%s: the kernel does not say where it is", place->path);
    if (strlen(real) != (len > 0 ? len : 1) || strncmp(real, place->path, len) != 0)
        return refuse_link(place, real, error);
    if (place_is_kernels(place->parent))
        return refuse(place, kernels, error);
    return 0;
}

static int open_file_below(struct place *place, struct error *error)
{
    char target[PATH_MAX] = "nowhere";
    int fd = openat(place->parent, place->rest, O_PATH | O_NOFOLLOW | O_CLOEXEC);
    if (fd < 0 && errno == ENOENT)
        return 0;
    if (fd < 0)
        return error_errno(error, RN_EIO, "%s", place->path);
    place->fd = fd;
    if (fstat(fd, &place->stat) < 0)
        return error_errno(error, RN_EIO, "%s", place->path);
    if (S_ISLNK(place->stat.st_mode))
        return refuse_link(place, realpath(place->path, target) ? target : "nowhere", error);
    if (S_ISDIR(place->stat.st_mode))
        return error_set(error, RN_EIO, "%s is a folder: name a file", place->path);
    return check_kind_of_file(place, fd, error);
}

int place_open_parent(struct place *place, struct error *error)
{
    size_t len = (size_t)(strrchr(place->path, '/') - place->path);
    while ((place->parent = open_folder(place, len)) < 0 && errno == ENOENT && len > 0)
        while (place->path[--len] != '/')
            continue;
    if (place->parent < 0 && errno == ENOTDIR)
        return error_set(error, RN_EIO, "%s is below a file, which is no folder", place->path);
    if (place->parent < 0)
        return error_errno(error, RN_EIO, "%s", place->path);
    place->rest = place->path + len + 1;
    if (check_folder(place, len, error) < 0)
        return -1;
    if (!*place->rest)
        return error_set(error, RN_EIO, "%s is a folder: name a file", place->path);
    return strchr(place->rest, '/') ? 0 : open_file_below(place, error);
}
