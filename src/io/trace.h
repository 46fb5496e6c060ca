/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * The debug log: a line for each thing that happens to a transfer, one write(2) each.  Headers are in it
 * without the values that are secret; of bodies only the sizes.
 */
#ifndef IO_TRACE_H
#define IO_TRACE_H

#include <curl/curl.h>
#include <stdint.h>

struct trace {
    int fd;                 /* borrowed; -1: no log */
    uint64_t number;        /* of the transfer */
};

void trace_line(const struct trace *trace, const char *format, ...)
    __attribute__((format(printf, 2, 3)));
/* For CURLOPT_DEBUGFUNCTION, with a struct trace. */
int trace_curl(CURL *easy, curl_infotype type, char *bytes, size_t len, void *trace);

#endif
