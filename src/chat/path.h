/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Paths that people type or drop on a terminal, which quotes what a shell would take apart.
 */
#ifndef CHAT_PATH_H
#define CHAT_PATH_H

#include <stddef.h>

/* Files of one folder that completion looks at; a longer list helps nobody. */
enum { PATH_CANDIDATES_MAX = 500 };

/* The file that is meant: as it stands, or without quotes and backslashes, "~/" being the home.  The
 * caller's; NULL when there is nothing by any of these names. */
char *path_find(const char *typed);
/* The text of a paste, when it is nothing but the absolute path of a file that is there (or more than
 * a word's worth of a relative one): that path.  NULL otherwise. */
char *path_pasted(const char *text);
/* The nth name that begins so, with a slash after a folder; what is hidden only where its dot is
 * there.  NULL after the last.  The caller's. */
char *path_complete(const char *begun, size_t nth);

#endif
