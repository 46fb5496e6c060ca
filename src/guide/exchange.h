/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * One request to the guide's server and its answer, from the first header to the last byte, in
 * libmicrohttpd's callbacks.  An answer that is not due yet is suspended there and waits here.
 */
#ifndef GUIDE_EXCHANGE_H
#define GUIDE_EXCHANGE_H

#include <microhttpd.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct exchange;

enum { EXCHANGES_MAX = 64 };

/* All that go on at one server. */
struct exchanges {
    long rate;                  /* pieces a second; 0: as fast as it goes */
    unsigned long answered;
    struct exchange *waiting[EXCHANGES_MAX];
    size_t waiting_count;
};

/* For MHD_start_daemon, whose `user` is the struct exchanges, and MHD_OPTION_NOTIFY_COMPLETED. */
enum MHD_Result exchange_request(void *user, struct MHD_Connection *connection, const char *path,
                                 const char *method, const char *version, const char *bytes,
                                 size_t *len, void **state);
void exchange_completed(void *user, struct MHD_Connection *connection, void **state,
                        enum MHD_RequestTerminationCode why);

/* Of one that waits: the client's socket, and when (clock_ms) it is to go on. */
int exchange_fd(const struct exchange *exchange);
int64_t exchange_due(const struct exchange *exchange);
/* Let the one that waits at `index` go on, or end when its client is gone.  The last takes its place. */
void exchanges_resume(struct exchanges *exchanges, size_t index, bool gone);

#endif
