/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "tui/editor.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/buf.h"
#include "base/error.h"
#include "base/mem.h"
#include "tui/terminal.h"

static int write_file(char *path, const char *text, struct error *error)
{
    enum { SUFFIX = sizeof(".md") - 1 };
    int fd = mkstemps(path, SUFFIX); /* 0600 */
    FILE *file = fd >= 0 ? fdopen(fd, "w") : NULL;
    bool written = file && fputs(text, file) >= 0;
    if (file && fclose(file) != 0)
        written = false;
    return written ? 0 : error_errno(error, RN_EIO, "cannot write %s", path);
}

static char *read_file(const char *path, struct error *error)
{
    struct buf text = BUF_INIT;
    char piece[4096];
    FILE *file = fopen(path, "re");
    if (!file) {
        error_errno(error, RN_EIO, "cannot read %s", path);
        return NULL;
    }
    for (size_t n; (n = fread(piece, 1, sizeof(piece), file)) > 0;)
        buf_add(&text, piece, n);
    fclose(file);
    /* Editors end the last line, a prompt does not. */
    while (text.len > 0 && text.data[text.len - 1] == '\n')
        buf_drop_end(&text, 1);
    return buf_take(&text);
}

static const char *choice(void)
{
    const char *visual = getenv("VISUAL"), *editor = getenv("EDITOR");
    return visual && visual[0] ? visual : editor && editor[0] ? editor : "vi";
}

/* The variable may hold options too, so a shell takes it apart; the path is never part of a command. */
static void run_child(const char *path)
{
    terminal_in_child();
    close_range(3, ~0U, 0);
    execl("/bin/sh", "sh", "-c", "eval \"$0 \\\"\\$1\\\"\"", choice(), path, (char *)NULL);
    _exit(127);
}

static int wait_for(pid_t child, struct error *error)
{
    int status;
    while (waitpid(child, &status, 0) < 0)
        if (errno != EINTR)
            return error_errno(error, RN_EIO, "waiting for the editor");
    if (WIFEXITED(status) && WEXITSTATUS(status) == 0)
        return 0;
    return error_set(error, RN_EIO, "%s did not end well: the prompt is as it was", choice());
}

char *editor_run(const char *text, struct error *error)
{
    const char *folder = getenv("TMPDIR");
    char *path = xasprintf("%s/runnel-XXXXXX.md", folder && folder[0] ? folder : "/tmp");
    char *result = NULL;
    if (write_file(path, text, error) == 0) {
        pid_t child = fork();
        if (child == 0)
            run_child(path);
        if (child < 0)
            error_errno(error, RN_EIO, "cannot start the editor");
        else if (wait_for(child, error) == 0)
            result = read_file(path, error);
        unlink(path);
    }
    free(path);
    return result;
}
