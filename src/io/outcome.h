/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * How a transfer ended: libcurl's code as a status and a sentence for the user.
 */
#ifndef IO_OUTCOME_H
#define IO_OUTCOME_H

#include <curl/curl.h>
#include <stdbool.h>

struct error;
struct http_timing;

struct outcome {
    CURL *easy;
    CURLcode code;          /* not CURLE_OK */
    const char *detail;     /* libcurl's own words, or "" */
    const char *peer;       /* whom the request went to */
    const char *unix_socket;
    int connect_ms;
    bool has_head;          /* the answer had begun */
};

void outcome_explain(const struct outcome *outcome, struct error *error);
/* The certificate cannot be trusted, or the two do not come to terms about TLS. */
bool outcome_fails_tls(CURLcode code);
void outcome_timing(CURL *easy, struct http_timing *timing);

#endif
