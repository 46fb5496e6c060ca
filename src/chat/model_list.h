/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * A provider's models as they were told at some time, and the file in which they wait for the next:
 * $XDG_CACHE_HOME/runnel/models/PROVIDER.list, the user's alone (0600).  Its first line says of which
 * server and when; each further one is a model, its fields parted by tabs.  The file may be lost at any
 * time, and one that cannot be read is none.
 */
#ifndef CHAT_MODEL_LIST_H
#define CHAT_MODEL_LIST_H

#include <stdbool.h>
#include <stdint.h>

#include "runnel.h"

struct buf;
struct error;

struct model_list {
    char *provider, *url;
    int64_t time;       /* of the wall clock, in seconds; 0: it was not told yet */
    rn_listed *models;  /* their strings are the list's */
    size_t count;
};

/* An empty list of this server's. */
void model_list_init(struct model_list *list, const char *provider, const char *url);
void model_list_clear(struct model_list *list);
/* What the server has just told, instead of what was in the list. */
void model_list_take(struct model_list *list, const rn_listing *listing);

/* False when there is no file, or it is of another server than the list. */
bool model_list_load(struct model_list *list);
int model_list_save(const struct model_list *list, struct error *error);
/* The text of the file, and back. */
void model_list_write(const struct model_list *list, struct buf *text);
bool model_list_read(struct model_list *list, const char *text, size_t len);

/* How long ago it was told: "3 hours ago". */
void model_list_age(const struct model_list *list, struct buf *out);
/* A line for each model: "PROVIDER:MODEL", then its context, abilities, prices and title as far as they
 * are told, in columns; by name.  At most `most` (0: all). */
void model_list_table(const struct model_list *list, size_t most, struct buf *out);

#endif
