/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * What Anthropic's models differ in: a request that one of them refuses, said in the way of its
 * generation.  Nothing here knows a model's name, because new ones come all the time; each rule goes by
 * what the server says against the request.
 */
#ifndef LLM_ANTHROPIC_AMEND_H
#define LLM_ANTHROPIC_AMEND_H

#include <jansson.h>
#include <stdbool.h>

#include "runnel.h"

bool anthropic_amend(json_t *body, const rn_event *error);

#endif
