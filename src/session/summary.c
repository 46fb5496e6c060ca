/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "session/summary.h"

#include <fcntl.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/buf.h"
#include "base/error.h"
#include "base/json.h"
#include "base/mem.h"
#include "base/utf8.h"
#include "session/reader.h"
#include "session/skim.h"
#include "session/store.h"

/* How much of a file's two ends is read: at first, and at most when what is looked for is longer. */
enum { WINDOW_MIN = 64 * 1024, WINDOW_MAX = 4 * 1024 * 1024 };
enum { TITLE_MAX = 200 };

static void replace(char **text, const char *with)
{
    free(*text);
    *text = xstrdup(with);
}

/* The first line with something on it. */
static void set_line(char **line, const char *text)
{
    text += strspn(text, " \t\r\n");
    size_t len = strcspn(text, "\r\n");
    if (len > TITLE_MAX) {
        len = TITLE_MAX;
        len -= utf8_cut(text, len);
    }
    free(*line);
    *line = xstrndup(text, len);
}

static const char *first_prompt(const json_t *start)
{
    size_t i;
    const json_t *message;
    json_array_foreach (json_object_get(start, "input"), i, message) {
        if (strcmp(json_get_text(message, "role"), "user") == 0)
            return json_get_text(message, "content");
    }
    return "";
}

/* Most lines are events of no interest here, and most writers put the type first: then it is told without
 * a look at the rest. */
static bool is_type(const struct session_line *line, const char *quoted)
{
    static const char first[] = "{\"type\":\"";
    size_t at = sizeof(first) - 1, len = strlen(quoted) - 1;
    if (line->len > at + len && memcmp(line->data, first, at) == 0)
        return memcmp(line->data + at, quoted + 1, len) == 0;
    return session_line_has(line, quoted);
}

static json_t *parse(const struct session_line *line)
{
    bool mended;
    struct error ignored;
    return json_read(line->data, line->len, &mended, &ignored);
}

static bool take_model(struct session_info *info, const json_t *record)
{
    const char *type = json_get_text(record, "type"), *model = json_get_text(record, "model");
    bool has_model = *model && (strcmp(type, "start") == 0 || strcmp(type, "message") == 0);
    if (has_model)
        replace(&info->model, model);
    return has_model;
}

static void take_record(struct session_info *info, const json_t *record)
{
    const char *type = json_get_text(record, "type");
    if (strcmp(type, "session") == 0)
        replace(&info->name, json_get_text(record, "name"));
    if (strcmp(type, "title") == 0)
        set_line(&info->title, json_get_text(record, "title"));
    if (strcmp(type, "start") == 0 && !*info->prompt)
        set_line(&info->prompt, first_prompt(record));
    if (!*info->title)
        set_line(&info->title, info->prompt);
    take_model(info, record);
}

static void take_skimmed(struct session_info *info, const struct skim *skim)
{
    if (!skim->is_start || *info->prompt)
        return;
    set_line(&info->prompt, skim->prompt ? skim->prompt : "");
    if (!*info->title)
        set_line(&info->title, info->prompt);
    if (skim->model)
        replace(&info->model, skim->model);
}

/* Forwards: what it is called. */
static bool take_line(struct session_info *info, const struct session_line *line)
{
    if (is_type(line, "\"title\"") || is_type(line, "\"session\"") ||
        (!*info->prompt && is_type(line, "\"start\""))) {
        json_t *record = parse(line);
        take_record(info, record);
        json_decref(record);
    }
    return *info->title;
}

/* Backwards: who answered last. */
static bool take_last(struct session_info *info, const struct session_line *line)
{
    if (!is_type(line, "\"message\"") && !is_type(line, "\"start\""))
        return false;
    json_t *record = parse(line);
    bool has_model = take_model(info, record);
    json_decref(record);
    return has_model;
}

/* All lines of the window that end in it; the first is not whole when it does not begin the file, and what has no
 * newline counts if it is whole. */
static bool take_names(struct session_info *info, const struct buf *window, bool is_cut)
{
    const char *at = buf_str(window);
    const char *end = at + window->len;
    bool has_title = false;
    while (at < end) {
        const char *newline = memchr(at, '\n', (size_t)(end - at));
        const char *stop = newline ? newline : end;
        struct session_line line = {.data = at, .len = (size_t)(stop - at)};
        if (!is_cut && (newline || session_line_is_record(&line)))
            has_title = take_line(info, &line);
        is_cut = false;
        at = stop + 1;
    }
    return has_title;
}

static bool take_last_model(struct session_info *info, const struct buf *window, bool is_cut)
{
    const char *begin = buf_str(window);
    const char *end = begin + window->len;
    for (const char *stop = end, *before; stop; stop = before) {
        before = memrchr(begin, '\n', (size_t)(stop - begin));
        const char *at = before ? before + 1 : begin;
        struct session_line line = {.data = at, .len = (size_t)(stop - at)};
        bool is_whole = (before || !is_cut) && (stop < end || session_line_is_record(&line));
        if (is_whole && take_last(info, &line))
            return true;
    }
    return false;
}

static void read_window(struct buf *window, int fd, int64_t from, int64_t size)
{
    buf_reset(window);
    buf_reserve(window, (size_t)size);
    ssize_t got = pread(fd, window->data, (size_t)size, from);
    window->len = got > 0 ? (size_t)got : 0;
}

/* The line that is longer than the window, when no prompt stands before it. */
static void skim(struct session_info *info, int fd, const struct buf *window)
{
    const char *before = window->len > 0 ? memrchr(window->data, '\n', window->len) : NULL;
    size_t len = before ? (size_t)(window->data + window->len - before) - 1 : window->len;
    int64_t from = (int64_t)(window->len - len);
    struct skim skim = {0};
    struct buf piece = BUF_INIT;
    for (int64_t at = from; at < from + SESSION_LINE_MAX; at += WINDOW_MIN) {
        read_window(&piece, fd, at, WINDOW_MIN);
        const char *end = memchr(buf_str(&piece), '\n', piece.len);
        bool is_last = end || piece.len < WINDOW_MIN;
        if (!skim_feed(&skim, buf_str(&piece), end ? (size_t)(end - piece.data) : piece.len) ||
            is_last)
            break;
    }
    take_skimmed(info, &skim);
    skim_clear(&skim);
    buf_clear(&piece);
}

/* A window at one of the file's ends, and a larger one as long as what is looked for is not in it. */
static void look(struct session_info *info, int fd, bool at_end)
{
    struct buf window = BUF_INIT;
    bool is_found = false;
    for (int64_t size = WINDOW_MIN; !is_found && size <= WINDOW_MAX; size *= 4) {
        int64_t from = at_end && info->size > size ? info->size - size : 0;
        read_window(&window, fd, from, size);
        is_found = take_names(info, &window, from > 0);
        if (at_end || info->size <= size)
            is_found = take_last_model(info, &window, from > 0);
        is_found |= size >= info->size;
    }
    if (!is_found && !at_end)
        skim(info, fd, &window);
    buf_clear(&window);
}

void summary_read(struct session_info *info)
{
    int fd = open(info->path, O_RDONLY | O_CLOEXEC | O_NONBLOCK);
    if (fd < 0)
        return;
    look(info, fd, false);
    if (info->size > WINDOW_MIN)
        look(info, fd, true);
    close(fd);
}
