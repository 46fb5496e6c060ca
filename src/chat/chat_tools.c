/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "chat/chat.h"

#include <stdlib.h>

#include "base/buf.h"
#include "chat/chat_parts.h"
#include "chat/policy.h"
#include "tools/tools.h"

/* ---- Tools ---- */

void chat_question(const struct chat *chat, const rn_event *approval, struct question *question)
{
    const struct builtin *builtin = builtin_find(approval->tool);
    struct buf preview = BUF_INIT;
    question->tells_all = false;
    if (builtin)
        question->tells_all = tools_preview(builtin, approval->args, &preview);
    question->why = policy_why(chat->policy, approval->tool, approval->args);
    question->preview = buf_take(&preview);
    question->pattern = policy_pattern(approval->tool, approval->args);
}

void question_clear(struct question *question)
{
    free(question->preview);
    free(question->pattern);
    *question = (struct question){.why = ""};
}

int chat_respond(struct chat *chat, const char *id, enum rn_policy decision, const char *args,
                 const char *why)
{
    return chat->stream ? rn_respond(chat->stream, id, decision, args, why) : -1;
}

void chat_allow(struct chat *chat, const char *tool, const char *pattern)
{
    policy_allow(chat->policy, tool, pattern);
}

int chat_allow_list(struct chat *chat, const char *list, struct error *error)
{
    return policy_allow_list(chat->policy, list, error);
}

int chat_say(struct chat *chat, const char *text)
{
    return chat->stream && chat->attached.count == 0 ? rn_say(chat->stream, text) : -1;
}

void chat_list_tools(const struct chat *chat, struct buf *out)
{
    policy_list(chat->policy, out);
}

int chat_set_tools(struct chat *chat, const char *list, struct error *error)
{
    return policy_set_offer(chat->policy, list, error);
}

size_t chat_spell_tools(const struct chat *chat, struct buf *text)
{
    return policy_spell(chat->policy, text);
}

/* ---- Attachments ---- */

int chat_attach(struct chat *chat, const char *what, struct error *error)
{
    return attachments_add(&chat->attached, what, chat->answerer.model, error);
}

int chat_attach_bytes(struct chat *chat, const char *name, const char *bytes, size_t len,
                      struct error *error)
{
    return attachments_add_bytes(&chat->attached, name, bytes, len, chat->answerer.model, error);
}

int chat_detach(struct chat *chat, size_t nth, struct error *error)
{
    return attachments_drop(&chat->attached, nth, error);
}

size_t chat_attached(const struct chat *chat)
{
    return chat->attached.count;
}

void chat_list_attached(const struct chat *chat, struct buf *out)
{
    attachments_list(&chat->attached, out);
}
