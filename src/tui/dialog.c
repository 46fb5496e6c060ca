/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "tui/dialog.h"

#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "tui/ask.h"
#include "tui/input.h"
#include "tui/keys.h"
#include "tui/talk.h"

/* ---- A line for the answer */

static void borrow_line(struct ask *ask, struct input *input, enum ask_mode mode, const char *text)
{
    ask->draft = xstrdup(input_text(input));
    ask_set_mode(ask, mode, NULL);
    input_set(input, text);
}

void dialog_settle(struct talk *talk, struct input *input)
{
    struct ask *ask = &talk->ask;
    if (!ask->draft || ask->mode != ASK_KEY)
        return;
    input_set(input, ask->draft);
    free(ask->draft);
    ask->draft = NULL;
}

static void go_back(struct talk *talk, struct input *input)
{
    ask_set_mode(&talk->ask, ASK_KEY, NULL);
    dialog_settle(talk, input);
}

bool dialog_line(struct talk *talk, struct input *input, const char *line, int64_t now)
{
    struct ask *ask = &talk->ask;
    enum ask_mode mode = ask->mode;
    if (!ask_is_open(ask) || mode == ASK_KEY)
        return false;
    if (mode == ASK_WHY) {
        talk_deny(talk, line, now);
    } else if (talk_allow_with(talk, line, now) < 0) {
        ask_set_mode(ask, ASK_EDIT, "! That is no JSON object.  Enter tries again, Esc goes back.");
        input_set(input, line);
    }
    dialog_settle(talk, input);
    return true;
}

/* ---- A key for it */

static void answer(struct talk *talk, struct input *input, char key, int64_t now)
{
    struct ask *ask = &talk->ask;
    const struct asked *asked = ask_first(ask);
    if (!ask_is_legible(ask) && key != 'n')
        return;
    switch (key) {
    case 'y':
        talk_allow(talk, ALLOW_ONCE, now);
        break;
    case 'a':
        talk_allow(talk, ALLOW_TOOL, now);
        break;
    case 'p':
        if (asked->pattern)
            talk_allow(talk, ALLOW_LIKE_THIS, now);
        break;
    case 'n':
        talk_deny(talk, NULL, now);
        break;
    case 'w':
        borrow_line(ask, input, ASK_WHY, "");
        break;
    case 'e':
        borrow_line(ask, input, ASK_EDIT, asked->args);
        break;
    default:
        break;
    }
}

bool dialog_key(struct talk *talk, struct input *input, const struct key *key, int64_t now)
{
    struct ask *ask = &talk->ask;
    if (!ask_is_open(ask) || ask->mode != ASK_KEY)
        return false;
    if (!ask->is_ready) {
        ask_disturb(ask, now);
        return input_is_empty(input);
    }
    if (key->kind == KEY_CHAR && key->len == 1)
        answer(talk, input, key->bytes[0], now);
    return true;
}

bool dialog_escape(struct talk *talk, struct input *input, int64_t now)
{
    struct ask *ask = &talk->ask;
    if (!ask_is_open(ask))
        return false;
    if (ask->mode != ASK_KEY)
        go_back(talk, input);
    else if (ask->is_ready)
        talk_stop(talk);
    else
        ask_disturb(ask, now);
    return true;
}
