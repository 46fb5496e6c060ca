/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "chat/display.h"

#include <string.h>

#include "base/buf.h"
#include "base/error.h"
#include "chat/appearance.h"
#include "chat/chat_parts.h"
#include "chat/command.h"
#include "config/settings.h"
#include "text/theme.h"

enum { ALL_COLORS = 1 << 24 };

/* It is tried out first: one that cannot be had leaves the one before in force. */
int display_theme(struct chat *chat, const char *args, struct buf *out, struct error *error)
{
    struct theme theme;
    if (!*args) {
        buf_addf(out, "theme: %s; there are ", settings_get(chat->settings, "screen", "theme"));
        appearance_list(chat->settings, out);
        return COMMAND_SAY;
    }
    if (appearance_theme(chat->settings, args, ALL_COLORS, &theme, error) < 0 ||
        settings_set(chat->settings, SETTINGS_OPTION, "screen", "theme", args, "/theme", error) < 0)
        return -1;
    return COMMAND_THEME;
}

int display_fold(struct chat *chat, const char *args, struct buf *out, struct error *error)
{
    (void)chat;
    if (*args && strcmp(args, "all") != 0)
        return error_set(error, RN_ECONFIG, "/fold is for what is in view, /fold all for all");
    buf_adds(out, args);
    return COMMAND_FOLD;
}

int display_save(struct chat *chat, const char *args, struct buf *out, struct error *error)
{
    (void)chat;
    if (!*args)
        return error_set(error, RN_ECONFIG, "which file? /screen FILE");
    buf_adds(out, args);
    return COMMAND_SCREEN;
}
