/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "io/outcome.h"

#include <stdlib.h>
#include <string.h>

#include "base/error.h"
#include "io/proxy.h"
#include "io/worker.h"

/* NULL: none. */
static char *proxy_of(const struct outcome *o)
{
    const char *url = NULL;
    curl_easy_getinfo(o->easy, CURLINFO_EFFECTIVE_URL, &url);
    return url ? proxy_named(url, o->unix_socket) : NULL;
}

/* Errors after which no byte of ours was answered: where there is a proxy, it is the proxy that did not. */
static void explain_connect(const struct outcome *o, struct error *error)
{
    long cause = 0;
    char *proxy = proxy_of(o);
    curl_easy_getinfo(o->easy, CURLINFO_OS_ERRNO, &cause);
    const char *why = cause ? strerror((int)cause) : o->detail;
    if (proxy)
        error_set(error, RN_ECONNECT, "cannot connect to the proxy %s on the way to %s: %s", proxy,
                  o->peer, why);
    else
        error_set(error, RN_ECONNECT, "cannot connect to %s: %s", o->peer, why);
    free(proxy);
}

static void explain_unknown_proxy(const struct outcome *o, struct error *error)
{
    char *proxy = proxy_of(o);
    error_set(
        error, RN_ECONNECT,
        "cannot find the proxy %s on the way to %s: is its name right, and is the network up?",
        proxy ? proxy : "", o->peer);
    free(proxy);
}

static void explain_timeout(const struct outcome *o, struct error *error)
{
    char *proxy = proxy_of(o);
    error_set(error, RN_ETIMEOUT, "no connection to %s within %g s%s%s", o->peer,
              o->connect_ms / 1000.0, proxy ? ", by way of the proxy " : "", proxy ? proxy : "");
    free(proxy);
}

/* The connection, or the tunnel through a proxy, was there and broke. */
static void explain_break(const struct outcome *o, struct error *error)
{
    long status = 0;
    char *proxy = proxy_of(o);
    curl_easy_getinfo(o->easy, CURLINFO_HTTP_CONNECTCODE, &status);
    if (o->has_head)
        error_set(error, RN_ETRUNCATED,
                  "the connection to %s broke in the middle of the answer (%s)", o->peer,
                  o->detail);
    else if (status >= 300)
        error_set(error, RN_ECONNECT, "the proxy%s%s does not connect to %s: it answers HTTP %ld",
                  proxy ? " " : "", proxy ? proxy : "", o->peer, status);
    else
        error_set(error, RN_ECONNECT, "the connection to %s%s%s broke before an answer came (%s)",
                  o->peer, proxy ? " by way of the proxy " : "", proxy ? proxy : "", o->detail);
    free(proxy);
}

/* The same code stands for a URL's scheme and for an answer that is not HTTP. */
static void explain_protocol(const struct outcome *o, struct error *error)
{
    const char *address = NULL;
    curl_easy_getinfo(o->easy, CURLINFO_PRIMARY_IP, &address);
    if (o->unix_socket || (address && *address))
        error_set(error, RN_EPROTOCOL, "%s does not answer in HTTP (%s)", o->peer, o->detail);
    else
        error_set(error, RN_ECONFIG, "this URL cannot be used (%s)", o->detail);
}

void outcome_explain(const struct outcome *o, struct error *error)
{
    switch (o->code) {
    case CURLE_COULDNT_RESOLVE_HOST:
        if (o->unix_socket)
            error_set(error, RN_ECONNECT, "cannot connect to %s: %s", o->peer, o->detail);
        else
            error_set(error, RN_ECONNECT,
                      "cannot find the host %s: is its name right, and is the network up?",
                      o->peer);
        break;
    case CURLE_COULDNT_RESOLVE_PROXY:
        explain_unknown_proxy(o, error);
        break;
    case CURLE_COULDNT_CONNECT:
        explain_connect(o, error);
        break;
    case CURLE_OPERATION_TIMEDOUT:
        explain_timeout(o, error);
        break;
    case CURLE_PEER_FAILED_VERIFICATION:
        error_set(error, RN_ECONNECT,
                  "the certificate of %s cannot be trusted (%s): if you know the server, name the "
                  "certificate it is signed with as ca_file",
                  o->peer, o->detail);
        break;
    case CURLE_SSL_CACERT_BADFILE:
        error_set(error, RN_ECONFIG, "cannot read the certificates in ca_file (%s)", o->detail);
        break;
    case CURLE_SSL_CONNECT_ERROR:
        error_set(error, RN_ECONNECT,
                  "no TLS connection with %s (%s): should its URL begin with http:?", o->peer,
                  o->detail);
        break;
    case CURLE_URL_MALFORMAT:
    case CURLE_LOGIN_DENIED:
        error_set(error, RN_ECONFIG, "this URL cannot be used (%s)", o->detail);
        break;
    case CURLE_UNSUPPORTED_PROTOCOL:
    case CURLE_WEIRD_SERVER_REPLY:
        explain_protocol(o, error);
        break;
    case CURLE_BAD_CONTENT_ENCODING:
        error_set(error, RN_EPROTOCOL, "the answer of %s is not compressed as it says (%s)",
                  o->peer, o->detail);
        break;
    default:
        explain_break(o, error);
        break;
    }
}

bool outcome_fails_tls(CURLcode code)
{
    return code == CURLE_PEER_FAILED_VERIFICATION || code == CURLE_SSL_CONNECT_ERROR;
}

/* libcurl gives microseconds, 0 for what did not happen. */
static int64_t milliseconds(CURL *easy, CURLINFO what)
{
    curl_off_t us = 0;
    curl_easy_getinfo(easy, what, &us);
    return us > 0 ? (int64_t)(us / 1000) : -1;
}

static int version_of(long curls)
{
    return curls == CURL_HTTP_VERSION_1_0   ? 10
           : curls == CURL_HTTP_VERSION_1_1 ? 11
           : curls == CURL_HTTP_VERSION_2_0 ? 20
                                            : 0;
}

void outcome_timing(CURL *easy, struct http_timing *timing)
{
    long connects = 0, version = 0;
    curl_easy_getinfo(easy, CURLINFO_HTTP_VERSION, &version);
    timing->http = version_of(version);
    curl_easy_getinfo(easy, CURLINFO_NUM_CONNECTS, &connects);
    timing->first_byte = milliseconds(easy, CURLINFO_STARTTRANSFER_TIME_T);
    if (connects == 0 && timing->http > 0) /* it came over an old connection */
        return;
    timing->resolve = milliseconds(easy, CURLINFO_NAMELOOKUP_TIME_T);
    timing->connect = milliseconds(easy, CURLINFO_CONNECT_TIME_T);
    timing->tls = milliseconds(easy, CURLINFO_APPCONNECT_TIME_T);
}
