/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Time: a monotonic clock for durations, the wall clock for people.
 */
#ifndef BASE_CLOCK_H
#define BASE_CLOCK_H

#include <stdint.h>

int64_t clock_ms(void);                     /* monotonic */
enum { CLOCK_RFC3339_SIZE = 32 };
/* Now, UTC, to the millisecond: 2026-01-31T12:00:00.000Z */
void clock_rfc3339(char text[CLOCK_RFC3339_SIZE]);

#endif
