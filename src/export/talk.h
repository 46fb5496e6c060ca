/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * A conversation as people read it: turn by turn, a call together with what came of it.  What writes it
 * down in some format knows of messages no more than this.
 *
 * Texts are as they were said: nothing in them is safe for a terminal or a browser.
 */
#ifndef EXPORT_TALK_H
#define EXPORT_TALK_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "runnel.h"

enum turn_kind {
    TURN_SYSTEM,
    TURN_USER,
    TURN_THOUGHT, /* the model's reasoning */
    TURN_ANSWER,
    TURN_CALL,
};

struct turn {
    enum turn_kind kind;
    const char *text;       /* what was said; of a call: what the tool gave */
    size_t len;
    const char *model;      /* of an answer and a thought; "" when it is not known */
    bool is_partial, is_refusal;
    const char *tool;       /* of a call: */
    char *args;             /* JSON, laid out for people; or what the model wrote, if it is none */
    char *brief;            /* the same in one short line */
    const char *status;     /* ok, error, denied, cancelled */
    size_t message;         /* of the user: which of the conversation's, for talk_attachment */
};

struct talk_about {
    const char *title;      /* NULL or "": the first prompt's first line */
    const char *id;         /* of the session, "" without one */
    int64_t time;           /* when it was written last, in seconds since 1970; 0: not known */
};

struct talk {
    struct talk_about about;    /* the strings are the talk's */
    const rn_conversation *conversation;
    struct turn *turns;
    size_t count;
};

/* Borrows the conversation, which may not change meanwhile. */
struct talk *talk_new(const rn_conversation *conversation, const struct talk_about *about);
void talk_free(struct talk *talk);

/* The kth thing that goes with a user's turn, borrowed; false when there is none. */
bool talk_attachment(const struct talk *talk, const struct turn *turn, size_t kth,
                     rn_attachment *attachment);
/* The same as a URL that holds it, where it is an image of a kind that every browser knows: "data:...";
 * the caller's, else NULL. */
char *talk_image(const struct talk *talk, const struct turn *turn, size_t kth);
/* The models that answered, each once: "llama3.2, gpt-5-mini"; the caller's. */
char *talk_models(const struct talk *talk);
/* When it was, as people write it: "2026-01-31 14:25"; "" when that is not known. */
enum { TALK_TIME_SIZE = 64 };
const char *talk_time(const struct talk *talk, char text[TALK_TIME_SIZE]);

#endif
