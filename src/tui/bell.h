/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * When the bell rings: an answer that took long is there, or something is asked, and the user may be
 * elsewhere.  Whether he is, only a terminal that reports its focus tells.
 */
#ifndef TUI_BELL_H
#define TUI_BELL_H

#include <stdbool.h>
#include <stdint.h>

struct settings;

enum bell_when { BELL_NEVER, BELL_AWAY, BELL_ALWAYS };

struct bell {
    enum bell_when when;
    int64_t after_ms;
    bool is_away; /* by what the terminal said last */
};

/* As [screen] of the settings wants it. */
struct bell bell_of(const struct settings *settings);
/* An answer has come, and took so long. */
bool bell_for_answer(const struct bell *bell, int64_t took_ms);
/* Something is asked. */
bool bell_for_question(const struct bell *bell);

#endif
