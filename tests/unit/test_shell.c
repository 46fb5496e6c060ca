/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * The tool that runs commands: what it says, what it leaves behind (nothing), and what a command cannot
 * do.
 */
#include "tools/tools.h"

#include "tool_fixture.h"

#include <jansson.h>

#include "tools/landlock.h"

static void skip_without_landlock(void)
{
    if (landlock_version() > 0)
        return;
    print_message("this kernel has no Landlock: files are not confined\n");
    skip();
}

/* ---- What it says ---- */

static const struct {
    const char *about, *command;
    int status;
    const char *want;
} cases[] = {
    {"nothing", "true", 0, ""},
    {"output as it is", "printf 'a\\0b'", 0, "a"},
    {"both streams, in order", "echo 1; echo 2 >&2; echo 3; echo 4 >&2", 0, "1\n2\n3\n4\n"},
    {"an exit status", "echo x; exit 3", 1, "x\n\n[exit status 3]\n"},
    {"a signal", "kill -9 $$", 1, "\n[ended by signal 9: Killed]\n"},
    {"no input", "cat; echo $?", 0, "0\n"},
    {"no terminal", "tty; : < /dev/tty", 1, "not a tty\n"},
    {"the working folder", "cat a.txt", 0, "a\n"},
    {"several lines", "echo a\necho b", 0, "a\nb\n"},
    {"no such command", "no-such-command-at-all 2>/dev/null", 1, "\n[exit status 127]\n"},
    {"no syntax", "if", 1, ""},
    {"a place of its own", "echo x >$TMPDIR/f && cat $TMPDIR/f", 0, "x\n"},
    {"quotes, escapes", "echo \"it's\" \\\\", 0, "it's \\\n"},
};

static void test_cases(void **state)
{
    world_put(*state, "work/a.txt", "a\n");
    for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        struct buf out = BUF_INIT;
        const char *want = cases[i].want;
        struct tool_run run = tool_start("shell", 0);
        json_t *args = json_pack("{ss}", "command", cases[i].command);
        char *text = json_dumps(args, 0);
        tool_write(&run, text);
        int status = tool_end(&run, &out);
        if (status != cases[i].status || strncmp(buf_str(&out), want, strlen(want)) != 0 ||
            (!*want && cases[i].status == 0 && out.len > 0))
            fail_msg("%s: %d %s", cases[i].about, status, buf_str(&out));
        free(text);
        json_decref(args);
        buf_clear(&out);
    }
}

/* Temporary files go, however they are hidden. */
static void test_scratch_is_gone(void **state)
{
    struct buf out = BUF_INIT;
    char *tmp = xasprintf("%s/home", ((const struct world *)*state)->root);
    setenv("TMPDIR", tmp, 1);
    int status =
        tool_shell("cd $TMPDIR && mkdir -p a/b/c .d && touch a/b/c/f .d/g && ln -s /etc l && "
                   "chmod 0 a/b && chmod 500 .d && pwd",
                   0, &out);
    assert_int_equal(status, 0);
    assert_true(strncmp(out.data, tmp, strlen(tmp)) == 0);
    buf_drop_end(&out, 1);
    assert_int_equal(access(out.data, F_OK), -1);
    assert_int_equal(access("/etc/passwd", F_OK), 0);
    unsetenv("TMPDIR");
    free(tmp);
    buf_clear(&out);
}

/* ---- What it leaves behind ---- */

static bool is_running(const char *pid)
{
    return kill((pid_t)strtol(pid, NULL, 10), 0) == 0;
}

/* One process in the background, one that made itself a session of its own, one of a parent that has
 * gone. */
static void test_nothing_runs_on(void **state)
{
    (void)state;
    struct buf out = BUF_INIT;
    const char *command = "(sleep 1000 >/dev/null 2>&1 & echo $!); "
                          "setsid sh -c 'echo $$ >$TMPDIR/p; exec sleep 1000' >/dev/null 2>&1 & "
                          "sleep 1000 & echo $!; until [ -s $TMPDIR/p ]; do :; done; cat $TMPDIR/p";
    int status = tool_shell(command, 0, &out);
    assert_int_equal(status, 0);
    char *line = out.data;
    for (int i = 0; i < 3; i++) {
        assert_true(strtol(line, NULL, 10) > 1);
        assert_false(is_running(line));
        line = strchr(line, '\n') + 1;
    }
    assert_string_equal(line, "");
    buf_clear(&out);
}

