/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "io/http.h"

#include <curl/curl.h>
#include <stdio.h>
#include <string.h>

#include "base/mem.h"

/* One part of a URL, to be freed with curl_free; NULL when the URL has none or is malformed. */
static char *url_part(const char *url, CURLUPart part)
{
    char *value = NULL;
    CURLU *parsed = curl_url();
    if (parsed && curl_url_set(parsed, CURLUPART_URL, url, 0) == CURLUE_OK)
        curl_url_get(parsed, part, &value, 0);
    curl_url_cleanup(parsed);
    return value;
}

bool http_is_local(const char *url, const char *unix_socket)
{
    if (unix_socket)
        return true;
    /* libcurl has made 127.0.0.1 of 127.1 and of 0x7f000001 here. */
    char *host = url_part(url, CURLUPART_HOST);
    unsigned a, b, c, d;
    int used = 0;
    bool is_local = false;
    if (host && sscanf(host, "%3u.%3u.%3u.%3u%n", &a, &b, &c, &d, &used) == 4)
        is_local = a == 127 && host[used] == '\0';
    else if (host)
        is_local = curl_strequal(host, "localhost") || strcmp(host, "[::1]") == 0;
    curl_free(host);
    return is_local;
}

bool http_url_ok(const char *url)
{
    char *scheme = url_part(url, CURLUPART_SCHEME);
    char *host = url_part(url, CURLUPART_HOST);
    char *user = url_part(url, CURLUPART_USER);
    /* libcurl forgives a third slash, and would take the path for the host. */
    bool ok = scheme && host && host[0] && !user && !strstr(url, ":///") &&
              (strcmp(scheme, "http") == 0 || strcmp(scheme, "https") == 0);
    curl_free(scheme);
    curl_free(host);
    curl_free(user);
    return ok;
}

char *http_peer(const char *url, const char *unix_socket)
{
    if (unix_socket)
        return xstrdup(unix_socket);
    char *host = url_part(url, CURLUPART_HOST);
    char *port = url_part(url, CURLUPART_PORT);
    char *peer = !host ? xstrdup(url) : port ? xasprintf("%s:%s", host, port) : xstrdup(host);
    curl_free(host);
    curl_free(port);
    return peer;
}

bool http_header(const char *lines, const char *name, char *value, size_t size)
{
    size_t len = strlen(name);
    while (*lines) {
        size_t line_len = strcspn(lines, "\n");
        if (line_len > len + 1 && curl_strnequal(lines, name, len) && lines[len] == ':') {
            const char *from = lines + len + 2;
            snprintf(value, size, "%.*s", (int)(line_len - len - 2), from);
            return true;
        }
        lines += line_len + (lines[line_len] == '\n');
    }
    return false;
}
