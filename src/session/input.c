/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "session/input.h"

#include <string.h>

#include "base/error.h"
#include "base/json.h"
#include "llm/conversation.h"

rn_conversation *session_input(const rn_start *start)
{
    struct error ignored;
    bool mended;
    rn_conversation *conversation = rn_conversation_new(NULL);
    json_t *message, *input = json_read(start->input, strlen(start->input), &mended, &ignored);
    size_t i;
    json_array_foreach (input, i, message)
        if (*json_get_text(message, "role"))
            conversation_add_json(conversation, json_incref(message));
    json_decref(input);
    return conversation;
}
