/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * How hard Gemini thinks: models up to 2.5 are given a budget of tokens, those from 3 on a level, and the
 * rest do not think.  A model of another name (a proxy's alias) is taken for a new one where it was
 * asked to think, and is put right by what the server says.
 */
#ifndef LLM_GEMINI_THINKING_H
#define LLM_GEMINI_THINKING_H

#include <jansson.h>
#include <stdbool.h>

/* A "thinkingConfig" for an effort (none, minimal, low, medium, high; NULL: not said); NULL: it needs
 * none. */
json_t *gemini_thinking(const char *model, const char *effort);
/* Change the one in a generationConfig after it was refused with these words; false when it cannot be. */
bool gemini_thinking_amend(json_t *config, const char *why);

/* From its third generation on Gemini refuses calls that come back without a signature. */
bool gemini_wants_signatures(const char *model);

#endif
