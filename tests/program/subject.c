/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "program/subject.h"

#include <errno.h>
#include <fcntl.h>
#include <ftw.h>
#include <poll.h>
#include <pty.h>
#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cmocka.h>

#include "base/clock.h"
#include "base/error.h"
#include "base/fd.h"
#include "base/mem.h"

/* ---- The home ---- */

static const char *const unwanted[] = {
    "RUNNEL_MODEL",
    "OPENAI_API_KEY",
    "OPENROUTER_API_KEY",
    "GROQ_API_KEY",
    "MISTRAL_API_KEY",
    "DEEPSEEK_API_KEY",
    "XAI_API_KEY",
    "AZURE_OPENAI_API_KEY",
    "ANTHROPIC_API_KEY",
    "GEMINI_API_KEY",
    "GOOGLE_API_KEY",
    "OPENAI_BASE_URL",
    "ANTHROPIC_BASE_URL",
    "OLLAMA_HOST",
    "http_proxy",
    "https_proxy",
    "HTTP_PROXY",
    "HTTPS_PROXY",
    "all_proxy",
    "ALL_PROXY",
    "NO_COLOR",
    "INPUTRC",
    "LINES",
    "COLUMNS",
    "XDG_RUNTIME_DIR",
    "TMPDIR",
};

static void set_below(const char *variable, const char *home, const char *name)
{
    char *path = home_path(home, name);
    setenv(variable, path, 1);
    free(path);
}

int home_set_up(void **state)
{
    char *home = xstrdup("/tmp/runnel-home-XXXXXX");
    if (!mkdtemp(home))
        return -1;
    for (size_t i = 0; i < sizeof(unwanted) / sizeof(unwanted[0]); i++)
        unsetenv(unwanted[i]);
    setenv("HOME", home, 1);
    setenv("LC_ALL", "C.UTF-8", 1);
    setenv("TERM", "xterm-256color", 1);
    set_below("XDG_CACHE_HOME", home, "cache");
    set_below("XDG_CONFIG_HOME", home, "config");
    set_below("XDG_DATA_HOME", home, "data");
    set_below("XDG_STATE_HOME", home, "state");
    /* What readline keeps to its end is no leak of ours; only a program with the sanitizer reads this. */
    setenv("LSAN_OPTIONS", "suppressions=tests/screen/lsan.supp:print_suppressions=0", 1);
    signal(SIGPIPE, SIG_IGN);
    *state = home;
    return 0;
}

static int remove_one(const char *path, const struct stat *info, int type, struct FTW *at)
{
    (void)info, (void)type, (void)at;
    return remove(path);
}

int home_tear_down(void **state)
{
    nftw(*state, remove_one, 16, FTW_DEPTH | FTW_PHYS);
    free(*state);
    return 0;
}

char *home_path(const char *home, const char *name)
{
    return xasprintf("%s/%s", home, name);
}

static void make_folders(const char *path)
{
    char *folder = xstrdup(path);
    for (char *slash = strchr(folder + 1, '/'); slash; slash = strchr(slash + 1, '/')) {
        *slash = '\0';
        mkdir(folder, 0700);
        *slash = '/';
    }
    free(folder);
}

char *home_put(const char *home, const char *name, const char *text)
{
    char *path = home_path(home, name);
    make_folders(path);
    int fd = open(path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);
    assert_true(fd >= 0);
    assert_int_equal(fd_write_all(fd, text, strlen(text)), 0);
    close(fd);
    return path;
}

void home_configure(const char *home, const char *text)
{
    free(home_put(home, "config/runnel/config.ini", text));
}

/* nftw(3) hands nothing on, so what it finds is kept here while it looks. */
static struct buf *found;
static char *newest;

static int read_one(const char *path, const struct stat *info, int type, struct FTW *at)
{
    struct error error;
    (void)at;
    if (type == FTW_F && S_ISREG(info->st_mode))
        assert_int_equal(file_read(path, found, SIZE_MAX, &error), 0);
    return 0;
}

void home_read(const char *home, struct buf *all)
{
    found = all;
    nftw(home, read_one, 16, FTW_PHYS);
}

/* The ids begin with the time and end in a random word: the newest file says which is the last. */
static int note_newest(const char *path, const struct stat *info, int type, struct FTW *at)
{
    static struct timespec time;
    (void)at;
    if (type != FTW_F)
        return 0;
    if (!newest || info->st_mtim.tv_sec > time.tv_sec ||
        (info->st_mtim.tv_sec == time.tv_sec && info->st_mtim.tv_nsec > time.tv_nsec)) {
        free(newest);
        newest = xstrdup(path);
        time = info->st_mtim;
    }
    return 0;
}

