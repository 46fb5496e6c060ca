/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * A conversation, from the inside: messages as JSON, in the one form that encoders read and sessions
 * keep.
 *
 *      {"role":"user","content":"...","attachments":[...]}     (llm/attachment.h)
 *      {"role":"assistant","content":"...","reasoning":"...","refusal":true,"partial":true,
 *       "calls":[{"id":"...","tool":"...","args":{}}],
 *       "opaque":[{"field":"...","data":...,"call":"...","item":"...","index":0,"at":[0,0,0]}],
 *       "provider":"...","model":"...","reason":"stop","run":"..."}
 *      {"role":"tool","id":"...","tool":"...","output":"...","status":"ok"}
 *
 * A call whose arguments are no JSON object has "args_raw" and "invalid":true instead of "args".
 * Fields that have nothing to say are left out.  What is opaque is listed in the order in which it came;
 * "at" (where it belongs to no call) says after how many bytes of the reasoning and of the content and
 * after how many calls, so that an encoder can lay out the parts of the answer again as they were.
 */
#ifndef LLM_CONVERSATION_H
#define LLM_CONVERSATION_H

#include <jansson.h>

#include "runnel.h"

struct rn_conversation {
    char *system;     /* NULL: none */
    json_t *messages; /* array */
};

/* Add a message as it stands, taking the reference. */
void conversation_add_json(rn_conversation *conversation, json_t *message);
/* The run that the next one continues: of the last message that names one; "" without. */
const char *conversation_parent(const rn_conversation *conversation);
/* Where the messages begin that no run has seen yet: those after the last that names its run. */
size_t conversation_unseen(const rn_conversation *conversation);

#endif
