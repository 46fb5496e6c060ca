/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * What a conversation holds, told as events, so that a front end shows it as it shows a run.  They belong
 * to no run: there is no start, a prompt is a `user`, and where an answer ends a `finish` says how; an
 * answer that was broken off has the reason "interrupted", which is none of a session's.
 */
#ifndef SESSION_RECALL_H
#define SESSION_RECALL_H

#include "runnel.h"

enum { RECALL_MAX = 400 };

/* Its last messages, at most RECALL_MAX of them, beginning with one of the user's where it can. */
rn_stream *session_recall(const rn_conversation *conversation);

#endif
