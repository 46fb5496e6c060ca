/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * What a prompt asks of tools: "what time is it and how much is 6*7?" is a call of `time` and one of
 * `calculate`.  Pure, and strict: every word of the prompt must fit, since whoever asks about runnel
 * wants no tool called.
 */
#ifndef GUIDE_WISH_H
#define GUIDE_WISH_H

#include <stddef.h>

enum { WISHES_MAX = 4 };

struct wish {
    const char *tool;       /* the name of a built-in tool; static */
    char *args;             /* a JSON object that fits its schema */
};

struct wishes {
    struct wish items[WISHES_MAX];
    size_t count;           /* 0: none of its business */
};

void wishes_read(struct wishes *wishes, const char *prompt);
void wishes_clear(struct wishes *wishes);

#endif
