/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Whether a request is tried again, and when: what the server says of it, else a delay that doubles.
 * The numbers are those of OpenAI's and Anthropic's own libraries.
 */
#ifndef LLM_RETRY_H
#define LLM_RETRY_H

#include <stdbool.h>
#include <stdint.h>

enum {
    RETRY_TIMES = 2, /* beyond the first attempt, unless the model says otherwise */
    RETRY_FIRST_MS = 500,
    RETRY_MOST_MS = 8000,
    RETRY_AFTER_MOST_MS = 60000, /* who is to wait longer is told so instead */
};

struct retry {
    unsigned attempt, attempts; /* this one, from 1, of so many */
    int64_t after;              /* ms that the server asks to wait; -1: it did not say */
    bool is_vain, is_wanted;    /* the server says that trying again is of no use, or that it is */
};

/* `times`: as rn_model_options.retries. */
void retry_init(struct retry *retry, int times);
/* Another request goes out: what the last answer said counts no more. */
void retry_attempt(struct retry *retry);
/* The headers of an answer. */
void retry_read(struct retry *retry, const char *header_lines);
/* What an error in the body asks to wait; -1: nothing.  The headers have the first word. */
void retry_wait(struct retry *retry, int64_t ms);
/* Whether there is another attempt, for an error that may or may not pass. */
bool retry_may(const struct retry *retry, bool is_passing);
int64_t retry_delay(const struct retry *retry);
/* What Retry-After says, in ms: seconds, or a date; -1 when it is neither.  `now`: in seconds. */
int64_t retry_after(const char *value, int64_t now);

#endif
