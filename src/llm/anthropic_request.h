/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * The request's side of the Anthropic Messages wire.
 */
#ifndef LLM_ANTHROPIC_REQUEST_H
#define LLM_ANTHROPIC_REQUEST_H

#include <jansson.h>
#include <stdbool.h>

struct request;

json_t *anthropic_encode(const struct request *request);
bool anthropic_takes_image(const char *type);

#endif
