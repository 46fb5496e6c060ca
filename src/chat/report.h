/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * What a comparison came to, as a table for people and as JSON for programs.
 */
#ifndef CHAT_REPORT_H
#define CHAT_REPORT_H

#include "chat/lane.h"

struct buf;
struct race;

/* The middle of all rounds, and where there were several the least and the most. */
struct spread {
    struct score median, least, most;
    size_t measured; /* how many answers it is of */
};

struct spread report_spread(const struct lane *lane);
/* Filtered, lines without an end of their own. */
void report_table(const struct race *race, struct buf *out);
/* One object on one line. */
void report_json(const struct race *race, struct buf *out);
/* What there is to learn, in a sentence without an end: that a stream was none, or how two lanes of one
 * model that have both answered went; else nothing. */
void report_verdict(const struct race *race, struct buf *out);
/* Whether all of the last answers are the same text; false while one is missing. */
bool report_is_equal(const struct race *race);
/* Whether each of the last answers is whole. */
bool report_is_good(const struct race *race);

#endif
