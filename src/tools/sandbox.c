/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "tools/sandbox.h"

#include <dirent.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/error.h"
#include "base/mem.h"
#include "tools/landlock.h"
#include "tools/place.h"
#include "tools/syscalls.h"

/* Some things are granted by name, since the C library reads them: time zones, the names of hosts, the
 * certificates that are trusted. */
static const char *const for_zones[] = {"/usr/share/zoneinfo", "/etc/localtime", NULL};
static const char *const for_network[] = {"/etc",
                                          "/usr",
                                          "/lib",
                                          "/lib64",
                                          "/run/systemd/resolve",
                                          "/run/resolvconf",
                                          "/run/NetworkManager",
                                          NULL};
static const char *const for_output[] = {"/dev/null",   "/dev/zero",    "/dev/full",
                                         "/dev/random", "/dev/urandom", NULL};

/* Where programs keep keys, below the home folder.  A list, so no promise. */
static const char *const secrets[] = {
    ".ssh",
    ".gnupg",
    ".aws",
    ".azure",
    ".kube",
    ".docker",
    ".netrc",
    ".pgpass",
    ".git-credentials",
    ".password-store",
    ".vault-token",
    ".pypirc",
    ".mozilla",
    ".thunderbird",
    ".config/gcloud",
    ".config/gh",
    ".config/op",
    ".config/rclone",
    ".config/chromium",
    ".config/google-chrome",
    ".local/share/keyrings",
    ".cargo/credentials.toml",
    ".bash_history",
    ".zsh_history",
};

enum { MIB = 1024 * 1024, SECRETS = sizeof(secrets) / sizeof(secrets[0]) };

/* For one process, but for the number of processes, which the kernel counts for the user. */
static const struct {
    rlim_t seconds, memory, file, files, processes;
} limits[] = {
    [TOOL_PURE] = {5, 256 * MIB, MIB, 32, 0},
    [TOOL_READS] = {30, 512 * MIB, 64 * MIB, 256, 0},
    [TOOL_WRITES] = {30, 512 * MIB, 64 * MIB, 64, 0},
    [TOOL_RUNS] = {600, 8192UL * MIB, 2048UL * MIB, 1024, 512},
    [TOOL_FETCHES] = {30, 512 * MIB, 64 * MIB, 64, 8},
};

/* ---- Resource limits ---- */

static void limit(int resource, rlim_t most)
{
    struct rlimit now;
    if (getrlimit(resource, &now) < 0)
        return;
    if (now.rlim_max != RLIM_INFINITY && now.rlim_max < most)
        most = now.rlim_max;
    now.rlim_cur = now.rlim_max = most;
    setrlimit(resource, &now);
}

/* The memory that this process has already: a sanitizer's shadow is terabytes.  RLIMIT_DATA counts what
 * is written to, where RLIMIT_AS would count what node or Go only reserve. */
static rlim_t memory_in_use(void)
{
    unsigned long pages = 0;
    FILE *statm = fopen("/proc/self/statm", "re");
    if (!statm)
        return 0;
    if (fscanf(statm, "%*s %*s %*s %*s %*s %lu", &pages) != 1) /* NOLINT(cert-err34-c): a number */
        pages = 0;
    fclose(statm);
    return pages * (rlim_t)sysconf(_SC_PAGESIZE);
}

/* The threads that this user runs by now; the limit counts all of them. */
static rlim_t processes_in_use(void)
{
    rlim_t threads = 0;
    DIR *dir = opendir("/proc");
    if (!dir)
        return 4096;
    for (struct dirent *entry; (entry = readdir(dir));) {
        char path[300];
        struct stat info;
        snprintf(path, sizeof(path), "%s/task", entry->d_name);
        if (entry->d_name[0] >= '1' && entry->d_name[0] <= '9' &&
            fstatat(dirfd(dir), path, &info, 0) == 0 && info.st_uid == getuid())
            threads += info.st_nlink - 2;
    }
    closedir(dir);
    return threads;
}

static void limit_resources(enum tool_access access)
{
    rlim_t processes = limits[access].processes;
    limit(RLIMIT_CORE, 0);
    limit(RLIMIT_CPU, limits[access].seconds);
    limit(RLIMIT_DATA, memory_in_use() + limits[access].memory);
    limit(RLIMIT_FSIZE, limits[access].file);
    limit(RLIMIT_NOFILE, limits[access].files);
    limit(RLIMIT_NPROC, processes > 0 ? processes_in_use() + processes : 0);
}

/* ---- Files ---- */

static int allow_all(int ruleset, const char *const *paths, uint64_t rights)
{
    for (; *paths; paths++)
        if (landlock_allow_path(ruleset, *paths, rights) < 0)
            return -1;
    return 0;
}

static bool is_beginning(const char *folder, const char *path)
{
    size_t len = strlen(folder);
    return strncmp(folder, path, len) == 0 && (path[len] == '/' || path[len] == '\0');
}

static int allow_but(int ruleset, const char *path, char *const *hidden);

/* Each entry of a folder that holds something hidden; the folder itself gets no rule, since that would
 * hold for all below it. */
