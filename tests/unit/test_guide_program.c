/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * The guide as the program's own child: it is there when it is needed, and gone afterwards.
 */
#include <ctype.h>
#include <dirent.h>
#include <poll.h>
#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <cmocka.h>

#include "base/buf.h"
#include "base/error.h"
#include "base/fd.h"
#include "base/mem.h"
#include "program/subject.h"

#define FAST "[guide]\nrate = 0\n"

/* ---- What is left ---- */

/* Everything of the guide's is below the home, in this folder. */
static char *make_runtime_folder(const char *home)
{
    char *folder = home_path(home, "runtime");
    assert_int_equal(mkdir(folder, 0700), 0);
    setenv("XDG_RUNTIME_DIR", folder, 1);
    return folder;
}

static int count_files(const char *folder)
{
    DIR *dir = opendir(folder);
    int count = -2; /* . and .. */
    assert_non_null(dir);
    while (readdir(dir))
        count++;
    closedir(dir);
    return count;
}

static bool reads(const char *pid, const char *file, const char *word)
{
    struct buf bytes = BUF_INIT;
    struct error error;
    char *path = xasprintf("/proc/%s/%s", pid, file);
    bool found = file_read(path, &bytes, 1 << 20, &error) == 0 && bytes.data &&
                 memmem(bytes.data, bytes.len, word, strlen(word));
    buf_clear(&bytes);
    free(path);
    return found;
}

/* The guide's server of this home; 0 when none runs. */
static pid_t find_guide(const char *home)
{
    char *variable = xasprintf("HOME=%s", home);
    DIR *dir = opendir("/proc");
    pid_t found = 0;
    for (struct dirent *entry; (entry = readdir(dir)) && !found;)
        if (isdigit((unsigned char)entry->d_name[0]) &&
            reads(entry->d_name, "cmdline", "serve-guide") &&
            reads(entry->d_name, "environ", variable))
            found = (pid_t)strtol(entry->d_name, NULL, 10);
    closedir(dir);
    free(variable);
    return found;
}

static void assert_nothing_left(const char *home, char *folder)
{
    assert_int_equal(find_guide(home), 0);
    assert_int_equal(count_files(folder), 0);
    unsetenv("XDG_RUNTIME_DIR");
    free(folder);
}

/* ---- One answer ---- */

static void an_answer_of_the_guide(void **state)
{
    char *folder = make_runtime_folder(*state);
    home_configure(*state, FAST);
    struct subject *program = RUN(.args = ARGS("-m", "guide", "How do I stop an answer?"));
    assert_string_equal(subject_err(program), "");
    assert_has(subject_out(program), "docs/");
    assert_int_equal(program->status, 0);
    subject_free(program);
    assert_nothing_left(*state, folder);
}

static void both_modes_say_the_same(void **state)
{
    char *folder = make_runtime_folder(*state);
    home_configure(*state, FAST);
    struct subject *streamed = RUN(.args = ARGS("-m", "guide", "-S", "What is an event?"));
    struct subject *invoked = RUN(.args = ARGS("-m", "guide", "-I", "What is an event?"));
    assert_string_equal(subject_out(streamed), subject_out(invoked));
    assert_int_equal(invoked->status, 0);
    subject_free(streamed);
    subject_free(invoked);
    assert_nothing_left(*state, folder);
}

static void stopped_in_the_middle(void **state)
{
    char *folder = make_runtime_folder(*state);
    home_configure(*state, "[guide]\nrate = 5\n");
    struct subject *program = START(.args = ARGS("-m", "guide", "What is an event?"));
    subject_await(program, "I", 0);
    assert_int_not_equal(find_guide(*state), 0);
    subject_signal(program, SIGINT);
    subject_finish(program);
    assert_int_equal(program->status, 130);
    subject_free(program);
    assert_nothing_left(*state, folder);
}

