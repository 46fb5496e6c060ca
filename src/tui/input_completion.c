/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "tui/input_completion.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <readline/readline.h>

#include "base/mem.h"
#include "chat/completion.h"
#include "tui/panel.h"

static struct {
    const struct chat *chat;
    char **names;
    size_t count;
} completion;

/* matches[0] is what they have in common. */
static void keep_list(char **matches, int count, int longest)
{
    (void)longest;
    completion_forget_list();
    completion.count = (size_t)count;
    completion.names = xcalloc(completion.count, sizeof(*completion.names));
    for (int i = 0; i < count; i++)
        completion.names[i] = xstrdup(matches[i + 1]);
}

static char *next_match(const char *word, int nth)
{
    (void)word;
    char *before = xstrndup(rl_line_buffer, (size_t)rl_point);
    char *match = completion_nth(completion.chat, before, (size_t)nth);
    free(before);
    /* A folder, a provider or a key is not the whole of a word yet. */
    size_t len = match ? strlen(match) : 0;
    if (len > 0 && strchr("/:=", match[len - 1]))
        rl_completion_suppress_append = 1;
    return match;
}

static char **complete(const char *word, int start, int end)
{
    (void)start, (void)end;
    rl_attempted_completion_over = 1; /* no file names of readline's own */
    return rl_completion_matches(word, next_match);
}

void completion_open(const struct chat *chat)
{
    completion.chat = chat;
    rl_attempted_completion_function = complete;
    rl_completion_display_matches_hook = keep_list;
    rl_completer_word_break_characters = " \t\n";
}

void completion_close(void)
{
    completion_forget_list();
    completion.chat = NULL;
}

bool completion_has_list(void)
{
    return completion.count > 0;
}

void completion_forget_list(void)
{
    for (size_t i = 0; i < completion.count; i++)
        free(completion.names[i]);
    free(completion.names);
    completion.names = NULL;
    completion.count = 0;
}

void completion_panel(struct panel *panel, int width)
{
    panel_add_columns(panel, completion.names, completion.count, width);
}
