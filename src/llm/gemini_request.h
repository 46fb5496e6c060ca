/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * The request's side of Gemini's wire.
 */
#ifndef LLM_GEMINI_REQUEST_H
#define LLM_GEMINI_REQUEST_H

#include <jansson.h>
#include <stdbool.h>

struct request;

/* What stands in for the signature of a call that Gemini did not make; it is Google's own word. */
#define GEMINI_NO_SIGNATURE "skip_thought_signature_validator"

json_t *gemini_encode(const struct request *request);
bool gemini_takes(const char *type, bool is_url);

#endif
