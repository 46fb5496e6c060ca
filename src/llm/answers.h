/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * What a session's models have answered, cut from its events: an answer is what came of one model call.
 * Runs that went on side by side are told apart by the names on their lines; what names none is of the
 * run that began last.
 */
#ifndef LLM_ANSWERS_H
#define LLM_ANSWERS_H

#include <stdbool.h>
#include <stdint.h>

#include "base/buf.h"

struct answer {
    char *question;
    struct buf lines;       /* its events, as they stand in the session */
    char *reason, *raw;
    int64_t began;          /* when it was asked for, by the run's clock */
    bool is_broken;         /* its last event is an error */
    size_t run, place;      /* which run's it is, and where in the session it begins */
};

struct answers {            /* zero: none */
    struct answer *list;    /* run by run, in the order in which they began */
    size_t count, cap;
};

/* `text` is a session; what is no event in it is passed over. */
void answers_read(struct answers *answers, const struct buf *text);
void answers_clear(struct answers *answers);

/* A prompt, and how many answers have been given to it: the caller's. */
char *answers_question(const char *prompt, size_t given);

#endif
