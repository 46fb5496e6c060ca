/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "io/handle.h"

#include <string.h>
#include <sys/socket.h>

#include "base/mem.h"
#include "io/http.h"
#include "runnel.h"

enum { KEEPALIVE_IDLE_S = 30, KEEPALIVE_INTERVAL_S = 15, REUSE_MAX_S = 60 };

/* libcurl's own sockets would be inherited by every child process. */
static curl_socket_t open_socket(void *user, curlsocktype purpose, struct curl_sockaddr *address)
{
    (void)user;
    (void)purpose;
    return socket(address->family, address->socktype | SOCK_CLOEXEC, address->protocol);
}

static void set_connection(CURL *easy, const struct http_request *request)
{
    /* No signal handlers, which a library must not touch. */
    curl_easy_setopt(easy, CURLOPT_NOSIGNAL, 1L);
    /* Without it, removing a handle waits for a resolver that hangs: 5.7 s measured. */
    curl_easy_setopt(easy, CURLOPT_QUICK_EXIT, 1L);
    curl_easy_setopt(easy, CURLOPT_OPENSOCKETFUNCTION, open_socket);
    curl_easy_setopt(easy, CURLOPT_TCP_KEEPALIVE, 1L);
    curl_easy_setopt(easy, CURLOPT_TCP_KEEPIDLE, (long)KEEPALIVE_IDLE_S);
    curl_easy_setopt(easy, CURLOPT_TCP_KEEPINTVL, (long)KEEPALIVE_INTERVAL_S);
    curl_easy_setopt(easy, CURLOPT_MAXAGE_CONN, (long)REUSE_MAX_S);
    curl_easy_setopt(easy, CURLOPT_CONNECTTIMEOUT_MS, (long)request->connect_ms);
    curl_easy_setopt(easy, CURLOPT_UNIX_SOCKET_PATH, request->unix_socket);
    /* A company's proxy would swallow localhost. */
    if (http_is_local(request->url, request->unix_socket))
        curl_easy_setopt(easy, CURLOPT_NOPROXY, "*");
    curl_easy_setopt(easy, CURLOPT_SUPPRESS_CONNECT_HEADERS, 1L);
    /* Where the server has it.  A stream that is paused does not hold up others of its connection, but
     * costs the window that libcurl opens for each: docs/design.md. */
    curl_easy_setopt(easy, CURLOPT_HTTP_VERSION, (long)CURL_HTTP_VERSION_2TLS);
}

static void set_tls(CURL *easy, const struct http_request *request)
{
    curl_easy_setopt(easy, CURLOPT_SSLVERSION, (long)CURL_SSLVERSION_TLSv1_2);
    if (request->ca_file) {
        curl_easy_setopt(easy, CURLOPT_CAINFO, request->ca_file);
        /* The system's folder of certificates would still be trusted beside the file. */
        curl_easy_setopt(easy, CURLOPT_CAPATH, NULL);
    }
    if (request->insecure) {
        curl_easy_setopt(easy, CURLOPT_SSL_VERIFYPEER, 0L);
        curl_easy_setopt(easy, CURLOPT_SSL_VERIFYHOST, 0L);
    }
}

static void set_request(CURL *easy, const struct http_request *request, const char *body)
{
    curl_easy_setopt(easy, CURLOPT_URL, request->url);
    curl_easy_setopt(easy, CURLOPT_PROTOCOLS_STR, "http,https");
    curl_easy_setopt(easy, CURLOPT_REDIR_PROTOCOLS_STR, "https");
    curl_easy_setopt(easy, CURLOPT_DISALLOW_USERNAME_IN_URL, 1L);
    /* libcurl would hand x-api-key and its like to whatever host a redirect names. */
    curl_easy_setopt(easy, CURLOPT_FOLLOWLOCATION, 0L);
    curl_easy_setopt(easy, CURLOPT_USERAGENT, "runnel/" RN_VERSION);
    if (request->decompress)
        curl_easy_setopt(easy, CURLOPT_ACCEPT_ENCODING, "");
    if (!body)
        return;
    curl_easy_setopt(easy, CURLOPT_POSTFIELDSIZE_LARGE, (curl_off_t)request->body_len);
    curl_easy_setopt(easy, CURLOPT_POSTFIELDS, body);
}

CURL *handle_new(const struct http_request *request, const char *body, struct curl_slist *headers)
{
    CURL *easy = curl_easy_init();
    if (!easy)
        return NULL;
    set_connection(easy, request);
    set_tls(easy, request);
    set_request(easy, request, body);
    curl_easy_setopt(easy, CURLOPT_HTTPHEADER, headers);
    return easy;
}

/* Add one, or free them all. */
static struct curl_slist *add_header(struct curl_slist *headers, const char *line)
{
    struct curl_slist *longer = curl_slist_append(headers, line);
    if (!longer)
        handle_free_headers(headers);
    return longer;
}

struct curl_slist *handle_headers(const struct http_request *request)
{
    /* Servers that ignore the Expect which libcurl adds to a large body cost a second each. */
    struct curl_slist *headers = add_header(NULL, "Expect:");
    for (const char *const *line = request->headers; headers && line && *line; line++)
        headers = add_header(headers, *line);
    return headers;
}

void handle_free_headers(struct curl_slist *headers)
{
    for (struct curl_slist *line = headers; line; line = line->next)
        wipe(line->data, strlen(line->data));
    curl_slist_free_all(headers);
}
