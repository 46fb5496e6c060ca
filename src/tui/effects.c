/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "tui/effects.h"

#include <stddef.h>
#include <stdlib.h>
#include <string.h>

#include "base/buf.h"
#include "base/clock.h"
#include "base/error.h"
#include "base/filter.h"
#include "base/mem.h"
#include "chat/command.h"
#include "chat/contest.h"
#include "chat/encore.h"
#include "chat/race.h"
#include "chat/report.h"
#include "tui/compare.h"
#include "tui/desk.h"
#include "tui/reading.h"
#include "tui/screen.h"

static void edit(struct desk *desk, const char *text)
{
    if (*text)
        desk_put_in_line(desk, xstrdup(text));
    desk_edit(desk);
}

static void put_in_line(struct desk *desk, const char *text)
{
    desk_put_in_line(desk, xstrdup(text));
}

static void choose(struct desk *desk, const char *text)
{
    (void)text;
    reading_choose(desk);
}

static void take_theme(struct desk *desk, const char *text)
{
    (void)text;
    desk_take_theme(desk);
}

static void fold(struct desk *desk, const char *text)
{
    if (*text)
        story_fold_all(&desk->talk.story, talk_clock(&desk->talk, clock_ms()));
    else
        talk_fold(&desk->talk);
}

/* As it is before the command's own line has gone from the input: what was painted last. */
static void save_screen(struct desk *desk, const char *path)
{
    struct error error = ERROR_INIT;
    if (screen_save(desk->view.screen, path, &error) < 0)
        talk_error(&desk->talk, error.text);
}

static void show_table(struct desk *desk, struct race *race)
{
    struct buf text = BUF_INIT;
    buf_adds(&text, "Compared: ");
    filter_line(&text, race->options.prompt, strlen(race->options.prompt));
    buf_adds(&text, "\n\n");
    report_table(race, &text);
    buf_addc(&text, '\n');
    contest_end(desk->talk.chat, &text);
    talk_note(&desk->talk, text.data);
    buf_clear(&text);
}

/* As if the user had typed it. */
static void pick(struct desk *desk, size_t nth)
{
    char *line = xasprintf("/pick %zu", nth);
    talk_line(&desk->talk, line);
    free(line);
}

/* The panes have the screen to themselves; the chat waits, and has no run. */
static void compare(struct desk *desk, const char *text)
{
    struct race *race = contest_race(desk->talk.chat);
    struct error error = ERROR_INIT;
    (void)text;
    if (race_start(race, &error) < 0) {
        talk_error(&desk->talk, error.text);
        contest_drop(desk->talk.chat);
        return;
    }
    size_t picked;
    int signal = tui_compare_within(race, desk->view.screen, desk->settings, &picked);
    race_halt(race);
    show_table(desk, race);
    if (picked > 0)
        pick(desk, picked);
    desk->view.input_changed = desk->view.status_changed = true;
    if (signal)
        desk_leave(desk, signal);
}

/* In the place of the conversation, until the player is left (tui/player.c). */
static void replay(struct desk *desk, const char *path)
{
    struct error error = ERROR_INIT;
    if (encore_begin(desk->talk.chat, path, &error) < 0)
        talk_error(&desk->talk, error.text);
    else
        talk_tell_anew(&desk->talk);
}

/* The text is what the command wrote. */
static const struct {
    int effect;
    void (*carry_out)(struct desk *desk, const char *text);
} effects[] = {
    {COMMAND_EDITOR, edit},        {COMMAND_LINE, put_in_line}, {COMMAND_COPY, reading_copy},
    {COMMAND_FIND, reading_find},  {COMMAND_THEME, take_theme}, {COMMAND_FOLD, fold},
    {COMMAND_SCREEN, save_screen}, {COMMAND_COMPARE, compare},  {COMMAND_CHOOSE, choose},
    {COMMAND_REPLAY, replay},
};

void effects_carry_out(struct desk *desk)
{
    int wanted = desk->talk.effects;
    char *text = desk->talk.effect_text;
    desk->talk.effects = 0;
    desk->talk.effect_text = NULL;
    for (size_t i = 0; i < sizeof(effects) / sizeof(*effects); i++)
        if (wanted & effects[i].effect)
            effects[i].carry_out(desk, text);
    free(text);
}
