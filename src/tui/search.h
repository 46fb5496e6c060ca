/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Looking for an earlier prompt by words in it: Ctrl-R.  readline's own search cannot be used: ended
 * by a key that begins a longer sequence, readline 8.2 crashes in its callback mode.
 */
#ifndef TUI_SEARCH_H
#define TUI_SEARCH_H

#include <stdbool.h>
#include <stddef.h>

#include "base/buf.h"

struct history;
struct key;
struct panel;

struct search { /* zero is a closed one */
    bool open;
    struct buf words;
    size_t found; /* the chosen prompt; history_count when none fits */
};

enum search_end { SEARCH_GOES_ON, SEARCH_TAKEN, SEARCH_GIVEN_UP };

void search_open(struct search *search, const struct history *history);
void search_close(struct search *search);
enum search_end search_key(struct search *search, const struct history *history,
                           const struct key *key);
void search_add(struct search *search, const struct history *history, const char *words,
                size_t len);
/* The chosen prompt at the bottom, older ones that fit above it. */
void search_show(const struct search *search, const struct history *history, struct panel *panel,
                 int width);

#endif
