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

/* The path is the caller's; NULL for stdin. */
static int open_session(const struct settings *settings, const struct options *options, char **path,
                        struct error *error)
{
    const char *which = options->word_count > 0 ? options->words[0] : NULL;
    *path = NULL;
    if (which && strcmp(which, "-") == 0)
        return fcntl(STDIN_FILENO, F_DUPFD_CLOEXEC, 0);
    char *dir = cli_sessions(settings, error);
    *path = dir ? store_find(dir, which, error) : NULL;
    int fd = *path ? open(*path, O_RDONLY | O_CLOEXEC) : -1;
    if (*path && fd < 0)
        error_errno(error, RN_EIO, "%s cannot be opened", *path);
    free(dir);
    return fd;
}

static int read_time(const char *name, const char *text, int64_t *ms, struct error *error)
{
    if (text && (*ms = playback_read_time(text)) < 0)
        return error_set(error, RN_ECONFIG, "--%s takes SECONDS or MINUTES:SECONDS, not \"%.40s\"",
                         name, text);
    return 0;
}

static int read_options(const struct options *options, struct replay_options *replay,
                        struct error *error)
{
    *replay = (struct replay_options){
        .speed = options->is_instant ? 0 : options->speed,
        .max_gap_ms = options->max_gap < 0 ? -1 : (int64_t)(options->max_gap * 1000),
        .is_paused = options->is_step,
    };
    if (read_time("from", options->from, &replay->from_ms, error) < 0)
        return -1;
    return read_time("to", options->to, &replay->to_ms, error);
}

static bool wants_screen(const struct options *options)
{
    return !options->format && !options->plain && isatty(STDIN_FILENO) && isatty(STDOUT_FILENO);
}

/* ---- On the screen ---- */

struct parting { /* what the user wants next */
    bool wants_chat;
    char *run; /* after which to go on */
};

static int play_on_screen(struct chat *chat, const struct settings *settings, rn_io *io, int fd,
                          struct replay_options *replay, struct parting *parting)
{
    static const char greeting[] =
        "A replay: nothing is sent, no tool runs.  space: pause · left, right: by message · up, "
        "down: "
        "speed · .: one event · g: go to a time · /find: search · q: leave";
    struct error error;
    rn_stream *stream;
    replay->stays = true;
    struct playback *playback = playback_new(io, fd, replay, &stream);
    chat_play_back(chat, stream, playback);
    int status = tui_run(chat, settings, greeting, false, &error);
    const struct playback *after = chat_playback(chat);
    if (after && playback_wants_chat(after)) {
        parting->wants_chat = true;
        parting->run = xstrdup(playback_run(after));
    }
    return status < 0 ? cli_fail(&error) : status;
}

/* In a session of its own: what was shown stays as it is. */
static int go_on(const struct options *options, const char *path, const char *run)
{
    struct options chat = *options;
    chat.command = NULL;
    chat.word_count = 0;
    chat.resume = path;
    chat.until = run;
    chat.is_fork = true;
    return cli_chat(&chat);
}

/* ---- All of it ---- */

static int play(struct settings *settings, const struct options *options, int fd,
                struct parting *parting, struct error *error)
{
    struct chat_options chat_options = {.may_guide = true, .can_ask = true};
    struct replay_options replay;
    struct replay *control;
    int status = -1;
    bool is_sound = read_options(options, &replay, error) == 0;
    if (is_sound && options->is_step && !wants_screen(options)) {
        error_set(error, RN_ECONFIG, "--step waits for keys, and there is no screen");
        is_sound = false;
    }
    rn_io *io = rn_io_new();
    struct chat *chat = is_sound ? chat_new(settings, io, &chat_options, error) : NULL;
    if (!chat) {
        close(fd);
    } else if (wants_screen(options)) {
        status = play_on_screen(chat, settings, io, fd, &replay, parting);
    } else {
        chat_play(chat, replay_open(io, fd, &replay, &control));
        status = plain_play(chat, options_format(options));
    }
    chat_free(chat);
    rn_io_free(io);
    return status;
}

static int replay(struct settings *settings, const struct options *options, struct error *error)
{
    struct parting parting = {0};
    char *path;
    int status = -1, fd = open_session(settings, options, &path, error);
    if (fd >= 0)
        status = play(settings, options, fd, &parting, error);
    if (parting.wants_chat)
        status = go_on(options, path, parting.run);
    free(parting.run);
    free(path);
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
