/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * The front ends without a screen: one answer into a pipe, a file or a terminal, and a chat line by
 * line for dumb terminals and screen readers.
 */
#ifndef PLAIN_PLAIN_H
#define PLAIN_PLAIN_H

#include "runnel.h"

struct chat;
struct settings;

enum plain_format {
    PLAIN_TEXT,     /* the answer's text */
    PLAIN_EVENTS,   /* a line of JSON an event */
    PLAIN_JSON,     /* one JSON object at the end */
};

/* Write the run that goes on in the chat to stdout, as it comes; troubles go to stderr.  Returns the
 * exit status. */
int plain_answer(struct chat *chat, enum plain_format format);

/* Write what the chat plays back: the same, but text has the prompts too, and whatever a run came to,
 * the status is 0 when it was played, and 1 when there was nothing to play. */
int plain_play(struct chat *chat, enum plain_format format);

/* An interactive chat without a screen: readline, and a line of text for each event.  Returns the exit
 * status. */
int plain_loop(struct chat *chat, const struct settings *settings, const char *greeting);

#endif
