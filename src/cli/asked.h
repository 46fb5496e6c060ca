/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * What the command line asks: the words, what stands in stdin, and what the options want of the
 * request.
 */
#ifndef CLI_ASKED_H
#define CLI_ASKED_H

#include <stdbool.h>

#include "base/buf.h"

struct chat;
struct error;
struct options;

struct asked {
    struct buf prompt;
    struct buf input;   /* stdin, where there are words too: it is attached */
    char *extra;        /* a JSON object, of --set; NULL: none */
    char *schema;       /* of --schema; NULL: none */
};

/* Read all of it; stdin only for one answer.  -1 with an error when one of them cannot be used. */
int asked_read(struct asked *asked, const struct options *options, bool is_chat,
               struct error *error);
/* What goes with the first prompt. */
int asked_attach(const struct asked *asked, const struct options *options, struct chat *chat,
                 struct error *error);
void asked_clear(struct asked *asked);

#endif
