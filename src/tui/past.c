/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "tui/past.h"

#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "chat/history.h"

static const char *prompt_of(const struct past *past, size_t back)
{
    return back > 0 ? history_prompt(past->history, history_count(past->history) - back)
                    : past->draft;
}

static const char *go(struct past *past, const char *line, size_t back)
{
    if (back == past->back)
        return NULL;
    if (past->back == 0) {
        free(past->draft);
        past->draft = xstrdup(line);
    }
    past->back = back;
    return prompt_of(past, back);
}

const char *past_older(struct past *past, const char *line)
{
    return past->back < history_count(past->history) ? go(past, line, past->back + 1) : NULL;
}

const char *past_newer(struct past *past, const char *line)
{
    return past->back > 0 ? go(past, line, past->back - 1) : NULL;
}

const char *past_oldest(struct past *past, const char *line)
{
    return go(past, line, history_count(past->history));
}

const char *past_newest(struct past *past, const char *line)
{
    return go(past, line, 0);
}

const char *past_older_alike(struct past *past, const char *line, size_t len)
{
    for (size_t back = past->back + 1; back <= history_count(past->history); back++)
        if (strncmp(prompt_of(past, back), line, len) == 0)
            return go(past, line, back);
    return NULL;
}

const char *past_newer_alike(struct past *past, const char *line, size_t len)
{
    for (size_t back = past->back; back-- > 0;)
        if (back == 0 || strncmp(prompt_of(past, back), line, len) == 0)
            return go(past, line, back);
    return NULL;
}

const char *past_at(struct past *past, const char *line, size_t index)
{
    return go(past, line, history_count(past->history) - index);
}

void past_end(struct past *past)
{
    free(past->draft);
    past->draft = NULL;
    past->back = 0;
}
