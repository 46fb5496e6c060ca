/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "tui/typing.h"

#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "base/error.h"
#include "tui/desk.h"
#include "tui/dialog.h"
#include "tui/input.h"
#include "tui/keys.h"
#include "tui/player.h"
#include "tui/reading.h"
#include "tui/screen.h"
#include "tui/shortcuts.h"
#include "tui/transcript.h"

enum { CTRL_C = 3, CTRL_D = 4 };

static bool is_char(const struct key *key, char which)
{
    return key->kind == KEY_CHAR && key->bytes[0] == which;
}

/* ---- A line that is entered */

/* A test asks in this way for what is on the screen. */
static bool save_screen(struct desk *desk, const char *line)
{
    static const char command[] = "/screen ";
    struct error error = ERROR_INIT;
    if (strncmp(line, command, sizeof(command) - 1) != 0)
        return false;
    view_paint(&desk->view, clock_ms());
    if (screen_save(desk->view.screen, line + sizeof(command) - 1, &error) < 0)
        talk_error(&desk->talk, error.text);
    return true;
}

static void on_line(struct desk *desk, const char *line)
{
    bool is_blank = line[strspn(line, " \t\n")] == '\0';
    if (dialog_line(&desk->talk, desk->view.input, line, clock_ms()))
        return;
    if (!is_blank && !save_screen(desk, line))
        talk_line(&desk->talk, line);
}

/* ---- A key for the line */

static bool take_back_queued(struct desk *desk, const struct key *key)
{
    bool up = strcmp(key->bytes, "\033[A") == 0 || strcmp(key->bytes, "\033OA") == 0;
    if (!up || desk->talk.queue.count == 0 || !input_is_empty(desk->view.input) ||
        ask_is_open(&desk->talk.ask))
        return false;
    desk_put_in_line(desk, talk_take_back(&desk->talk));
    return true;
}

static bool take_offer(struct desk *desk, const struct key *key)
{
    if (!is_char(key, '\t') || !desk->offer.path)
        return false;
    char *command = offer_accept(&desk->offer);
    input_set(desk->view.input, "");
    talk_line(&desk->talk, command);
    free(command);
    return true;
}

static void edit_line(struct desk *desk, const struct key *key)
{
    struct input *input = desk->view.input;
    input_key(input, key);
    if (key->kind == KEY_PASTE && offer_consider(&desk->offer, input_text(input)))
        desk->view.hint = desk->offer.hint;
    char *line = input_take(input);
    if (line)
        on_line(desk, line);
    free(line);
    if (input_wants_editor(input))
        desk_edit(desk);
    if (input_ended(input))
        desk_leave(desk, 0);
}

static void key_to_line(struct desk *desk, const struct key *key)
{
    struct input *input = desk->view.input;
    if (dialog_key(&desk->talk, input, key, clock_ms()))
        return;
    if (is_char(key, CTRL_D) && input_is_empty(input))
        desk_leave(desk, 0);
    else if (!take_back_queued(desk, key) && !take_offer(desk, key))
        edit_line(desk, key);
}

static void turn_wheel(struct desk *desk, const struct key *key)
{
    if (!player_panes_key(&desk->talk.panes, key))
        transcript_scroll(desk->talk.transcript, key->rows);
}

static void give_key(struct desk *desk, const struct key *key)
{
    if (key->kind == KEY_WHEEL)
        turn_wheel(desk, key);
    else if (key->kind == KEY_ESCAPE && player_escape(desk))
        desk->view.status_changed = true;
    else if (key->kind == KEY_ESCAPE)
        shortcut_escape(desk, key);
    else if (!player_key(desk, key) && !shortcut_run(desk, key))
        key_to_line(desk, key);
}

void typing_key(struct desk *desk, const struct key *key)
{
    if (key->kind == KEY_FOCUS) {
        desk->bell.is_away = !key->rows;
        return;
    }
    if (!is_char(key, CTRL_C))
        desk->view.hint = NULL;
    if (!is_char(key, '\t'))
        offer_clear(&desk->offer);
    desk->view.input_changed = true;
    if (!reading_key(desk, key))
        give_key(desk, key);
    pace_hurry(&desk->pace, clock_ms());
}
