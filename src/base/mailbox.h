/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * A mailbox: what the I/O thread has for one reader, in order, with a descriptor to wait on.  The two
 * threads share nothing else.  Posting moves ownership to the box, taking moves it to the reader.
 *
 * Bounded in bytes: a sender that is told the box is full stops reading from the world until the
 * reader has taken what is there.  The mail that ends something passes the bound.
 */
#ifndef BASE_MAILBOX_H
#define BASE_MAILBOX_H

#include <stdbool.h>
#include <stdint.h>

#include "base/buf.h"

struct mail {
    struct mail *next;
    uint64_t from;          /* the number of the transfer, process or timer */
    int kind;               /* the sender's: see io/worker.h */
    int code;
    int64_t time;           /* clock_ms() when it came */
    struct buf data;
    void *more;             /* of the sender's kind; freed with free() */
};

struct mail *mail_new(uint64_t from, int kind);
void mail_free(struct mail *mail);

struct mailbox;

/* NULL, with errno, when there is no descriptor left. */
struct mailbox *mailbox_new(size_t limit);
/* No sender may know the box any more. */
void mailbox_free(struct mailbox *box);

/* Sender: give a mail away. */
void mailbox_post(struct mailbox *box, struct mail *mail);
/* Sender: give bytes.  False when the box is full: nothing was taken, and the reader's next take
 * will say that it was full.  Bytes of the same sender and kind that arrive within the same
 * millisecond share one mail. */
bool mailbox_post_bytes(struct mailbox *box, uint64_t from, int kind, int64_t time,
                        const char *bytes, size_t len);

/* Reader: all mail there is, oldest first; NULL when there is none, and only then is the descriptor
 * silenced.  *was_full: a sender was turned away since the last take, so tell it to go on. */
struct mail *mailbox_take(struct mailbox *box, bool *was_full);
/* For poll(2): readable while there is mail, or after a wake. */
int mailbox_fd(const struct mailbox *box);
/* Make the descriptor readable: from any thread or a signal handler. */
void mailbox_wake(struct mailbox *box);

#endif
