/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * What a tool cannot do, tried from inside.  Each trial is made by a process that has shut itself in; the
 * same trials succeed outside, or they would prove nothing.
 */
#include "tools/sandbox.h"

#include "tool_fixture.h"

#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/syscall.h>

#include "tools/grounds.h"
#include "tools/landlock.h"

/* ---- Trials ---- */

/* 0 when it could be done, else errno. */
typedef int trial_fn(void);

static int outcome(int result)
{
    return result < 0 ? errno : 0;
}

static int open_and_close(const char *path, int flags)
{
    int fd = open(path, flags | O_CLOEXEC, 0644);
    int result = outcome(fd);
    if (fd >= 0)
        close(fd);
    return result;
}

static int read_system(void)
{
    return open_and_close("/etc/passwd", O_RDONLY);
}

static int read_outside(void)
{
    return open_and_close("../outside/b", O_RDONLY);
}

static int read_inside(void)
{
    return open_and_close("a.txt", O_RDONLY);
}

static int read_key(void)
{
    return open_and_close("../home/.ssh/id", O_RDONLY);
}

static int read_settings(void)
{
    return open_and_close("../home/.config/runnel/config.ini", O_RDONLY);
}

static int read_home(void)
{
    return open_and_close("../home/notes", O_RDONLY);
}

static int read_by_link(void)
{
    return open_and_close("to_key", O_RDONLY);
}

static int write_outside(void)
{
    return open_and_close("../outside/b", O_WRONLY);
}

static int truncate_outside(void)
{
    return outcome(truncate("../outside/b", 2));
}

static int make_outside(void)
{
    return open_and_close("../outside/new", O_WRONLY | O_CREAT);
}

static int make_inside(void)
{
    return open_and_close("new", O_WRONLY | O_CREAT);
}

static int remove_outside(void)
{
    return outcome(unlink("../outside/c"));
}

static int rename_outside(void)
{
    return outcome(rename("../outside/d", "d"));
}

static int link_outside(void)
{
    return outcome(link("../outside/e", "e"));
}

static int open_unix_socket(void)
{
    int fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
    int result = outcome(fd);
    if (fd >= 0)
        close(fd);
    return result;
}

static int open_tcp_socket(void)
{
    int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    int result = outcome(fd);
    if (fd >= 0)
        close(fd);
    return result;
}

static int pair_sockets(void)
{
    int fds[2];
    int result = outcome(socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, fds));
    if (result == 0) {
        close(fds[0]);
        close(fds[1]);
    }
    return result;
}

static int run_program(void)
{
    int status = 0;
    pid_t pid = vfork();
    if (pid < 0)
        return errno;
    if (pid == 0) {
        execl("/bin/true", "true", (char *)NULL);
        _exit(errno);
    }
    waitpid(pid, &status, 0);
    return WEXITSTATUS(status);
}

static int read_parents_environment(void)
{
    char path[64], byte;
    snprintf(path, sizeof(path), "/proc/%d/environ", (int)getppid());
    int fd = open(path, O_RDONLY | O_CLOEXEC);
    int result = fd < 0 ? errno : outcome((int)read(fd, &byte, 1));
    if (fd >= 0)
        close(fd);
    return result;
}

static int read_parents_memory(void)
{
    char path[64];
    snprintf(path, sizeof(path), "/proc/%d/mem", (int)getppid());
    return open_and_close(path, O_RDONLY);
}

