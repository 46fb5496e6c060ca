/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * The roads to the clipboard, with a file for the terminal and scripts for the programs, which keep what
 * they are given beside them.
 */
#include "tui/clipboard.h"

#include <poll.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cmocka.h>

#include "base/buf.h"
#include "base/error.h"
#include "base/fd.h"
#include "base/mem.h"
#include "program/subject.h"
#include "tui/osc52.h"

static const char *const variables[] = {
    "TERM", "TMUX", "STY", "DISPLAY", "WAYLAND_DISPLAY", "SSH_CONNECTION"};

struct place {
    void *home;
    char *path; /* PATH, as it was */
};

static int set_up(void **state)
{
    static struct place place;
    if (home_set_up(&place.home) < 0)
        return -1;
    for (size_t i = 0; i < sizeof(variables) / sizeof(*variables); i++)
        unsetenv(variables[i]);
    place.path = xstrdup(getenv("PATH"));
    setenv("PATH", place.home, 1);
    *state = &place;
    return 0;
}

static int tear_down(void **state)
{
    struct place *place = *state;
    setenv("PATH", place->path, 1);
    free(place->path);
    return home_tear_down(&place->home);
}

/* A program that keeps its arguments and its stdin, and ends so. */
static void install(const struct place *place, const char *name, int status)
{
    char *script =
        xasprintf("#!/bin/sh\nexport PATH='%s'\n{ echo \"$@\"; cat; } > '%s/%s.got'\nexit %d\n",
                  place->path, (char *)place->home, name, status);
    char *path = home_put(place->home, name, script);
    assert_int_equal(chmod(path, 0700), 0);
    free(path);
    free(script);
}

static char *read_home(const struct place *place, const char *name)
{
    struct error error;
    struct buf text = BUF_INIT;
    char *path = home_path(place->home, name);
    assert_int_equal(file_read(path, &text, 1 << 20, &error), 0);
    free(path);
    buf_add(&text, "", 0);
    return buf_take(&text);
}

/* What goes to the terminal comes back; the caller's. */
static char *copy(struct place *place, struct clipboard *clipboard, const char *text, size_t len,
                  struct buf *roads, struct error *error)
{
    char *path = home_put(place->home, "terminal", "");
    fflush(stdout);
    int before = dup(STDOUT_FILENO);
    assert_non_null(freopen(path, "w", stdout));
    int result = clipboard_set(clipboard, text, len, roads, error);
    dup2(before, STDOUT_FILENO);
    close(before);
    free(path);
    assert_int_equal(result == 0, roads->len > 0);
    return read_home(place, "terminal");
}

static int wait_for(struct clipboard *clipboard, struct error *error)
{
    struct pollfd poll_fd = {.fd = clipboard_fd(clipboard), .events = POLLIN};
    assert_true(poll_fd.fd >= 0);
    assert_int_equal(poll(&poll_fd, 1, SUBJECT_PATIENCE_MS), 1);
    return clipboard_reap(clipboard, error);
}

static void which_roads_are_taken(void **state)
{
    static const struct {
        const char *use, *variable, *value, *program, *roads, *args;
    } cases[] = {
        {"auto", "TERM", "xterm", "xclip", "OSC 52", NULL},
        {"auto", "DISPLAY", ":0", "xclip", "OSC 52, xclip", "-selection clipboard -in\n"},
        {"auto", "DISPLAY", ":0", "xsel", "OSC 52, xsel", "--clipboard --input\n"},
        {"auto", "WAYLAND_DISPLAY", "w", "wl-copy", "OSC 52, wl-copy", "--type text/plain\n"},
        {"auto", "TMUX", "/t,1,0", "tmux", "OSC 52, tmux", "load-buffer -w -\n"},
        {"auto", "TERM", "linux", "pbcopy", "pbcopy", "\n"},
        {"auto", "DISPLAY", ":0", "other", "OSC 52", NULL},
        {"osc52", "DISPLAY", ":0", "xclip", "OSC 52", NULL},
        {"command", "DISPLAY", ":0", "xclip", "xclip", "-selection clipboard -in\n"},
    };
    for (size_t i = 0; i < sizeof(cases) / sizeof(*cases); i++) {
        struct place *place = *state;
        struct clipboard clipboard;
        struct buf roads = BUF_INIT;
        struct error error;
        install(place, cases[i].program, 0);
        setenv(cases[i].variable, cases[i].value, 1);
        clipboard_open(&clipboard, cases[i].use);
        free(copy(place, &clipboard, "x\n", 2, &roads, &error));
        assert_string_equal(roads.data, cases[i].roads);
        assert_int_equal(clipboard_fd(&clipboard) >= 0, cases[i].args != NULL);
        if (cases[i].args) {
            char *want = xasprintf("%sx\n", cases[i].args);
            char *name = xasprintf("%s.got", cases[i].program);
            assert_int_equal(wait_for(&clipboard, &error), 0);
            char *got = read_home(place, name);
            assert_string_equal(got, want);
            free(got);
            free(name);
            free(want);
        }
        assert_int_equal(clipboard_fd(&clipboard), -1);
        clipboard_close(&clipboard);
        buf_clear(&roads);
        char *program = home_path(place->home, cases[i].program);
        unlink(program);
        free(program);
        unsetenv(cases[i].variable);
    }
}