static void wait_for_line(const struct tool_run *run, struct buf *out)
{
    char byte = 0;
    while (byte != '\n') {
        assert_int_equal(read(run->out, &byte, 1), 1);
        buf_addc(out, byte);
    }
}

/* Told to stop, it stops, also when the command will not. */
static void test_stop(void **state)
{
    (void)state;
    static const char *const stubborn[] = {
        "{\"command\":\"echo $$ $TMPDIR; exec sleep 1000\"}",
        "{\"command\":\"trap '' TERM HUP INT; echo $$ $TMPDIR; while :; do :; done\"}",
        "{\"command\":\"trap 'echo stopping; exit 0' TERM; echo $$ $TMPDIR; while :; do :; done\"}",
    };
    for (size_t i = 0; i < 3; i++) {
        struct tool_run run = tool_start("shell", 0);
        struct buf first = BUF_INIT, out = BUF_INIT;
        tool_write(&run, stubborn[i]);
        wait_for_line(&run, &first);
        assert_int_equal(kill(run.pid, SIGTERM), 0);
        assert_int_equal(tool_end(&run, &out), 1);
        assert_string_equal(buf_str(&out), i == 2 ? "stopping\n\n[stopped]\n" : "\n[stopped]\n");
        assert_false(is_running(first.data));
        buf_drop_end(&first, 1);
        assert_int_equal(access(strchr(first.data, ' ') + 1, F_OK), -1);
        buf_clear(&first);
        buf_clear(&out);
    }
}

/* ---- What a command cannot do ---- */

static void test_writing_outside(void **state)
{
    struct buf out = BUF_INIT;
    world_put(*state, "work/a.txt", "a\n");
    world_put(*state, "outside/b", "b\n");
    world_put(*state, "home/.bashrc", "b\n");
    skip_without_landlock();
    tool_shell(
        "cd ../outside; echo x >b; echo x >>b; rm b; mv b c; mkdir d; touch e; truncate -s0 b; "
        "ln b ../work/hard; ln -s ../outside/b ../work/soft; echo x >../work/soft; "
        "cp ../work/a.txt .; echo x >../home/.bashrc; echo x >/tmp/runnel-test-outside; "
        "sh -c 'echo x >b'; find . -exec sh -c 'echo x >b' \\; ; true",
        0, &out);
    world_check(*state, "outside/b", "b\n");
    world_check(*state, "outside/a.txt", NULL);
    world_check(*state, "outside/c", NULL);
    world_check(*state, "outside/e", NULL);
    world_check(*state, "home/.bashrc", "b\n");
    assert_int_equal(access("hard", F_OK), -1);
    assert_int_equal(access("/tmp/runnel-test-outside", F_OK), -1);
    assert_int_equal(access("../outside/d", F_OK), -1);
    buf_clear(&out);
}

static void test_writing_inside(void **state)
{
    struct buf out = BUF_INIT;
    world_put(*state, "work/a.txt", "a\n");
    int status =
        tool_shell("mkdir -p x/y && mv a.txt x/y/b && cp x/y/b c && ln -s c d && ln c e && "
                   "rm x/y/b && rmdir x/y && echo more >>c && cat d && chmod 700 c && mkfifo f",
                   0, &out);
    assert_string_equal(buf_str(&out), "a\nmore\n");
    assert_int_equal(status, 0);
    buf_clear(&out);
}

/* Neither its keeper's nor anybody's environment and memory, wherever a secret may be. */
static void test_reading_others(void **state)
{
    (void)state;
    struct buf out = BUF_INIT;
    setenv("RUNNEL_TEST_SECRET", "as1b2c3", 1); /* tool_start takes it out of the tool's */
    skip_without_landlock();
    int status =
        tool_shell("echo $RUNNEL_TEST_SECRET; cat /proc/[0-9]*/environ 2>/dev/null | "
                   "tr '\\0' '\\n' | grep RUNNEL_TEST; cat /proc/$PPID/mem 2>&1 | grep -c denied",
                   0, &out);
    assert_string_equal(buf_str(&out), "\n1\n");
    assert_int_equal(status, 0);
    unsetenv("RUNNEL_TEST_SECRET");
    buf_clear(&out);
}

