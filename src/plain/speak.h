/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Events as lines of text, for who hears them or has no screen.
 */
#ifndef PLAIN_SPEAK_H
#define PLAIN_SPEAK_H

#include "runnel.h"

struct question;
struct sink;

/* What goes with the prompt, if anything does. */
void speak_attached(struct sink *sink, const rn_event *start);
/* How the run went. */
void speak_finish(struct sink *sink, const rn_event *event);
/* A tool, its progress, its result, what became of an approval. */
void speak_tool(struct sink *sink, const rn_event *event);
/* What a call would do, whole, and why it is asked. */
void speak_question(struct sink *sink, const rn_event *approval, const struct question *question);

#endif
