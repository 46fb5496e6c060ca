/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "session/file.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include "base/error.h"
#include "base/ident.h"
#include "base/json.h"
#include "base/mem.h"
#include "session/reader.h"

enum { SUFFIX_LEN = sizeof(SESSION_FILE_SUFFIX) - 1, ID_LETTERS = 3, CREATE_TRIES = 16 };

/* ---- Names ---- */

bool session_file_is(const char *name)
{
    size_t len = strlen(name);
    return len > SUFFIX_LEN && strcmp(name + len - SUFFIX_LEN, SESSION_FILE_SUFFIX) == 0;
}

char *session_file_id(const char *path)
{
    const char *slash = strrchr(path, '/');
    const char *name = slash ? slash + 1 : path;
    return xstrndup(name, strlen(name) - (session_file_is(name) ? SUFFIX_LEN : 0));
}

char *session_file_folder(const char *path)
{
    const char *slash = strrchr(path, '/');
    if (!slash)
        return xstrdup(".");
    return xstrndup(path, slash > path ? (size_t)(slash - path) : 1);
}

char *session_file_path(const char *folder, const char *id)
{
    return xasprintf("%s/%s" SESSION_FILE_SUFFIX, folder, id);
}

/* ---- A new one ---- */

/* A umask takes from the mode that mkdir(2) and open(2) are given, and may take too much. */
static int make_one(const char *path)
{
    if (mkdir(path, 0700) == 0)
        return chmod(path, 0700);
    return errno == EEXIST ? 0 : -1;
}

static int make_folder(char *path)
{
    if (make_one(path) == 0)
        return 0;
    char *slash = errno == ENOENT ? strrchr(path, '/') : NULL;
    if (!slash || slash == path)
        return -1;
    *slash = '\0';
    int made = make_folder(path);
    *slash = '/';
    return made == 0 ? make_one(path) : -1;
}

/* "20260131-142530-k3f": sorted by time, easy to type. */
static char *new_id(void)
{
    char stamp[32], letters[ID_LETTERS + 1];
    struct tm utc;
    time_t now = time(NULL);
    gmtime_r(&now, &utc);
    strftime(stamp, sizeof(stamp), "%Y%m%d-%H%M%S", &utc);
    ident_random(letters, ID_LETTERS);
    return xasprintf("%s-%s", stamp, letters);
}

static int create_any(const char *folder, char **path)
{
    for (int i = 0; i < CREATE_TRIES; i++) {
        char *id = new_id();
        *path = session_file_path(folder, id);
        int fd = open(*path, O_WRONLY | O_CREAT | O_EXCL | O_APPEND | O_CLOEXEC, 0600);
        int cause = errno;
        free(id);
        if (fd >= 0)
            return fd;
        free(*path);
        errno = cause;
        if (cause != EEXIST)
            break;
    }
    return -1;
}

int session_file_create(const char *folder, char **path, struct error *error)
{
    char *copy = xstrdup(folder);
    int made = make_folder(copy);
    int fd = made == 0 ? create_any(folder, path) : -1;
    if (fd >= 0) {
        flock(fd, LOCK_EX | LOCK_NB);
        fchmod(fd, 0600);
    } else {
        error_errno(error, RN_EIO, "cannot save the session in %s", folder);
    }
    free(copy);
    return fd;
}

void session_file_keep_name(const char *path)
{
    char *folder = session_file_folder(path);
    int fd = open(folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    if (fd >= 0) {
        fsync(fd);
        close(fd);
    }
    free(folder);
}

/* ---- An old one ---- */

/* At least one line is a record or an event: so that no other file is ever written to. */
static bool holds_session(int fd)
{
    struct session_line line;
    struct session_reader *reader = session_reader_new(fcntl(fd, F_DUPFD_CLOEXEC, 0));
    bool found = false;
    while (!found && session_reader_next(reader, &line)) {
        bool mended;
        struct error ignored;
        json_t *record = json_read(line.data, line.len, &mended, &ignored);
        found = *json_get_text(record, "type");
        json_decref(record);
    }
    session_reader_free(reader);
    return found;
}

int session_file_open(const char *path, bool *taken, struct error *error)
{
    struct stat info;
    int fd = open(path, O_RDWR | O_APPEND | O_CLOEXEC | O_NONBLOCK);
    if (fd < 0 || fstat(fd, &info) < 0) {
        error_errno(error, RN_EIO, "cannot write the session %s", path);
    } else if (!S_ISREG(info.st_mode) || !holds_session(fd)) {
        error_set(error, RN_EIO, "%s holds no session", path);
    } else {
        /* A file system without locks (ENOLCK, EOPNOTSUPP) is written all the same. */
        *taken = flock(fd, LOCK_EX | LOCK_NB) < 0 && errno == EWOULDBLOCK;
        /* Whoever held the lock until now may have removed it: nobody would find what is written to it. */
        if (fstat(fd, &info) == 0 && info.st_nlink > 0)
            return fd;
        error_set(error, RN_EIO, "the session %s has been removed", path);
    }
    if (fd >= 0)
        close(fd);
    return -1;
}

bool session_file_is_torn(int fd)
{
    struct stat info;
    char last = '\n';
    return fstat(fd, &info) == 0 && pread(fd, &last, 1, info.st_size - 1) == 1 && last != '\n';
}
