/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "llm/conversation.h"

#include <stdlib.h>
#include <string.h>

#include "base/json.h"
#include "base/mem.h"
#include "llm/attachment.h"
#include "llm/message.h"

rn_conversation *rn_conversation_new(const char *system)
{
    rn_conversation *conversation = xnew(rn_conversation);
    conversation->system = xstrdup(system);
    conversation->messages = json_array();
    return conversation;
}

void rn_conversation_free(rn_conversation *conversation)
{
    if (!conversation)
        return;
    free(conversation->system);
    json_decref(conversation->messages);
    free(conversation);
}

void rn_conversation_system(rn_conversation *conversation, const char *system)
{
    free(conversation->system);
    conversation->system = xstrdup(system);
}

static bool has_role(const json_t *message, const char *role)
{
    return strcmp(json_get_text(message, "role"), role) == 0;
}

void conversation_add_json(rn_conversation *conversation, json_t *message)
{
    json_array_append_new(conversation->messages, message);
}

void rn_conversation_user(rn_conversation *conversation, const char *text)
{
    json_t *message = json_pack("{s:s, s:o}", "role", "user", "content", json_text(text));
    conversation_add_json(conversation, message);
}

rn_conversation *rn_conversation_copy(const rn_conversation *conversation)
{
    rn_conversation *copy = rn_conversation_new(conversation->system);
    json_decref(copy->messages);
    copy->messages = json_deep_copy(conversation->messages);
    return copy;
}

void rn_conversation_add(rn_conversation *conversation, const rn_message *answer)
{
    json_t *history = message_history(answer);
    json_array_extend(conversation->messages, history);
    json_decref(history);
}

/* What began the last run; not what was said while it went on, which is the run's own. */
static bool is_prompt(const json_t *message)
{
    return has_role(message, "user") && !*json_get_text(message, "run");
}

/* Where the last prompt stands; the length when there is none. */
static size_t last_prompt(const rn_conversation *conversation)
{
    size_t count = json_array_size(conversation->messages);
    for (size_t i = count; i-- > 0;)
        if (is_prompt(json_array_get(conversation->messages, i)))
            return i;
    return count;
}

static void cut(rn_conversation *conversation, size_t length)
{
    for (size_t i = json_array_size(conversation->messages); i-- > length;)
        json_array_remove(conversation->messages, i);
}

bool rn_conversation_undo(rn_conversation *conversation)
{
    size_t at = last_prompt(conversation);
    if (at == json_array_size(conversation->messages))
        return false;
    cut(conversation, at);
    return true;
}

bool rn_conversation_rewind(rn_conversation *conversation)
{
    size_t at = last_prompt(conversation);
    if (at == json_array_size(conversation->messages))
        return false;
    cut(conversation, at + 1);
    return true;
}

size_t rn_conversation_length(const rn_conversation *conversation)
{
    return json_array_size(conversation->messages);
}

const char *rn_conversation_role(const rn_conversation *conversation, size_t nth)
{
    return json_get_text(json_array_get(conversation->messages, nth), "role");
}

const char *rn_conversation_content(const rn_conversation *conversation, size_t nth)
{
    const json_t *message = json_array_get(conversation->messages, nth);
    const char *content = json_get_text(message, "content");
    return *content ? content : json_get_text(message, "output");
}

bool rn_conversation_attachment(const rn_conversation *conversation, size_t nth, size_t kth,
                                rn_attachment *attachment)
{
    const json_t *message = json_array_get(conversation->messages, nth);
    const json_t *kept = json_array_get(json_object_get(message, "attachments"), kth);
    if (kept)
        attachment_read(kept, attachment);
    return kept;
}

const char *rn_conversation_prompt(const rn_conversation *conversation)
{
    const json_t *message = json_array_get(conversation->messages, last_prompt(conversation));
    return json_get_text(message, "content");
}

size_t conversation_unseen(const rn_conversation *conversation)
{
    size_t count = json_array_size(conversation->messages);
    while (count > 0 && !*json_get_text(json_array_get(conversation->messages, count - 1), "run"))
        count--;
    return count;
}

const char *conversation_parent(const rn_conversation *conversation)
{
    size_t unseen = conversation_unseen(conversation);
    return unseen > 0 ? json_get_text(json_array_get(conversation->messages, unseen - 1), "run")
                      : "";
}
