/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * The request's side of Ollama's own wire.
 */
#ifndef LLM_OLLAMA_REQUEST_H
#define LLM_OLLAMA_REQUEST_H

#include <jansson.h>
#include <stdbool.h>

#include "runnel.h"

struct request;

json_t *ollama_encode(const struct request *request);
bool ollama_amend(json_t *body, const rn_event *error);
bool ollama_takes(const char *type, bool is_url);

#endif
