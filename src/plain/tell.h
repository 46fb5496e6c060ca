/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * What is told beside the answer, on stderr: a line each, filtered.
 */
#ifndef PLAIN_TELL_H
#define PLAIN_TELL_H

#include "runnel.h"

struct chat;

void tell(const char *format, ...) __attribute__((format(printf, 1, 2)));
/* An error, and what to do about it. */
void tell_error(const struct chat *chat, const rn_event *event);
void tell_retry(const rn_event *event);
/* What the chat has to warn of, if anything. */
void tell_warning(struct chat *chat);

#endif
