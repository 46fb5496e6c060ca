/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "screen/console.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <pty.h>
#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>
#include <utmp.h>

#include <cmocka.h>
#include <vterm.h>

#include "base/buf.h"
#include "base/clock.h"
#include "base/mem.h"
#include "base/utf8.h"

enum { VARIABLES_MAX = 64, ROW_SIZE = 4096 };

struct console {
    int master, slave; /* the slave is kept open: its modes outlive the program */
    pid_t child;       /* 0: none */
    int child_fd;      /* readable once it has ended */
    int status;
    VTerm *term;
    VTermScreen *screen;
    bool is_alternate;
    char *environment[VARIABLES_MAX];
    struct buf written;
    char *row; /* the last one asked for */
};

/* ---- The terminal */

static int on_property(VTermProp property, VTermValue *value, void *user)
{
    struct console *console = user;
    if (property == VTERM_PROP_ALTSCREEN)
        console->is_alternate = value->boolean;
    return 1;
}

static const VTermScreenCallbacks callbacks = {.settermprop = on_property};

/* What a terminal answers to questions. */
static void on_answer(const char *bytes, size_t len, void *user)
{
    console_send(user, bytes, len);
}

struct console *console_new(int rows, int columns)
{
    struct console *console = xnew(struct console);
    struct winsize size = {.ws_row = (unsigned short)rows, .ws_col = (unsigned short)columns};
    assert_int_equal(openpty(&console->master, &console->slave, NULL, NULL, &size), 0);
    fcntl(console->master, F_SETFD, FD_CLOEXEC);
    fcntl(console->master, F_SETFL, O_NONBLOCK);
    console->child_fd = -1;
    console->row = xcalloc(1, ROW_SIZE);
    console->term = vterm_new(rows, columns);
    vterm_set_utf8(console->term, 1);
    vterm_output_set_callback(console->term, on_answer, console);
    console->screen = vterm_obtain_screen(console->term);
    vterm_screen_set_callbacks(console->screen, &callbacks, console);
    vterm_screen_enable_altscreen(console->screen, 1);
    vterm_screen_reset(console->screen, 1);
    console_set(console, "PATH", getenv("PATH"));
    return console;
}

void console_free(struct console *console)
{
    if (console->child) {
        kill(console->child, SIGKILL);
        waitpid(console->child, NULL, 0);
    }
    if (console->child_fd >= 0)
        close(console->child_fd);
    close(console->master);
    close(console->slave);
    vterm_free(console->term);
    for (int i = 0; i < VARIABLES_MAX; i++)
        free(console->environment[i]);
    buf_clear(&console->written);
    free(console->row);
    free(console);
}

/* ---- The program */

void console_set(struct console *console, const char *name, const char *value)
{
    size_t len = strlen(name);
    char **variable = console->environment;
    while (*variable && (strncmp(*variable, name, len) != 0 || (*variable)[len] != '='))
        variable++;
    assert_true(variable < console->environment + VARIABLES_MAX - 1);
    free(*variable);
    if (value) {
        *variable = xasprintf("%s=%s", name, value);
        return;
    }
    do
        variable[0] = variable[1];
    while (*variable++);
}

void console_run(struct console *console, const char *const argv[])
{
    console->child = fork();
    assert_true(console->child >= 0);
    if (console->child == 0) {
        sigset_t none;
        sigemptyset(&none);
        sigprocmask(SIG_SETMASK, &none, NULL);
        login_tty(dup(console->slave));
        close(console->slave);
        execvpe(argv[0], (char *const *)argv, console->environment);
        _exit(127);
    }
    console->child_fd = (int)syscall(SYS_pidfd_open, console->child, 0);
    assert_true(console->child_fd >= 0);
}

pid_t console_pid(const struct console *console)
{
    return console->child;
}

static void read_all(struct console *console)
{
    char bytes[65536];
    for (ssize_t n; (n = read(console->master, bytes, sizeof(bytes))) > 0;) {
        buf_add(&console->written, bytes, (size_t)n);
        vterm_input_write(console->term, bytes, (size_t)n);
    }
}

static void fail_with_screen(struct console *console, const char *what)
{
    int rows, columns;
    vterm_get_size(console->term, &rows, &columns);
    print_error("after %d ms still no %s; the screen is:\n", CONSOLE_PATIENCE_MS, what);
    for (int i = 0; i < rows; i++)
        print_error("|%s\n", console_row(console, i));
    fail();
}

/* Wait for the program to write or to end; what it has written is on the screen then. */
static void wait_once(struct console *console, int64_t until, const char *what)
{
    struct pollfd fds[] = {{.fd = console->master, .events = POLLIN},
                           {.fd = console->child_fd, .events = POLLIN}};
    int64_t left = until - clock_ms();
    if (left <= 0 || poll(fds, 2, (int)left) == 0)
        fail_with_screen(console, what);
    bool ended = fds[1].revents;
    read_all(console);
    if (ended) {
        waitpid(console->child, &console->status, 0);
        console->child = 0;
        close(console->child_fd);
        console->child_fd = -1;
    }
}

/* ---- The user */