static int take_much_memory(void)
{
    size_t size = (size_t)16 << 30;
    void *memory = mmap(NULL, size, PROT_READ | PROT_WRITE,
                        MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
    if (memory == MAP_FAILED)
        return errno;
    munmap(memory, size);
    return 0;
}

static int write_device(void)
{
    return open_and_close("/dev/null", O_WRONLY);
}

static int use_kernel_keys(void)
{
    return outcome((int)syscall(SYS_keyctl, 0 /* KEYCTL_GET_KEYRING_ID */, -4 /* the user's */, 1));
}

static int gain_rights(void)
{
    return prctl(PR_GET_NO_NEW_PRIVS, 0, 0, 0, 0) == 1 ? EPERM : 0;
}

static int be_looked_into(void)
{
    return prctl(PR_GET_DUMPABLE, 0, 0, 0, 0) == 0 ? EPERM : 0;
}

enum { PURE = 1 << TOOL_PURE, READS = 1 << TOOL_READS, WRITES = 1 << TOOL_WRITES };
enum { RUNS = 1 << TOOL_RUNS, FETCHES = 1 << TOOL_FETCHES };
enum { FILES = READS | WRITES, ALL = PURE | FILES | RUNS | FETCHES };

static const struct {
    const char *about;
    trial_fn *fn;
    unsigned may;        /* the accesses that can do it */
    bool takes_landlock; /* what keeps the others from it */
    bool is_odd;         /* it may fail outside too */
} trials[] = {
    {"read a file of the system", read_system, RUNS | FETCHES, true, false},
    {"read a file outside", read_outside, RUNS, true, false},
    {"read a file of the place", read_inside, FILES | RUNS, true, false},
    {"read a key", read_key, 0, true, false},
    {"read a key by a link", read_by_link, 0, true, false},
    {"read runnel's settings", read_settings, 0, true, false},
    {"read something else at home", read_home, RUNS, true, false},
    {"write outside", write_outside, 0, true, false},
    {"truncate outside", truncate_outside, 0, true, false},
    {"make a file outside", make_outside, 0, true, false},
    {"make a file inside", make_inside, WRITES | RUNS, true, false},
    {"move something in", rename_outside, 0, true, false},
    {"link something in", link_outside, 0, true, false},
    {"remove something outside", remove_outside, 0, true, false},
    {"open a unix socket", open_unix_socket, 0, false, false},
    {"open a TCP socket", open_tcp_socket, RUNS | FETCHES, false, false},
    {"have a pair of sockets", pair_sockets, ALL, false, false},
    {"run a program", run_program, RUNS, false, false},
    {"read the parent's environment", read_parents_environment, 0, true, true},
    {"read the parent's memory", read_parents_memory, 0, true, true},
    {"take 16 GiB", take_much_memory, 0, false, true},
    {"write to /dev/null", write_device, RUNS, true, false},
    {"use the kernel's store of keys", use_kernel_keys, 0, false, true},
    {"gain rights by a program", gain_rights, 0, false, false},
    {"be looked into", be_looked_into, 0, false, false},
};

enum { TRIALS = sizeof(trials) / sizeof(trials[0]) };

/* ---- Making them ---- */

static void fill(const struct world *world)
{
    world_put(world, "work/a.txt", "a\n");
    for (char name[] = "outside/b"; name[8] <= 'e'; name[8]++)
        world_put(world, name, "outside\n");
    world_put(world, "home/.ssh/id", "KEY\n");
    world_put(world, "home/.config/runnel/config.ini", "KEY\n");
    world_put(world, "home/notes", "n\n");
    assert_int_equal(symlink("../home/.ssh/id", "to_key"), 0);
}

static int shut(enum tool_access access)
{
    struct error error = ERROR_INIT;
    struct sandbox sandbox = {
        .access = access, .place = open(".", O_PATH | O_CLOEXEC), .scratch = "."};
    struct grounds grounds;
    if (grounds_init(&grounds, NULL, &error) < 0)
        return -1;
    sandbox.grounds = &grounds;
    sandbox_prepare();
    int result = sandbox_shut(&sandbox, &error);
    grounds_clear(&grounds);
    return result;
}

/* In a child, shut in unless `access` is negative: how each trial ended. */
static void try_all(int access, int results[TRIALS])
{
    int *shared =
        mmap(NULL, TRIALS * sizeof(int), PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
    pid_t pid = fork();
    int status;
    if (pid == 0) {
        if (access >= 0 && shut((enum tool_access)access) < 0)
            _exit(1);
        for (size_t i = 0; i < TRIALS; i++)
            shared[i] = trials[i].fn();
        _exit(0);
    }
    assert_int_equal(waitpid(pid, &status, 0), pid);
    assert_int_equal(status, 0);
    memcpy(results, shared, TRIALS * sizeof(int));
    munmap(shared, TRIALS * sizeof(int));
}

static void test_outside(void **state)
{
    int results[TRIALS];
    fill(*state);
    try_all(-1, results);
    for (size_t i = 0; i < TRIALS; i++)
        if (results[i] != 0 && !trials[i].is_odd)
            fail_msg("to %s: %s", trials[i].about, strerror(results[i]));
    world_check(*state, "outside/b", "ou");
    world_check(*state, "outside/c", NULL);
}

static void check_access(const struct world *world, enum tool_access access)
{
    int results[TRIALS];
    bool has_landlock = landlock_version() > 0;
    fill(world);
    try_all((int)access, results);
    for (size_t i = 0; i < TRIALS; i++) {
        bool may = trials[i].may & (1U << access);
        if (!has_landlock && trials[i].takes_landlock)
            continue;
        if ((results[i] == 0) != may)
            fail_msg("to %s: %s", trials[i].about, results[i] ? strerror(results[i]) : "done");
    }
    if (!has_landlock) {
        print_message("this kernel has no Landlock: files are not confined\n");
        skip();
    }
    world_check(world, "outside/b", "outside\n");
    world_check(world, "outside/c", "outside\n");
    world_check(world, "outside/d", "outside\n");
    world_check(world, "outside/new", NULL);
}

static void test_pure(void **state)
{
    check_access(*state, TOOL_PURE);
}

static void test_reads(void **state)
{
    check_access(*state, TOOL_READS);
}

static void test_writes(void **state)
{
    check_access(*state, TOOL_WRITES);
}

static void test_runs(void **state)
{
    check_access(*state, TOOL_RUNS);
}

static void test_fetches(void **state)
{
    check_access(*state, TOOL_FETCHES);
}

/* Secrets are hidden one by one; what holds one of them can be read but for that. */
static void test_hidden_beside_shown(void **state)
{
    world_put(*state, "home/.cargo/credentials.toml", "KEY\n");
    world_put(*state, "home/.cargo/bin/cargo", "program\n");
    world_put(*state, "home/.config/other/file", "n\n");
    if (landlock_version() == 0) {
        print_message("this kernel has no Landlock\n");
        skip();
    }
    pid_t pid = fork();
    int status;
    if (pid == 0) {
        bool is_right = shut(TOOL_RUNS) == 0 &&
                        open_and_close("../home/.cargo/credentials.toml", O_RDONLY) == EACCES &&
                        open_and_close("../home/.cargo/bin/cargo", O_RDONLY) == 0 &&
                        open_and_close("../home/.config/other/file", O_RDONLY) == 0 &&
                        open_and_close("../home/.cargo", O_RDONLY | O_DIRECTORY) == 0;
        _exit(is_right ? 0 : 1);
    }
    assert_int_equal(waitpid(pid, &status, 0), pid);
    assert_int_equal(status, 0);
}

/* The limits hold for root too, but for the number of processes. */
static void test_limits(void **state)
{
    (void)state;
    static const struct {
        enum tool_access access;
        rlim_t seconds, file, processes; /* RLIM_INFINITY: it depends */
    } wanted[] = {
        {TOOL_PURE, 5, 1 << 20, 0},
        {TOOL_READS, 30, 64 << 20, 0},
        {TOOL_WRITES, 30, 64 << 20, 0},
        {TOOL_RUNS, 600, (rlim_t)2 << 30, RLIM_INFINITY},
    };
    for (size_t i = 0; i < sizeof(wanted) / sizeof(wanted[0]); i++) {
        pid_t pid = fork();
        int status;
        if (pid == 0) {
            struct rlimit limit[4];
            bool is_shut = shut(wanted[i].access) == 0;
            getrlimit(RLIMIT_CPU, &limit[0]);
            getrlimit(RLIMIT_FSIZE, &limit[1]);
            getrlimit(RLIMIT_NPROC, &limit[2]);
            getrlimit(RLIMIT_CORE, &limit[3]);
            _exit(is_shut && limit[0].rlim_max == wanted[i].seconds &&
                          limit[1].rlim_max == wanted[i].file && limit[3].rlim_max == 0 &&
                          (wanted[i].processes == RLIM_INFINITY ||
                           limit[2].rlim_max == wanted[i].processes)
                      ? 0
                      : 1);
        }
        assert_int_equal(waitpid(pid, &status, 0), pid);
        assert_int_equal(status, 0);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(test_outside, world_open, world_close),
        cmocka_unit_test_setup_teardown(test_pure, world_open, world_close),
        cmocka_unit_test_setup_teardown(test_reads, world_open, world_close),
        cmocka_unit_test_setup_teardown(test_writes, world_open, world_close),
        cmocka_unit_test_setup_teardown(test_runs, world_open, world_close),
        cmocka_unit_test_setup_teardown(test_fetches, world_open, world_close),
        cmocka_unit_test_setup_teardown(test_hidden_beside_shown, world_open, world_close),
        cmocka_unit_test_setup_teardown(test_limits, world_open, world_close),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
