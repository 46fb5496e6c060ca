/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * The socket that only this user reaches: a unix socket in a folder of its own.
 */
#ifndef GUIDE_SOCKET_H
#define GUIDE_SOCKET_H

struct error;

/* A path for it that nobody has yet, in a folder that fits for such things; nothing is made.  The
 * caller frees it. */
char *socket_path(struct error *error);
/* Make the folder and listen; the descriptor, or -1 with an error and nothing left behind. */
int socket_listen(const char *path, struct error *error);
/* Remove socket and folder.  Whoever comes second finds nothing to do. */
void socket_remove(const char *path);
/* The same for whoever has inherited no more than the descriptor; another kind of socket is let be. */
void socket_remove_of(int fd);

#endif
