/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * One HTTP request, and how libcurl is to make it: no redirect is followed, no Expect is sent, proxy
 * variables are honoured except for loopback and unix sockets, connections are reused.  io/handle.c
 * says so to libcurl.
 */
#ifndef IO_HTTP_H
#define IO_HTTP_H

#include <stdbool.h>
#include <stddef.h>

struct http_request {
    const char *url;
    const char *unix_socket;        /* NULL: the URL's host */
    const char *const *headers;     /* "Name: value", ended by NULL; secrets may be among them */
    const char *body;               /* NULL: GET */
    size_t body_len;
    const char *ca_file;
    bool insecure;
    bool decompress;                /* accept compressed bodies: for lists, never for streams */
    int connect_ms, first_ms, idle_ms;
    size_t body_max;                /* end with RN_ELIMIT beyond; 0: none */
};

/* True for localhost, 127/8, ::1 and unix sockets: what cannot leave the machine. */
bool http_is_local(const char *url, const char *unix_socket);
/* "scheme://host:port" of a URL is well-formed, with http or https and no user name in it. */
bool http_url_ok(const char *url);
/* Who a request talks to, for messages: "api.example.com", "127.0.0.1:8080", or the socket's path. */
char *http_peer(const char *url, const char *unix_socket);
/* The value of a header in MAIL_HEAD's lines: into `value` (at most `size` bytes); false: not there. */
bool http_header(const char *lines, const char *name, char *value, size_t size);

#endif
