/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * The terminal, asked about itself: what it answers comes as if it were typed.  One that does not answer
 * in time is asked nothing more.
 */
#ifndef DOCTOR_INTERVIEW_H
#define DOCTOR_INTERVIEW_H

#include <stdbool.h>

struct interview;

enum { INTERVIEW_WAIT_MS = 1000 };

/* Both descriptors are a terminal's; until the end what is typed is not shown.  NULL when they are none. */
struct interview *interview_begin(int in_fd, int out_fd);
void interview_end(struct interview *interview);

/* How many columns it gives a text, from the first on; -1 when it does not say.  The row is clear again. */
int interview_columns(struct interview *interview, const char *text);
/* Whether it knows a mode by DECRQM: 1, 0, or -1 when it does not say. */
int interview_knows_mode(struct interview *interview, int mode);

/* ---- For tests ---- */

/* An answer "ESC [ numbers final" in what was typed: the second number of CPR (final 'R'), or the second of
 * DECRPM ('y'); -1 when it has not come whole. */
int interview_answer(const char *typed, char final);

#endif
