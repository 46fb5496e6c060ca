/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * From settings to a model of the library.
 */
#ifndef CHAT_OPEN_H
#define CHAT_OPEN_H

#include <stdbool.h>

#include "runnel.h"

struct choice;
struct error;
struct settings;

struct open_extras {
    const char *guide_socket; /* for the guide, else NULL */
    int record_fd;            /* 0: none */
    bool wants_deltas;        /* tool_delta events too */
    const char *extra;        /* JSON object over the one of the settings; NULL: none */
    const char *schema;       /* NULL: none */
};

/* NULL with an error when the settings do not make a model: a key that cannot be had, a URL that is
 * none. */
rn_model *open_model(const struct settings *settings, const struct choice *choice, rn_io *io,
                     const struct open_extras *extras, struct error *error);
/* The provider's list of models, asked for.  NULL with an error when its key cannot be had; what else goes
 * wrong the listing tells. */
rn_listing *open_listing(const struct settings *settings, const char *provider, rn_io *io,
                         struct error *error);
/* The system prompt in force, NULL without one; the caller's.  NULL with an error (code not 0) when
 * its file cannot be read. */
char *open_system(const struct settings *settings, const struct choice *choice,
                  struct error *error);

#endif
