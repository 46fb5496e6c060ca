/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * A request for a chat completion in OpenAI's shape, read: as much of it as the guide heeds.
 */
#ifndef GUIDE_REQUEST_H
#define GUIDE_REQUEST_H

#include <jansson.h>
#include <stdbool.h>
#include <stddef.h>

#include "guide/guide.h"

struct error;

struct request {
    struct guide_talk talk;             /* what it says, borrowed from the rest */
    bool stream, usage;                 /* what it wants to get */
    size_t limit;                       /* of pieces; 0: none */
    json_t *root;
    struct guide_message *messages;
    char **contents;                    /* of the messages */
    const char **tools;                 /* the names of those that may be called; NULL-ended */
};

#define REQUEST_INIT {.root = NULL}

/* -1 with an error when the body is no request that can be answered. */
int request_read(struct request *request, const char *body, size_t len, struct error *error);
void request_clear(struct request *request);

#endif
