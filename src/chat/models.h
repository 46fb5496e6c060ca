/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * The models that can be had: which providers can be asked for their lists, the lists as they were told
 * last, and those that are being asked for.  Nothing here waits, and nothing is asked but by models_ask;
 * what has come is taken when models_fd is readable.
 */
#ifndef CHAT_MODELS_H
#define CHAT_MODELS_H

#include <stdbool.h>
#include <stddef.h>

#include "runnel.h"

struct error;
struct model_list;
struct models;
struct settings;

/* Both are borrowed. */
struct models *models_new(const struct settings *settings, rn_io *io);
void models_free(struct models *models);

/* Who is known by name, in the config or to the library: a NULL-ended list, free() it and no more. */
const char **models_providers(const struct models *models);
/* Those that a word means: one by its name, or (NULL) all that are chosen or local; free() the list and no
 * more.  NULL with an error when there is none of this name. */
const char **models_meant(const struct models *models, const char *word, struct error *error);
/* Whether the user has chosen to use it: it has a key, or an address in the config. */
bool models_is_chosen(const struct models *models, const char *provider);
/* Whether it is one of the servers that people run on their own machine, at its usual address. */
bool models_is_local(const struct models *models, const char *provider);

/* Ask a provider for its list; one that is being asked is not asked again.  -1 with an error when it cannot
 * be. */
int models_ask(struct models *models, const char *provider, struct error *error);
bool models_busy(const struct models *models);
/* For poll(2); -1 when nobody is being asked. */
int models_fd(const struct models *models);

/* What a provider has answered; the strings last until it is asked again. */
struct models_answer {
    const char *provider;
    const char *error;              /* "" when all is well */
    const struct model_list *list;  /* of now; or, where the server cannot be reached, as it was told at
                                       an earlier time; else empty */
};

/* The next answer that has come; false when there is none yet.  A list is kept on disk, too. */
bool models_next(struct models *models, struct models_answer *answer);

/* The list that a provider told last, now or in an earlier run; NULL when there is none. */
const struct model_list *models_list(struct models *models, const char *provider);

#endif
