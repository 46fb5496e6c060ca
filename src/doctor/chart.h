/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * What the doctor found: a line for each check, ok, warning or broken, and below it what to do.  As text each
 * is shown at once, since the next may take a while; as JSON all of it is one object at the end.
 */
#ifndef DOCTOR_CHART_H
#define DOCTOR_CHART_H

#include <stdbool.h>

enum verdict { VERDICT_OK, VERDICT_WARNING, VERDICT_BROKEN };

struct chart;

/* Text in so many columns, 0: as long as the lines are. */
struct chart *chart_new(int out_fd, bool is_json, bool is_colored, int columns);
void chart_free(struct chart *chart);

/* What follows is about this: "terminal". */
void chart_group(struct chart *chart, const char *name);
/* One thing that was found about `check`, a word of two; it may hold text from outside.  `advice` is what to
 * do about it, "" where there is nothing to do. */
void chart_add(struct chart *chart, enum verdict verdict, const char *check, const char *advice,
                const char *format, ...) __attribute__((format(printf, 5, 6)));
/* That the next finding may take a while, and why; on a terminal it is shown until then. */
void chart_wait(struct chart *chart, const char *check, const char *what);
/* The last line, or the object.  -1 with errno when anything could not be written. */
int chart_end(struct chart *chart);
bool chart_is_well(const struct chart *chart); /* nothing is broken */

#endif
