/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "tui/clipboard.h"

#include <fcntl.h>
#include <signal.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/pidfd.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/buf.h"
#include "base/error.h"
#include "base/fd.h"
#include "base/mem.h"
#include "base/utf8.h"
#include "tui/osc52.h"
#include "tui/terminal.h"

void clipboard_open(struct clipboard *clipboard, const char *use)
{
    *clipboard = (struct clipboard){.use = use, .end = -1};
}

static void forget_child(struct clipboard *clipboard)
{
    if (clipboard->end >= 0)
        close(clipboard->end);
    clipboard->end = -1;
    clipboard->child = 0;
}

/* A program that has not taken its text yet still does. */
void clipboard_close(struct clipboard *clipboard)
{
    forget_child(clipboard);
}

/* ---- Which program */

/* The first whose variable is set and which is there.  Within tmux it is tmux that knows the way, and
 * with its settings as they are by default it takes no OSC 52. */
static const struct program {
    const char *variable; /* "" is always set */
    const char *argv[6];
} programs[] = {
    {"TMUX", {"tmux", "load-buffer", "-w", "-", NULL}},
    {"WAYLAND_DISPLAY", {"wl-copy", "--type", "text/plain", NULL}},
    {"DISPLAY", {"xclip", "-selection", "clipboard", "-in", NULL}},
    {"DISPLAY", {"xsel", "--clipboard", "--input", NULL}},
    {"", {"pbcopy", NULL}},
};

static bool is_in(const char *folder, size_t len, const char *name)
{
    char *path = xasprintf("%.*s/%s", (int)len, folder, name);
    bool found = access(path, X_OK) == 0;
    free(path);
    return found;
}

static bool is_there(const char *name)
{
    const char *at = getenv("PATH");
    while (at && *at) {
        size_t len = strcspn(at, ":");
        if (len > 0 && is_in(at, len, name))
            return true;
        at += len + (at[len] == ':');
    }
    return false;
}

static const struct program *find_program(void)
{
    for (size_t i = 0; i < sizeof(programs) / sizeof(*programs); i++) {
        const char *value = programs[i].variable[0] ? getenv(programs[i].variable) : "set";
        if (value && value[0] && is_there(programs[i].argv[0]))
            return &programs[i];
    }
    return NULL;
}

/* ---- Running it */

/* A session of its own, so that it outlives the terminal; descriptors that nobody waits on. */
static void run_child(const struct program *program, int text)
{
    int nowhere = open("/dev/null", O_WRONLY);
    terminal_in_child();
    setsid();
    dup2(text, STDIN_FILENO);
    dup2(nowhere, STDOUT_FILENO);
    dup2(nowhere, STDERR_FILENO);
    close_range(3, ~0U, 0);
    execvp(program->argv[0], (char *const *)(uintptr_t)program->argv);
    _exit(127);
}

/* The text is a file without a name, so that nobody has to feed it to the child. */
static int make_file(const char *text, size_t len)
{
    int fd = memfd_create("clipboard", MFD_CLOEXEC);
    if (fd >= 0 && (fd_write_all(fd, text, len) < 0 || lseek(fd, 0, SEEK_SET) < 0)) {
        close(fd);
        return -1;
    }
    return fd;
}

/* Another text is to be there: what the last one still does is in vain. */
static void end_child(struct clipboard *clipboard)
{
    if (clipboard->child > 0 && kill(clipboard->child, SIGKILL) == 0)
        waitpid(clipboard->child, NULL, 0);
    forget_child(clipboard);
}

static int start(struct clipboard *clipboard, const struct program *program, const char *text,
                 size_t len, struct error *error)
{
    const char *name = program->argv[0];
    int file = make_file(text, len);
    pid_t child = file >= 0 ? fork() : -1;
    if (child == 0)
        run_child(program, file);
    if (child < 0)
        error_errno(error, RN_EIO, "%s cannot be run", name);
    if (file >= 0)
        close(file);
    if (child < 0)
        return -1;
    end_child(clipboard);
    clipboard->program = name;
    clipboard->child = child;
    clipboard->end = pidfd_open(child, 0);
    return 0;
}

int clipboard_fd(const struct clipboard *clipboard)
{
    return clipboard->end;
}

