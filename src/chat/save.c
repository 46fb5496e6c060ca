/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "chat/save.h"

#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "base/buf.h"
#include "base/error.h"
#include "base/mem.h"
#include "chat/chat.h"
#include "chat/command.h"
#include "export/format.h"
#include "export/talk.h"

static bool has_begun(const struct chat *chat, struct error *error)
{
    if (rn_conversation_length(chat_conversation(chat)) > 0)
        return true;
    error_set(error, RN_ECONFIG, "nothing has been said yet");
    return false;
}

int save_run(struct chat *chat, const char *args, struct buf *out, struct error *error)
{
    const char *id = chat_session(chat);
    const struct talk_about about = {.title = chat_title(chat), .id = id, .time = time(NULL)};
    if (!has_begun(chat, error))
        return -1;
    char *path = *args ? xstrdup(args) : xasprintf("runnel-%s.md", *id ? id : "chat");
    const struct format *format = format_of(path);
    struct talk *talk = talk_new(chat_conversation(chat), &about);
    int result = format_save(format ? format : formats, talk, path, error);
    if (result == 0)
        buf_addf(out, "the conversation is in %s", path);
    talk_free(talk);
    free(path);
    return result < 0 ? -1 : COMMAND_SAY;
}

int save_run_title(struct chat *chat, const char *args, struct buf *out, struct error *error)
{
    if (!*args)
        return error_set(error, RN_ECONFIG, "what is it to be called? /title NAME");
    if (!has_begun(chat, error) || chat_set_title(chat, args, error) < 0)
        return -1;
    buf_addf(out, "the session is called \"%s\" in lists", args);
    return COMMAND_SAY;
}
