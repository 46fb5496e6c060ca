/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * What readline is fed: whole keys.  It takes them a byte at a time and keeps what it thinks is half a
 * character, a sequence or an argument; what would leave it with the wrong half is kept from it here.
 * It asks by callbacks without an argument, so this state is the process's, as readline's is.
 */
#ifndef TUI_INPUT_FEED_H
#define TUI_INPUT_FEED_H

#include <stdbool.h>

struct key;

/* A byte that no key has is bound to readline's abort: Ctrl-G may be the user's own. */
enum { FEED_ABORT = 0xFF };

/* Let readline read from here; before it is initialised. */
void feed_open(void);
/* Any but a paste. */
void feed_key(const struct key *key);

/* Half of something has been typed: an argument, a command that waits for its key. */
bool feed_is_half_done(void);
void feed_give_up(void);
/* Whether Esc is a key for the line: it ends what vi's modes insert, or is the key that is waited for. */
bool feed_takes_escape(void);
/* In vi's mode, what is typed now is text. */
bool feed_inserts(void);

/* A command: the next key is text, whatever it is. */
int feed_quote(int count, int key);

#endif
