/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "process_fixture.h"

#include <signal.h>
#include <stdio.h>
#include <sys/resource.h>

#include "base/error.h"
#include "base/fd.h"

/* ---- How a process ends ---------------------------------------------------------------------- */

static const struct {
    const char *about, *script, *input, *out, *notes;
    int status, signal;
} endings[] = {
    {"what comes in goes out", "cat", "hello\n", "hello\n", "", 0, 0},
    {"prints nothing", ":", "", "", "", 0, 0},
    {"fails", "exit 3", "", "", "", 3, 0},
    {"fails with the greatest number", "exit 255", "", "", "", 255, 0},
    {"notes", "echo out; echo note >&2", "", "out\n", "note\n", 0, 0},
    {"no line end", "printf out; printf note >&2; exit 1", "", "out", "note", 1, 0},
    {"zero bytes", "printf 'a\\0b' | od -An -c | tr -d ' \\n'", "", "a\\0b", "", 0, 0},
    {"dies by signal", "echo out; kill -KILL $$", "", "out\n", "", -1, SIGKILL},
    {"dies by another", "echo note >&2; kill -HUP $$", "", "", "note\n", -1, SIGHUP},
    {"dumps core", "ulimit -c 0; kill -SEGV $$", "", "", "", -1, SIGSEGV},
    {"does not read", "exit 4", "hello\n", "", "", 4, 0},
    {"closes its stdin", "exec <&-; echo out", "hello\n", "out\n", "", 0, 0},
    {"closes all and lives on", "exec <&- >&- 2>&-; exit 5", "hello\n", "", "", 5, 0},
    {"was stopped", "(while :; do kill -CONT $$; done) & kill -STOP $$; exit 6", "", "", "", 6, 0},
};

static void test_endings(void **state)
{
    struct outcome o = {0};
    for (size_t i = 0; i < sizeof(endings) / sizeof(endings[0]); i++) {
        struct process_spec spec = {
            .command = SH(endings[i].script),
            .input = endings[i].input,
            .input_len = strlen(endings[i].input),
        };
        ground_run(*state, &spec, &o);
        outcome_assert(endings[i].about, &o, RN_OK, endings[i].status, endings[i].signal);
        assert_string_equal(buf_str(&o.out), endings[i].out);
        assert_string_equal(buf_str(&o.notes), endings[i].notes);
        assert_string_equal(buf_str(&o.why), "");
    }
    outcome_clear(&o);
}

/* ---- What it leaves behind ------------------------------------------------------------------- */

static pid_t first_number(const struct buf *text)
{
    pid_t pid = (pid_t)strtol(buf_str(text), NULL, 10);
    assert_true(pid > 1);
    return pid;
}

/* Its end is the end, even where others keep its pipes open. */
static void test_grandchildren_are_killed(void **state)
{
    struct outcome o = {0};
    int status;
    struct process_spec spec = {.command = SH("(trap '' TERM HUP; sleep 1000) & echo $!; exit 2")};
    ground_run(*state, &spec, &o);
    outcome_assert("with a grandchild", &o, RN_OK, 2, 0);
    assert_int_equal(waitpid(first_number(&o.out), &status, 0), first_number(&o.out));
    assert_true(WIFSIGNALED(status) && WTERMSIG(status) == SIGKILL);
    outcome_clear(&o);
}

/* One that has left the group is out of reach, keeps stderr open and fills it: nobody waits. */
static void test_grandchild_that_escapes(void **state)
{
    struct outcome o = {0};
    struct process_spec spec = {
        .command =
            SH("{ setsid sh -c 'echo $$; exec >&2; exec yes' & } | { read -r pid; echo $pid; }"),
    };
    ground_run(*state, &spec, &o);
    outcome_assert("with a grandchild that escapes", &o, RN_OK, 0, 0);
    pid_t pid = first_number(&o.out);
    kill(pid, SIGKILL);
    assert_int_equal(waitpid(pid, NULL, 0), pid);
    outcome_clear(&o);
}

/* ---- The limit ------------------------------------------------------------------------------- */

