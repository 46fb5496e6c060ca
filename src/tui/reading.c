/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "tui/reading.h"

#include <stdlib.h>
#include <string.h>

#include "base/error.h"
#include "base/mem.h"
#include "tui/desk.h"
#include "tui/keys.h"
#include "tui/shortcuts.h"
#include "tui/transcript.h"

static bool is_reading(const struct desk *desk)
{
    return desk->find.stage != FIND_CLOSED || desk->pick.is_open || desk->chooser.is_open;
}

static void end(struct desk *desk)
{
    find_close(&desk->find);
    pick_close(&desk->pick);
    chooser_close(&desk->chooser);
}

static void tell(struct desk *desk)
{
    const char *hint = find_hint(&desk->find);
    desk->view.hint = hint ? hint : pick_hint(&desk->pick);
    desk->view.input_changed = true;
}

/* While something is asked the keys are for the answer. */
void reading_find(struct desk *desk, const char *words)
{
    end(desk);
    if (ask_is_open(&desk->talk.ask))
        return;
    if (*words)
        find_words(&desk->find, desk->talk.transcript, words);
    else
        find_open(&desk->find, desk->talk.transcript);
    tell(desk);
}

void reading_pick(struct desk *desk)
{
    end(desk);
    if (ask_is_open(&desk->talk.ask))
        return;
    bool is_open = pick_open(&desk->pick, desk->talk.transcript);
    tell(desk);
    if (!is_open)
        desk->view.hint = "there is nothing to select yet";
}

void reading_choose(struct desk *desk)
{
    struct error error;
    end(desk);
    if (ask_is_open(&desk->talk.ask))
        return;
    if (chooser_open(&desk->chooser, desk->talk.chat, &error) < 0)
        talk_error(&desk->talk, error.text);
    tell(desk);
}

static void take_session(struct desk *desk)
{
    char *id = chooser_take(&desk->chooser);
    char *line = id ? xasprintf("/resume %s", id) : NULL;
    if (line)
        talk_line(&desk->talk, line);
    free(line);
    free(id);
}

void reading_copy(struct desk *desk, const char *text)
{
    desk->view.hint = copy_text(&desk->copy, text, strlen(text));
    desk->view.input_changed = true;
}

static bool is_text(const struct key *key)
{
    bool is_letter = key->kind == KEY_CHAR && (unsigned char)key->bytes[0] >= ' ';
    return is_letter || key->kind == KEY_PASTE;
}

/* The window may be moved meanwhile; a letter goes on with the line. */
static bool take_key(struct desk *desk, const struct key *key)
{
    bool is_theirs = find_key(&desk->find, key) || pick_key(&desk->pick, key) ||
                     chooser_key(&desk->chooser, key);
    if (is_theirs || shortcut_run(desk, key))
        return true;
    if (!is_text(key))
        return key->kind != KEY_WHEEL;
    end(desk);
    return false;
}

bool reading_key(struct desk *desk, const struct key *key)
{
    struct buf text = BUF_INIT;
    if (!is_reading(desk))
        return false;
    desk->view.hint = NULL;
    bool is_taken = take_key(desk, key);
    if (is_reading(desk) || !desk->view.hint)
        tell(desk);
    if (pick_take(&desk->pick, &text))
        reading_copy(desk, buf_str(&text));
    take_session(desk);
    buf_clear(&text);
    return is_taken;
}

void reading_refresh(struct desk *desk)
{
    if (!is_reading(desk))
        return;
    if (ask_is_open(&desk->talk.ask))
        end(desk);
    find_refresh(&desk->find);
    pick_refresh(&desk->pick);
    tell(desk);
}

void reading_settle(struct desk *desk)
{
    const char *trouble = copy_settle(&desk->copy);
    if (!trouble)
        return;
    desk->view.hint = trouble;
    desk->view.input_changed = true;
}
