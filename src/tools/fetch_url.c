/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * libcurl may stand here beside io/: this is another process, which does one request in a sandbox of its
 * own, and the policy (which addresses, how many redirects, how much) is the tool's.
 *
 * The address that counts is the one that is connected to: libcurl asks before it opens each socket, so
 * neither a name that resolves to a private address nor a redirect to one is a way in.  For the same
 * reason no proxy is used: it would connect where we cannot look.
 */
#include "tools/call.h"

#include <curl/curl.h>
#include <errno.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <sys/socket.h>

#include "base/buf.h"
#include "base/json.h"
#include "base/utf8.h"
#include "runnel.h"
#include "tools/address.h"
#include "tools/page.h"

enum {
    BODY_MAX = 4 * 1024 * 1024,
    TEXT_MAX = 60 * 1000,
    REDIRECTS_MAX = 5,
    CONNECT_SECONDS = 15,
    SECONDS_MAX = 60,
};

struct fetch {
    CURL *curl;
    struct buf body;
    bool is_too_large;
    bool is_private;     /* an address was refused */
    bool may_be_private; /* the user allows them, by RUNNEL_FETCH_PRIVATE=1 */
    char why[CURL_ERROR_SIZE];
};

/* ---- What libcurl asks ---- */

static size_t take_body(char *bytes, size_t size, size_t count, void *user)
{
    struct fetch *fetch = user;
    size_t len = size * count;
    fetch->is_too_large = fetch->body.len + len > BODY_MAX;
    if (fetch->is_too_large)
        len = BODY_MAX - fetch->body.len;
    buf_add(&fetch->body, bytes, len);
    return len; /* less than there is: it ends here */
}

static curl_socket_t open_socket(void *user, curlsocktype purpose, struct curl_sockaddr *address)
{
    struct fetch *fetch = user;
    (void)purpose;
    if (!fetch->may_be_private && !address_is_public(&address->addr)) {
        fetch->is_private = true;
        return CURL_SOCKET_BAD;
    }
    return socket(address->family, address->socktype | SOCK_CLOEXEC, address->protocol);
}

/* ---- The request ---- */

static bool has_scheme(const char *url, const char *scheme)
{
    return strncasecmp(url, scheme, strlen(scheme)) == 0;
}

static void set_up(struct fetch *fetch, const char *url)
{
    CURL *curl = fetch->curl;
    curl_easy_setopt(curl, CURLOPT_URL, url);
    curl_easy_setopt(curl, CURLOPT_PROTOCOLS_STR, "http,https");
    /* What began encrypted stays so. */
    curl_easy_setopt(curl, CURLOPT_REDIR_PROTOCOLS_STR,
                     has_scheme(url, "https:") ? "https" : "http,https");
    curl_easy_setopt(curl, CURLOPT_FOLLOWLOCATION, 1L);
    curl_easy_setopt(curl, CURLOPT_MAXREDIRS, (long)REDIRECTS_MAX);
    curl_easy_setopt(curl, CURLOPT_PROXY, "");
    curl_easy_setopt(curl, CURLOPT_NETRC, (long)CURL_NETRC_IGNORED);
    curl_easy_setopt(curl, CURLOPT_ACCEPT_ENCODING, "");
    curl_easy_setopt(curl, CURLOPT_USERAGENT, "runnel/" RN_VERSION);
    curl_easy_setopt(curl, CURLOPT_CONNECTTIMEOUT, (long)CONNECT_SECONDS);
    curl_easy_setopt(curl, CURLOPT_TIMEOUT, (long)SECONDS_MAX);
    curl_easy_setopt(curl, CURLOPT_NOSIGNAL, 1L);
    curl_easy_setopt(curl, CURLOPT_ERRORBUFFER, fetch->why);
    curl_easy_setopt(curl, CURLOPT_WRITEFUNCTION, take_body);
    curl_easy_setopt(curl, CURLOPT_WRITEDATA, fetch);
    curl_easy_setopt(curl, CURLOPT_OPENSOCKETFUNCTION, open_socket);
    curl_easy_setopt(curl, CURLOPT_OPENSOCKETDATA, fetch);
}

