/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * What a child is given and what not, and how it fails to begin.
 */
#include "process_fixture.h"

#include <signal.h>
#include <stdio.h>
#include <sys/resource.h>
#include <sys/stat.h>

static void run_sh(struct ground *ground, const char *script, struct outcome *o)
{
    struct process_spec spec = {.command = SH(script)};
    ground_run(ground, &spec, o);
}

static void assert_prints(struct ground *ground, const char *script, const char *want)
{
    struct outcome o = {0};
    run_sh(ground, script, &o);
    outcome_assert(script, &o, RN_OK, 0, 0);
    assert_string_equal(buf_str(&o.out), want);
    outcome_clear(&o);
}

/* ---- What it is given ------------------------------------------------------------------------ */

/* The fourth is the folder that ls reads. */
static void test_three_descriptors(void **state)
{
    int one = dup(STDERR_FILENO), far = dup2(one, 200);
    assert_prints(*state, "ls /proc/self/fd", "0\n1\n2\n3\n");
    assert_prints(*state, "cd /proc/self/fd; for fd in 0 1 2; do test -p $fd || echo $fd; done",
                  "");
    close(one);
    close(far);
}

/* /dev/stdin can be opened, which is not so where it is a socket. */
static void test_stdin_can_be_opened(void **state)
{
    struct outcome o = {0};
    struct process_spec spec = {.command = SH("cat /dev/stdin"), .input = "hello", .input_len = 5};
    ground_run(*state, &spec, &o);
    assert_string_equal(buf_str(&o.out), "hello");
    outcome_clear(&o);
}

static void test_session_of_its_own(void **state)
{
    assert_prints(*state,
                  "read -r pid name state parent group session tty rest </proc/self/stat; "
                  "test $pid = $$ -a $group = $$ -a $session = $$ -a $tty = 0 && echo yes",
                  "yes\n");
}

static void test_signals_as_by_default(void **state)
{
    sigset_t usr1, old;
    struct sigaction ignore = {.sa_handler = SIG_IGN}, hup, rt;
    sigemptyset(&usr1);
    sigaddset(&usr1, SIGUSR1);
    pthread_sigmask(SIG_BLOCK, &usr1, &old);
    sigaction(SIGHUP, &ignore, &hup);
    sigaction(SIGRTMAX, &ignore, &rt);
    struct outcome o = {0};
    run_sh(*state, "grep -E 'Sig(Pnd|Blk|Ign)' /proc/self/status | tr -d '\\t'", &o);
    sigaction(SIGHUP, &hup, NULL);
    sigaction(SIGRTMAX, &rt, NULL);
    pthread_sigmask(SIG_SETMASK, &old, NULL);
    /* Signals 32 and 33 are libc's own: nobody can reset them, and some shells pass them on ignored. */
    unsigned long long pending, blocked, ignored;
    assert_int_equal(sscanf(buf_str(&o.out), "SigPnd:%llx SigBlk:%llx SigIgn:%llx", &pending,
                            &blocked, &ignored),
                     3);
    assert_true(pending == 0 && blocked == 0 && (ignored & ~0x180000000ULL) == 0);
    outcome_clear(&o);
}

static void test_environment(void **state)
{
    static const char *const given[] = {"A=b c", "API_KEY=given", NULL};
    struct outcome o = {0};
    struct process_spec spec = {.command = (const char *const[]){"/usr/bin/env", NULL},
                                .environment = given};
    ground_run(*state, &spec, &o);
    assert_string_equal(buf_str(&o.out), "A=b c\nAPI_KEY=given\n");
    outcome_clear(&o);
    setenv("RUNNEL_TEST", "passed on", 1);
    setenv("RUNNEL_TEST_KEY", "kept", 1);
    assert_prints(*state, "echo $RUNNEL_TEST$RUNNEL_TEST_KEY", "passed on\n");
    unsetenv("RUNNEL_TEST");
    unsetenv("RUNNEL_TEST_KEY");
}

/* A program may have been started without a stdin or a stdout. */
static void test_we_have_none_of_the_three(void **state)
{
    struct ground *ground = *state;
    struct outcome o = {0};
    struct process_spec spec = {
        .command = SH("cat; echo note >&2"), .input = "hello", .input_len = 5};
    int saved[3];
    /* The thread is there before and gone after, so that the numbers are for the pipes alone. */
    run_sh(ground, ":", &o);
    for (int i = 0; i < 3; i++) {
        saved[i] = fcntl(i, F_DUPFD_CLOEXEC, 100);
        close(i);
    }
    ground_run(ground, &spec, &o);
    worker_free(ground->worker);
    ground->worker = NULL;
    for (int i = 0; i < 3; i++) {
        dup2(saved[i], i);
        close(saved[i]);
    }
    outcome_assert("none of the three", &o, RN_OK, 0, 0);
    assert_string_equal(buf_str(&o.out), "hello");
    assert_string_equal(buf_str(&o.notes), "note\n");
    outcome_clear(&o);
}

/* ---- Where it is found ----------------------------------------------------------------------- */

