/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Plays one script on a connection of the fake server.  A step that waits does so in poll(2) on the
 * socket, so that it sees the peer close, and so that shutdown(2) ends it.
 */
#ifndef TESTS_PLAY_H
#define TESTS_PLAY_H

#include <stdbool.h>
#include <stddef.h>

#include "server/server.h"

enum play_end {
    PLAY_KEEP,          /* the connection stays open for another request */
    PLAY_CLOSE,         /* it is to be closed */
    PLAY_GONE,          /* the peer has closed it */
};

/* `go`: a semaphore eventfd that lets a SERVE_WAIT go on. */
enum play_end play_script(int fd, int go, const struct server_step *steps);
/* False once the peer is gone. */
bool play_send(int fd, const char *bytes, size_t len);

#endif
