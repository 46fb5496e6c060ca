/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Our own signs, for terminals that cannot show them: the Linux console's font has few, and where the
 * language's characters are not UTF-8 the terminal takes each byte for one.
 */
#ifndef TUI_GLYPHS_H
#define TUI_GLYPHS_H

#include <stdbool.h>
#include <wchar.h>

/* Whether this terminal, by its environment, wants them plain. */
bool glyphs_are_plain(void);
/* What stands for a sign in ASCII, as wide as it; any other character is itself. */
wchar_t glyph_plain(wchar_t sign);

#endif
