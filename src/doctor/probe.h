/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * One bare request to a server, without a key: how far it comes, and how long each part of the way takes.
 * Any answer is a good one.
 */
#ifndef DOCTOR_PROBE_H
#define DOCTOR_PROBE_H

#include "base/buf.h"
#include "base/error.h"
#include "io/worker.h"

struct http_request;

struct probe {
    int status;                 /* HTTP's; 0: no answer came */
    struct buf head;            /* its header lines, as MAIL_HEAD has them */
    struct http_timing timing;
    struct error error;         /* its code is RN_OK when the answer came to its end */
};

/* The request's time limits are the probe's, and no more than PROBE_MS each. */
enum { PROBE_MS = 10000, PROBE_BODY_MAX = 4 * 1024 * 1024 };

void probe_send(struct probe *probe, struct worker *worker, const struct http_request *request);
void probe_clear(struct probe *probe);

#endif
