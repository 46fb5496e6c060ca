/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * What a server has refused in one run, of which a codec knew another way to say it.  Each step's body is
 * written anew from the conversation: it is put right after all of them before it is sent, so that the
 * same refusal is not waited for, and paid, at each step.  A run's own; on its thread.
 */
#ifndef LLM_REFUSALS_H
#define LLM_REFUSALS_H

#include <stdbool.h>

#include "runnel.h"

struct codec;
struct refusals;

struct refusals *refusals_new(void);
void refusals_free(struct refusals *refusals);

/* Put the body right after this error, and remember it; false when there is no other way. */
bool refusals_add(struct refusals *refusals, const struct codec *codec, const rn_event *error,
                  char **body);
/* Put a body right after those that are remembered. */
void refusals_heed(const struct refusals *refusals, const struct codec *codec, char **body);

#endif
