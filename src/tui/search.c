/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "tui/search.h"

#include <string.h>

#include "base/utf8.h"
#include "chat/history.h"
#include "tui/keys.h"
#include "tui/panel.h"

enum { MATCHES = 5 };

static void find_newest(struct search *search, const struct history *history)
{
    search->found = history_find_back(history, history_count(history), buf_str(&search->words));
}

void search_open(struct search *search, const struct history *history)
{
    search->open = true;
    buf_reset(&search->words);
    find_newest(search, history);
}

void search_close(struct search *search)
{
    search->open = false;
    buf_clear(&search->words);
}

void search_add(struct search *search, const struct history *history, const char *words, size_t len)
{
    buf_add(&search->words, words, len);
    find_newest(search, history);
}

static void remove_last(struct search *search, const struct history *history)
{
    struct buf *words = &search->words;
    size_t len = words->len;
    while (len > 0 && ((unsigned char)words->data[len - 1] & 0xC0) == 0x80)
        len--;
    buf_drop_end(words, words->len - (len > 0 ? len - 1 : 0));
    find_newest(search, history);
}

static void find_newer(struct search *search, const struct history *history)
{
    for (size_t i = search->found + 1; i < history_count(history); i++) {
        if (strcasestr(history_prompt(history, i), buf_str(&search->words))) {
            search->found = i;
            return;
        }
    }
}

static enum search_end on_char(struct search *search, const struct history *history,
                               const struct key *key)
{
    enum { CTRL_C = 3, CTRL_G = 7, CTRL_R = 18, CTRL_S = 19, BACKSPACE = 8, DELETE = 127 };
    switch (key->bytes[0]) {
    case CTRL_C:
    case CTRL_G:
        return SEARCH_GIVEN_UP;
    case CTRL_R:
        search->found = history_find_back(history, search->found, buf_str(&search->words));
        return SEARCH_GOES_ON;
    case CTRL_S:
        find_newer(search, history);
        return SEARCH_GOES_ON;
    case BACKSPACE:
    case DELETE:
        remove_last(search, history);
        return SEARCH_GOES_ON;
    default:
        if ((unsigned char)key->bytes[0] < 0x20)
            return SEARCH_TAKEN;
        search_add(search, history, key->bytes, key->len);
        return SEARCH_GOES_ON;
    }
}

static bool is_arrow(const struct key *key, char which)
{
    return key->len == 3 && (key->bytes[1] == '[' || key->bytes[1] == 'O') &&
           key->bytes[2] == which;
}

enum search_end search_key(struct search *search, const struct history *history,
                           const struct key *key)
{
    if (key->kind == KEY_ESCAPE)
        return SEARCH_GIVEN_UP;
    if (key->kind == KEY_CHAR)
        return on_char(search, history, key);
    if (is_arrow(key, 'A'))
        search->found = history_find_back(history, search->found, buf_str(&search->words));
    else if (is_arrow(key, 'B'))
        find_newer(search, history);
    else
        return SEARCH_TAKEN;
    return SEARCH_GOES_ON;
}

void search_show(const struct search *search, const struct history *history, struct panel *panel,
                 int width)
{
    size_t matches[MATCHES], count = 0;
    size_t end = history_count(history);
    for (size_t i = search->found; i < end && count < MATCHES;) {
        matches[count++] = i;
        size_t older = history_find_back(history, i, buf_str(&search->words));
        i = older < i ? older : end;
    }
    if (count == 0)
        panel_add(panel, "", "no earlier prompt has that in it", false, width);
    while (count-- > 0)
        panel_add(panel, "", history_prompt(history, matches[count]), count == 0, width);
}
