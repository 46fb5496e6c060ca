/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * What a user can do about an error: one sentence for the kinds where there is something to do.
 */
#ifndef CHAT_ADVICE_H
#define CHAT_ADVICE_H

#include "runnel.h"

/* `model` is the chat's label, "ollama:llama3.2".  The caller's; "" when there is nothing to say. */
char *advice_for(const rn_event *error, const char *model);

/* That the provider's limits are close: "the provider's rate limit is close: 2 requests left, as many as
 * ever in 12 s".  The caller's; "" when there is nothing to say. */
char *advice_limits(const rn_finish *finish);

#endif