static const struct {
    const char *about, *script;
    int status, signal;
} limits[] = {
    {"ends when told", "echo ready; exec sleep 1000", -1, SIGTERM},
    {"tidies up", "trap 'exit 7' TERM; echo ready; while :; do sleep 1000 & wait; done", 7, 0},
    {"does not listen", "trap '' TERM; echo ready; exec sleep 1000", -1, SIGKILL},
    {"is stopped", "echo ready; kill -STOP $$; exit 1", -1, SIGTERM},
    {"is stopped and does not listen", "trap '' TERM; echo ready; while :; do kill -STOP $$; done",
     -1, SIGKILL},
    {"has closed its pipes", "echo ready; exec <&- >&- 2>&-; exec sleep 1000", -1, SIGTERM},
    {"has one that does not listen", "(trap '' TERM; sleep 1000) & echo ready; wait", -1, SIGTERM},
    {"writes for ever", "echo ready; exec yes >&2", -1, SIGTERM},
};

/* The script must be ready before its time is over, whatever time this machine needs for that. */
static void test_limits(void **state)
{
    struct outcome o = {0};
    char *input = xcalloc(1, BOX);
    for (size_t i = 0; i < sizeof(limits) / sizeof(limits[0]); i++) {
        struct process_spec spec = {
            .command = SH(limits[i].script), .input = input, .input_len = BOX, .limit_ms = 50};
        for (; o.out.len == 0; spec.limit_ms *= 2)
            ground_run(*state, &spec, &o);
        outcome_assert(limits[i].about, &o, RN_ETIMEOUT, limits[i].status, limits[i].signal);
        assert_non_null(strstr(buf_str(&o.why), "/bin/sh did not end within 0."));
        outcome_clear(&o);
    }
    free(input);
}

static void test_within_its_limit(void **state)
{
    struct outcome o = {0};
    struct process_spec spec = {.command = SH("exit 1"), .limit_ms = PATIENCE_MS};
    ground_run(*state, &spec, &o);
    outcome_assert("in time", &o, RN_OK, 1, 0);
    outcome_clear(&o);
}

/* ---- Floods ---------------------------------------------------------------------------------- */

enum { SMALL = 8 * 1024, MUCH = 100 * 1000 * 1000 };
/* The bound, which the mail that ends it may pass: what was read at once, and what a pipe holds. */
enum { READ_AT_ONCE = 16 * 1024, PIPE = 64 * 1024, MOST = 2 * (READ_AT_ONCE + PIPE) };

static void run_into_small_box(struct ground *ground, const struct process_spec *spec,
                               struct outcome *o)
{
    struct mailbox *box = mailbox_new(SMALL);
    uint64_t number = worker_process(ground->worker, spec, box);
    outcome_read(o, ground->worker, box, number, SIZE_MAX);
    worker_drop(ground->worker, number);
    mailbox_free(box);
    assert_in_range(o->most, 1, MOST);
}

static void test_slow_reader(void **state)
{
    struct outcome o = {0};
    struct process_spec spec = {.command = SH("exec head -c 100000000 /dev/zero")};
    run_into_small_box(*state, &spec, &o);
    outcome_assert("100 MB", &o, RN_OK, 0, 0);
    assert_int_equal(o.out.len, MUCH);
    assert_true(o.was_full);
    outcome_clear(&o);
}

static void assert_numbered(const struct buf *text, int from, int to)
{
    const char *at = buf_str(text);
    for (int i = from; i <= to; i++) {
        char *end;
        assert_int_equal(strtol(at, &end, 10), i);
        assert_int_equal(*end, '\n');
        at = end + 1;
    }
    assert_ptr_equal(at, text->data + text->len);
}

/* Both pipes at once: none loses anything or waits for the other. */
static void test_order(void **state)
{
    struct outcome o = {0};
    struct process_spec spec = {.command = SH("seq 1 200000 & seq 300001 500000 >&2; wait")};
    run_into_small_box(*state, &spec, &o);
    outcome_assert("two floods", &o, RN_OK, 0, 0);
    assert_numbered(&o.out, 1, 200000);
    assert_numbered(&o.notes, 300001, 500000);
    outcome_clear(&o);
}

