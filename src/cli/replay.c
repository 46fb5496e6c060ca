/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * runnel replay.
 */
#include "cli/cli.h"

#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/error.h"
#include "base/mem.h"
#include "chat/chat.h"
#include "chat/choose.h"
#include "chat/playback.h"
#include "cli/options.h"
#include "config/settings.h"
#include "plain/plain.h"
#include "session/replay.h"
#include "session/store.h"
#include "tui/tui.h"

struct showing { /* of a session */
    const struct options *options;
    struct settings *settings;
    struct replay_options replay;
    char *path; /* NULL: stdin */
    int fd;
    rn_io *io;
    struct chat *chat;
    bool wants_chat; /* after it, */
    char *run;       /* which goes on after this run; NULL: after all of it, as the session says */
};

/* ---- What is shown, and how ---- */

static bool is_stdin(const struct options *options)
{
    return options->word_count > 0 && strcmp(options->words[0], "-") == 0;
}

static int open_session(struct showing *showing, struct error *error)
{
    const struct options *options = showing->options;
    if (is_stdin(options)) {
        showing->fd = fcntl(STDIN_FILENO, F_DUPFD_CLOEXEC, 0);
        return showing->fd < 0 ? error_errno(error, RN_EIO, "stdin cannot be read") : 0;
    }
    char *dir = cli_sessions(showing->settings, error);
    if (dir)
        showing->path = store_find(dir, options->word_count > 0 ? options->words[0] : NULL, error);
    free(dir);
    if (!showing->path)
        return -1;
    struct stat info;
    showing->fd = open(showing->path, O_RDONLY | O_CLOEXEC);
    if (showing->fd < 0)
        return error_errno(error, RN_EIO, "%s cannot be opened", showing->path);
    if (fstat(showing->fd, &info) == 0 && S_ISDIR(info.st_mode))
        return error_set(error, RN_EIO, "%s is a folder, not a session", showing->path);
    return 0;
}

static bool wants_screen(const struct options *options)
{
    return !options->format && !options->plain && !is_stdin(options) && isatty(STDIN_FILENO) &&
           isatty(STDOUT_FILENO);
}

static int read_time(const char *name, const char *text, int64_t *ms, struct error *error)
{
    if (text && (*ms = playback_read_time(text)) < 0)
        return error_set(error, RN_ECONFIG, "--%s takes SECONDS or MINUTES:SECONDS, not \"%.40s\"",
                         name, text);
    return 0;
}

static int read_options(struct showing *showing, struct error *error)
{
    const struct options *options = showing->options;
    struct replay_options *replay = &showing->replay;
    bool is_for_screen = wants_screen(options);
    *replay = (struct replay_options){
        .speed = options->is_instant ? 0 : options->speed,
        .max_gap_ms = options->max_gap < 0 ? -1 : (int64_t)(options->max_gap * 1000),
        .keeps_order = is_for_screen || options_format(options) == PLAIN_EVENTS,
        .is_paused = options->is_step,
        .stays = is_for_screen,
    };
    if (read_time("from", options->from, &replay->from_ms, error) < 0 ||
        read_time("to", options->to, &replay->to_ms, error) < 0)
        return -1;
    if (options->to && replay->to_ms <= replay->from_ms)
        return error_set(error, RN_ECONFIG, "--to %s is not after %s: nothing would be played",
                         options->to, options->from ? "--from" : "the beginning");
    if (options->is_step && !is_for_screen)
        return error_set(error, RN_ECONFIG, "--step waits for keys, and there is no screen");
    return 0;
}

/* ---- On the screen ---- */

/* The caller's. */
static char *greet(const char *path)
{
    const char *slash = strrchr(path, '/');
    const char *name = slash ? slash + 1 : path;
    const char *ending = strstr(name, ".jsonl");
    return xasprintf("A replay of %.*s: nothing is sent, no tool runs.",
                     ending ? (int)(ending - name) : (int)strlen(name), name);
}

static int show_on_screen(struct showing *showing, struct error *error)
{
    rn_stream *stream;
    struct playback *playback = playback_new(showing->io, showing->fd, &showing->replay, &stream);
    bool is_empty = playback_is_empty(playback);
    showing->fd = -1;
    chat_play_back(showing->chat, stream, playback);
    if (is_empty)
        return error_set(error, RN_EPROTOCOL, "%s: there is nothing to play: no run is in it",
                         showing->path);
    char *greeting = greet(showing->path);
    int status = tui_run(showing->chat, showing->settings, greeting, false, error);
    free(greeting);
    const struct playback *after =
        chat_playback(showing->chat); /* gone if it could not be played */
    showing->wants_chat = after && playback_wants_chat(after);
    if (after && !playback_is_over(after))
        showing->run = xstrdup(playback_run(after));
    return status;
}

/* In a session of its own: what was shown stays as it is. */
static int go_on(const struct showing *showing)
{
    struct options options = *showing->options;
    options.command = NULL;
    options.word_count = 0;
    options.resume = showing->path;
    options.until = showing->run;
    options.is_fork = true;
    return cli_chat(&options);
}

/* ---- All of it ---- */

static int show(struct showing *showing, struct error *error)
{
    struct chat_options options = {.may_guide = true, .can_ask = true};
    struct replay *control;
    showing->io = rn_io_new();
    showing->chat = chat_new(showing->settings, showing->io, &options, error);
    if (!showing->chat)
        return -1;
    if (showing->replay.stays)
        return show_on_screen(showing, error);
    chat_play(showing->chat, replay_open(showing->io, showing->fd, &showing->replay, &control));
    showing->fd = -1;
    return plain_play(showing->chat, options_format(showing->options));
}

/* The screen has been left, and its chat has ended, before another begins. */
static void end(struct showing *showing)
{
    if (showing->fd >= 0)
        close(showing->fd);
    chat_free(showing->chat);
    rn_io_free(showing->io);
    settings_free(showing->settings);
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
    struct showing showing = {.options = options, .fd = -1};
    struct error error;
    int status = -1;
    showing.settings = cli_settings(options, &error);
    if (showing.settings && prepare(showing.settings, options, &error) == 0 &&
        read_options(&showing, &error) == 0 && open_session(&showing, &error) == 0)
        status = show(&showing, &error);
    end(&showing);
    if (status < 0)
        status = cli_fail(&error);
    else if (showing.wants_chat)
        status = go_on(&showing);
    free(showing.run);
    free(showing.path);
    return status;
}
