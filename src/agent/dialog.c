/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "agent/dialog.h"

#include <jansson.h>
#include <stdlib.h>

#include "base/clock.h"
#include "base/json.h"
#include "base/mem.h"
#include "llm/conversation.h"
#include "llm/event.h"
#include "llm/message.h"

struct dialog {
    rn_conversation *conversation;
    struct message *message; /* what the run adds up to */
    size_t taken;            /* how many of its messages the conversation has */
    json_t *said;            /* array of strings */
};

struct dialog *dialog_new(const rn_conversation *conversation, const char *system)
{
    struct dialog *dialog = xnew(struct dialog);
    dialog->conversation = rn_conversation_copy(conversation);
    if (!dialog->conversation->system)
        rn_conversation_system(dialog->conversation, system);
    dialog->message = message_new();
    dialog->said = json_array();
    return dialog;
}

void dialog_free(struct dialog *dialog)
{
    if (!dialog)
        return;
    rn_conversation_free(dialog->conversation);
    message_free(dialog->message);
    json_decref(dialog->said);
    free(dialog);
}

void dialog_event(struct dialog *dialog, const rn_event *event)
{
    message_add(dialog->message, event);
}

const rn_conversation *dialog_conversation(const struct dialog *dialog)
{
    return dialog->conversation;
}

void dialog_close_step(struct dialog *dialog)
{
    json_t *history = message_history(message_public(dialog->message));
    for (; dialog->taken < json_array_size(history); dialog->taken++)
        conversation_add_json(dialog->conversation,
                              json_incref(json_array_get(history, dialog->taken)));
    json_decref(history);
}

void dialog_say(struct dialog *dialog, const char *text)
{
    json_array_append_new(dialog->said, json_text(text));
}

bool dialog_has_said(const struct dialog *dialog)
{
    return json_array_size(dialog->said) > 0;
}

void dialog_tell(struct dialog *dialog, struct event_queue *queue)
{
    size_t i;
    json_t *text;
    json_array_foreach (dialog->said, i, text) {
        size_t len = json_string_length(text);
        rn_event *event = &event_queue_add(queue, RN_USER)->pub;
        event->text = event_queue_text(queue, json_string_value(text), len);
        event->text_len = len;
        event->t = clock_ms();
    }
    json_array_clear(dialog->said);
}
