/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * What a terminal can do beyond what terminfo tells, known by its name: nothing is ever asked, since an
 * answer may come late, or to somebody else.
 */
#ifndef TUI_FEATURES_H
#define TUI_FEATURES_H

#include <stdbool.h>

/* It shows a frame at once when that is bracketed (mode 2026). */
bool features_frames(void);
/* It has a title, and a stack to put the old one on. */
bool features_titles(void);

#endif
