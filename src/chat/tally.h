/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * What the answers of a chat have taken, as the providers count it: those of this sitting as they come,
 * and those of the session that it goes on with when somebody asks.
 */
#ifndef CHAT_TALLY_H
#define CHAT_TALLY_H

#include <stdint.h>

#include "chat/timing.h"
#include "runnel.h"
#include "session/spent.h"

struct error;

struct tally {
    struct spent sitting; /* the answers since the chat was opened */
    rn_usage last;        /* the last one */
    rn_usage step;        /* the last request alone */
    struct timing timing; /* of the last one, or of the one that comes */
    char *earlier;        /* path of the session that it goes on with; NULL: none, */
    int64_t end;          /* and how long that was then */
};

/* `session`: the path of the one that is gone on with; NULL: none. */
void tally_begin(struct tally *tally, const char *session);
void tally_clear(struct tally *tally);
/* An answer whose events were not seen. */
void tally_answer(struct tally *tally, const rn_usage *usage);
void tally_event(struct tally *tally, const rn_event *event);
/* What is sent next is not the last request and more: the conversation has gone elsewhere. */
void tally_leave(struct tally *tally);
/* All answers, the earlier ones too, for which their file is read.  -1 with an error when it cannot be. */
int tally_all(const struct tally *tally, struct spent *all, struct error *error);

#endif
