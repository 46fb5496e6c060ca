/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "tools/sandbox.h"

#include <dirent.h>
#include <linux/capability.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "base/error.h"
#include "base/mem.h"
#include "tools/grounds.h"
#include "tools/landlock.h"
#include "tools/limits.h"
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

enum { SECRETS = sizeof(secrets) / sizeof(secrets[0]) };

/* ---- Files ---- */

static int allow_all(int ruleset, const char *const *paths, uint64_t rights)
{
    for (; *paths; paths++)
        if (landlock_allow_path(ruleset, *paths, rights) < 0)
            return -1;
    return 0;
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
    while (*hidden && !path_is_within(*hidden, *path ? path : "/"))
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
    bool is_root = grounds->home && !grounds->home[1];
    for (size_t i = 0; grounds->home && i < SECRETS; i++)
        hidden[n++] = xasprintf("%s/%s", is_root ? "" : grounds->home, secrets[i]);
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

/* Root keeps what it needs for files of other owners; loading a module, say, is no tool's business. */
static void drop_capabilities(void)
{
    const uint32_t kept =
        1U << CAP_CHOWN | 1U << CAP_DAC_OVERRIDE | 1U << CAP_FOWNER | 1U << CAP_FSETID;
    struct __user_cap_header_struct header = {.version = _LINUX_CAPABILITY_VERSION_3};
    struct __user_cap_data_struct sets[_LINUX_CAPABILITY_U32S_3] = {{0}};
    if (syscall(SYS_capget, &header, sets) < 0)
        return;
    sets[0].effective &= kept;
    sets[0].permitted &= kept;
    sets[0].inheritable = 0;
    sets[1].effective = sets[1].permitted = sets[1].inheritable = 0;
    syscall(SYS_capset, &header, sets);
}

void sandbox_prepare(void)
{
    prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0);
    drop_capabilities();
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
    limits_set(sandbox->access);
    if (version > 0 && confine_files(sandbox) < 0)
        return error_errno(error, RN_EIO, "the tool cannot be confined, so it does not run");
    syscalls_forbid(forbidden[sandbox->access] | truncate);
    return 0;
}

bool tools_are_confined(void)
{
    return landlock_version() > 0;
}
