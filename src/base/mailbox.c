/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * The descriptor is an eventfd.  It is written when mail comes to a silent box and cleared when the
 * reader finds the box empty, both under the lock: so it is never silent while there is mail, and a
 * flood costs one write(2) for all that comes between two looks of the reader.
 */
#include "base/mailbox.h"

#include <errno.h>
#include <pthread.h>
#include <stdlib.h>
#include <string.h>
#include <sys/eventfd.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/mem.h"

/* One mail gathers no more than this, so that the reader has something to do while more comes. */
enum { SHARED_MAIL_MAX = 64 * 1024 };

struct mailbox {
    int fd;       /* fixed after mailbox_new */
    size_t limit; /* likewise */

    pthread_mutex_t lock;      /* a leaf: hold it, take no other */
    struct mail *first, *last; /* under lock, like all below */
    size_t bytes;              /* in all the mail */
    bool is_ringing;           /* the descriptor was written since it was last cleared */
    bool was_full;
};

struct mail *mail_new(uint64_t from, int kind)
{
    struct mail *mail = xnew(struct mail);
    mail->from = from;
    mail->kind = kind;
    mail->time = clock_ms();
    return mail;
}

void mail_free(struct mail *mail)
{
    if (!mail)
        return;
    buf_clear(&mail->data);
    free(mail->more);
    free(mail);
}

struct mailbox *mailbox_new(size_t limit)
{
    int fd = eventfd(0, EFD_NONBLOCK | EFD_CLOEXEC);
    if (fd < 0)
        return NULL;
    struct mailbox *box = xnew(struct mailbox);
    box->fd = fd;
    box->limit = limit;
    pthread_mutex_init(&box->lock, NULL);
    return box;
}

void mailbox_free(struct mailbox *box)
{
    if (!box)
        return;
    while (box->first) {
        struct mail *next = box->first->next;
        mail_free(box->first);
        box->first = next;
    }
    close(box->fd);
    pthread_mutex_destroy(&box->lock);
    free(box);
}

/* Under the lock. */
static void append(struct mailbox *box, struct mail *mail)
{
    mail->next = NULL;
    if (box->first)
        box->last->next = mail;
    else
        box->first = mail;
    box->last = mail;
    box->bytes += mail->data.len;
    if (!box->is_ringing) {
        box->is_ringing = true;
        mailbox_wake(box);
    }
}

void mailbox_post(struct mailbox *box, struct mail *mail)
{
    pthread_mutex_lock(&box->lock);
    append(box, mail);
    pthread_mutex_unlock(&box->lock);
}

/* Whether bytes like these can go into the last mail. */
static bool is_shareable(const struct mail *last, uint64_t from, int kind, int64_t time, size_t len)
{
    return last->from == from && last->kind == kind && last->time == time && !last->more &&
           last->data.len + len <= SHARED_MAIL_MAX;
}

bool mailbox_post_bytes(struct mailbox *box, uint64_t from, int kind, int64_t time,
                        const char *bytes, size_t len)
{
    pthread_mutex_lock(&box->lock);
    /* A box that is empty takes whatever comes: a piece larger than the limit would wait for ever. */
    bool fits = box->bytes == 0 || box->bytes + len <= box->limit;
    if (!fits) {
        box->was_full = true;
    } else if (box->first && is_shareable(box->last, from, kind, time, len)) {
        buf_add(&box->last->data, bytes, len);
        box->bytes += len;
    } else {
        struct mail *mail = mail_new(from, kind);
        mail->time = time;
        buf_add(&mail->data, bytes, len);
        append(box, mail);
    }
    pthread_mutex_unlock(&box->lock);
    return fits;
}

struct mail *mailbox_take(struct mailbox *box, bool *was_full)
{
    pthread_mutex_lock(&box->lock);
    struct mail *mail = box->first;
    *was_full = box->was_full;
    box->first = box->last = NULL;
    box->bytes = 0;
    box->was_full = false;
    if (!mail) {
        uint64_t rings;
        (void)!read(box->fd, &rings, sizeof(rings));
        box->is_ringing = false;
    }
    pthread_mutex_unlock(&box->lock);
    return mail;
}

int mailbox_fd(const struct mailbox *box)
{
    return box->fd;
}

void mailbox_wake(struct mailbox *box)
{
    int saved = errno;
    uint64_t one = 1;
    /* It fails only when the count is at its end, and then the descriptor is readable anyway. */
    (void)!write(box->fd, &one, sizeof(one));
    errno = saved;
}
