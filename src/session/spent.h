/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * What answers have taken, as the providers count it: added up one by one, or of all in a session's file.  A
 * value that owns nothing.
 */
#ifndef SESSION_SPENT_H
#define SESSION_SPENT_H

#include <stdint.h>

#include "runnel.h"

struct error;

struct spent {
    unsigned answers;
    unsigned uncounted, unpriced; /* of them: nobody told the tokens, or the cost */
    rn_usage usage;
};

void spent_begin(struct spent *spent);
void spent_answer(struct spent *spent, const rn_usage *usage);
void spent_add(struct spent *spent, const struct spent *more);
/* Add the answers of a session, all of them, whatever branch they are on, and as far as they came; of the
 * file its beginning up to `end`.  It is read whole: this is for who asks. */
int spent_read(struct spent *spent, const char *path, int64_t end, struct error *error);

#endif