/* Nobody reads until it has ended and is reaped: what is in its pipes then passes the bound. */
static void test_reader_that_comes_late(void **state)
{
    struct ground *ground = *state;
    struct outcome o = {0};
    struct mailbox *box = mailbox_new(1);
    struct process_spec spec = {.command = SH("seq 1 9999; seq 10001 19999 >&2; exit 3")};
    siginfo_t info;
    uint64_t number = worker_process(ground->worker, &spec, box);
    await_fd(mailbox_fd(box));
    while (waitid(P_ALL, 0, &info, WEXITED | WNOWAIT) == 0)
        ;
    outcome_read(&o, ground->worker, box, number, SIZE_MAX);
    outcome_assert("read late", &o, RN_OK, 3, 0);
    assert_numbered(&o.out, 1, 9999);
    assert_numbered(&o.notes, 10001, 19999);
    mailbox_free(box);
    outcome_clear(&o);
}

static struct buf much_input(void)
{
    struct buf input = BUF_INIT;
    for (int i = 0; input.len < 16 * 1024 * 1024; i++)
        buf_addf(&input, "%d\n", i);
    return input;
}

static void test_large_input(void **state)
{
    struct outcome o = {0};
    struct buf input = much_input();
    struct process_spec spec = {
        .command = SH("exec cat"), .input = input.data, .input_len = input.len};
    run_into_small_box(*state, &spec, &o);
    outcome_assert("through cat", &o, RN_OK, 0, 0);
    assert_int_equal(o.out.len, input.len);
    assert_memory_equal(o.out.data, input.data, input.len);
    outcome_clear(&o);
    buf_clear(&input);
}

/* Nobody here ignores SIGPIPE: it would end us. */
static void test_input_that_is_not_wanted(void **state)
{
    static const char *const scripts[] = {
        "exit 3",
        "exec <&-; kill -0 $$; exit 3",
        "head -c 100000 >/dev/null; exit 3",
        "exec <&-; head -c 300000 /dev/zero; exit 3",
    };
    struct outcome o = {0};
    struct buf input = much_input();
    for (size_t i = 0; i < sizeof(scripts) / sizeof(scripts[0]); i++) {
        struct process_spec spec = {
            .command = SH(scripts[i]), .input = input.data, .input_len = input.len};
        ground_run(*state, &spec, &o);
        outcome_assert(scripts[i], &o, RN_OK, 3, 0);
    }
    outcome_clear(&o);
    buf_clear(&input);
}

/* ---- Letting go ------------------------------------------------------------------------------ */

static const char *const deaf = "trap '' TERM; echo $$; while :; do sleep 1000; done";

static void test_drop(void **state)
{
    static const char *const scripts[] = {
        "echo $$; exec sleep 1000",
        "echo $$; exec yes",
        "echo $$; kill -STOP $$",
        "echo $$; exec <&- >&- 2>&-; exec sleep 1000",
        "trap '' TERM; echo $$; while :; do sleep 1000; done",
        "echo $$; exit",
    };
    struct ground *ground = *state;
    struct outcome none = {0};
    for (size_t i = 0; i < sizeof(scripts) / sizeof(scripts[0]); i++) {
        pid_t pid;
        uint64_t number = ground_begin(ground, scripts[i], &pid);
        worker_drop(ground->worker, number);
        /* Once more, and room made by a reader that is none any more. */
        worker_drop(ground->worker, number);
        worker_resume(ground->worker, number);
        outcome_take(&none, ground->box, number);
        int pidfd = pidfd_open(pid, 0);
        if (pidfd >= 0) {
            await_fd(pidfd);
            close(pidfd);
        }
        while (kill(pid, 0) == 0)
            ground_settle(ground);
        outcome_clear(&none);
        outcome_take(&none, ground->box, number);
        assert_int_equal(none.ends + (int)none.out.len, 0);
    }
}

/* It may tidy up. */
static void test_drop_says_so_first(void **state)
{
    struct ground *ground = *state;
    char path[] = "/tmp/runnel-process-XXXXXX";
    pid_t pid;
    int fd = mkstemp(path);
    assert_true(fd >= 0);
    char *script = xasprintf("trap 'echo tidy >%s; exit' TERM; echo $$; "
                             "while :; do sleep 1000 & wait; done",
                             path);
    uint64_t number = ground_begin(ground, script, &pid);
    int pidfd = pidfd_open(pid, 0);
    worker_drop(ground->worker, number);
    await_fd(pidfd);
    struct buf text = BUF_INIT;
    struct error error;
    assert_int_equal(fd_read_all(fd, &text, BOX, &error), 0);
    assert_string_equal(buf_str(&text), "tidy\n");
    buf_clear(&text);
    close(pidfd);
    close(fd);
    unlink(path);
    free(script);
}

