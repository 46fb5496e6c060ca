/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Messages as JSON: what a conversation is made of, what encoders read, what a session keeps.
 *
 *      {"role":"user","content":"..."}
 *      {"role":"assistant","content":"...","reasoning":"...","refusal":true,"partial":true,
 *       "calls":[{"id":"...","tool":"...","args":{}}],"opaque":[{"field":"...","data":...}],
 *       "provider":"...","model":"...","run":"...","reason":"stop"}
 *      {"role":"tool","id":"...","tool":"...","output":"...","status":"ok"}
 *
 * Fields that have nothing to say are left out.
 */
#ifndef LLM_MESSAGE_H
#define LLM_MESSAGE_H

#include <jansson.h>

#include "runnel.h"

/* Folds a run's events into its message.  Zero-length until it has seen one. */
struct message;
struct message *message_new(void);
void message_add(struct message *message, const rn_event *event);
/* What has come so far; lasts until the next message_add. */
const rn_message *message_public(struct message *message);
void message_free(struct message *message);

/* The assistant's message of an answer; a new reference.  The answer must come from this library. */
json_t *message_json(const rn_message *answer);

struct rn_conversation {
    char *system;           /* NULL: none */
    json_t *messages;       /* array */
    size_t answered;        /* messages before this one were in a run already */
    char *parent;           /* id of the run that it continues, NULL: none */
};

/* Add a message as it stands (a new reference is taken); resuming a session needs it. */
void conversation_add_json(rn_conversation *conversation, json_t *message);
rn_conversation *conversation_copy(const rn_conversation *conversation);

#endif
