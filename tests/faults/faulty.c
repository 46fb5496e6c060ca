/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Put before libc with LD_PRELOAD: FAULTY_WRITE=N makes each write(2) to a file short, N bytes at most, and
 * every third one interrupted; FAULTY_CLOCK=1 makes the wall clock jump by hours at each look.
 */
#include <dlfcn.h>
#include <errno.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

static unsigned calls;

static int is_file(int fd)
{
    struct stat info;
    return fstat(fd, &info) == 0 && S_ISREG(info.st_mode);
}

ssize_t write(int fd, const void *bytes, size_t len)
{
    ssize_t (*real)(int, const void *, size_t);
    *(void **)&real = dlsym(RTLD_NEXT, "write");
    const char *limit = getenv("FAULTY_WRITE");
    if (!limit || !is_file(fd))
        return real(fd, bytes, len);
    size_t most = strtoul(limit, NULL, 10);
    if (__atomic_add_fetch(&calls, 1, __ATOMIC_RELAXED) % 3 == 0) {
        errno = EINTR;
        return -1;
    }
    return real(fd, bytes, len < most ? len : most);
}

static time_t jump(void)
{
    static const time_t hours[] = {0, 5, -7, 26, -3000, 1, -1};
    unsigned n = __atomic_add_fetch(&calls, 1, __ATOMIC_RELAXED);
    return getenv("FAULTY_CLOCK") ? hours[n % (sizeof(hours) / sizeof(hours[0]))] * 3600 : 0;
}

int clock_gettime(clockid_t clock, struct timespec *now)
{
    int (*real)(clockid_t, struct timespec *);
    *(void **)&real = dlsym(RTLD_NEXT, "clock_gettime");
    int result = real(clock, now);
    if (clock == CLOCK_REALTIME)
        now->tv_sec += jump();
    return result;
}

time_t time(time_t *now)
{
    struct timespec moment;
    clock_gettime(CLOCK_REALTIME, &moment);
    if (now)
        *now = moment.tv_sec;
    return moment.tv_sec;
}
