/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Where keys come from.  Each function returns a key that the caller wipes and frees, or NULL with an
 * error, which never shows the key.  Blanks and newlines around a key are dropped; within it only
 * visible ASCII is right, since it goes into a header.
 */
#ifndef CONFIG_SECRET_H
#define CONFIG_SECRET_H

struct error;

enum {
    SECRET_MAX = 64 * 1024,         /* bytes that a file or a command may give */
    SECRET_COMMAND_MS = 60 * 1000,  /* long enough to type a passphrase */
};

char *secret_from_variable(const char *name, struct error *error);
/* A regular file of the user's (or root's) that no one else may read. */
char *secret_from_file(const char *path, struct error *error);
/* What /bin/sh -c COMMAND prints.  Its stdin is empty, its stderr ours, so that it can ask on the
 * terminal; it has no other descriptor of ours. */
char *secret_from_command(const char *command, int limit_ms, struct error *error);

#endif
