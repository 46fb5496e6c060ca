/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * The screen: a transcript above, one status line, the input below.
 */
#ifndef TUI_TUI_H
#define TUI_TUI_H

#include <stdbool.h>

#include "runnel.h"

struct chat;
struct error;
struct settings;

/* Run a chat on the terminal until the user quits.  `greeting` stands first in the transcript (which
 * model was picked and why); `chooses`: the user is first to choose a session to go on with.  A run that
 * goes on already (chat_play) is shown from its beginning.  Returns the exit status; -1 with an error when
 * this terminal cannot have a screen (no TERM, dumb), before anything was written to it: then use
 * plain_loop. */
int tui_run(struct chat *chat, const struct settings *settings, const char *greeting, bool chooses,
            struct error *error);

#endif
