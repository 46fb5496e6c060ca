/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * One model call: a request, tried again while nothing of an answer has been shown, and the events of
 * the answer.  It is fed with the mail of the run that owns it, and makes events without envelope,
 * ending in finish or error.
 */
#ifndef LLM_CALL_H
#define LLM_CALL_H

#include <stdbool.h>

#include "runnel.h"

struct call;
struct mail;
struct mailbox;
struct refusals;

/* Sends the request at once; takes the body.  The model is held by the caller; the refusals are the
 * run's, and last longer than the call. */
struct call *call_new(rn_model *model, enum rn_mode mode, char *body, struct refusals *refusals,
                      struct mailbox *box);
/* Let go of the connection; no mail will come of it any more. */
void call_stop(struct call *call);
void call_free(struct call *call);

/* Digest a mail; one that is not this call's is ignored. */
void call_mail(struct call *call, const struct mail *mail);
/* The next event; NULL when there must be mail first.  It lasts until the next call of this or of
 * call_mail. */
const rn_event *call_next(struct call *call);
/* The reader of the mailbox has made room. */
void call_resume(struct call *call);
/* Of the last request. */
rn_timing call_timing(const struct call *call);
/* The provider's rate limits, as of its last answer; NULL when they are not close. */
const rn_limits *call_limits(const struct call *call);

#endif