static int allow_entries(int ruleset, const char *path, char *const *hidden)
{
    int result = 0;
    DIR *dir = opendir(*path ? path : "/");
    if (!dir)
        return 0;
    for (struct dirent *entry; result == 0 && (entry = readdir(dir));) {
        if (strcmp(entry->d_name, ".") == 0 || strcmp(entry->d_name, "..") == 0)
            continue;
        char *below = xasprintf("%s/%s", path, entry->d_name);
        result = allow_but(ruleset, below, hidden);
        free(below);
    }
    closedir(dir);
    return result;
}

static bool holds_hidden(const char *path, char *const *hidden)
{
    while (*hidden && !is_beginning(path, *hidden))
        hidden++;
    return *hidden;
}

/* Allow reading and running all below a path but what is hidden. */
static int allow_but(int ruleset, const char *path, char *const *hidden)
{
    struct stat info;
    for (size_t i = 0; hidden[i]; i++)
        if (strcmp(path, hidden[i]) == 0)
            return 0;
    if (holds_hidden(path, hidden))
        return allow_entries(ruleset, path, hidden);
    /* A link's target has its own name, by which it is allowed or not. */
    if (lstat(path, &info) < 0 || S_ISLNK(info.st_mode))
        return 0;
    return landlock_allow_path(ruleset, path, LANDLOCK_EXECUTE | LANDLOCK_READ);
}

/* What a command may not read: keys, and runnel's own. */
static void list_hidden(const struct grounds *grounds, char **hidden)
{
    size_t n = 0;
    for (size_t i = 0; grounds->home && i < SECRETS; i++)
        hidden[n++] = xasprintf("%s/%s", grounds->home, secrets[i]);
    for (size_t i = 0; i < 3; i++)
        if (grounds->own[i])
            hidden[n++] = xstrdup(grounds->own[i]);
    hidden[n] = NULL;
}

static int allow_command(int ruleset, const struct sandbox *sandbox)
{
    char *hidden[SECRETS + 4];
    list_hidden(sandbox->grounds, hidden);
    int result = allow_but(ruleset, "", hidden);
    for (size_t i = 0; hidden[i]; i++)
        free(hidden[i]);
    const uint64_t all = LANDLOCK_EXECUTE | LANDLOCK_READ | LANDLOCK_CHANGE;
    if (result < 0 || landlock_allow_path(ruleset, "/", LANDLOCK_READ_DIR) < 0 ||
        landlock_allow_path(ruleset, sandbox->grounds->folder, all) < 0 ||
        landlock_allow_path(ruleset, sandbox->scratch, all) < 0)
        return -1;
    return allow_all(ruleset, for_output, LANDLOCK_DEVICE);
}

static int allow_access(int ruleset, const struct sandbox *sandbox)
{
    switch (sandbox->access) {
    case TOOL_PURE:
        return allow_all(ruleset, for_zones, LANDLOCK_READ);
    case TOOL_READS:
        return landlock_allow(ruleset, sandbox->place, LANDLOCK_READ);
    case TOOL_WRITES:
        return landlock_allow(ruleset, sandbox->place, LANDLOCK_READ | LANDLOCK_CHANGE);
    case TOOL_RUNS:
        return allow_command(ruleset, sandbox);
    case TOOL_FETCHES:
        return allow_all(ruleset, for_network, LANDLOCK_READ);
    }
    return -1;
}

static int confine_files(const struct sandbox *sandbox)
{
    static const uint64_t no_tcp[] = {
        [TOOL_PURE] = LANDLOCK_BIND_TCP | LANDLOCK_CONNECT_TCP,
        [TOOL_READS] = LANDLOCK_BIND_TCP | LANDLOCK_CONNECT_TCP,
        [TOOL_WRITES] = LANDLOCK_BIND_TCP | LANDLOCK_CONNECT_TCP,
        [TOOL_RUNS] = 0,
        [TOOL_FETCHES] = LANDLOCK_BIND_TCP,
    };
    int ruleset = landlock_new(no_tcp[sandbox->access]);
    if (ruleset < 0)
        return -1;
    if (allow_access(ruleset, sandbox) < 0) {
        close(ruleset);
        return -1;
    }
    return landlock_shut(ruleset);
}

/* ---- The whole ---- */

void sandbox_prepare(void)
{
    prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0);
    prctl(PR_SET_DUMPABLE, 0, 0, 0, 0);
    umask(umask(0) | 022);
    setsid(); /* fails where it is the leader of a session already: just as good */
}

int sandbox_shut(const struct sandbox *sandbox, struct error *error)
{
    static const unsigned forbidden[] = {
        [TOOL_PURE] = SYSCALLS_SOCKETS | SYSCALLS_PROGRAMS,
        [TOOL_READS] = SYSCALLS_SOCKETS | SYSCALLS_PROGRAMS,
        [TOOL_WRITES] = SYSCALLS_SOCKETS | SYSCALLS_PROGRAMS,
        [TOOL_RUNS] = SYSCALLS_UNIX_SOCKETS,
        [TOOL_FETCHES] = SYSCALLS_UNIX_SOCKETS | SYSCALLS_PROGRAMS,
    };
    int version = landlock_version();
    unsigned truncate = version > 0 && version < 3 ? SYSCALLS_TRUNCATE : 0;
    limit_resources(sandbox->access);
    if (version > 0 && confine_files(sandbox) < 0)
        return error_errno(error, RN_EIO, "the tool cannot be confined, so it does not run");
    syscalls_forbid(forbidden[sandbox->access] | truncate);
    return 0;
}

bool tools_are_confined(void)
{
    return landlock_version() > 0;
}
