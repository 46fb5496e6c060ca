/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * The proxy on the way to a server, as libcurl finds it in the environment.  libcurl does not tell which
 * one it took, and a message that blames the server for its proxy sends the user to the wrong place.
 */
#ifndef IO_PROXY_H
#define IO_PROXY_H

#include <stdbool.h>

/* The name of the variable that holds the proxy for such URLs, whether or not this one is an exception; a
 * static string, NULL when there is none. */
const char *proxy_variable(const char *url);
/* Whether it is on the way to this URL. */
bool proxy_is_used(const char *url, const char *unix_socket);

/* "127.0.0.1:3128 (https_proxy)": where it is, without its login, and the variable that names it; the
 * caller's.  NULL: none is on the way to this URL, or that cannot be said. */
char *proxy_named(const char *url, const char *unix_socket);

#endif
