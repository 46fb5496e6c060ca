/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * glibc has no functions for these three system calls.  Each version of the interface adds bits, and a
 * kernel refuses those it does not know, so all is cut down to its version.
 */
#include "tools/landlock.h"

#include <errno.h>
#include <fcntl.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

/* The same numbers on every architecture. */
enum { CREATE_RULESET = 444, ADD_RULE = 445, RESTRICT_SELF = 446 };
enum { GET_VERSION = 1, PATH_BENEATH = 1 };

/* What may be allowed to a file that is no folder. */
enum {
    OF_FILES = LANDLOCK_EXECUTE | LANDLOCK_WRITE_FILE | LANDLOCK_READ_FILE | LANDLOCK_TRUNCATE |
               LANDLOCK_IOCTL_DEV
};

enum { SCOPE_ABSTRACT_SOCKETS = 1 << 0, SCOPE_SIGNALS = 1 << 1 };

struct ruleset {
    uint64_t files, tcp, scoped;
};

struct path_beneath {
    uint64_t rights;
    int32_t fd;
} __attribute__((packed));

int landlock_version(void)
{
    long version = syscall(CREATE_RULESET, NULL, 0, GET_VERSION);
    return version > 0 ? (int)version : 0;
}

static uint64_t known_rights(int version)
{
    if (version >= 5)
        return LANDLOCK_IOCTL_DEV * 2 - 1;
    if (version >= 3)
        return LANDLOCK_TRUNCATE * 2 - 1;
    return version == 2 ? LANDLOCK_REFER * 2 - 1 : LANDLOCK_MAKE_SYM * 2 - 1;
}

int landlock_new(uint64_t tcp)
{
    int version = landlock_version();
    struct ruleset ruleset = {.files = known_rights(version)};
    if (version >= 4)
        ruleset.tcp = tcp;
    if (version >= 6)
        ruleset.scoped = SCOPE_ABSTRACT_SOCKETS | SCOPE_SIGNALS;
    /* An old kernel takes the longer struct as long as what it does not know is zero. */
    return (int)syscall(CREATE_RULESET, &ruleset, sizeof(ruleset), 0);
}

int landlock_allow(int ruleset, int fd, uint64_t rights)
{
    struct stat info;
    if (fstat(fd, &info) < 0)
        return -1;
    rights &= known_rights(landlock_version());
    if (!S_ISDIR(info.st_mode))
        rights &= OF_FILES;
    struct path_beneath rule = {.rights = rights, .fd = fd};
    return (int)syscall(ADD_RULE, ruleset, PATH_BENEATH, &rule, 0);
}

int landlock_allow_path(int ruleset, const char *path, uint64_t rights)
{
    int fd = open(path, O_PATH | O_CLOEXEC);
    if (fd < 0)
        return errno == ENOENT || errno == ENOTDIR || errno == EACCES ? 0 : -1;
    int result = landlock_allow(ruleset, fd, rights);
    close(fd);
    return result;
}

int landlock_shut(int ruleset)
{
    int result = (int)syscall(RESTRICT_SELF, ruleset, 0);
    close(ruleset);
    return result;
}
