/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "chat/encore.h"

#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/buf.h"
#include "base/error.h"
#include "base/mem.h"
#include "chat/chat_parts.h"
#include "chat/command.h"
#include "chat/playback.h"
#include "session/journal.h"
#include "session/replay.h"
#include "session/store.h"

static const char *own_path(const struct chat *chat)
{
    return chat->journal ? journal_path(chat->journal) : "";
}

/* The caller's. */
static char *find(const struct chat *chat, const char *name, struct error *error)
{
    if (!*name && !*own_path(chat)) {
        error_set(error, RN_ECONFIG,
                  chat->journal
                      ? "nothing has been said yet: /replay SESSION plays another session"
                      : "this chat is not saved: /replay SESSION plays a session that is");
        return NULL;
    }
    if (!*name)
        return xstrdup(own_path(chat));
    char *folder = chat_session_dir(chat, error);
    char *path = folder ? store_find(folder, name, error) : NULL;
    free(folder);
    return path;
}

int encore_run(struct chat *chat, const char *args, struct buf *out, struct error *error)
{
    if (chat->stream)
        return error_set(error, RN_ECONFIG, "an answer is still coming: stop it first");
    char *path = find(chat, args, error);
    if (!path)
        return -1;
    buf_adds(out, path);
    free(path);
    return COMMAND_REPLAY;
}

int encore_begin(struct chat *chat, const char *path, struct error *error)
{
    const struct replay_options options = {
        .speed = 1, .max_gap_ms = -1, .keeps_order = true, .stays = true};
    int fd = open(path, O_RDONLY | O_CLOEXEC);
    rn_stream *stream;
    if (fd < 0)
        return error_errno(error, RN_EIO, "%s cannot be opened", path);
    struct playback *playback = playback_new(chat->answerer.io, fd, &options, &stream);
    if (playback_is_empty(playback)) {
        playback_free(playback);
        rn_close(stream);
        return error_set(error, RN_EPROTOCOL, "%s: there is nothing to play: no run is in it",
                         path);
    }
    chat_play_back(chat, stream, playback);
    chat->encore = xstrdup(path);
    return 0;
}

const char *encore_path(const struct chat *chat)
{
    return chat->encore;
}

bool encore_is_own(const struct chat *chat)
{
    return chat->encore && strcmp(chat->encore, own_path(chat)) == 0;
}

void encore_end(struct chat *chat)
{
    playback_free(chat->playback);
    rn_close(chat->stream);
    free(chat->encore);
    chat->playback = NULL;
    chat->stream = NULL;
    chat->encore = NULL;
}
