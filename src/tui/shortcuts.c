/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "tui/shortcuts.h"

#include <string.h>

#include "base/clock.h"
#include "chat/chat.h"
#include "tui/desk.h"
#include "tui/dialog.h"
#include "tui/input.h"
#include "tui/keys.h"
#include "tui/player.h"
#include "tui/reading.h"
#include "tui/screen.h"
#include "tui/terminal.h"
#include "tui/transcript.h"

/* ---- What they do */

static void stop_process(struct desk *desk)
{
    desk_lend(desk);
    terminal_stop();
    desk_reclaim(desk);
}

/* A long question comes before the transcript. */
static void page_up(struct desk *desk)
{
    int rows = desk->view.height - 2;
    if (ask_scroll(&desk->talk.ask, -1))
        return;
    transcript_scroll(desk->talk.transcript, rows > 1 ? -rows : -1);
}

static void page_down(struct desk *desk)
{
    int rows = desk->view.height - 2;
    if (ask_scroll(&desk->talk.ask, 1))
        return;
    transcript_scroll(desk->talk.transcript, rows > 1 ? rows : 1);
}

static void go_home(struct desk *desk)
{
    transcript_home(desk->talk.transcript);
}

static void go_to_end(struct desk *desk)
{
    transcript_end(desk->talk.transcript);
}

static void go_to_earlier(struct desk *desk)
{
    transcript_jump(desk->talk.transcript, true);
}

static void go_to_later(struct desk *desk)
{
    transcript_jump(desk->talk.transcript, false);
}

static void toggle_mode(struct desk *desk)
{
    talk_toggle_mode(&desk->talk);
}

static void fold(struct desk *desk)
{
    talk_fold(&desk->talk);
}

static void take_model(struct desk *desk)
{
    talk_take_offer(&desk->talk);
}

static void find(struct desk *desk)
{
    reading_find(desk, "");
}

static void repaint(struct desk *desk)
{
    screen_repaint(desk->view.screen);
}

static const char quit_hint[] = "Ctrl-C again quits";

void shortcut_interrupt(struct desk *desk)
{
    bool again = desk->view.hint == quit_hint;
    desk->view.hint = NULL;
    offer_clear(&desk->offer);
    input_close_list(desk->view.input);
    if (input_cancel(desk->view.input))
        return;
    player_pause(desk);
    if (chat_busy(desk->talk.chat) && !chat_playback(desk->talk.chat))
        talk_stop(&desk->talk);
    else if (!input_is_empty(desk->view.input))
        input_set(desk->view.input, "");
    else if (again)
        desk_leave(desk, 0);
    else
        desk->view.hint = quit_hint;
}

void shortcut_escape(struct desk *desk, const struct key *key)
{
    struct input *input = desk->view.input;
    if (dialog_escape(&desk->talk, input, clock_ms()))
        return;
    if (input_takes_escape(input))
        input_key(input, key);
    else if (!input_close_list(input) && !input_cancel(input))
        talk_stop(&desk->talk);
}

/* ---- The table */

static const struct {
    const char *bytes;
    void (*act)(struct desk *desk);
} shortcuts[] = {
    {"\003", shortcut_interrupt},
    {"\014", repaint},
    {"\032", stop_process},
    {"\033[5~", page_up},
    {"\033[6~", page_down},
    {"\033[1;5H", go_home},
    {"\033[1;5F", go_to_end},
    {"\033[7^", go_home}, /* rxvt's */
    {"\033[8^", go_to_end},
    {"\033[1;3A", go_to_earlier},
    {"\033[1;3B", go_to_later},
    {"\033t", toggle_mode},
    {"\033o", fold},
    {"\033m", take_model},
    {"\033/", find},
    {"\033s", reading_pick},
};

bool shortcut_run(struct desk *desk, const struct key *key)
{
    if (key->kind != KEY_CHAR && key->kind != KEY_SEQUENCE)
        return false;
    for (size_t i = 0; i < sizeof(shortcuts) / sizeof(*shortcuts); i++) {
        const char *bytes = shortcuts[i].bytes;
        if (strcmp(key->bytes, bytes) == 0 && key->len == strlen(bytes)) {
            shortcuts[i].act(desk);
            return true;
        }
    }
    return false;
}
