/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * The guide: a model built into runnel, honest about being none.  It answers questions about runnel
 * by passages of runnel's own documentation, and serves the OpenAI chat dialect by HTTP, so that it
 * goes through the same wire as every other model.
 */
#ifndef GUIDE_GUIDE_H
#define GUIDE_GUIDE_H

#include "runnel.h"

struct buf;
struct error;
struct guide;
struct wishes;

/* The child that serves the guide on a private unix socket, in a folder of its own that is gone when
 * either process ends, however it ends.  The socket's path is known from guide_new on; the socket and
 * the child are there after guide_start, which starts the child again should it have died, and else does
 * nothing.  Call it from the thread that goes on longest: the kernel ends the child with that thread.
 * The executable itself is run, so it must understand `serve-guide --listen-fd N --alive-fd N --rate N`,
 * and call guide_serve for it. */
struct guide *guide_new(struct error *error);
int guide_start(struct guide *guide, long rate, struct error *error);
const char *guide_socket(const struct guide *guide);
void guide_free(struct guide *guide);

/* In the child: serve on a listening socket (owned) until `alive_fd` (owned, -1: none) is closed at its
 * other end or a SIGTERM.  Whoever sees the parent gone removes the socket that it had made.  `rate` is
 * in pieces a second, 0: as fast as it goes. */
int guide_serve(int listen_fd, int alive_fd, long rate, struct error *error);
/* A listening socket on loopback (port 0: any that is free); -1 with an error. */
int guide_listen(int port, struct error *error);

struct guide_message {
    const char *role, *content;
    const char *tool;       /* whose result it is; "" or NULL: not known, or none */
};

/* A conversation, and the tools that may be called. */
struct guide_talk {
    const struct guide_message *messages;
    size_t count;
    const char *const *tools;   /* names, ended by NULL; NULL: none */
};

/* The answer to the last of its messages, and the calls that come with it: pure, and the same for the
 * same talk.  wishes_clear the calls. */
void guide_answer(const struct guide_talk *talk, struct buf *answer, struct wishes *calls);

/* The documentation, compiled in by the Makefile (guide/embed.awk): file by file, NULL-ended. */
struct guide_document {
    const char *name;       /* "docs/concept.md" */
    const char *text;       /* Markdown */
};
extern const struct guide_document guide_documents[];

#endif
