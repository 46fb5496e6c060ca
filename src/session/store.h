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

/* Texts are as the file has them: filter them on their way to a terminal. */
struct session_info {
    char *id, *path;
    char *name;             /* --name, or "" */
    char *title;            /* the title record, else the first prompt's first line, or "" */
    char *prompt;           /* the first prompt's first line, or "" */
    char *model;            /* of the last run, or "" */
    int64_t size;           /* bytes */
    int64_t changed;        /* seconds since 1970 (0: nothing but a time to come is known), */
    int64_t changed_ns;     /* and this much of the next */
};

struct session_list {
    struct session_info *items;
    size_t count;
};

/* $XDG_DATA_HOME/runnel/sessions, made up from $HOME when unset; the caller's. */
char *store_dir(struct error *error);
/* All sessions, the last changed first; none when the folder is not there.  Only the beginning and
 * the end of each file are read: a title that stands elsewhere in a long one is not seen. */
int store_list(const char *dir, struct session_list *list, struct error *error);
/* The same of one, by its path; clear it as a list of one. */
int store_look(const char *path, struct session_list *list, struct error *error);
/* All ids, the last changed first, without a look into the files: the rest of each is "". */
int store_ids(const char *dir, struct session_list *list, struct error *error);
void session_list_clear(struct session_list *list);
/* What people call it: the title it was given, else its name, else its first prompt; borrowed. */
const char *session_called(const struct session_info *info);
/* Which file is meant: an id, a name, a unique beginning of an id (the first of these that fits), or
 * a path (what has a slash in it; FILE.jsonl of the working folder too, where no id is this); NULL or
 * "": the session written last.  The caller frees the path.  NULL with an error, which lists the
 * candidates when several are meant.  "-" is none: who reads stdin knows it by itself. */
char *store_find(const char *dir, const char *which, struct error *error);

/* Remove a session for good.  -1 with an error when another process is writing it, or it is none. */
int store_remove(const char *path, struct error *error);

/* Rebuild the conversation of a session: what was said on the way to its last run, to be continued.
 * A run without finish is there with what it had said, marked partial. */
rn_conversation *session_conversation(const char *path, struct error *error);
/* The same on the way to another run than the last (NULL: the last). */
rn_conversation *session_conversation_until(const char *path, const char *run, struct error *error);

#endif
