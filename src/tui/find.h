/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Looking for words in the transcript: first they are typed, and the nearest place is shown with each
 * letter; then n and N go from place to place, n to what was said earlier.  A capital letter in the
 * words makes case count.
 *
 * What is looked through is what the rows say, whatever wrapping and Markdown make of it: an entry's
 * wording, which is kept from the first letter until the search is closed.
 */
#ifndef TUI_FIND_H
#define TUI_FIND_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/buf.h"

struct key;
struct mark;
struct transcript;

enum find_stage { FIND_CLOSED, FIND_TYPING, FIND_WALKING };

enum { FIND_MAX = 100000 }; /* of more places the earlier ones are passed over */

struct find { /* zero is a closed one; the transcript is borrowed */
    struct transcript *transcript;
    enum find_stage stage;
    struct buf words;
    struct mark *found; /* in order */
    size_t count, cap, current;
    bool has_more;
    uint64_t *versions; /* of the entries that have been looked through */
    size_t entries, versions_cap;
    bool from_end; /* where the window was when it was opened: */
    size_t entry, offset;
    struct buf told;
};

void find_clear(struct find *find);
/* Let the words be typed. */
void find_open(struct find *find, struct transcript *transcript);
/* Look for these. */
void find_words(struct find *find, struct transcript *transcript, const char *words);
void find_close(struct find *find);
/* False when the key is not for it. */
bool find_key(struct find *find, const struct key *key);
/* The transcript has changed. */
void find_refresh(struct find *find);
/* What is to stand above the input, borrowed; NULL when it is closed. */
const char *find_hint(struct find *find);

#endif
