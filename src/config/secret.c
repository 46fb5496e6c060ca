/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config/secret.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <spawn.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/error.h"
#include "base/mem.h"
#include "config/settings.h"

/* ---- The key in a text ---- */

static char *refuse(struct error *error, const char *what)
{
    error_set(error, RN_ECONFIG, "%s", what);
    return NULL;
}

static bool is_space(char c)
{
    return c == ' ' || c == '\t' || c == '\r' || c == '\n';
}

/* The key is a copy of its own size, so that all there is of it can be wiped. */
static char *extract(const char *text, size_t len, struct error *error)
{
    while (len > 0 && is_space(text[0])) {
        text++;
        len--;
    }
    while (len > 0 && is_space(text[len - 1]))
        len--;
    if (len == 0)
        return refuse(error, "there is no key in it");
    for (size_t i = 0; i < len; i++) {
        if (is_space(text[i]))
            return refuse(error, "more than one word is there, where only the key should be");
        if (text[i] < 0x21 || text[i] > 0x7E)
            return refuse(error, "the key holds a character that no key can have");
    }
    return xstrndup(text, len);
}

/* Room for one byte more than is allowed, to see that there is more. */
static char *room_new(void)
{
    return xcalloc(SECRET_MAX + 1, 1);
}

static void room_free(char *room)
{
    wipe(room, SECRET_MAX + 1);
    free(room);
}

/* ---- A variable ---- */

char *secret_from_variable(const char *name, struct error *error)
{
    const char *value = getenv(name);
    char *key = NULL;
    if (!value)
        error_set(error, RN_ECONFIG, "the variable %s is not set", name);
    else if (!value[0])
        error_set(error, RN_ECONFIG, "the variable %s is empty", name);
    else if (!(key = extract(value, strlen(value), error)))
        error_prefix(error, "the variable %s", name);
    return key;
}

/* ---- A file ---- */

static int check_file(int fd, const char *path, struct error *error)
{
    struct stat about;
    if (fstat(fd, &about) < 0)
        return error_errno(error, RN_ECONFIG, "%s", path);
    if (!S_ISREG(about.st_mode))
        return error_set(error, RN_ECONFIG, "%s is not a regular file", path);
    if (about.st_uid != geteuid() && about.st_uid != 0)
        return error_set(error, RN_ECONFIG, "%s belongs to another user", path);
    if (about.st_mode & (S_IRWXG | S_IRWXO))
        return error_set(error, RN_ECONFIG, "%s is open to other users; run: chmod 600 %s", path,
                         path);
    return 0;
}

static char *read_file(int fd, struct error *error)
{
    char *room = room_new(), *key = NULL;
    size_t len = 0;
    ssize_t got = 1;
    while (got != 0 && len <= SECRET_MAX) {
        got = read(fd, room + len, SECRET_MAX + 1 - len);
        if (got < 0 && errno != EINTR)
            break;
        len += got > 0 ? (size_t)got : 0;
    }
    if (got < 0)
        error_errno(error, RN_ECONFIG, "cannot be read");
    else if (len > SECRET_MAX)
        refuse(error, "it is too long for a key");
    else
        key = extract(room, len, error);
    room_free(room);
    return key;
}

char *secret_from_file(const char *path, struct error *error)
{
    /* A FIFO would wait for its writer, a terminal could become ours. */
    int fd = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOCTTY);
    char *key = NULL;
    if (fd < 0) {
        error_errno(error, RN_ECONFIG, "cannot open %s", path);
        return NULL;
    }
    if (check_file(fd, path, error) == 0 && !(key = read_file(fd, error)))
        error_prefix(error, "%s", path);
    close(fd);
    return key;
}

/* ---- A command ---- */

struct child {
    pid_t pid;
    int out; /* the reading end of its stdout */
    int64_t deadline;
};

/* Signals that are blocked or ignored here are not to be so there.  The child stays in our process
 * group: a passphrase is asked for on the terminal, which only the foreground group may read. */
static int spawn(const char *command, int out, pid_t *pid)
{
    const char *argv[] = {"/bin/sh", "-c", command, NULL};
    posix_spawn_file_actions_t actions;
    posix_spawnattr_t attributes;
    static const int signals[] = {SIGPIPE, SIGINT, SIGQUIT, SIGTERM, SIGHUP, SIGTSTP, SIGCHLD};
    sigset_t none, usual;
    sigemptyset(&none);
    sigemptyset(&usual);
    for (size_t i = 0; i < sizeof(signals) / sizeof(signals[0]); i++)
        sigaddset(&usual, signals[i]);
    posix_spawn_file_actions_init(&actions);
    posix_spawnattr_init(&attributes);
    /* stdout first: `out` may be descriptor 0, if ours was closed. */
    posix_spawn_file_actions_adddup2(&actions, out, STDOUT_FILENO);
    posix_spawn_file_actions_addopen(&actions, STDIN_FILENO, "/dev/null", O_RDONLY, 0);
    posix_spawn_file_actions_addclosefrom_np(&actions, STDERR_FILENO + 1);
    posix_spawnattr_setsigmask(&attributes, &none);
    posix_spawnattr_setsigdefault(&attributes, &usual);
    posix_spawnattr_setflags(&attributes, POSIX_SPAWN_SETSIGMASK | POSIX_SPAWN_SETSIGDEF);
    int cause = posix_spawn(pid, argv[0], &actions, &attributes, (char *const *)argv, environ);
    posix_spawnattr_destroy(&attributes);
    posix_spawn_file_actions_destroy(&actions);
    return cause;
}

