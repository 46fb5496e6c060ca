/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "doctor/probe.h"

#include <errno.h>
#include <poll.h>
#include <string.h>

#include "base/mailbox.h"
#include "io/http.h"

/* Beside the request's own limits, which a server that trickles would never reach. */
enum { TIMER_MS = 3 * PROBE_MS, BOX_SIZE = 256 * 1024 };

void probe_clear(struct probe *probe)
{
    buf_clear(&probe->head);
    *probe = (struct probe){0};
}

/* True when it was the last. */
static bool take(struct probe *probe, struct mail *mail, uint64_t request)
{
    if (mail->from != request && mail->kind == MAIL_TIMER)
        error_set(&probe->error, RN_ETIMEOUT, "the answer did not end within %d s",
                  TIMER_MS / 1000);
    if (mail->kind == MAIL_HEAD) {
        probe->status = mail->code;
        probe->head = mail->data;
        mail->data = (struct buf)BUF_INIT;
    }
    if (mail->kind == MAIL_HEAD || mail->kind == MAIL_END)
        probe->timing = *(struct http_timing *)mail->more;
    if (mail->kind == MAIL_END && mail->code != RN_OK)
        error_set(&probe->error, (enum rn_status)mail->code, "%s", buf_str(&mail->data));
    bool is_last = mail->kind == MAIL_END || mail->kind == MAIL_TIMER;
    mail_free(mail);
    return is_last;
}

static void follow(struct probe *probe, struct worker *worker, struct mailbox *box,
                   uint64_t request)
{
    struct pollfd wait = {.fd = mailbox_fd(box), .events = POLLIN};
    bool has_ended = false, was_full;
    while (!has_ended && (poll(&wait, 1, -1) > 0 || errno == EINTR)) {
        struct mail *next;
        for (struct mail *mail = mailbox_take(box, &was_full); mail; mail = next) {
            next = mail->next;
            has_ended |= take(probe, mail, request);
        }
        worker_resume(worker, request);
    }
}

void probe_send(struct probe *probe, struct worker *worker, const struct http_request *request)
{
    *probe = (struct probe){.timing = {.resolve = -1, .connect = -1, .tls = -1, .first_byte = -1}};
    struct mailbox *box = mailbox_new(BOX_SIZE);
    if (!box) {
        error_errno(&probe->error, RN_EIO, "nothing can be waited for");
        return;
    }
    uint64_t number = worker_http(worker, request, box);
    uint64_t timer = worker_timer(worker, TIMER_MS, box);
    follow(probe, worker, box, number);
    worker_drop(worker, number);
    worker_drop(worker, timer);
    mailbox_free(box);
}