static void killed_in_the_middle(void **state)
{
    char *folder = make_runtime_folder(*state);
    home_configure(*state, "[guide]\nrate = 5\n");
    struct subject *program = START(.args = ARGS("-m", "guide", "What is an event?"));
    subject_await(program, "I", 0);
    struct pollfd end = {.fd = (int)syscall(SYS_pidfd_open, find_guide(*state), 0),
                         .events = POLLIN};
    assert_true(end.fd >= 0);
    subject_signal(program, SIGKILL);
    subject_finish(program);
    assert_int_equal(poll(&end, 1, SUBJECT_PATIENCE_MS), 1);
    close(end.fd);
    subject_free(program);
    assert_nothing_left(*state, folder);
}

/* ---- A chat ---- */

static void started_at_the_first_prompt(void **state)
{
    char *folder = make_runtime_folder(*state);
    home_configure(*state, FAST);
    struct subject *program = START(.args = ARGS("--plain"), .columns = 80, .rows = 24);
    size_t at = subject_await(program, "with the guide (no model is chosen yet)", 0);
    at = subject_await(program, "> ", at);
    assert_int_equal(find_guide(*state), 0);
    assert_int_equal(count_files(folder), 0);
    subject_write(program, "hello\r");
    at = subject_await(program, "[stop, ", at);
    at = subject_await(program, "> ", at);
    assert_int_not_equal(find_guide(*state), 0);
    subject_write(program, "/quit\r");
    subject_finish(program);
    assert_int_equal(program->status, 0);
    subject_free(program);
    assert_nothing_left(*state, folder);
}

static void another_one_when_it_died(void **state)
{
    char *folder = make_runtime_folder(*state);
    home_configure(*state, FAST);
    struct subject *program = START(.args = ARGS("--plain"), .columns = 80, .rows = 24);
    size_t at = subject_await(program, "> ", 0);
    subject_write(program, "hello\r");
    at = subject_await(program, "[stop, ", at);
    at = subject_await(program, "> ", at);
    struct pollfd end = {.fd = (int)syscall(SYS_pidfd_open, find_guide(*state), 0),
                         .events = POLLIN};
    kill(find_guide(*state), SIGKILL);
    assert_int_equal(poll(&end, 1, SUBJECT_PATIENCE_MS), 1);
    close(end.fd);
    subject_write(program, "hello again\r");
    at = subject_await(program, "[stop, ", at);
    subject_write(program, "/quit\r");
    subject_finish(program);
    assert_int_equal(program->status, 0);
    subject_free(program);
    assert_nothing_left(*state, folder);
}

/* ---- Served to others ---- */

static void served_on_a_port(void **state)
{
    (void)state;
    struct subject *guide =
        START(.args = ARGS("serve-guide", "--port", "0", "--rate", "0"), .shares_err = true);
    size_t from = subject_await(guide, "http://127.0.0.1:", 0),
           to = subject_await(guide, "/v1", from);
    char *url = xasprintf("http://127.0.0.1:%.*s", (int)(to - from), subject_out(guide) + from);
    struct subject *program = RUN(.args = ARGS("--url", url, "What is an event?"));
    assert_has(subject_out(program), "docs/");
    assert_int_equal(program->status, 0);
    subject_signal(guide, SIGTERM);
    subject_finish(guide);
    assert_int_equal(guide->status, 0);
    subject_free(program);
    subject_free(guide);
    free(url);
}

static void a_port_that_is_taken(void **state)
{
    (void)state;
    struct subject *guide =
        START(.args = ARGS("serve-guide", "--port", "0", "--rate", "0"), .shares_err = true);
    size_t from = subject_await(guide, "http://127.0.0.1:", 0),
           to = subject_await(guide, "/v1", from);
    char *port = xstrndup(subject_out(guide) + from, to - from - strlen("/v1"));
    struct subject *second = RUN(.args = ARGS("serve-guide", "--port", port));
    assert_failed(second, 1, "Address already in use");
    subject_free(second);
    subject_free(guide);
    free(port);
}

#define CASE(function) cmocka_unit_test_setup_teardown(function, home_set_up, home_tear_down)

int main(void)
{
    const struct CMUnitTest tests[] = {
        CASE(an_answer_of_the_guide),
        CASE(both_modes_say_the_same),
        CASE(stopped_in_the_middle),
        CASE(killed_in_the_middle),
        CASE(started_at_the_first_prompt),
        CASE(another_one_when_it_died),
        CASE(served_on_a_port),
        CASE(a_port_that_is_taken),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
