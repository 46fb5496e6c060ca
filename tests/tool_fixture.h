/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * A little world for tools, and a way to run one in it as the program does: as a process of its own.
 *
 *      ROOT/work           the working folder, where the test is while it lasts
 *      ROOT/home           the home folder
 *      ROOT/outside        neither
 *
 * A test program that runs tools begins its main with tool_main.
 */
#ifndef TOOL_FIXTURE_H
#define TOOL_FIXTURE_H

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/buf.h"
#include "base/error.h"
#include "base/fd.h"
#include "base/mem.h"
#include "tools/tools.h"

enum { NOBODY = 65534 };

struct world {
    char root[64];
    char *before;           /* where the test was */
};

/* In main, before anything else: this process is a tool's. */
static inline void tool_main(int argc, char **argv)
{
    if (argc == 3 && strcmp(argv[1], "--tool") == 0)
        tools_main(argv[2]);
}

/* A file of the world, by its path below the root; made with the folders above it. */
static inline void world_put(const struct world *world, const char *path, const char *text)
{
    char *whole = xasprintf("%s/%s", world->root, path);
    for (char *slash = whole + strlen(world->root) + 1; (slash = strchr(slash, '/')); slash++) {
        *slash = '\0';
        mkdir(whole, 0755);
        *slash = '/';
    }
    int fd = open(whole, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0644);
    assert_true(fd >= 0);
    assert_int_equal(fd_write_all(fd, text, strlen(text)), 0);
    close(fd);
    free(whole);
}

/* NULL: there is no such file. */
static inline char *world_get(const struct world *world, const char *path)
{
    char *whole = xasprintf("%s/%s", world->root, path);
    struct buf text = BUF_INIT;
    struct error error = ERROR_INIT;
    int result = file_read(whole, &text, 1024 * 1024, &error);
    free(whole);
    if (result == 0)
        return buf_take(&text);
    buf_clear(&text);
    return NULL;
}

static inline void world_check(const struct world *world, const char *path, const char *want)
{
    char *text = world_get(world, path);
    if (!want)
        assert_null(text);
    else
        assert_string_equal(text ? text : "(no file)", want);
    free(text);
}

static inline int world_open(void **state)
{
    struct world *world = xnew(struct world);
    snprintf(world->root, sizeof(world->root), "/tmp/runnel-test-XXXXXX");
    assert_non_null(mkdtemp(world->root));
    assert_int_equal(chmod(world->root, 0755), 0);
    world->before = getcwd(NULL, 0);
    assert_int_equal(chdir(world->root), 0);
    assert_int_equal(mkdir("work", 0755) | mkdir("home", 0755) | mkdir("outside", 0755), 0);
    char *home = xasprintf("%s/home", world->root);
    setenv("HOME", home, 1);
    unsetenv("XDG_CONFIG_HOME");
    unsetenv("XDG_DATA_HOME");
    unsetenv("XDG_STATE_HOME");
    unsetenv("TMPDIR");
    free(home);
    assert_int_equal(chdir("work"), 0);
    *state = world;
    return 0;
}

static inline int world_close(void **state)
{
    struct world *world = *state;
    char *command = xasprintf("chmod -R u+rwX '%s' && rm -rf '%s'", world->root, world->root);
    assert_int_equal(chdir(world->before), 0);
    assert_int_equal(system(command), 0); /* NOLINT(cert-env33-c): a path of ours */
    free(command);
    free(world->before);
    free(world);
    return 0;
}

/* ---- Running a tool ---- */

struct tool_run {
    pid_t pid;
    int in, out;
};

/* As this user (0: the one we are). */
static inline struct tool_run tool_start(const char *name, uid_t user)
{
    int in[2], out[2];
    assert_int_equal(pipe2(in, O_CLOEXEC) | pipe2(out, O_CLOEXEC), 0);
    struct tool_run run = {.pid = fork(), .in = in[1], .out = out[0]};
    assert_true(run.pid >= 0);
    if (run.pid == 0) {
        setsid();
        dup2(in[0], STDIN_FILENO);
        dup2(out[1], STDOUT_FILENO);
        unsetenv("RUNNEL_TEST_SECRET");
        if (user != 0 && (setresgid(user, user, user) < 0 || setresuid(user, user, user) < 0))
            _exit(120);
        execl("/proc/self/exe", "runnel", "--tool", name, (char *)NULL);
        _exit(121);
    }
    close(in[0]);
    close(out[1]);
    return run;
}

static inline void tool_write(struct tool_run *run, const char *args)
{
    signal(SIGPIPE, SIG_IGN);
    fd_write_all(run->in, args, strlen(args));
    close(run->in);
    run->in = -1;
}

/* Its exit status, and all that it printed; -1: it ended by a signal. */
static inline int tool_end(struct tool_run *run, struct buf *out)
{
    struct error error = ERROR_INIT;
    int status;
    assert_int_equal(fd_read_all(run->out, out, 64 * 1024 * 1024, &error), 0);
    assert_int_equal(waitpid(run->pid, &status, 0), run->pid);
    close(run->out);
    return WIFEXITED(status) ? WEXITSTATUS(status) : -1;
}

static inline int tool_call(const char *name, const char *args, struct buf *out)
{
    struct tool_run run = tool_start(name, 0);
    tool_write(&run, args);
    return tool_end(&run, out);
}

/* The same for a shell's command. */
static inline int tool_shell(const char *command, uid_t user, struct buf *out)
{
    struct tool_run run = tool_start("shell", user);
    struct buf args = BUF_INIT;
    buf_adds(&args, "{\"command\":\"");
    for (; *command; command++)
        buf_addf(&args, strchr("\"\\", *command) ? "\\%c" : "%c", *command);
    buf_adds(&args, "\"}");
    tool_write(&run, buf_str(&args));
    buf_clear(&args);
    return tool_end(&run, out);
}

#endif
