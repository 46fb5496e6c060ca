/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * What a run adds up to.  The fold that stands behind rn_snapshot, rn_collect and rn_text: pieces are
 * joined, usage is replaced field by field within a step and added across steps.
 */
#ifndef LLM_MESSAGE_H
#define LLM_MESSAGE_H

#include <jansson.h>

#include "runnel.h"

struct message;

struct message *message_new(void);
void message_add(struct message *message, const rn_event *event);
/* What has come so far; lasts until the next message_add. */
const rn_message *message_public(const struct message *message);
/* The same for keeps: rn_message_free it. */
rn_message *message_hold(struct message *message);
void message_free(struct message *message);

/* Add what the provider has counted in one step to what it has counted before. */
rn_usage usage_sum(const rn_usage *a, const rn_usage *b);

/* The messages of the run in their order, as a conversation keeps them: for each step what the model
 * said, then what its tools gave, in the order of the calls, then what the user said meanwhile.  Every
 * call has a result: one that says so where none came.  A new reference; the answer must be one of this
 * library's. */
json_t *message_history(const rn_message *answer);
/* The answer as one message, all steps joined (llm/conversation.h): a new reference.  It must be one of
 * this library's. */
json_t *message_json(const rn_message *answer);

#endif
