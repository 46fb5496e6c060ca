/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "io/redact.h"

#include <curl/curl.h>
#include <string.h>

#include "base/buf.h"

enum { SECRET_MIN = 8 }; /* bytes: what is shorter would strike out words */

/* The last words of such names: x-api-key, x-goog-api-key, Set-Cookie, Proxy-Authorization,
 * cf-access-client-secret, X-Amz-Signature and so on. */
static const char *const ENDS[] = {"authorization", "cookie", "credential", "credentials", "key",
                                   "password",      "secret", "signature",  "sig",         "token"};

bool redact_is_secret(const char *name, size_t len)
{
    for (size_t i = 0; i < sizeof(ENDS) / sizeof(ENDS[0]); i++) {
        size_t end = strlen(ENDS[i]);
        if (len >= end && curl_strnequal(name + len - end, ENDS[i], end))
            return true;
    }
    return false;
}

void redact_url(struct buf *out, const char *url)
{
    size_t path = strcspn(url, "?");
    buf_add(out, url, path);
    for (const char *at = url + path; *at;) {
        size_t len = 1 + strcspn(at + 1, "&"), name = strcspn(at, "=");
        bool is_secret = name < len && redact_is_secret(at + 1, name - 1);
        buf_add(out, at, is_secret ? name + 1 : len);
        buf_adds(out, is_secret ? "***" : "");
        at += len;
    }
}

/* The secret of a header's value: of "Bearer KEY" the last word. */
static const char *secret_of(const char *header)
{
    const char *colon = strchr(header, ':');
    if (!colon || !redact_is_secret(header, (size_t)(colon - header)))
        return "";
    const char *blank = strrchr(colon, ' ');
    return blank ? blank + 1 : colon + 1;
}

void redact_headers(char *text, size_t len, const char *const *headers)
{
    for (; headers && *headers; headers++) {
        const char *secret = secret_of(*headers);
        size_t size = strlen(secret);
        char *end = text + len, *at = text;
        while (size >= SECRET_MIN && (at = memmem(at, (size_t)(end - at), secret, size)))
            memset(at, '*', size);
    }
}
