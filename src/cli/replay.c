/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * runnel replay, runnel sessions.
 */
#include "cli/cli.h"

#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "base/buf.h"
#include "base/error.h"
#include "base/fd.h"
#include "base/filter.h"
#include "base/mem.h"
#include "chat/chat.h"
#include "cli/options.h"
#include "config/settings.h"
#include "plain/plain.h"
#include "session/store.h"
#include "tui/tui.h"

/* ---- Replay ---- */

static int open_session(const struct settings *settings, const char *which, struct error *error)
{
    if (which && strcmp(which, "-") == 0)
        return dup(STDIN_FILENO);
    char *dir = cli_sessions(settings, error);
    char *path = dir ? store_find(dir, which, error) : NULL;
    int fd = -1;
    if (path && (fd = open(path, O_RDONLY | O_CLOEXEC)) < 0)
        error_errno(error, RN_EIO, "%s cannot be opened", path);
    free(path);
    free(dir);
    return fd;
}

/* On the screen when there is one; else, or when a format is asked for, to stdout. */
static int play(struct chat *chat, const struct settings *settings, const struct options *options)
{
    struct error error;
    int status = -1;
    if (!options->has_format && isatty(STDIN_FILENO) && isatty(STDOUT_FILENO) && !options->plain)
        status = tui_run(chat, settings, "a replay: nothing is sent, no tool runs", &error);
    return status < 0 ? plain_play(chat, options->format) : status;
}

static int replay(struct settings *settings, const struct options *options, struct error *error)
{
    struct chat_options chat_options = {.may_guide = true};
    const char *which = options->word_count > 0 ? options->words[0] : NULL;
    int status = -1, fd = open_session(settings, which, error);
    if (fd < 0)
        return -1;
    rn_io *io = rn_io_new();
    struct chat *chat = chat_new(settings, io, &chat_options, error);
    if (chat) {
        chat_play(chat, rn_replay(io, fd, options->speed, options->max_gap_ms));
        status = play(chat, settings, options);
    } else {
        close(fd);
    }
    chat_free(chat);
    rn_io_free(io);
    return status;
}

int cli_replay(const struct options *options)
{
    struct error error;
    int status = -1;
    struct settings *settings = cli_settings(options, &error);
    /* Whatever is typed after it is not written to the session that was shown. */
    if (settings && settings_set(settings, SETTINGS_OPTION, "chat", "save", "no", "replay", &error) == 0)
        status = replay(settings, options, &error);
    settings_free(settings);
    return status < 0 ? cli_fail(&error) : status;
}

/* ---- The list ---- */

static void add_age(struct buf *out, int64_t changed)
{
    time_t when = (time_t)changed;
    struct tm local;
    char text[32];
    localtime_r(&when, &local);
    strftime(text, sizeof(text), "%Y-%m-%d %H:%M", &local);
    buf_adds(out, text);
}

static void add_row(struct buf *out, const struct session_info *info)
{
    struct buf title = BUF_INIT;
    const char *text = *info->name ? info->name : info->title;
    filter_line(&title, text, strlen(text));
    buf_addf(out, "%s  ", info->id);
    add_age(out, info->changed);
    buf_addf(out, "  %6lld kB  ", (long long)(info->size + 999) / 1000);
    filter_line(out, info->model, strlen(info->model));
    buf_addf(out, "  %s\n", buf_str(&title));
    buf_clear(&title);
}

static int list_sessions(const char *dir, struct error *error)
{
    struct session_list list = {0};
    struct buf out = BUF_INIT;
    if (store_list(dir, &list, error) < 0)
        return -1;
    for (size_t i = 0; i < list.count; i++)
        add_row(&out, &list.items[i]);
    int result = out.len > 0 ? fd_write_all(STDOUT_FILENO, out.data, out.len) : 0;
    if (result < 0)
        error_errno(error, RN_EIO, "the list cannot be written");
    buf_clear(&out);
    session_list_clear(&list);
    return result;
}

static int on_word(const char *word, const char *dir, struct error *error)
{
    if (strcmp(word, "list") == 0)
        return list_sessions(dir, error);
    if (strcmp(word, "path") == 0)
        return puts(dir) < 0 ? -1 : 0;
    return error_set(error, RN_ECONFIG, "runnel sessions knows list and path, not \"%.40s\"", word);
}

int cli_list_sessions(const struct options *options)
{
    struct error error;
    int result = -1;
    struct settings *settings = cli_settings(options, &error);
    char *dir = settings ? cli_sessions(settings, &error) : NULL;
    if (dir)
        result = on_word(options->word_count > 0 ? options->words[0] : "list", dir, &error);
    free(dir);
    settings_free(settings);
    return result < 0 ? cli_fail(&error) : CLI_OK;
}
