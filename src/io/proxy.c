/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * The rules are libcurl's (lib/url.c, lib/noproxy.c): an empty variable is none, HTTP_PROXY in capitals
 * is not heeded since CGI puts a header there, and an exception stands for the names below it, too.
 */
#include "io/proxy.h"

#include <curl/curl.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "base/mem.h"
#include "io/http.h"

static const char *variable(const char *name)
{
    const char *value = getenv(name);
    return value && *value ? value : NULL;
}

const char *proxy_variable(const char *url)
{
    static const char *const names[] = {"https_proxy", "HTTPS_PROXY", "all_proxy", "ALL_PROXY"};
    bool is_tls = strncasecmp(url, "https:", 6) == 0;
    if (!is_tls && variable("http_proxy"))
        return "http_proxy";
    for (size_t i = is_tls ? 0 : 2; i < sizeof(names) / sizeof(*names); i++)
        if (variable(names[i]))
            return names[i];
    return NULL;
}

/* A host, or a domain it is in.  Networks ("10.0.0.0/8") are not reckoned with: it may be in one. */
static bool is_excepted(const char *host, const char *entry, size_t len)
{
    size_t all = strlen(host);
    if (len > 0 && *entry == '.') {
        entry++;
        len--;
    }
    if (memchr(entry, '/', len))
        return strspn(host, "0123456789.") == all || *host == '[';
    return len > 0 && len <= all && strncasecmp(host + all - len, entry, len) == 0 &&
           (len == all || host[all - len - 1] == '.');
}

static bool has_exception(const char *host)
{
    static const char blanks[] = ", \t";
    const char *list = variable("no_proxy") ? variable("no_proxy") : variable("NO_PROXY");
    if (!list)
        return false;
    if (strcmp(list, "*") == 0)
        return true;
    for (list += strspn(list, blanks); *list; list += strspn(list, blanks)) {
        size_t len = strcspn(list, blanks);
        if (is_excepted(host, list, len))
            return true;
        list += len;
    }
    return false;
}

static char *host_of(const char *url)
{
    CURLU *parts = curl_url();
    char *host = NULL;
    if (parts && curl_url_set(parts, CURLUPART_URL, url, 0) == CURLUE_OK)
        curl_url_get(parts, CURLUPART_HOST, &host, 0);
    curl_url_cleanup(parts);
    return host;
}

/* Without its scheme, and without the login, which is a secret. */
static char *place_of(const char *value)
{
    const char *scheme = strstr(value, "://");
    const char *place = scheme ? scheme + 3 : value;
    const char *login = strrchr(place, '@');
    place = login ? login + 1 : place;
    return xstrndup(place, strcspn(place, "/?#"));
}

bool proxy_is_used(const char *url, const char *unix_socket)
{
    if (!proxy_variable(url) || http_is_local(url, unix_socket))
        return false;
    char *host = host_of(url);
    bool is_used = host && !has_exception(host);
    curl_free(host);
    return is_used;
}

char *proxy_named(const char *url, const char *unix_socket)
{
    if (!proxy_is_used(url, unix_socket))
        return NULL;
    const char *name = proxy_variable(url);
    char *place = place_of(variable(name)), *named = xasprintf("%s (%s)", place, name);
    free(place);
    return named;
}
