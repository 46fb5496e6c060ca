/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * The request's side of the chat completions wire, and the list of models.
 */
#ifndef LLM_OPENAI_REQUEST_H
#define LLM_OPENAI_REQUEST_H

#include <jansson.h>
#include <stdbool.h>

#include "runnel.h"

struct request;

json_t *openai_encode(const struct request *request);
bool openai_amend(json_t *body, const rn_event *error);
/* The tools, in the form that other wires have taken over. */
json_t *openai_tools(const json_t *offer);
bool openai_takes(const char *type, bool is_url);
/* The list of models, as all servers give it that offer one of OpenAI's wires. */
json_t *openai_models(const json_t *answer);

#endif
