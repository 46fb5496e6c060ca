/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "tui/features.h"

#include <stddef.h>
#include <stdlib.h>
#include <string.h>

static const char *variable(const char *name)
{
    const char *value = getenv(name);
    return value ? value : "";
}

static bool begins_with_any(const char *value, const char *const *beginnings)
{
    for (; *beginnings; beginnings++)
        if (strncmp(value, *beginnings, strlen(*beginnings)) == 0)
            return true;
    return false;
}

static bool is_any(const char *value, const char *const *names)
{
    for (; *names; names++)
        if (strcmp(value, *names) == 0)
            return true;
    return false;
}

/* tmux and screen pass on the variables of the terminal around them, which say nothing of them. */
static bool is_multiplexed(void)
{
    static const char *const terms[] = {"screen", "tmux", NULL};
    return begins_with_any(variable("TERM"), terms);
}

bool features_frames(void)
{
    static const char *const terms[] = {"xterm-kitty", "xterm-ghostty", "foot",   "alacritty",
                                        "contour",     "wezterm",       "mintty", NULL};
    static const char *const programs[] = {"WezTerm", "ghostty", "iTerm.app", "contour",
                                           "vscode",  "mintty",  NULL};
    if (is_multiplexed())
        return false;
    return begins_with_any(variable("TERM"), terms) || is_any(variable("TERM_PROGRAM"), programs) ||
           *variable("VTE_VERSION") || *variable("WT_SESSION");
}

/* urxvt, st and screen have a title and no stack; the Linux console takes the sequence for one of its
 * palette. */
bool features_titles(void)
{
    static const char *const terms[] = {"xterm",  "foot", "alacritty", "contour", "wezterm",
                                        "mintty", "vte",  "tmux",      NULL};
    return begins_with_any(variable("TERM"), terms) || *variable("TMUX");
}
