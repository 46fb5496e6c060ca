/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "chat/history.h"

#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/buf.h"
#include "base/error.h"
#include "base/fd.h"
#include "base/mem.h"
#include "config/settings.h"

enum { FORGETFUL_MAX = 1000 }; /* of a history that keeps nothing on disk */

struct history {
    char *path; /* NULL: nothing is kept */
    size_t max;
    char **prompts; /* at most twice `max`: the older half goes at once */
    size_t count, cap;
};

/* FNV-1a: a path may be longer than a file's name. */
static uint64_t number_of(const char *folder)
{
    uint64_t number = 14695981039346656037u;
    for (; *folder; folder++)
        number = (number ^ (unsigned char)*folder) * 1099511628211u;
    return number;
}

/* The file for a folder among those for others; takes the path. */
static char *of_folder(char *path, const char *folder)
{
    if (!path || !folder)
        return path;
    char *own = xasprintf("%s-%016" PRIx64, path, number_of(folder));
    free(path);
    return own;
}

char *history_path(const char *folder)
{
    const char *state = getenv("XDG_STATE_HOME");
    const char *home = getenv("HOME");
    if (state && state[0] == '/')
        return of_folder(xasprintf("%s/runnel/history", state), folder);
    if (!home || home[0] != '/')
        return NULL;
    return of_folder(xasprintf("%s/.local/state/runnel/history", home), folder);
}

/* ---- In memory */

static void drop_oldest(struct history *history, size_t n)
{
    for (size_t i = 0; i < n; i++)
        free(history->prompts[i]);
    history->count -= n;
    memmove(history->prompts, history->prompts + n, history->count * sizeof(*history->prompts));
}

static void push(struct history *history, char *prompt)
{
    if (history->count == 2 * history->max)
        drop_oldest(history, history->max);
    if (history->count == history->cap) {
        history->cap = history->cap ? history->cap * 2 : 64;
        history->prompts = xrealloc(history->prompts, history->cap * sizeof(*history->prompts));
    }
    history->prompts[history->count++] = prompt;
}

static bool is_last(const struct history *history, const char *prompt)
{
    return history->count > 0 && strcmp(history->prompts[history->count - 1], prompt) == 0;
}

size_t history_count(const struct history *history)
{
    return history->count;
}

const char *history_prompt(const struct history *history, size_t index)
{
    return history->prompts[index];
}

size_t history_find_back(const struct history *history, size_t from, const char *words)
{
    for (size_t i = from; i-- > 0;)
        if (strcasestr(history->prompts[i], words))
            return i;
    return from;
}

/* ---- In the file */

static void escape(struct buf *line, const char *prompt)
{
    for (const char *c = prompt; *c; c++) {
        if (*c == '\n')
            buf_adds(line, "\\n");
        else if (*c == '\\')
            buf_adds(line, "\\\\");
        else
            buf_addc(line, *c);
    }
    buf_addc(line, '\n');
}

/* A backslash before anything else stands for itself. */
static char *unescape(const char *line, size_t len)
{
    struct buf prompt = BUF_INIT;
    for (size_t i = 0; i < len; i++) {
        bool escaped =
            line[i] == '\\' && i + 1 < len && (line[i + 1] == 'n' || line[i + 1] == '\\');
        if (escaped)
            i++;
        buf_addc(&prompt, escaped && line[i] == 'n' ? '\n' : line[i]);
    }
    return buf_take(&prompt);
}

/* Returns how many lines there were.  A torn last one is no prompt. */
static size_t read_lines(struct history *history, FILE *file)
{
    char *line = NULL;
    size_t size = 0, lines = 0;
    for (ssize_t len; (len = getline(&line, &size, file)) >= 0; lines++) {
        bool whole = len > 1 && line[len - 1] == '\n';
        if (whole && len <= HISTORY_ENTRY_MAX * 2 && strlen(line) == (size_t)len)
            push(history, unescape(line, (size_t)len - 1));
    }
    free(line);
    return lines;
}

/* Write what is remembered in place of a file that has grown long. */
static void compact(const struct history *history)
{
    char *fresh = xasprintf("%s.%ld", history->path, (long)getpid());
    struct buf text = BUF_INIT;
    for (size_t i = 0; i < history->count; i++)
        escape(&text, history->prompts[i]);
    int fd = open(fresh, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
    bool written = fd >= 0 && write(fd, buf_str(&text), text.len) == (ssize_t)text.len;
    if (fd >= 0 && (close(fd) < 0 || !written || rename(fresh, history->path) < 0))
        unlink(fresh);
    buf_clear(&text);
    free(fresh);
}

struct history *history_open(const char *path, size_t max, struct error *error)
{
    struct history *history = xnew(struct history);
    history->max = max ? max : FORGETFUL_MAX;
    history->path = max ? xstrdup(path) : NULL;
    FILE *file = history->path ? fopen(history->path, "re") : NULL;
    if (file) {
        bool is_long = read_lines(history, file) > 2 * max;
        fclose(file);
        if (history->count > max)
            drop_oldest(history, history->count - max);
        if (is_long)
            compact(history);
    } else if (history->path && errno != ENOENT) {
        error_errno(error, RN_EIO, "prompt history %s", path);
    }
    return history;
}

struct history *history_of(const struct settings *settings, struct error *error)
{
    const char *given = settings_get(settings, "screen", "history");
    long max = settings_number(settings, "screen", "history_size");
    bool is_global = strcmp(settings_get(settings, "chat", "history"), "global") == 0;
    char *folder = is_global ? NULL : getcwd(NULL, 0);
    char *path = given ? of_folder(xstrdup(given), folder) : history_path(folder);
    struct history *history = history_open(path, (size_t)max, error);
    free(folder);
    free(path);
    return history;
}

void history_free(struct history *history)
{
    if (!history)
        return;
    for (size_t i = 0; i < history->count; i++)
        free(history->prompts[i]);
    free(history->prompts);
    free(history->path);
    free(history);
}

static int append(const struct history *history, const char *prompt, struct error *error)
{
    struct buf line = BUF_INIT;
    escape(&line, prompt);
    int flags = O_WRONLY | O_APPEND | O_CREAT | O_CLOEXEC;
    int fd = open(history->path, flags, 0600);
    if (fd < 0 && errno == ENOENT && file_make_folders(history->path) == 0)
        fd = open(history->path, flags, 0600);
    /* In one piece, so that lines of two programs do not mix. */
    bool written = fd >= 0 && write(fd, line.data, line.len) == (ssize_t)line.len;
    int result = written ? 0 : error_errno(error, RN_EIO, "prompt history %s", history->path);
    if (fd >= 0)
        close(fd);
    buf_clear(&line);
    return result;
}

int history_add(struct history *history, const char *prompt, struct error *error)
{
    if (prompt[0] == '\0' || is_last(history, prompt))
        return 0;
    push(history, xstrdup(prompt));
    if (!history->path || strlen(prompt) > HISTORY_ENTRY_MAX)
        return 0;
    return append(history, prompt, error);
}
