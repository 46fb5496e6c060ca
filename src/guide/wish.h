/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * What a prompt asks of tools: "what time is it and how much is 6*7?" is a call of `time` and one of
 * `calculate`.  Pure, and strict: each word must have its place, because whoever asks about runnel
 * wants no tool to be called.
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
    size_t count;
};

/* All that the prompt wants, or none. */
void wishes_read(struct wishes *wishes, const char *prompt);
void wishes_clear(struct wishes *wishes);

#endif