int clipboard_reap(struct clipboard *clipboard, struct error *error)
{
    int status;
    if (waitpid(clipboard->child, &status, WNOHANG) != clipboard->child)
        return 0;
    forget_child(clipboard);
    if (WIFEXITED(status) && WEXITSTATUS(status) == 0)
        return 0;
    if (WIFEXITED(status))
        return error_set(error, RN_EIO, "%s did not take the text (exit status %d)",
                         clipboard->program, WEXITSTATUS(status));
    return error_set(error, RN_EIO, "%s did not take the text (signal %d)", clipboard->program,
                     WTERMSIG(status));
}

/* ---- Roads */

/* A model may have written what ends a paste early in another program: an Esc.  Letters that nobody sees
 * have no business there either. */
static bool is_harmless(uint32_t code)
{
    bool control = (code < 0x20 && code != '\n' && code != '\t') || (code >= 0x7F && code < 0xA0);
    bool tag = code >= 0xE0000 && code < 0xE0080;
    return !control && !tag;
}

static void add_harmless(struct buf *out, const char *text, size_t len)
{
    for (size_t at = 0; at < len;) {
        uint32_t code = UTF8_REPLACEMENT;
        int n = utf8_decode(text + at, len - at, &code);
        at += n > 0 ? (size_t)n : n < 0 ? (size_t)-n : len - at;
        if (is_harmless(code))
            utf8_add(out, code);
    }
}

static bool may(const struct clipboard *clipboard, const char *road)
{
    return strcmp(clipboard->use, "auto") == 0 || strcmp(clipboard->use, road) == 0;
}

/* The Linux console has no clipboard, and older ones print what they do not know. */
static bool has_osc52(const struct clipboard *clipboard)
{
    const char *term = getenv("TERM");
    return may(clipboard, "osc52") && !(term && strcmp(term, "linux") == 0);
}

/* Over ssh a program here would reach the clipboard of a screen where nobody sits; not so tmux, which
 * tells the terminal. */
static const struct program *program_for(const struct clipboard *clipboard)
{
    const struct program *program = may(clipboard, "command") ? find_program() : NULL;
    bool is_far = getenv("SSH_CONNECTION") && strcmp(clipboard->use, "auto") == 0;
    if (program && is_far && strcmp(program->variable, "TMUX") != 0)
        return NULL;
    return program;
}

static int write_osc52(const struct buf *text, struct error *error)
{
    struct buf sequence = BUF_INIT;
    osc52_add(&sequence, buf_str(text), text->len, osc52_road());
    int result = fd_write_all(STDOUT_FILENO, sequence.data, sequence.len);
    buf_clear(&sequence);
    return result < 0 ? error_errno(error, RN_EIO, "the terminal did not take the text") : 0;
}

static int fail(const struct clipboard *clipboard, bool too_long, size_t len, struct error *error)
{
    if (strcmp(clipboard->use, "none") == 0)
        return error_set(error, RN_ECONFIG, "nothing is copied: clipboard = none in [screen]");
    if (too_long)
        return error_set(
            error, RN_EIO,
            "%zu KB are too much for the terminal's clipboard (OSC 52, at most %d KB): "
            "/save writes a file",
            (len + 1023) / 1024, OSC52_MAX / 1024);
    return error_set(error, RN_EIO,
                     "there is no way to a clipboard here: wl-copy, xclip or xsel, "
                     "and a display for it, would be one");
}

int clipboard_set(struct clipboard *clipboard, const char *text, size_t len, struct buf *roads,
                  struct error *error)
{
    struct error why = ERROR_INIT;
    struct buf clean = BUF_INIT;
    add_harmless(&clean, text, len);
    bool can = has_osc52(clipboard), fits = clean.len <= OSC52_MAX;
    if (can && fits && write_osc52(&clean, &why) == 0)
        buf_adds(roads, "OSC 52");
    const struct program *program = program_for(clipboard);
    if (program && start(clipboard, program, buf_str(&clean), clean.len, &why) == 0)
        buf_addf(roads, "%s%s", roads->len > 0 ? ", " : "", clipboard->program);
    if (roads->len == 0 && why.code)
        *error = why;
    else if (roads->len == 0)
        fail(clipboard, can && !fits, clean.len, error);
    buf_clear(&clean);
    return roads->len > 0 ? 0 : -1;
}
