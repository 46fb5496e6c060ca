/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * A session's file: what it is called, how it is made and opened for writing.  One process at a time
 * writes it, which a lock on the open file sees to.
 */
#ifndef SESSION_FILE_H
#define SESSION_FILE_H

#include <stdbool.h>

struct error;

#define SESSION_FILE_SUFFIX ".jsonl"

bool session_file_is(const char *name);             /* has the suffix, and something before it */
/* The id is the file's name without the suffix.  These are the caller's. */
char *session_file_id(const char *path);
char *session_file_folder(const char *path);
char *session_file_path(const char *folder, const char *id);

/* Make a new one with an id of its own, mode 0600, in a folder that is made with mode 0700 if need be,
 * whatever the umask.  An open, locked descriptor and the path, which is the caller's. */
int session_file_create(const char *folder, char **path, struct error *error);
/* Have the disk keep a new file's name, too, which is the folder's: without it the file may be gone after a
 * loss of power, however well its bytes were synced.  Not every file system can. */
void session_file_keep_name(const char *path);
/* Open an old one to append to it, if it is one.  *taken: another process is writing it. */
int session_file_open(const char *path, bool *taken, struct error *error);
/* It ends in half a line, of a writer that died. */
bool session_file_is_torn(int fd);

#endif
