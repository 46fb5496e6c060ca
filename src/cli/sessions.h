/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * What `runnel sessions` can be told to do: each is a row of the table in sessions.c.
 */
#ifndef CLI_SESSIONS_H
#define CLI_SESSIONS_H

#include <stddef.h>

#include "runnel.h"

struct error;
struct options;
struct session_info;
struct talk;

struct errand {
    const struct options *options;
    const char *dir;            /* of the sessions */
    char **words;               /* after the verb */
    int count;
};

/* Each returns the exit status, or -1 with an error. */
int sessions_list(const struct errand *errand, struct error *error);
int sessions_search(const struct errand *errand, struct error *error);
int sessions_show(const struct errand *errand, struct error *error);
int sessions_export(const struct errand *errand, struct error *error);
int sessions_remove(const struct errand *errand, struct error *error);

/* The verbs, for completion: the nth, NULL after the last. */
const char *sessions_verb(size_t nth);
/* A text on stdout, filtered if that is a terminal; the exit status. */
int sessions_print(const char *text, size_t len);

#endif
