/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * The sessions of a folder: named, found, listed, resumed.
 */
#ifndef SESSION_STORE_H
#define SESSION_STORE_H

#include <stddef.h>
#include <stdint.h>

#include "runnel.h"

struct error;

struct session_info {
    char *id, *path;
    char *name;             /* --name, or "" */
    char *title;            /* the title record, else the first prompt's first line */
    char *model;            /* of the last run */
    int64_t size;           /* bytes */
    int64_t changed;        /* seconds since 1970 */
};

struct session_list {
    struct session_info *items;
    size_t count;
};

/* $XDG_DATA_HOME/runnel/sessions, made up from $HOME when unset; the caller's. */
char *store_dir(struct error *error);
/* All sessions, the last changed first. */
int store_list(const char *dir, struct session_list *list, struct error *error);
void session_list_clear(struct session_list *list);
/* Which file is meant: an id, a unique beginning of one, a name, a path; NULL or "": the session
 * written last.  The caller frees the path.  NULL with an error that lists the candidates when a
 * beginning is not unique. */
char *store_find(const char *dir, const char *which, struct error *error);

/* Rebuild the conversation of a session: what was said, to be continued.  A run without finish
 * is there with what it had said, marked partial. */
rn_conversation *session_conversation(const char *path, struct error *error);

#endif
