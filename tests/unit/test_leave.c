/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * What is left of a long conversation, and what becomes of it where nobody takes it: a process of its own
 * leaves, with a file or a pipe for its terminal.
 */
#include "tui/leave.h"

#include <locale.h>
#include <poll.h>
#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cmocka.h>

#include "base/buf.h"
#include "base/error.h"
#include "base/fd.h"
#include "config/settings.h"
#include "tui/transcript.h"

enum { KEPT = 20000, PATIENCE = 60 /* seconds, after which a process that hangs is ended */ };

static struct transcript *with_lines(int count)
{
    struct buf text = BUF_INIT;
    struct transcript *transcript = transcript_new();
    transcript_resize(transcript, 40, 10);
    buf_adds(&text, "```\n");
    for (int i = 1; i <= count; i++)
        buf_addf(&text, "line %d\n", i);
    transcript_add(transcript, ENTRY_ANSWER, text.data, text.len);
    buf_clear(&text);
    return transcript;
}

/* Ends as the screen does: with the signals blocked that would end it. */
static pid_t begin_leaving(int out, int lines, const char *how_much)
{
    pid_t child = fork();
    assert_true(child >= 0);
    if (child > 0)
        return child;
    struct error error;
    struct settings *settings = settings_new();
    settings_set(settings, SETTINGS_FILE, "screen", "leave", how_much, "config.ini:1", &error);
    struct transcript *transcript = with_lines(lines);
    alarm(PATIENCE);
    dup2(out, STDOUT_FILENO);
    leave_behind(transcript, settings, 0);
    transcript_free(transcript);
    settings_free(settings);
    _exit(0);
}

static void assert_has_left(pid_t child)
{
    int status;
    assert_int_equal(waitpid(child, &status, 0), child);
    assert_true(WIFEXITED(status));
    assert_int_equal(WEXITSTATUS(status), 0);
}

static void the_last_of_too_many_rows_stay(void **state)
{
    static const struct {
        const char *about;
        int lines;
        const char *how_much, *begins, *ends;
    } cases[] = {
        {"all of them", KEPT, "all", "    line 1\n    line 2\n", "\n    line 20000\n"},
        {"one too many", KEPT + 1, "all", "[the last 20000 rows]\n\n    line 2\n    line 3\n",
         "\n    line 20001\n"},
        {"many too many", 1000000, "all", "[the last 20000 rows]\n\n    line 980001\n",
         "\n    line 1000000\n"},
        {"none", 10, "none", "", ""},
        {"those of the last prompt, where there is none", 10, "last", "", ""},
    };
    (void)state;
    for (size_t i = 0; i < sizeof(cases) / sizeof(*cases); i++) {
        struct buf text = BUF_INIT;
        struct error error;
        int file = memfd_create("left", MFD_CLOEXEC);
        assert_has_left(begin_leaving(file, cases[i].lines, cases[i].how_much));
        lseek(file, 0, SEEK_SET);
        assert_int_equal(fd_read_all(file, &text, 1 << 20, &error), 0);
        size_t len = strlen(cases[i].ends);
        if (strncmp(buf_str(&text), cases[i].begins, strlen(cases[i].begins)) != 0 ||
            text.len < len || strcmp(buf_str(&text) + text.len - len, cases[i].ends) != 0)
            fail_msg("%s: %.60s", cases[i].about, buf_str(&text));
        buf_clear(&text);
        close(file);
    }
}

/* A terminal that takes nothing more, as after Ctrl-S: its user, or whoever ends the program, is heard. */
static void a_halted_terminal_is_left(void **state)
{
    static const int signals[] = {SIGINT, SIGTERM, SIGHUP};
    (void)state;
    for (size_t i = 0; i < sizeof(signals) / sizeof(*signals); i++) {
        int ends[2];
        sigset_t set, before;
        sigemptyset(&set);
        sigaddset(&set, signals[i]);
        sigprocmask(SIG_BLOCK, &set, &before);
        assert_int_equal(pipe(ends), 0);
        pid_t child = begin_leaving(ends[1], KEPT, "all");
        struct pollfd fd = {.fd = ends[0], .events = POLLIN};
        assert_int_equal(poll(&fd, 1, PATIENCE * 1000), 1);
        kill(child, signals[i]);
        assert_has_left(child);
        sigprocmask(SIG_SETMASK, &before, NULL);
        close(ends[0]);
        close(ends[1]);
    }
}

int main(void)
{
    if (!setlocale(LC_ALL, "C.UTF-8"))
        return 1;
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_last_of_too_many_rows_stay),
        cmocka_unit_test(a_halted_terminal_is_left),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