static int start(struct child *child, const char *command, int limit_ms, struct error *error)
{
    int ends[2];
    if (pipe2(ends, O_CLOEXEC) < 0)
        return error_errno(error, RN_ECONFIG, "cannot make a pipe");
    int cause = spawn(command, ends[1], &child->pid);
    close(ends[1]);
    if (cause != 0) {
        close(ends[0]);
        errno = cause;
        return error_errno(error, RN_ECONFIG, "cannot run /bin/sh");
    }
    child->out = ends[0];
    child->deadline = clock_ms() + limit_ms;
    return 0;
}

static int ms_left(const struct child *child)
{
    int64_t left = child->deadline - clock_ms();
    return left > 0 ? (int)left : 0;
}

static int too_slow(struct error *error)
{
    return error_set(error, RN_ECONFIG, "it took too long");
}

/* Read until all who could write are gone, as $(...) of the shell does; returns the length. */
static ssize_t read_output(const struct child *child, char *room, struct error *error)
{
    size_t len = 0;
    for (;;) {
        struct pollfd ready = {.fd = child->out, .events = POLLIN};
        int count = poll(&ready, 1, ms_left(child));
        if (count == 0)
            return too_slow(error);
        ssize_t got = count > 0 ? read(child->out, room + len, SECRET_MAX + 1 - len) : -1;
        if (got < 0 && errno == EINTR)
            continue;
        if (got < 0)
            return error_errno(error, RN_ECONFIG, "cannot read its output");
        if (got == 0)
            return (ssize_t)len;
        len += (size_t)got;
        if (len > SECRET_MAX)
            return error_set(error, RN_ECONFIG, "it printed too much for a key");
    }
}

/* A shell that has closed its output is about to end: look for it a few times, not for ever. */
static int wait_for(struct child *child, int *status, struct error *error)
{
    for (;;) {
        pid_t ended = waitpid(child->pid, status, WNOHANG);
        if (ended != 0)
            child->pid = 0;
        if (ended < 0)
            return error_errno(error, RN_ECONFIG, "cannot learn how it ended");
        if (ended > 0)
            return 0;
        if (ms_left(child) == 0)
            return too_slow(error);
        poll(NULL, 0, 2);
    }
}

static int check_status(int status, struct error *error)
{
    if (WIFSIGNALED(status))
        return error_set(error, RN_ECONFIG, "it was ended by signal %d (%s)", WTERMSIG(status),
                         strsignal(WTERMSIG(status)));
    if (WEXITSTATUS(status) != 0)
        return error_set(error, RN_ECONFIG, "it ended with status %d", WEXITSTATUS(status));
    return 0;
}

char *secret_from_command(const char *command, int limit_ms, struct error *error)
{
    struct child child;
    if (start(&child, command, limit_ms, error) < 0)
        return NULL;
    char *room = room_new(), *key = NULL;
    int status;
    ssize_t len = read_output(&child, room, error);
    if (len >= 0 && wait_for(&child, &status, error) == 0 && check_status(status, error) == 0)
        key = extract(room, (size_t)len, error);
    close(child.out);
    if (child.pid > 0) {
        kill(child.pid, SIGKILL);
        while (waitpid(child.pid, NULL, 0) < 0 && errno == EINTR)
            ;
    }
    room_free(room);
    return key;
}

/* ---- The key of a provider ---- */

static char *from_command(const char *command, struct error *error)
{
    return secret_from_command(command, SECRET_COMMAND_MS, error);
}

static const struct way {
    const char *setting;
    char *(*read)(const char *value, struct error *error);
} ways[] = {
    {"key_env", secret_from_variable},
    {"key_file", secret_from_file},
    {"key_command", from_command},
};

enum { WAYS = sizeof(ways) / sizeof(ways[0]) };

static int both(const struct settings *settings, const char *section, const char *one,
                const char *other, struct error *error)
{
    return error_set(error, RN_ECONFIG, "%s: [%s] has %s already (%s): keep one of them",
                     settings_origin(settings, section, other), section, one,
                     settings_origin(settings, section, one));
}

/* The way of the highest rank, if any is set. */
static int choose(const struct settings *settings, const char *section, const struct way **chosen,
                  struct error *error)
{
    enum settings_rank best = SETTINGS_DEFAULT;
    for (const struct way *way = ways; way < ways + WAYS; way++) {
        enum settings_rank rank = settings_rank(settings, section, way->setting);
        best = rank > best ? rank : best;
    }
    *chosen = NULL;
    for (const struct way *way = ways; best > SETTINGS_DEFAULT && way < ways + WAYS; way++) {
        if (settings_rank(settings, section, way->setting) != best)
            continue;
        if (*chosen)
            return both(settings, section, (*chosen)->setting, way->setting, error);
        *chosen = way;
    }
    return 0;
}

char *settings_key(const struct settings *settings, const char *section, struct error *error)
{
    const struct way *way;
    if (choose(settings, section, &way, error) < 0 || !way)
        return NULL;
    char *key = way->read(settings_get(settings, section, way->setting), error);
    if (!key)
        error_prefix(error, "%s: [%s] %s", settings_origin(settings, section, way->setting),
                     section, way->setting);
    return key;
}