static void test_keys(void **state)
{
    struct buf out = BUF_INIT;
    world_put(*state, "home/.ssh/id", "KEY\n");
    world_put(*state, "home/.config/runnel/config.ini", "KEY\n");
    world_put(*state, "home/.local/share/runnel/sessions/1", "KEY\n");
    world_put(*state, "home/notes", "n\n");
    skip_without_landlock();
    assert_int_equal(symlink("../home/.ssh/id", "link"), 0);
    tool_shell("cat ~/.ssh/id ~/.config/runnel/config.ini link ~/.local/share/runnel/sessions/1 | "
               "grep KEY; "
               "cat ~/notes",
               0, &out);
    assert_null(strstr(out.data, "KEY\n"));
    assert_non_null(strstr(out.data, "n\n"));
    buf_clear(&out);
}

/* ---- What it may use ---- */

static void test_forking(void **state)
{
    struct buf out = BUF_INIT;
    if (geteuid() == 0 && chown(".", NOBODY, NOBODY) < 0) {
        print_message("there is no other user to be here, and root has no limit on processes\n");
        skip();
    }
    (void)state;
    int status =
        tool_shell("i=0; while [ $i -lt 3000 ]; do sleep 1000 & i=$((i+1)); done; echo all",
                   geteuid() == 0 ? NOBODY : 0, &out);
    assert_int_equal(status, 1);
    assert_non_null(strstr(out.data, "annot fork"));
    assert_null(strstr(out.data, "all\n"));
    buf_clear(&out);
}

static void test_large_files(void **state)
{
    (void)state;
    struct stat info;
    struct buf out = BUF_INIT;
    int status = tool_shell("truncate -s 3G big; truncate -s 1G big", 0, &out);
    assert_int_equal(stat("big", &info), 0);
    assert_int_equal(info.st_size, 1 << 30);
    assert_int_equal(status, 0);
    buf_clear(&out);
    status = tool_shell("truncate -s 3G big", 0, &out);
    assert_int_equal(status, 1);
    buf_clear(&out);
}

static void test_much_memory(void **state)
{
    (void)state;
    struct buf out = BUF_INIT;
    assert_int_equal(tool_shell("ulimit -d", 0, &out), 0);
    if (strtoull(out.data, NULL, 10) > 12ULL << 20) {
        buf_clear(&out);
        print_message("a sanitizer's own memory is counted: terabytes\n");
        skip();
    }
    buf_reset(&out);
    assert_int_equal(tool_shell("dd if=/dev/zero of=/dev/null bs=12G count=1", 0, &out), 1);
    assert_non_null(strstr(out.data, "memory exhausted"));
    buf_clear(&out);
}

/* Its output goes on as it comes; who has enough of it closes the pipe. */
static void test_endless_output(void **state)
{
    (void)state;
    char bytes[65536];
    struct buf out = BUF_INIT;
    struct tool_run run = tool_start("shell", 0);
    tool_write(&run, "{\"command\":\"yes\"}");
    for (size_t seen = 0; seen < 64 * sizeof(bytes);) {
        ssize_t n = read(run.out, bytes, sizeof(bytes));
        assert_true(n > 0);
        seen += (size_t)n;
    }
    close(run.out);
    run.out = open("/dev/null", O_RDONLY | O_CLOEXEC);
    assert_int_equal(tool_end(&run, &out), 1);
    buf_clear(&out);
}

int main(int argc, char **argv)
{
    tool_main(argc, argv);
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(test_cases, world_open, world_close),
        cmocka_unit_test_setup_teardown(test_scratch_is_gone, world_open, world_close),
        cmocka_unit_test_setup_teardown(test_nothing_runs_on, world_open, world_close),
        cmocka_unit_test_setup_teardown(test_stop, world_open, world_close),
        cmocka_unit_test_setup_teardown(test_writing_outside, world_open, world_close),
        cmocka_unit_test_setup_teardown(test_writing_inside, world_open, world_close),
        cmocka_unit_test_setup_teardown(test_reading_others, world_open, world_close),
        cmocka_unit_test_setup_teardown(test_keys, world_open, world_close),
        cmocka_unit_test_setup_teardown(test_forking, world_open, world_close),
        cmocka_unit_test_setup_teardown(test_large_files, world_open, world_close),
        cmocka_unit_test_setup_teardown(test_much_memory, world_open, world_close),
        cmocka_unit_test_setup_teardown(test_endless_output, world_open, world_close),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
