/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Bytes from the terminal to whole keys: one control byte, one complete character, one complete
 * escape sequence, one paste.  So nobody behind it ever waits for the rest of something.  What
 * terminals answer to questions, and what nobody can have typed, is swallowed here.
 *
 * Nothing in it blocks or looks at a clock: it says how long to wait for more bytes (keys_wait), and
 * is told when none came (keys_timeout).
 */
#ifndef TUI_KEYS_H
#define TUI_KEYS_H

#include <stdbool.h>
#include <stddef.h>

struct keys;

enum key_kind {
    KEY_CHAR,     /* a control byte or a character in UTF-8 */
    KEY_ESCAPE,   /* the Esc key alone */
    KEY_SEQUENCE, /* Esc and what belongs to it */
    KEY_PASTE,    /* text with newlines and tabs, no other control character */
    KEY_WHEEL,    /* `rows` up (negative) or down */
    KEY_FOCUS,    /* the terminal has it (`rows` is 1) or has lost it (0) */
};

struct key {
    enum key_kind kind;
    const char *bytes; /* NUL-ended; the keys', until the next call */
    size_t len;
    int rows;
};

/* A lone Esc is one after which nothing comes for so long. */
struct keys *keys_new(int escape_ms);
void keys_free(struct keys *keys);

void keys_feed(struct keys *keys, const char *bytes, size_t len);
/* The next key; false when more bytes, or their failing to come, are needed. */
bool keys_next(struct keys *keys, struct key *key);
/* How long to wait for more bytes before keys_timeout; -1: for ever. */
int keys_wait(const struct keys *keys);
void keys_timeout(struct keys *keys);

#endif
