/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * The request's side of the chat completions wire.
 */
#ifndef LLM_OPENAI_REQUEST_H
#define LLM_OPENAI_REQUEST_H

#include <jansson.h>
#include <stdbool.h>

#include "runnel.h"

struct request;

json_t *openai_encode(const struct request *request);
bool openai_amend(json_t *body, const rn_event *error);

#endif
