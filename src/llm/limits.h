/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * A provider's rate limits, as the head of an answer tells them: OpenAI's headers, which Groq and Azure
 * have too, Anthropic's and OpenRouter's.
 */
#ifndef LLM_LIMITS_H
#define LLM_LIMITS_H

#include <stdbool.h>
#include <stdint.h>

#include "runnel.h"

/* What is close to its end: less than a tenth, or fewer than three requests.  False when nothing is.
 * `lines`: the headers (io/worker.h); `now`: the wall clock, in ms since 1970. */
bool limits_read(rn_limits *limits, const char *lines, int64_t now);

#endif
