/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * When to paint: at once after a pause, once a frame in a flood.  It knows no clock: all times are
 * given, in milliseconds.
 */
#ifndef TUI_PACE_H
#define TUI_PACE_H

#include <stdbool.h>
#include <stdint.h>

struct pace {
    int frame_ms;
    bool wanted;
    int64_t due; /* while wanted */
    int64_t painted;
};

/* Something has changed. */
void pace_want(struct pace *pace, int64_t now);
/* Something has changed that somebody waits to see: a key. */
void pace_hurry(struct pace *pace, int64_t now);
bool pace_is_due(const struct pace *pace, int64_t now);
void pace_painted(struct pace *pace, int64_t now);

#endif
