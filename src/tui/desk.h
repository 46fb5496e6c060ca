/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * The desk: everything that one user at one screen has before him, and what the keys, the commands and
 * the loop all do to it.  The loop owns it (tui.c); keys come by way of typing.h and shortcuts.h, what
 * a command wants of the screen by way of effects.h.
 */
#ifndef TUI_DESK_H
#define TUI_DESK_H

#include <stdbool.h>
#include <stdint.h>

#include "tui/bell.h"
#include "tui/chooser.h"
#include "tui/copy.h"
#include "tui/find.h"
#include "tui/offer.h"
#include "tui/pace.h"
#include "tui/player.h"
#include "tui/pick.h"
#include "tui/talk.h"
#include "tui/view.h"

struct keys;
struct settings;

struct desk {
    struct talk talk;
    struct view view;
    struct keys *keys;
    const struct settings *settings; /* borrowed */
    int64_t keys_due; /* when what has been typed is whole even so; -1: never */
    struct offer offer;
    struct find find;
    struct pick pick;
    struct chooser chooser;
    struct copy copy;
    struct pace pace;
    struct bell bell;
    struct player player;
    bool wants_title;
    bool leaving;
    int exit_status;
};

/* Put a text into the line, which may be NULL for none; takes it. */
void desk_put_in_line(struct desk *desk, char *text);
/* Lend the terminal to another program, and take it back. */
void desk_lend(struct desk *desk);
void desk_reclaim(struct desk *desk);
/* Let the user's own editor change what is in the line. */
void desk_edit(struct desk *desk);
/* Look as the settings say. */
void desk_take_theme(struct desk *desk);
/* Leave the loop; `signal` is what asked for it, 0 when the user did. */
void desk_leave(struct desk *desk, int signal);

#endif
