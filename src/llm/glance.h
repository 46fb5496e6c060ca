/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * The text of a delta, read at a glance.  Most payloads of a stream are the one before with another piece of
 * text in them, and building a tree of each is nearly all that a stream costs.  So one that came down to a
 * single piece of text is remembered, byte for byte, and one that is the same but for the text is known
 * without being parsed.  What wire it is of does not matter, and nothing is guessed: whatever differs
 * otherwise, is written in an unusual way, or has an empty text, is left to who parses.
 *
 * It rests on what codec.h asks of a codec's payload().
 */
#ifndef LLM_GLANCE_H
#define LLM_GLANCE_H

#include <stdbool.h>
#include <stddef.h>

struct glance;
struct said;

struct glance *glance_new(void);
void glance_free(struct glance *glance);

/* Look at a payload, `name` being its SSE event's.  True: it says this and nothing else; the text lasts as
 * long as the payload, and until the next call.  False: it has to be parsed, and learned from. */
bool glance_at(struct glance *glance, const char *name, const char *data, size_t len,
               struct said *said);
/* Learn from one that was parsed.  `said`: all that it came down to; NULL: something else. */
void glance_learn(struct glance *glance, const char *name, const char *data, size_t len,
                  const struct said *said);

#endif
