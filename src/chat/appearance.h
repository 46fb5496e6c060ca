/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * What all that is shown looks like: the theme that the settings want, on the terminal that the
 * environment tells of.  The terminal itself is never asked: its answer could come when nobody waits for
 * it any more, and be taken for keys.
 */
#ifndef CHAT_APPEARANCE_H
#define CHAT_APPEARANCE_H

struct buf;
struct error;
struct settings;
struct theme;

/* The theme of a name, or the one that is set if it is NULL, with what [theme.NAME] changes.  It is for a
 * terminal of so many colours: "auto" depends on it. */
int appearance_theme(const struct settings *settings, const char *name, int colors,
                     struct theme *theme, struct error *error);
/* The names that there are, as a line. */
void appearance_list(const struct settings *settings, struct buf *out);

/* How many colours the terminal has, for who has no terminfo: 0 where none are wanted, -1 where nothing
 * but text is. */
int appearance_colors(void);

#endif