static void test_drop_before_it_starts(void **state)
{
    struct ground *ground = *state;
    for (int i = 0; i < 100; i++) {
        struct mailbox *box = mailbox_new(BOX);
        struct process_spec spec = {.command = SH("exec yes")};
        worker_drop(ground->worker, worker_process(ground->worker, &spec, box));
        mailbox_free(box);
    }
}

/* The fixture finds what is left. */
static void test_free_with_all_under_way(void **state)
{
    struct ground *ground = *state;
    struct process_spec spec = {.command = SH("exec yes")};
    pid_t pid;
    ground_begin(ground, deaf, &pid);
    ground_begin(ground, "echo $$; kill -STOP $$", &pid);
    ground_begin(ground, "sleep 1000 & echo $$; wait", &pid);
    worker_drop(ground->worker, ground_begin(ground, deaf, &pid));
    worker_process(ground->worker, &spec, ground->box);
}

/* Eight at once into boxes of their own; one after the other is let go of, box and all, and the rest
 * when the thread ends. */
static void run_eight(unsigned *seed)
{
    static const char *const scripts[] = {
        "cat",
        "exec yes",
        "exec yes >&2",
        "sleep 1000 & exec yes",
        "trap '' TERM; while :; do sleep 1000; done",
        "kill -STOP $$",
        "exec <&- >&- 2>&-; exec sleep 1000",
        "exit 3",
    };
    enum { EIGHT = 8 };
    static const char input[BOX];
    struct worker *worker = worker_new();
    struct mailbox *boxes[EIGHT];
    uint64_t numbers[EIGHT];
    for (int i = 0; i < EIGHT; i++) {
        struct process_spec spec = {.command = SH(scripts[rand_r(seed) % EIGHT]),
                                    .input = input,
                                    .input_len = (size_t)rand_r(seed) % BOX,
                                    .limit_ms = rand_r(seed) % 16};
        boxes[i] = mailbox_new(SMALL);
        numbers[i] = worker_process(worker, &spec, boxes[i]);
    }
    int left = rand_r(seed) % EIGHT;
    for (int i = EIGHT - 1; i >= left; i--) {
        struct outcome o = {0};
        client_pass_time(worker, rand_r(seed) % 4);
        if (outcome_take(&o, boxes[i], numbers[i]))
            worker_resume(worker, numbers[i]);
        outcome_clear(&o);
        worker_drop(worker, numbers[i]);
        mailbox_free(boxes[i]);
    }
    worker_free(worker);
    for (int i = 0; i < left; i++)
        mailbox_free(boxes[i]);
    assert_all_gone();
}

/* ROUNDS in the environment: for more than there is time for every day. */
static void test_eight_at_once(void **state)
{
    (void)state;
    const char *rounds = getenv("ROUNDS");
    unsigned seed = 1;
    for (long i = rounds ? strtol(rounds, NULL, 10) : 20; i > 0; i--)
        run_eight(&seed);
}

/* ---- Idle ------------------------------------------------------------------------------------ */

/* The thread that the worker has and nobody else: the one that was not there before. */
static int find_thread(struct worker *worker)
{
    static char before[4096];
    char name[64];
    DIR *dir = opendir("/proc/self/task");
    assert_non_null(dir);
    *before = '\0';
    for (struct dirent *entry; (entry = readdir(dir));)
        snprintf(before + strlen(before), sizeof(before) - strlen(before), "/%s/", entry->d_name);
    client_pass_time(worker, 0);
    rewinddir(dir);
    int found = 0;
    for (struct dirent *entry; (entry = readdir(dir));) {
        snprintf(name, sizeof(name), "/%.32s/", entry->d_name);
        if (!strstr(before, name))
            found = (int)strtol(entry->d_name, NULL, 10);
    }
    closedir(dir);
    assert_int_not_equal(found, 0);
    return found;
}

/* How long it has run, how long it has waited for that, how often. */
static void look_at(int thread, struct buf *seen)
{
    char path[64];
    struct error error;
    snprintf(path, sizeof(path), "/proc/self/task/%d/schedstat", thread);
    buf_reset(seen);
    assert_int_equal(file_read(path, seen, 4096, &error), 0);
}

