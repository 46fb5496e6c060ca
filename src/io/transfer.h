/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * One request on its way: a job of the I/O thread.  It posts the head of the answer, its body as it
 * comes, and its end.
 */
#ifndef IO_TRANSFER_H
#define IO_TRANSFER_H

#include <curl/curl.h>

struct http_request;
struct job;

/* Copies the request; any thread.  `log_fd`: -1 for none. */
struct job *transfer_new(CURLM *multi, const struct http_request *request, int log_fd);
/* The I/O thread: libcurl says that this one is over.  Returns its job, which is to be ended. */
struct job *transfer_done(CURL *easy, CURLcode code);

#endif