char *home_session(const char *home)
{
    struct buf text = BUF_INIT;
    struct error error;
    char *folder = home_path(home, "data/runnel/sessions");
    newest = NULL;
    nftw(folder, note_newest, 16, FTW_PHYS);
    if (newest)
        assert_int_equal(file_read(newest, &text, SIZE_MAX, &error), 0);
    free(newest);
    free(folder);
    return buf_take(&text);
}

/* ---- Starting ---- */

const char *subject_path(void)
{
    const char *given = getenv("RUNNEL");
    return given ? given : "build/runnel";
}

/* The three descriptors of the child, and our ends of them. */
struct ends {
    int in[2], out[2], err[2];
};

static void open_terminal(struct subject *program, const struct subject_spec *spec,
                          struct ends *ends)
{
    struct winsize size = {.ws_col = (unsigned short)spec->columns,
                           .ws_row = (unsigned short)spec->rows};
    int master, slave;
    assert_int_equal(openpty(&master, &slave, NULL, NULL, &size), 0);
    fcntl(master, F_SETFD, FD_CLOEXEC);
    fcntl(slave, F_SETFD, FD_CLOEXEC);
    program->is_terminal = true;
    program->in = program->err_fd = -1;
    program->out_fd = master;
    ends->in[0] = ends->out[1] = ends->err[1] = slave;
}

static void open_pipes(struct subject *program, const struct subject_spec *spec, struct ends *ends)
{
    assert_int_equal(pipe2(ends->in, O_CLOEXEC), 0);
    assert_int_equal(pipe2(ends->out, O_CLOEXEC), 0);
    assert_int_equal(pipe2(ends->err, O_CLOEXEC), 0);
    program->in = ends->in[1];
    program->out_fd = ends->out[0];
    program->err_fd = ends->err[0];
    if (!spec->out_path)
        return;
    close(ends->out[1]);
    ends->out[1] = open(spec->out_path, O_WRONLY | O_CLOEXEC);
    assert_true(ends->out[1] >= 0);
}

static void set_limit(long bytes)
{
    struct rlimit limit = {(rlim_t)bytes, (rlim_t)bytes};
    if (bytes > 0)
        setrlimit(RLIMIT_FSIZE, &limit);
}

/* In the child: never returns. */
static void become(const struct subject_spec *spec, const struct ends *ends)
{
    const char *path = spec->program ? spec->program : subject_path();
    const char *argv[64] = {"runnel"};
    for (size_t i = 0; spec->args && spec->args[i]; i++)
        argv[i + 1] = spec->args[i];
    for (const char *const *pair = spec->env; pair && *pair; pair++)
        putenv((char *)*pair);
    setsid();
    if (spec->columns > 0)
        ioctl(ends->in[0], TIOCSCTTY, 0);
    dup2(ends->in[0], STDIN_FILENO);
    dup2(ends->out[1], STDOUT_FILENO);
    dup2(spec->shares_err ? ends->out[1] : ends->err[1], STDERR_FILENO);
    if (spec->closed_stdin)
        close(STDIN_FILENO);
    if (spec->closed_stdout)
        close(STDOUT_FILENO);
    set_limit(spec->file_limit);
    signal(SIGPIPE, SIG_DFL);
    execv(path, (char *const *)argv);
    perror(path);
    _exit(127);
}

struct subject *subject_start(const struct subject_spec *spec)
{
    struct subject *program = xnew(struct subject);
    struct ends ends;
    if (spec->columns > 0)
        open_terminal(program, spec, &ends);
    else
        open_pipes(program, spec, &ends);
    program->pid = fork();
    assert_true(program->pid >= 0);
    if (program->pid == 0)
        become(spec, &ends);
    close(ends.in[0]);
    if (!program->is_terminal) {
        close(ends.out[1]);
        close(ends.err[1]);
    }
    if (spec->input)
        subject_write(program, spec->input);
    if (!program->is_terminal && !spec->keeps_stdin_open)
        subject_close_stdin(program);
    return program;
}

struct subject *subject_run(const struct subject_spec *spec)
{
    struct subject *program = subject_start(spec);
    subject_finish(program);
    return program;
}

/* ---- Talking ---- */

const char *subject_out(const struct subject *program)
{
    return buf_str(&program->out);
}

