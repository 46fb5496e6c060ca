/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "tui/bell.h"

#include <string.h>

#include "config/settings.h"

struct bell bell_of(const struct settings *settings)
{
    const char *when = settings_get(settings, "screen", "bell");
    return (struct bell){
        .when = strcmp(when, "always") == 0 ? BELL_ALWAYS
                : strcmp(when, "away") == 0 ? BELL_AWAY
                                            : BELL_NEVER,
        .after_ms = 1000 * (int64_t)settings_number(settings, "screen", "bell_after"),
    };
}

bool bell_for_question(const struct bell *bell)
{
    return bell->when == BELL_ALWAYS || (bell->when == BELL_AWAY && bell->is_away);
}

bool bell_for_answer(const struct bell *bell, int64_t took_ms)
{
    return took_ms >= bell->after_ms && bell_for_question(bell);
}
