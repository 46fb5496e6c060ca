/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * By how much a request was too long for its model, as providers say it in words.
 */
#ifndef CHAT_EXCESS_H
#define CHAT_EXCESS_H

#include <stdbool.h>
#include <stdint.h>

struct excess {
    int64_t sent, most; /* tokens; -1: not told */
};

/* Whether an error with this code and message is about that; what it tells of the numbers. */
bool excess_find(struct excess *excess, const char *code, const char *message);

#endif