const char *subject_err(const struct subject *program)
{
    return buf_str(&program->err);
}

static void give_up(struct subject *program, const char *waiting_for)
{
    print_error("waiting for %s\n-- stdout: %s\n-- stderr: %s\n", waiting_for, subject_out(program),
                subject_err(program));
    kill(program->pid, SIGKILL);
    fail_msg("the program did not come to it in %d ms", SUBJECT_PATIENCE_MS);
}

/* A terminal whose program has gone says EIO. */
static void read_some(int *fd, struct buf *into)
{
    char bytes[16 * 1024];
    ssize_t n = read(*fd, bytes, sizeof(bytes));
    if (n > 0) {
        buf_add(into, bytes, (size_t)n);
    } else if (n == 0 || errno != EINTR) {
        close(*fd);
        *fd = -1;
    }
}

/* Read what comes next; false when both are at their ends. */
static bool read_next(struct subject *program, int64_t deadline, const char *waiting_for)
{
    struct pollfd fds[] = {{.fd = program->out_fd, .events = POLLIN},
                           {.fd = program->err_fd, .events = POLLIN}};
    int64_t left = deadline - clock_ms();
    if (program->out_fd < 0 && program->err_fd < 0)
        return false;
    if (left <= 0 || poll(fds, 2, (int)left) == 0)
        give_up(program, waiting_for);
    if (fds[0].revents)
        read_some(&program->out_fd, &program->out);
    if (fds[1].revents)
        read_some(&program->err_fd, &program->err);
    return true;
}

size_t subject_await(struct subject *program, const char *text, size_t from)
{
    int64_t deadline = clock_ms() + SUBJECT_PATIENCE_MS;
    for (;;) {
        const char *out = subject_out(program);
        const char *at = program->out.len > from ? strstr(out + from, text) : NULL;
        if (at)
            return (size_t)(at - out) + strlen(text);
        if (!read_next(program, deadline, text))
            give_up(program, text);
    }
}

void subject_write(struct subject *program, const char *text)
{
    int fd = program->is_terminal ? program->out_fd : program->in;
    fd_write_all(fd, text, strlen(text));
}

static void close_end(int *fd)
{
    if (*fd >= 0)
        close(*fd);
    *fd = -1;
}

void subject_close_stdin(struct subject *program)
{
    close_end(&program->in);
}

void subject_close_stdout(struct subject *program)
{
    close_end(&program->out_fd);
}

static void reap(struct subject *program, int64_t deadline)
{
    struct rusage usage;
    int status = 0;
    struct pollfd end = {.fd = (int)syscall(SYS_pidfd_open, program->pid, 0), .events = POLLIN};
    int64_t left = deadline - clock_ms();
    assert_true(end.fd >= 0);
    if (poll(&end, 1, left > 0 ? (int)left : 0) != 1)
        give_up(program, "its end");
    close(end.fd);
    assert_int_equal(wait4(program->pid, &status, 0, &usage), program->pid);
    program->has_ended = true;
    program->status = WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
    program->peak_kb = usage.ru_maxrss;
}

void subject_signal(struct subject *program, int signal)
{
    assert_int_equal(kill(program->pid, signal), 0);
}

void subject_wait(struct subject *program)
{
    reap(program, clock_ms() + SUBJECT_PATIENCE_MS);
}

void subject_finish(struct subject *program)
{
    int64_t deadline = clock_ms() + SUBJECT_PATIENCE_MS;
    while (read_next(program, deadline, "the end of what it writes"))
        ;
    reap(program, deadline);
}

void subject_free(struct subject *program)
{
    if (!program->has_ended) {
        kill(program->pid, SIGKILL);
        waitpid(program->pid, NULL, 0);
    }
    close_end(&program->in);
    close_end(&program->out_fd);
    close_end(&program->err_fd);
    buf_clear(&program->out);
    buf_clear(&program->err);
    free(program);
}

/* ---- What is asserted ---- */

void assert_has(const char *text, const char *part)
{
    if (!strstr(text, part)) {
        print_error("\"%s\" is not in: %s\n", part, text);
        fail();
    }
}

void assert_has_not(const char *text, const char *part)
{
    if (strstr(text, part)) {
        print_error("\"%s\" is in: %s\n", part, text);
        fail();
    }
}

void assert_failed(const struct subject *program, int status, const char *says)
{
    assert_has(subject_err(program), says);
    assert_int_equal(program->status, status);
}
