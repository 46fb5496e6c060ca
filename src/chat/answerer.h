/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Who answers: the model that the settings choose, opened, with the guide's server where that is the
 * one.
 */
#ifndef CHAT_ANSWERER_H
#define CHAT_ANSWERER_H

#include <stdbool.h>
#include <stdint.h>

#include "chat/choose.h"
#include "runnel.h"

struct error;
struct guide;
struct settings;

struct answerer {
    struct settings *settings; /* these are borrowed */
    rn_io *io;
    int record_fd;             /* 0: none */
    bool wants_deltas;
    const char *extra;         /* as in chat_options */
    const char *schema;

    struct choice choice;
    char *label;               /* "provider:model" */
    rn_model *model;           /* NULL before the first */
    struct guide *guide;       /* NULL until it was chosen */
};

/* Put the model that the settings choose in the place of the one before, which stays on an error. */
int answerer_choose(struct answerer *answerer, bool may_guide, struct error *error);
/* To be called before each run: a guide that has ended is started again. */
int answerer_wake(struct answerer *answerer, struct error *error);
bool answerer_is_guide(const struct answerer *answerer);
/* Whether the user is to be told something of it before anything is sent. */
bool answerer_warns(const struct answerer *answerer, struct error *warning);
/* How many tokens it holds; 0: not known. */
int64_t answerer_context(const struct answerer *answerer);
void answerer_clear(struct answerer *answerer);

#endif
