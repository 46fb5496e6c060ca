/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "tui/terminal.h"

#include <fcntl.h>
#include <signal.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>
#include <sys/signalfd.h>
#include <termios.h>
#include <unistd.h>

#include "base/error.h"
#include "tui/features.h"

/* 1036 is what xterm needs to send Alt as an escape; how it was is kept there, and put back. */
static const char begin_sequences[] = "\033[?2004h\033[?1007h\033[?1036s\033[?1036h";
static const char end_sequences[] = "\033[?1036r\033[?1007l\033[?1004l\033[?2004l";
static const char focus_sequence[] = "\033[?1004h";
/* The old title is put on a stack, and taken from it. */
static const char title_save[] = "\033[22;2t", title_restore[] = "\033[23;2t";
/* After a crash nobody knows what ncurses was about: the frame is ended, the scroll region undone, the
 * alternate screen left, the cursor shown, colours and character sets as they are by default. */
static const char crash_sequences[] = "\033[?2026l\033[?1036r\033[?1007l\033[?1004l\033[?2004l\033["
                                      "r\033[?1049l\033[?25h\033[0m\033(B\r\n";

static const int fatal_signals[] = {SIGSEGV, SIGBUS, SIGFPE, SIGILL, SIGABRT, SIGSYS, SIGTRAP};
static const int ignored_signals[] = {SIGQUIT, SIGTSTP, SIGPIPE};

enum {
    FATAL = sizeof(fatal_signals) / sizeof(*fatal_signals),
    IGNORED = sizeof(ignored_signals) / sizeof(*ignored_signals),
    STACK_SIZE = 64 * 1024,
    TITLE_MAX = 256,
};

static struct {
    bool taken, at_exit;
    volatile sig_atomic_t painting; /* there is something to be undone, */
    volatile sig_atomic_t titled;   /* and the title too */
    bool has_begun, watches_focus;
    char title[TITLE_MAX];
    struct termios before, ours;
    sigset_t mask;
    int signals, stderr_before; /* descriptors, or -1 */
    struct sigaction fatal[FATAL], ignored[IGNORED];
} terminal = {.signals = -1, .stderr_before = -1};

static char crash_stack[STACK_SIZE];

static void put(const char *sequences, size_t len)
{
    while (len > 0) {
        ssize_t n = write(STDOUT_FILENO, sequences, len);
        if (n <= 0)
            return;
        sequences += n;
        len -= (size_t)n;
    }
}

/* ---- The title */

static void restore_title(void)
{
    if (terminal.titled)
        put(title_restore, sizeof(title_restore) - 1);
    terminal.titled = 0;
}

static void show_title(void)
{
    if (!terminal.painting || !terminal.title[0])
        return;
    if (!terminal.titled)
        put(title_save, sizeof(title_save) - 1);
    terminal.titled = 1;
    put("\033]2;", 4);
    put(terminal.title, strlen(terminal.title));
    put("\033\\", 2);
}

void terminal_title(const char *title)
{
    if (!features_titles() || strlen(title) >= TITLE_MAX || strcmp(title, terminal.title) == 0)
        return;
    memcpy(terminal.title, title, strlen(title) + 1);
    show_title();
}

/* ---- Crashes */

static int fatal_index(int signal)
{
    int i = 0;
    while (i < FATAL - 1 && fatal_signals[i] != signal)
        i++;
    return i;
}

/* Only write, tcsetattr and sigaction, which are safe here. */
static void on_fatal(int signal, siginfo_t *info, void *context)
{
    (void)context;
    if (terminal.painting) {
        terminal.painting = 0;
        restore_title();
        put(crash_sequences, sizeof(crash_sequences) - 1);
        tcsetattr(STDIN_FILENO, TCSANOW, &terminal.before);
    }
    if (terminal.stderr_before >= 0)
        dup2(terminal.stderr_before, STDERR_FILENO);
    sigaction(signal, &terminal.fatal[fatal_index(signal)], NULL);
    /* A fault happens again on return, with all its details; a signal that was sent does not. */
    if (info->si_code <= 0 || signal == SIGABRT)
        raise(signal);
}

static void catch_crashes(void)
{
    stack_t stack = {.ss_sp = crash_stack, .ss_size = STACK_SIZE};
    struct sigaction action = {.sa_sigaction = on_fatal, .sa_flags = SA_SIGINFO | SA_ONSTACK};
    sigaltstack(&stack, NULL);
    for (int i = 0; i < FATAL; i++)
        sigaction(fatal_signals[i], &action, &terminal.fatal[i]);
}

static void release_crashes(void)
{
    stack_t none = {.ss_flags = SS_DISABLE};
    for (int i = 0; i < FATAL; i++)
        sigaction(fatal_signals[i], &terminal.fatal[i], NULL);
    sigaltstack(&none, NULL);
}