/* A folder with a program, and with a file of the name of one that is none. */
static char *make_folder(void)
{
    static const char script[] = "#!/bin/sh\necho ours\n";
    char *folder = xstrdup("/tmp/runnel-child-XXXXXX");
    assert_non_null(mkdtemp(folder));
    static const struct {
        const char *name, *text;
        mode_t mode;
    } files[] = {{"ours", script, 0755}, {"echo", script, 0644}, {"garbage", "hello\n", 0755}};
    for (size_t i = 0; i < 3; i++) {
        char *path = xasprintf("%s/%s", folder, files[i].name);
        FILE *file = fopen(path, "we");
        assert_non_null(file);
        fputs(files[i].text, file);
        fclose(file);
        chmod(path, files[i].mode);
        free(path);
    }
    return folder;
}

static void remove_folder(char *folder)
{
    static const char *const names[] = {"ours", "echo", "garbage"};
    for (size_t i = 0; i < 3; i++) {
        char *path = xasprintf("%s/%s", folder, names[i]);
        unlink(path);
        free(path);
    }
    rmdir(folder);
    free(folder);
}

/* FOLDER in a path is the folder above; we stand in it. */
static const struct {
    const char *about, *path, *name, *want;
} searches[] = {
    {"by its whole path", "", "/bin/echo", "\n"},
    {"in the first folder", "/bin:/usr/bin", "echo", "\n"},
    {"in the last", "/nowhere:/dev/null:/bin", "echo", "\n"},
    {"an empty folder is this one", ":/bin", "ours", "ours\n"},
    {"so is one at the end", "/bin:", "ours", "ours\n"},
    {"relative to this one", "/nowhere", "./ours", "ours\n"},
    {"after a file that may not be run", ":/bin", "echo", "\n"},
    {"without PATH", NULL, "echo", "\n"},
    {"without PATH, where nobody looks", NULL, "ours",
     "cannot run ours: No such file or directory"},
    {"nowhere", "/bin", "ours", "cannot run ours: No such file or directory"},
    {"only a file that may not be run", ":/nowhere", "echo", "cannot run echo: Permission denied"},
    {"no program", ":/bin", "garbage", "cannot run garbage: Exec format error"},
    {"no such path", "/bin", "/bin/no/such", "cannot run /bin/no/such: No such file or directory"},
    {"a file is no folder", "/bin", "/bin/sh/sh",
     "cannot run /bin/sh/sh: No such file or directory"},
    {"a folder", "/bin", "/bin/", "cannot run /bin/: Permission denied"},
    {"no name", "/bin", "", "cannot run : No such file or directory"},
    {"nothing at all", "/bin", NULL, "cannot run : No such file or directory"},
};

static void set_path(const char *path)
{
    if (path)
        setenv("PATH", path, 1);
    else
        unsetenv("PATH");
}

static void search(struct ground *ground, size_t i)
{
    struct outcome o = {0};
    bool is_found = strncmp(searches[i].want, "cannot", 6) != 0;
    struct process_spec spec = {.command = (const char *const[]){searches[i].name, NULL}};
    set_path(searches[i].path);
    ground_run(ground, &spec, &o);
    outcome_assert(searches[i].about, &o, is_found ? RN_OK : RN_EIO, is_found ? 0 : -1, 0);
    const struct buf *got = is_found ? &o.out : &o.why;
    if (strcmp(buf_str(got), searches[i].want) != 0)
        fail_msg("%s: %s", searches[i].about, buf_str(got));
    outcome_clear(&o);
}

static void test_search(void **state)
{
    char *folder = make_folder(), *path = xstrdup(getenv("PATH"));
    int here = open(".", O_RDONLY | O_CLOEXEC);
    assert_int_equal(chdir(folder), 0);
    for (size_t i = 0; i < sizeof(searches) / sizeof(searches[0]); i++)
        search(*state, i);
    assert_int_equal(fchdir(here), 0);
    close(here);
    set_path(path);
    free(path);
    remove_folder(folder);
}

static void test_arguments_that_are_too_long(void **state)
{
    struct outcome o = {0};
    char *much = xcalloc(1, 4 * 1024 * 1024);
    memset(much, 'x', 4 * 1024 * 1024 - 1);
    struct process_spec spec = {.command = (const char *const[]){"echo", much, NULL}};
    ground_run(*state, &spec, &o);
    outcome_assert("4 MiB", &o, RN_EIO, -1, 0);
    assert_string_equal(buf_str(&o.why), "cannot run echo: Argument list too long");
    outcome_clear(&o);
    free(much);
}

/* ---- What it cannot do without --------------------------------------------------------------- */

static void set_limit(rlim_t fds)
{
    struct rlimit limit;
    getrlimit(RLIMIT_NOFILE, &limit);
    limit.rlim_cur = fds;
    setrlimit(RLIMIT_NOFILE, &limit);
}

/* One descriptor more at each try: the last one has enough, and none that failed has kept any.  poll(2)
 * takes no more than the limit, so it begins where there is room for that. */