/* A display there is the one of a screen where nobody sits; the settings may know better. */
static void over_ssh_the_terminal_is_told(void **state)
{
    struct place *place = *state;
    struct clipboard clipboard;
    struct buf roads = BUF_INIT;
    struct error error;
    install(place, "xclip", 0);
    setenv("DISPLAY", ":0", 1);
    setenv("SSH_CONNECTION", "192.0.2.1 1 192.0.2.2 22", 1);
    clipboard_open(&clipboard, "auto");
    free(copy(place, &clipboard, "x", 1, &roads, &error));
    assert_string_equal(roads.data, "OSC 52");
    buf_reset(&roads);
    clipboard_open(&clipboard, "command");
    free(copy(place, &clipboard, "x", 1, &roads, &error));
    assert_string_equal(roads.data, "xclip");
    assert_int_equal(wait_for(&clipboard, &error), 0);
    clipboard_close(&clipboard);
    buf_clear(&roads);
}

/* Nothing that is copied can end a paste early, or hide. */
static void what_is_copied_is_text(void **state)
{
    static const char hostile[] = "a\033[201~b\r\n\tc\x9b\x7f\xc2\x9b\xf3\xa0\x81\x81\xc3\xa4\0d";
    static const char want[] = "a[201~b\n\tc\xef\xbf\xbd\xc3\xa4"
                               "d";
    struct place *place = *state;
    struct clipboard clipboard;
    struct buf roads = BUF_INIT, sequence = BUF_INIT;
    struct error error;
    clipboard_open(&clipboard, "osc52");
    char *written = copy(place, &clipboard, hostile, sizeof(hostile) - 1, &roads, &error);
    osc52_add(&sequence, want, sizeof(want) - 1, OSC52_DIRECT);
    assert_string_equal(written, sequence.data);
    free(written);
    buf_clear(&sequence);
    buf_clear(&roads);
}

static void what_is_too_long(void **state)
{
    struct place *place = *state;
    struct clipboard clipboard;
    struct buf roads = BUF_INIT, text = BUF_INIT;
    struct error error;
    while (text.len <= OSC52_MAX)
        buf_addc(&text, 'x');
    clipboard_open(&clipboard, "auto");
    char *written = copy(place, &clipboard, text.data, text.len, &roads, &error);
    assert_string_equal(written, "");
    assert_string_equal(error.text, "101 KB are too much for the terminal's clipboard (OSC 52, at "
                                    "most 100 KB): /save writes a file");
    free(written);
    install(place, "xclip", 0);
    setenv("DISPLAY", ":0", 1);
    free(copy(place, &clipboard, text.data, text.len, &roads, &error));
    assert_string_equal(roads.data, "xclip");
    assert_int_equal(wait_for(&clipboard, &error), 0);
    buf_reset(&roads);
    free(copy(place, &clipboard, text.data, OSC52_MAX, &roads, &error));
    assert_string_equal(roads.data, "OSC 52, xclip");
    assert_int_equal(wait_for(&clipboard, &error), 0);
    clipboard_close(&clipboard);
    buf_clear(&text);
    buf_clear(&roads);
}

static void what_is_said_when_there_is_no_road(void **state)
{
    static const struct {
        const char *use, *want;
    } cases[] = {
        {"none", "nothing is copied: clipboard = none in [screen]"},
        {"command", "there is no way to a clipboard here: wl-copy, xclip or xsel, and a display "
                    "for it, would be one"},
    };
    for (size_t i = 0; i < sizeof(cases) / sizeof(*cases); i++) {
        struct clipboard clipboard;
        struct buf roads = BUF_INIT;
        struct error error;
        clipboard_open(&clipboard, cases[i].use);
        char *written = copy(*state, &clipboard, "x", 1, &roads, &error);
        assert_string_equal(written, "");
        assert_string_equal(error.text, cases[i].want);
        free(written);
        buf_clear(&roads);
    }
}

static void a_program_may_fail(void **state)
{
    struct place *place = *state;
    struct clipboard clipboard;
    struct buf roads = BUF_INIT;
    struct error error;
    install(place, "xclip", 3);
    setenv("DISPLAY", ":0", 1);
    clipboard_open(&clipboard, "auto");
    free(copy(place, &clipboard, "x", 1, &roads, &error));
    assert_int_equal(wait_for(&clipboard, &error), -1);
    assert_string_equal(error.text, "xclip did not take the text (exit status 3)");
    clipboard_close(&clipboard);
    buf_clear(&roads);
}

/* One that hangs is given up for the next text. */
static void the_last_text_counts(void **state)
{
    struct place *place = *state;
    struct clipboard clipboard;
    struct buf roads = BUF_INIT;
    struct error error;
    char *hangs = home_put(place->home, "xclip", "#!/bin/sh\nkill -STOP $$\n");
    assert_int_equal(chmod(hangs, 0700), 0);
    setenv("DISPLAY", ":0", 1);
    clipboard_open(&clipboard, "command");
    free(copy(place, &clipboard, "one", 3, &roads, &error));
    install(place, "xsel", 0);
    unlink(hangs);
    buf_reset(&roads);
    free(copy(place, &clipboard, "two", 3, &roads, &error));
    assert_string_equal(roads.data, "xsel");
    assert_int_equal(wait_for(&clipboard, &error), 0);
    char *got = read_home(place, "xsel.got");
    assert_string_equal(got, "--clipboard --input\ntwo");
    free(got);
    free(hangs);
    clipboard_close(&clipboard);
    buf_clear(&roads);
}

#define TEST(function) cmocka_unit_test_setup_teardown(function, set_up, tear_down)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(which_roads_are_taken),
        TEST(over_ssh_the_terminal_is_told),
        TEST(what_is_copied_is_text),
        TEST(what_is_too_long),
        TEST(what_is_said_when_there_is_no_road),
        TEST(a_program_may_fail),
        TEST(the_last_text_counts),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
