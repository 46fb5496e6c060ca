/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * The request's side of the Responses wire.  Nothing is stored at the provider: each request has the
 * whole conversation, the model's encrypted thoughts among it.  The wire has no stop sequences, so
 * `stop` is not sent.
 */
#ifndef LLM_RESPONSES_REQUEST_H
#define LLM_RESPONSES_REQUEST_H

#include <jansson.h>
#include <stdbool.h>

#include "runnel.h"

struct request;

json_t *responses_encode(const struct request *request);
bool responses_amend(json_t *body, const rn_event *error);

#endif
