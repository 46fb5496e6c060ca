/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * The scout of a chat: it finds out, while the user talks, which models can be had.  It looks for servers on
 * this machine when nothing says which model answers, and offers what it finds; it asks for the lists that
 * /models wants; it knows how the name of a model goes on; it remembers the choice.  It never waits: what it
 * has to tell is there when scout_fd is readable.
 */
#ifndef CHAT_SCOUT_H
#define CHAT_SCOUT_H

#include <stdbool.h>
#include <stddef.h>

#include "runnel.h"

struct buf;
struct error;
struct scout;
struct settings;

/* Both are borrowed.  `is_free`: as in struct choice. */
struct scout *scout_new(const struct settings *settings, rn_io *io, bool is_free);
void scout_free(struct scout *scout);

/* Look for servers on this machine, unless [chat] detect is off.  To be called once the first screen is
 * there, of a chat that opened on the guide. */
void scout_look_around(struct scout *scout);
/* For poll(2); -1 when nothing is under way. */
int scout_fd(const struct scout *scout);
/* The next thing to tell the user; NULL when there is none yet.  The caller frees it. */
char *scout_next(struct scout *scout);
/* The model that was offered first, "ollama:llama3.2", and not taken yet; NULL: none. */
const char *scout_offer(const struct scout *scout);

/* Ask a provider for its models, or ("") all that are chosen and those on this machine; scout_next will have
 * the lists. */
int scout_ask(struct scout *scout, const char *provider, struct buf *out, struct error *error);
/* How a model's name that has begun may go on: "PROVIDER:", or "PROVIDER:MODEL" from the lists that are
 * there; old ones are renewed behind it.  NULL after the last; the caller frees it. */
char *scout_complete(struct scout *scout, const char *begun, size_t nth);
/* What its provider has told of a model, "ollama:llama3.2", as far as the lists are there; NULL: nothing. */
const rn_listed *scout_listed(const struct scout *scout, const char *model);
/* The user has chosen this model in the chat.  It is remembered if nothing else said which; -1 with an error
 * when that fails. */
int scout_chosen(struct scout *scout, const char *model, bool is_guide, struct error *error);

#endif