static int get(struct fetch *fetch, const char *url, struct buf *out)
{
    set_up(fetch, url);
    CURLcode code = curl_easy_perform(fetch->curl);
    if (code == CURLE_OK || fetch->is_too_large)
        return 0;
    if (fetch->is_private)
        return call_fail(out,
                         "%s is an address of this machine or of its private network: only public "
                         "ones are fetched",
                         url);
    if (code == CURLE_TOO_MANY_REDIRECTS)
        return call_fail(out, "%s was redirected more than %d times", url, REDIRECTS_MAX);
    return call_fail(out, "%s cannot be fetched: %s", url,
                     *fetch->why ? fetch->why : curl_easy_strerror(code));
}

/* ---- The answer ---- */

static bool is_text(const char *type)
{
    static const char *const text[] = {"text/",
                                       "application/json",
                                       "application/xml",
                                       "application/xhtml",
                                       "application/javascript",
                                       "application/rss",
                                       "application/atom",
                                       "application/yaml"};
    for (size_t i = 0; i < sizeof(text) / sizeof(text[0]); i++)
        if (strncasecmp(type, text[i], strlen(text[i])) == 0)
            return true;
    return strstr(type, "+json") || strstr(type, "+xml") || !*type;
}

static bool is_html(const struct fetch *fetch, const char *type)
{
    const char *text = buf_str(&fetch->body);
    text += strspn(text, " \t\r\n");
    return has_scheme(type, "text/html") || has_scheme(type, "application/xhtml") ||
           (!*type && (has_scheme(text, "<!doctype html") || has_scheme(text, "<html")));
}

static void add_text(const struct fetch *fetch, const char *type, struct buf *out)
{
    struct buf clean = BUF_INIT;
    utf8_add_clean(&clean, buf_str(&fetch->body), fetch->body.len);
    if (is_html(fetch, type))
        page_text(buf_str(&clean), clean.len, out);
    else
        buf_add(out, buf_str(&clean), clean.len);
    buf_clear(&clean);
    if (out->len <= TEXT_MAX && !fetch->is_too_large)
        return;
    if (out->len > TEXT_MAX) {
        buf_drop_end(out, out->len - TEXT_MAX);
        buf_drop_end(out, utf8_cut(out->data, out->len));
    }
    buf_addf(out, "\n[cut here: it is longer than is fetched]\n");
}

static int read_answer(const struct fetch *fetch, const char *url, struct buf *out)
{
    char *type = NULL;
    long status = 0;
    curl_easy_getinfo(fetch->curl, CURLINFO_RESPONSE_CODE, &status);
    curl_easy_getinfo(fetch->curl, CURLINFO_CONTENT_TYPE, &type);
    if (status >= 400)
        return call_fail(out, "%s: the server answered with HTTP status %ld%s", url, status,
                         status == 404 ? ": there is no such page" : "");
    if (!is_text(type ? type : "") || memchr(buf_str(&fetch->body), '\0', fetch->body.len))
        return call_fail(out, "%s is no text, but %s", url,
                         type && !is_text(type) ? type : "binary");
    add_text(fetch, type ? type : "", out);
    return 0;
}

int fetch_url(const struct call *call, struct buf *out)
{
    const char *url = json_get_text(call->args, "url"), *allowed = getenv("RUNNEL_FETCH_PRIVATE");
    struct fetch fetch = {.may_be_private = allowed && strcmp(allowed, "1") == 0};
    if (!has_scheme(url, "http://") && !has_scheme(url, "https://"))
        return call_fail(out, "the url must begin with http:// or https://");
    fetch.curl = curl_easy_init();
    int result = fetch.curl ? get(&fetch, url, out) : call_fail(out, "libcurl does not start");
    if (result == 0)
        result = read_answer(&fetch, url, out);
    curl_easy_cleanup(fetch.curl);
    buf_clear(&fetch.body);
    return result;
}