/* Sooner or later there is a time in which it does not run at all.  Another's timer measures it. */
static void assert_gets_idle(const char *about, int thread, struct worker *clock)
{
    enum { TIME_MS = 50, TRIES = 100 };
    struct buf before = BUF_INIT, after = BUF_INIT;
    int tries = 0;
    do {
        look_at(thread, &before);
        client_pass_time(clock, TIME_MS);
        look_at(thread, &after);
    } while (strcmp(buf_str(&before), buf_str(&after)) != 0 && ++tries < TRIES);
    if (tries == TRIES)
        fail_msg("%s: wakes up though there is nothing to do", about);
    buf_clear(&before);
    buf_clear(&after);
}

static const struct {
    const char *about, *script;
    bool is_read;
} idlers[] = {
    {"nothing to say", "echo; exec sleep 1000", true},
    {"input that is not read", "echo; exec sleep 1000", true},
    {"input that is not wanted", "echo; exec <&-; exec sleep 1000", true},
    {"pipes that are closed", "echo; exec <&- >&- 2>&-; exec sleep 1000", true},
    {"stopped", "echo; kill -STOP $$", true},
    {"ended, but for its grandchildren's pipes", "sleep 1000 & echo", true},
    {"a full box", "exec yes", false},
    {"a full box, two pipes", "yes >&2 & exec yes", false},
    {"a full box and closed pipes", "head -c 30000 /dev/zero; exec >&- 2>&-; exec sleep 1000",
     false},
};

static void test_idle_means_no_wake_up(void **state)
{
    struct ground *ground = *state;
    struct worker *clock = worker_new();
    client_pass_time(clock, 0);
    int thread = find_thread(ground->worker);
    static const char input[BOX];
    for (size_t i = 0; i < sizeof(idlers) / sizeof(idlers[0]); i++) {
        struct outcome o = {0};
        struct mailbox *box = mailbox_new(1);
        struct process_spec spec = {
            .command = SH(idlers[i].script), .input = input, .input_len = sizeof(input)};
        uint64_t number = worker_process(ground->worker, &spec, box);
        await_fd(mailbox_fd(box));
        if (idlers[i].is_read)
            outcome_read(&o, ground->worker, box, number, 1);
        assert_gets_idle(idlers[i].about, thread, clock);
        worker_drop(ground->worker, number);
        mailbox_free(box);
        outcome_clear(&o);
    }
    worker_free(clock);
}

/* ---- The thread cannot start ----------------------------------------------------------------- */

static void test_no_descriptor_for_the_thread(void **state)
{
    struct ground *ground = *state;
    struct outcome o = {0};
    struct rlimit old, none;
    getrlimit(RLIMIT_NOFILE, &old);
    none = (struct rlimit){.rlim_cur = 0, .rlim_max = old.rlim_max};
    struct process_spec spec = {.command = SH("exit 1")};
    setrlimit(RLIMIT_NOFILE, &none);
    uint64_t number = worker_process(ground->worker, &spec, ground->box);
    setrlimit(RLIMIT_NOFILE, &old);
    outcome_read(&o, ground->worker, ground->box, number, SIZE_MAX);
    outcome_assert("no descriptor", &o, RN_EIO, -1, 0);
    ground_run(ground, &spec, &o);
    outcome_assert("descriptors again", &o, RN_OK, 1, 0);
    outcome_clear(&o);
}

int main(void)
{
#define TEST(test) cmocka_unit_test_setup_teardown(test, ground_set_up, ground_tear_down)
    const struct CMUnitTest tests[] = {
        TEST(test_endings),
        TEST(test_grandchildren_are_killed),
        TEST(test_grandchild_that_escapes),
        TEST(test_limits),
        TEST(test_within_its_limit),
        TEST(test_slow_reader),
        TEST(test_order),
        TEST(test_reader_that_comes_late),
        TEST(test_large_input),
        TEST(test_input_that_is_not_wanted),
        TEST(test_drop),
        TEST(test_drop_says_so_first),
        TEST(test_drop_before_it_starts),
        TEST(test_free_with_all_under_way),
        TEST(test_eight_at_once),
        TEST(test_idle_means_no_wake_up),
        TEST(test_no_descriptor_for_the_thread),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
