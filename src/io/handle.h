/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * A curl handle set up for one request.  Whoever makes it adds callbacks.
 */
#ifndef IO_HANDLE_H
#define IO_HANDLE_H

#include <curl/curl.h>

struct http_request;

/* The request is borrowed for the life of the handle where curl does so (the body), else copied;
 * `headers` is borrowed.  NULL when there is no memory for it. */
CURL *handle_new(const struct http_request *request, const char *body, struct curl_slist *headers);

/* curl's list of the request's headers; NULL when there is no memory for it. */
struct curl_slist *handle_headers(const struct http_request *request);
/* Free it, wiped: there are keys in it. */
void handle_free_headers(struct curl_slist *headers);

#endif