static void test_few_descriptors(void **state)
{
    /* Four ends, of which both are open at first, and the pidfd. */
    enum { POLLED = 16, NEEDED = 9 };
    struct outcome o = {0};
    struct rlimit old;
    int filled[POLLED], last = 0, failed = 0;
    run_sh(*state, ":", &o);
    ground_settle(*state);
    while ((filled[last] = dup(STDERR_FILENO)) < POLLED)
        last++;
    getrlimit(RLIMIT_NOFILE, &old);
    int before = count_fds();
    for (rlim_t limit = POLLED + 1; failed <= NEEDED; limit++) {
        set_limit(limit);
        run_sh(*state, "exit 1", &o);
        set_limit(old.rlim_cur);
        if (o.code == RN_OK)
            break;
        assert_string_equal(buf_str(&o.why), "cannot run /bin/sh: Too many open files");
        assert_int_equal(count_fds(), before);
        failed++;
    }
    outcome_assert("enough", &o, RN_OK, 1, 0);
    assert_int_equal(failed, NEEDED);
    outcome_clear(&o);
    while (last >= 0)
        close(filled[last--]);
}

/* What cannot be watched is not run: it is not begun and then killed. */
static void test_no_pidfd(void **state)
{
    static const struct {
        int why;
        const char *want;
    } cases[] = {
        {ENOSYS, "cannot run /bin/sh: the kernel has no pidfd_open (Linux 5.3 has)"},
        {EMFILE, "cannot run /bin/sh: Too many open files"},
        {EPERM, "cannot run /bin/sh: Operation not permitted"},
    };
    char *folder = make_folder();
    char *script = xasprintf("exec rm %s/ours", folder), *path = xasprintf("%s/ours", folder);
    struct outcome o = {0};
    for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        pidfd_fake.fail_with = cases[i].why;
        run_sh(*state, script, &o);
        pidfd_fake.fail_with = 0;
        outcome_assert(cases[i].want, &o, RN_EIO, -1, 0);
        assert_string_equal(buf_str(&o.why), cases[i].want);
        assert_all_gone();
        assert_int_equal(access(path, F_OK), 0);
    }
    outcome_clear(&o);
    free(script);
    free(path);
    remove_folder(folder);
}

/* A program that ignores SIGCHLD has no zombies, and nobody learns how they died. */
static void test_nobody_may_be_waited_for(void **state)
{
    struct sigaction ignore = {.sa_handler = SIG_IGN}, old;
    struct outcome o = {0};
    sigaction(SIGCHLD, &ignore, &old);
    run_sh(*state, "echo out", &o);
    outcome_assert("ignored", &o, RN_EIO, -1, 0);
    assert_string_equal(buf_str(&o.out), "out\n");
    assert_non_null(strstr(buf_str(&o.why), "how /bin/sh ended is not known"));
    struct process_spec spec = {.command = (const char *const[]){"/bin/no/such", NULL}};
    ground_run(*state, &spec, &o);
    assert_string_equal(buf_str(&o.why), "cannot run /bin/no/such: No such file or directory");
    sigaction(SIGCHLD, &old, NULL);
    outcome_clear(&o);
}

/* ---- When we are killed ---------------------------------------------------------------------- */

static void run_and_tell(int fd)
{
    struct ground ground = {.worker = worker_new(), .box = mailbox_new(BOX)};
    pid_t pid;
    ground_begin(&ground, "trap '' TERM HUP; echo $$; while :; do sleep 1000; done", &pid);
    (void)!write(fd, &pid, sizeof(pid));
    pause();
}

static void test_none_outlives_us(void **state)
{
    (void)state;
    int fds[2], status;
    pid_t us, child;
    assert_int_equal(pipe2(fds, O_CLOEXEC), 0);
    if ((us = fork()) == 0) {
        run_and_tell(fds[1]);
        _exit(1);
    }
    assert_int_equal(read(fds[0], &child, sizeof(child)), sizeof(child));
    kill(us, SIGKILL);
    assert_int_equal(waitpid(us, NULL, 0), us);
    assert_int_equal(waitpid(child, &status, 0), child);
    assert_true(WIFSIGNALED(status) && WTERMSIG(status) == SIGKILL);
    close(fds[0]);
    close(fds[1]);
    /* The kernel's care does not go further: what the child has made is left to us. */
    kill(-child, SIGKILL);
}

int main(void)
{
#define TEST(test) cmocka_unit_test_setup_teardown(test, ground_set_up, ground_tear_down)
    const struct CMUnitTest tests[] = {
        TEST(test_three_descriptors),
        TEST(test_stdin_can_be_opened),
        TEST(test_session_of_its_own),
        TEST(test_signals_as_by_default),
        TEST(test_environment),
        TEST(test_we_have_none_of_the_three),
        TEST(test_search),
        TEST(test_arguments_that_are_too_long),
        TEST(test_few_descriptors),
        TEST(test_no_pidfd),
        TEST(test_nobody_may_be_waited_for),
        TEST(test_none_outlives_us),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
