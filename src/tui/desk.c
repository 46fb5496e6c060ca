/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "tui/desk.h"

#include <stdlib.h>

#include "base/clock.h"
#include "base/error.h"
#include "chat/appearance.h"
#include "text/theme.h"
#include "tui/editor.h"
#include "tui/input.h"
#include "tui/screen.h"
#include "tui/terminal.h"

enum { SIGNAL_EXIT = 128 };

void desk_put_in_line(struct desk *desk, char *text)
{
    if (!text)
        return;
    input_set(desk->view.input, text);
    desk->view.input_changed = true;
    free(text);
}

void desk_lend(struct desk *desk)
{
    terminal_end();
    screen_leave(desk->view.screen);
    terminal_lend();
}

void desk_reclaim(struct desk *desk)
{
    terminal_reclaim();
    screen_back(desk->view.screen);
    desk->view.status_changed = true;
    ask_guard(&desk->talk.ask, clock_ms());
}

void desk_edit(struct desk *desk)
{
    struct error error = ERROR_INIT;
    desk_lend(desk);
    char *text = editor_run(input_text(desk->view.input), &error);
    desk_reclaim(desk);
    if (text)
        desk_put_in_line(desk, text);
    else
        talk_error(&desk->talk, error.text);
}

void desk_take_theme(struct desk *desk)
{
    struct theme theme;
    struct error error = ERROR_INIT;
    int colors = screen_colors(desk->view.screen);
    if (appearance_theme(desk->settings, NULL, colors, &theme, &error) < 0)
        talk_error(&desk->talk, error.text);
    else
        screen_theme(desk->view.screen, &theme);
    desk->view.input_changed = desk->view.status_changed = true;
}

void desk_leave(struct desk *desk, int signal)
{
    desk->leaving = true;
    desk->exit_status = signal ? SIGNAL_EXIT + signal : 0;
}
