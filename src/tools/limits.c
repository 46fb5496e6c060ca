/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "tools/limits.h"

#include <dirent.h>
#include <stdio.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <unistd.h>

enum { MIB = 1024 * 1024 };

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

void limits_set(enum tool_access access)
{
    rlim_t processes = limits[access].processes;
    limit(RLIMIT_CORE, 0);
    limit(RLIMIT_CPU, limits[access].seconds);
    limit(RLIMIT_DATA, memory_in_use() + limits[access].memory);
    limit(RLIMIT_FSIZE, limits[access].file);
    limit(RLIMIT_NOFILE, limits[access].files);
    limit(RLIMIT_NPROC, processes > 0 ? processes_in_use() + processes : 0);
}
