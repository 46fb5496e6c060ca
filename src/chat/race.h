/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * A comparison: lanes that are asked the same at the same time, in one round or several.  All that
 * comes is written to one session, the runs beside each other.
 */
#ifndef CHAT_RACE_H
#define CHAT_RACE_H

#include <poll.h>
#include <stdbool.h>
#include <stddef.h>

#include "chat/lane.h"
#include "runnel.h"

struct attachments;
struct error;
struct journal;
struct settings;

enum { RACE_LANES = 4 };

struct race_options {
    rn_io *io;          /* all of these are borrowed */
    const char *prompt;
    const char *extra;  /* as in chat_options */
    const char *schema;
    const char *name;   /* of the session; NULL: none */
    const rn_conversation *asked; /* that ends with the prompt; NULL: it is all that is said */
    struct journal *journal;      /* what is then written to; NULL: nothing is */
    int record_fd;      /* 0: none */
    unsigned rounds;    /* at least one */
};

struct race {
    struct race_options options;
    struct lane lanes[RACE_LANES];
    size_t count;
    unsigned round;          /* that goes on, from 1; 0: none yet */
    bool is_stopped;         /* no more rounds */
    size_t turn;             /* the lane that is looked at next */
    struct journal *journal; /* NULL: nothing is saved */
    bool owns_journal;
    struct error *warning;   /* a trouble that is no lane's; NULL: none */
};

struct race *race_new(const struct race_options *options);
void race_free(struct race *race);

/* One lane more; the settings are borrowed, and say which model.  The first says whether and where the
 * session is kept.  -1 with an error when it cannot be opened. */
int race_add(struct race *race, struct settings *settings, enum rn_mode mode, struct error *error);
/* Begin the first round; the others follow by themselves. */
int race_start(struct race *race, struct error *error);

/* The next event, and whose it is: RN_EVENT; RN_AGAIN when there is none yet; RN_DONE when all rounds
 * are over.  The event names its run and lasts until the next call. */
int race_step(struct race *race, size_t *lane, rn_event *event);
/* What to wait for: as many as there are lanes. */
void race_poll(const struct race *race, struct pollfd fds[RACE_LANES]);
bool race_is_busy(const struct race *race);
/* Stop all lanes, and begin no other round. */
void race_stop(struct race *race);

/* The same, and hear them out: the session says that they were stopped. */
void race_halt(struct race *race);

bool race_has_guide(const struct race *race);
/* One model in several modes: then the lanes are told apart by the mode. */
bool race_is_of_modes(const struct race *race);
/* What a lane is called in it. */
const char *race_label(const struct race *race, size_t lane);

#endif
