/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * The kinds of value that a setting can have, and what is right for each.
 */
#ifndef CONFIG_KIND_H
#define CONFIG_KIND_H

#include <stdbool.h>

struct buf;
struct error;
struct setting;

enum kind {
    KIND_TEXT,          /* one line */
    KIND_PROSE,         /* any lines, also none; or @ and a path */
    KIND_COMMAND,       /* for /bin/sh, may have several lines */
    KIND_PATH,          /* kept with ~ put as the home folder */
    KIND_URL,
    KIND_VARIABLE,      /* the name of an environment variable */
    KIND_CHOICE,
    KIND_FLAG,
    KIND_INTEGER,
    KIND_REAL,
    KIND_SECONDS,
    KIND_HEADERS,       /* "Name: value" on each line */
    KIND_OBJECT,        /* the text of a JSON object */
};

enum { KIND_LINE_MAX = 30 * 1024 };     /* bytes in a line of a value: see ini_add */

/* What follows "must be" or "takes": "stream or invoke", "a number from 0 to 2". */
void kind_wants(const struct setting *setting, struct buf *out);
/* Check a value: the form to keep, which the caller frees.  NULL with an error when it will not do;
 * the error shows the value, unless that may be a key at a wrong place. */
char *kind_accept(const struct setting *setting, const char *value, struct error *error);

/* How many bytes of a text from outside to show in an error, for "%.*s": not more than is read at a
 * glance. */
int kind_shown(const char *text);

/* Read what kind_accept has let pass. */
double kind_number(const char *value);
bool kind_flag(const char *value);

/* The user's home folder, never NULL. */
const char *kind_home(void);

#endif
