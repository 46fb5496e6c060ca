/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * What the answers of a chat have taken, as the providers count it.  A value that owns nothing.
 */
#ifndef CHAT_TALLY_H
#define CHAT_TALLY_H

#include <stdbool.h>

#include "chat/timing.h"
#include "runnel.h"

struct tally {
    unsigned answers;
    unsigned uncounted, unpriced; /* of them: nobody told the tokens, or the cost */
    rn_usage all, last;           /* of all answers; of the last one */
    rn_usage step;                /* of the last request alone */
    struct timing timing;         /* of the last one, or of the one that comes */
    bool is_part;                 /* the chat has earlier answers, which are not in it */
};

void tally_begin(struct tally *tally, bool is_part);
/* An answer whose events were not seen. */
void tally_answer(struct tally *tally, const rn_usage *usage);
void tally_event(struct tally *tally, const rn_event *event);

#endif
