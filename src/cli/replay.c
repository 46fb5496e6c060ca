/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * runnel replay.
 */
#include "cli/cli.h"

#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/error.h"
#include "chat/chat.h"
#include "chat/choose.h"
#include "cli/options.h"
#include "config/settings.h"
#include "plain/plain.h"
#include "session/store.h"
#include "tui/tui.h"

static int open_session(const struct settings *settings, const char *which, struct error *error)
{
    if (which && strcmp(which, "-") == 0)
        return fcntl(STDIN_FILENO, F_DUPFD_CLOEXEC, 0);
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
    bool wants_screen = !options->format && !options->plain;
    if (wants_screen && isatty(STDIN_FILENO) && isatty(STDOUT_FILENO))
        status = tui_run(chat, settings, "a replay: nothing is sent, no tool runs", &error);
    return status < 0 ? plain_play(chat, options_format(options)) : status;
}

static rn_stream *open_replay(rn_io *io, int fd, const struct options *options)
{
    int64_t max_gap_ms = options->max_gap < 0 ? -1 : (int64_t)(options->max_gap * 1000);
    return rn_replay(io, fd, options->is_instant ? 0 : options->speed, max_gap_ms);
}

static int replay(struct settings *settings, const struct options *options, struct error *error)
{
    struct chat_options chat_options = {.may_guide = true, .can_ask = true};
    const char *which = options->word_count > 0 ? options->words[0] : NULL;
    int status = -1, fd = open_session(settings, which, error);
    if (fd < 0)
        return -1;
    rn_io *io = rn_io_new();
    struct chat *chat = chat_new(settings, io, &chat_options, error);
    if (chat) {
        chat_play(chat, open_replay(io, fd, options));
        status = play(chat, settings, options);
    } else {
        close(fd);
    }
    chat_free(chat);
    rn_io_free(io);
    return status;
}

/* Nothing that may be typed after it is written to the session that was shown.  And a replay wants
 * nobody's key: the model behind it is the guide, unless another is asked for. */
static int prepare(struct settings *settings, const struct options *options, struct error *error)
{
    static const char origin[] = "replay";
    if (settings_set(settings, SETTINGS_OPTION, "chat", "save", "no", origin, error) < 0)
        return -1;
    if (options->model || options->url)
        return 0;
    return settings_set(settings, SETTINGS_OPTION, "chat", "model", GUIDE_NAME, origin, error);
}

int cli_replay(const struct options *options)
{
    struct error error;
    int status = -1;
    struct settings *settings = cli_settings(options, &error);
    if (settings && prepare(settings, options, &error) == 0)
        status = replay(settings, options, &error);
    settings_free(settings);
    return status < 0 ? cli_fail(&error) : status;
}
