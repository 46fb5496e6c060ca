/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * A conversation as the input of a Responses request: a list of items.
 */
#ifndef LLM_RESPONSES_INPUT_H
#define LLM_RESPONSES_INPUT_H

#include <jansson.h>
#include <stdbool.h>

/* The messages (llm/conversation.h) as items; a new reference. */
json_t *responses_input(const json_t *messages, const char *provider);
bool responses_takes(const char *type, bool is_url);

#endif