/* ---- Signals and stderr */

static int block_signals(struct error *error)
{
    sigset_t set;
    sigemptyset(&set);
    sigaddset(&set, SIGWINCH);
    sigaddset(&set, SIGINT);
    sigaddset(&set, SIGTERM);
    sigaddset(&set, SIGHUP);
    sigaddset(&set, SIGCONT);
    terminal.signals = signalfd(-1, &set, SFD_NONBLOCK | SFD_CLOEXEC);
    if (terminal.signals < 0)
        return error_errno(error, RN_EIO, "signalfd");
    sigprocmask(SIG_BLOCK, &set, &terminal.mask);
    return 0;
}

static void ignore_signals(void)
{
    struct sigaction ignore = {.sa_handler = SIG_IGN};
    for (int i = 0; i < IGNORED; i++)
        sigaction(ignored_signals[i], &ignore, &terminal.ignored[i]);
}

static void heed_signals(void)
{
    for (int i = 0; i < IGNORED; i++)
        sigaction(ignored_signals[i], &terminal.ignored[i], NULL);
}

static void hide_stderr(void)
{
    bool on_screen = terminal.stderr_before < 0 && isatty(STDERR_FILENO);
    int nowhere = on_screen ? open("/dev/null", O_WRONLY | O_CLOEXEC) : -1;
    if (nowhere < 0)
        return;
    terminal.stderr_before = fcntl(STDERR_FILENO, F_DUPFD_CLOEXEC, 3);
    dup2(nowhere, STDERR_FILENO);
    close(nowhere);
}

static void show_stderr(void)
{
    if (terminal.stderr_before < 0)
        return;
    dup2(terminal.stderr_before, STDERR_FILENO);
    close(terminal.stderr_before);
    terminal.stderr_before = -1;
}

/* ---- Taking and giving back */

void terminal_end(void)
{
    if (!terminal.painting)
        return;
    put(end_sequences, sizeof(end_sequences) - 1);
    restore_title();
    terminal.painting = 0;
}

static void stop_painting(void)
{
    terminal_end();
    tcsetattr(STDIN_FILENO, TCSADRAIN, &terminal.before);
}

/* Somebody has called exit while there was a screen. */
static void on_exit_in_between(void)
{
    if (terminal.painting)
        put(crash_sequences, sizeof(crash_sequences) - 1);
    terminal_give_back();
}

int terminal_take(struct error *error)
{
    if (tcgetattr(STDIN_FILENO, &terminal.before) < 0)
        return error_errno(error, RN_EIO, "standard input is no terminal");
    if (block_signals(error) < 0)
        return -1;
    if (!terminal.at_exit)
        atexit(on_exit_in_between);
    terminal.at_exit = terminal.taken = true;
    ignore_signals();
    catch_crashes();
    hide_stderr();
    return 0;
}

void terminal_begin(void)
{
    tcgetattr(STDIN_FILENO, &terminal.ours);
    terminal.painting = 1;
    terminal.has_begun = true;
    put(begin_sequences, sizeof(begin_sequences) - 1);
    if (terminal.watches_focus)
        put(focus_sequence, sizeof(focus_sequence) - 1);
    show_title();
}

void terminal_watch_focus(void)
{
    terminal.watches_focus = true;
    if (terminal.painting)
        put(focus_sequence, sizeof(focus_sequence) - 1);
}

void terminal_ring(void)
{
    if (terminal.painting)
        put("\a", 1);
}

/* After a screen there is nothing left to do but to close the session, and that is to be done whole: when a
 * window is closed the shell hands on a second SIGHUP, and ncurses has handlers of its own that exit. */
void terminal_give_back(void)
{
    if (!terminal.taken)
        return;
    terminal.taken = false;
    stop_painting();
    terminal.title[0] = '\0';
    release_crashes();
    heed_signals();
    show_stderr();
    close(terminal.signals);
    terminal.signals = -1;
    if (!terminal.has_begun)
        sigprocmask(SIG_SETMASK, &terminal.mask, NULL);
}

int terminal_signals(void)
{
    return terminal.signals;
}

/* ---- Lending */

void terminal_lend(void)
{
    stop_painting();
    show_stderr();
}

void terminal_reclaim(void)
{
    hide_stderr();
    tcsetattr(STDIN_FILENO, TCSADRAIN, &terminal.ours);
    terminal_begin();
}

void terminal_in_child(void)
{
    heed_signals();
    release_crashes();
    sigprocmask(SIG_SETMASK, &terminal.mask, NULL);
}

void terminal_stop(void)
{
    struct sigaction stop = {.sa_handler = SIG_DFL}, before;
    sigaction(SIGTSTP, &stop, &before);
    kill(getpid(), SIGTSTP);
    sigaction(SIGTSTP, &before, NULL);
}
