/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * What is told beside the answer, on stderr: a line each, filtered.  `model` is a label,
 * "ollama:llama3.2".
 */
#ifndef PLAIN_TELL_H
#define PLAIN_TELL_H

#include "runnel.h"

struct chat;

void tell(const char *format, ...) __attribute__((format(printf, 1, 2)));
void tell_retry(const rn_event *event);
void tell_error(const rn_event *event, const char *model);
/* What can be done about the error, if anything. */
void tell_advice(const rn_event *event, const char *model);
/* Why an answer that ended without an error is not all there is; nothing when it is. */
void tell_finish(const rn_event *event);
/* That the provider's rate limits are close; nothing when they are not. */
void tell_limits(const rn_event *event);
/* What the chat has to warn of, if anything. */
void tell_warning(struct chat *chat);

#endif
