/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * A chat's run, followed to its end: events come up, what is made of them goes down into the sink.
 * Nothing here blocks but poll(2): an interrupt is heard while the reader of stdout is slow, and a
 * reader that goes away is noticed while the model is silent.
 *
 *      struct follow follow;
 *      follow_begin(&follow, chat);
 *      for (const rn_event *event; (event = follow_next(&follow)); )
 *              sink_text(&follow.sink, event->content, event->content_len);
 *      follow_end(&follow);
 */
#ifndef PLAIN_FOLLOW_H
#define PLAIN_FOLLOW_H

#include <signal.h>
#include <stdbool.h>

#include "plain/sink.h"
#include "runnel.h"

struct chat;

struct follow {
    struct chat *chat;
    struct sink sink; /* stdout */
    int stopped;      /* the signal that stopped the run; 0: none */
    bool gives_up;    /* a second one came: stdout is not waited for */
    int signals;      /* a signalfd */
    sigset_t mask;    /* of before */
};

/* From here to follow_end SIGINT, SIGTERM and SIGHUP stop the run and not the program. */
void follow_begin(struct follow *follow, struct chat *chat);
/* The next event, or NULL at the end of the run.  While there is none, what waits is written. */
const rn_event *follow_next(struct follow *follow);
/* Write all that waits. */
void follow_flush(struct follow *follow);
/* Flush, tell what the chat has to warn of, and give the signals back.  0, or the exit status that is
 * called for when the run was stopped from outside: by a signal, or because stdout cannot be written. */
int follow_end(struct follow *follow);

#endif
