/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * A `start` that is too long to be kept: its model and how its first prompt begins, taken from the bytes as
 * they pass.  A prompt can be a whole log, and what is attached to it a film; who lists sessions wants
 * neither.
 *
 * Nothing is checked: of what is no JSON it takes what looks like it.
 */
#ifndef SESSION_SKIM_H
#define SESSION_SKIM_H

#include <stdbool.h>
#include <stddef.h>

#include "base/buf.h"

enum { SKIM_DEPTH = 3, SKIM_KEY_SIZE = 16 };

struct skim {     /* zero is at the beginning of a line */
    size_t depth; /* of braces and brackets; what is deeper than SKIM_DEPTH is passed over */
    struct {
        bool is_list, has_key; /* has_key: what comes next is its value */
        char key[SKIM_KEY_SIZE];
    } levels[SKIM_DEPTH + 1];
    struct buf text; /* the string that is open, as JSON has it; no more than its beginning */
    bool in_string, is_full; /* is_full: what is kept of it has been taken */
    int escape;              /* so many hexadecimal digits of one are still to come; -1: a letter */

    bool is_start, is_other;
    char *model, *prompt; /* NULL: it has not come */
    char *role, *content; /* of the message that is open */
};

/* The next bytes of the line; false when nothing more is to be found in it. */
bool skim_feed(struct skim *skim, const char *bytes, size_t len);
void skim_clear(struct skim *skim);

#endif
