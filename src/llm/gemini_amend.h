/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * What a Gemini endpoint or model refuses although others want it, said in another way: JSON Schema to
 * those that know only OpenAPI's, a system prompt to those that take none, signatures, thinking.
 */
#ifndef LLM_GEMINI_AMEND_H
#define LLM_GEMINI_AMEND_H

#include <jansson.h>
#include <stdbool.h>

#include "runnel.h"

bool gemini_amend(json_t *body, const rn_event *error);

#endif
