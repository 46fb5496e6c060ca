/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * OpenAI's servers can hold a model to a JSON Schema exactly ("strict"), if the schema is of a narrower
 * kind; one that is not must be sent without that wish, or it is refused.
 */
#ifndef LLM_STRICT_H
#define LLM_STRICT_H

#include <jansson.h>
#include <stdbool.h>

bool schema_is_strict(const json_t *schema);

#endif