void console_send(struct console *console, const char *bytes, size_t len)
{
    int64_t until = clock_ms() + CONSOLE_PATIENCE_MS;
    while (len > 0) {
        ssize_t n = write(console->master, bytes, len);
        if (n > 0) {
            bytes += n;
            len -= (size_t)n;
        } else if (errno == EAGAIN) {
            /* The program must read, and for that it may have to write. */
            struct pollfd fd = {.fd = console->master, .events = POLLIN | POLLOUT};
            assert_true(poll(&fd, 1, (int)(until - clock_ms())) > 0);
            read_all(console);
        } else {
            fail_with_screen(console, "way to type");
        }
    }
}

void console_type(struct console *console, const char *keys)
{
    console_send(console, keys, strlen(keys));
}

void console_resize(struct console *console, int rows, int columns)
{
    struct winsize size = {.ws_row = (unsigned short)rows, .ws_col = (unsigned short)columns};
    read_all(console);
    /* libvterm 0.1.4 would keep a scroll region and a cursor that are outside of a smaller screen. */
    vterm_input_write(console->term, "\033[r\033[H", 6);
    vterm_set_size(console->term, rows, columns);
    assert_int_equal(ioctl(console->master, TIOCSWINSZ, &size), 0);
}

void console_wait_for(struct console *console,
                      bool (*holds)(struct console *console, const void *arg), const void *arg,
                      const char *what)
{
    int64_t until = clock_ms() + CONSOLE_PATIENCE_MS;
    while (!holds(console, arg)) {
        if (console->child == 0)
            fail_with_screen(console, what);
        wait_once(console, until, what);
    }
}

static bool shows(struct console *console, const void *text)
{
    return console_shows(console, text);
}

static bool shows_no(struct console *console, const void *text)
{
    return !console_shows(console, text);
}

void console_wait(struct console *console, const char *text)
{
    console_wait_for(console, shows, text, text);
}

void console_wait_gone(struct console *console, const char *text)
{
    char *what = xasprintf("end of \"%s\"", text);
    console_wait_for(console, shows_no, text, what);
    free(what);
}

int console_wait_exit(struct console *console)
{
    int64_t until = clock_ms() + CONSOLE_PATIENCE_MS;
    while (console->child)
        wait_once(console, until, "end of the program");
    return console->status;
}

/* ---- Looking */

const char *console_row(const struct console *console, int row)
{
    char *text = console->row;
    int rows, columns;
    vterm_get_size(console->term, &rows, &columns);
    VTermRect rect = {.start_row = row, .end_row = row + 1, .start_col = 0, .end_col = columns};
    size_t len = vterm_screen_get_text(console->screen, text, ROW_SIZE - 1, rect);
    while (len > 0 && text[len - 1] == ' ')
        len--;
    text[len] = '\0';
    return text;
}

int console_find(const struct console *console, const char *text)
{
    int rows, columns;
    vterm_get_size(console->term, &rows, &columns);
    for (int i = 0; i < rows; i++)
        if (strstr(console_row(console, i), text))
            return i;
    return -1;
}

bool console_shows(const struct console *console, const char *text)
{
    return console_find(console, text) >= 0;
}

static void add_color(const struct console *console, VTermColor color, struct buf *look)
{
    vterm_screen_convert_color_to_rgb(console->screen, &color);
    buf_addf(look, " %02x%02x%02x", color.rgb.red, color.rgb.green, color.rgb.blue);
}

static void add_style(const struct console *console, const VTermScreenCell *cell, struct buf *look)
{
    buf_addf(look, "{%d%d%d%d%d", cell->attrs.bold, cell->attrs.underline, cell->attrs.italic,
             cell->attrs.reverse, cell->attrs.strike);
    add_color(console, cell->fg, look);
    add_color(console, cell->bg, look);
    buf_addc(look, '}');
}

static void add_chars(const VTermScreenCell *cell, struct buf *look)
{
    if (!cell->chars[0])
        buf_addc(look, ' ');
    for (int i = 0; i < VTERM_MAX_CHARS_PER_CELL && cell->chars[i]; i++)
        utf8_add(look, cell->chars[i]);
}

char *console_looks(const struct console *console, int row)
{
    struct buf look = BUF_INIT, before = BUF_INIT, style = BUF_INIT;
    VTermScreenCell cell;
    int rows, columns;
    vterm_get_size(console->term, &rows, &columns);
    for (int i = 0, width; i < columns; i += width) {
        vterm_screen_get_cell(console->screen, (VTermPos){.row = row, .col = i}, &cell);
        buf_reset(&style);
        add_style(console, &cell, &style);
        if (strcmp(style.data, buf_str(&before)) != 0)
            buf_adds(&look, style.data);
        buf_reset(&before);
        buf_adds(&before, style.data);
        add_chars(&cell, &look);
        width = cell.width > 0 ? cell.width : 1;
    }
    while (look.len > 0 && look.data[look.len - 1] == ' ')
        buf_drop_end(&look, 1);
    buf_clear(&before);
    buf_clear(&style);
    return buf_take(&look);
}

void console_cursor(const struct console *console, int *row, int *column)
{
    VTermPos place;
    vterm_state_get_cursorpos(vterm_obtain_state(console->term), &place);
    *row = place.row;
    *column = place.col;
}

bool console_is_alternate(const struct console *console)
{
    return console->is_alternate;
}

struct termios console_modes(const struct console *console)
{
    struct termios modes;
    assert_int_equal(tcgetattr(console->slave, &modes), 0);
    return modes;
}

const char *console_written(const struct console *console)
{
    return buf_str(&console->written);
}
