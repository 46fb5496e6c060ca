/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "io/process.h"

#include <curl/curl.h>
#include <stdbool.h>
#include <string.h>
#include <unistd.h>

#include "base/mem.h"

static const char *const SECRET_WORDS[] = {
    "KEY", "TOKEN", "SECRET", "PASS", "_PWD", "CREDENTIAL", "AUTH", "COOKIE",
};

/* curl's comparison, because in a Turkish locale the C library's finds no I in "credential". */
static bool is_secret_name(const char *name, size_t len)
{
    for (size_t i = 0; i < sizeof(SECRET_WORDS) / sizeof(SECRET_WORDS[0]); i++) {
        size_t word = strlen(SECRET_WORDS[i]);
        for (size_t at = 0; at + word <= len; at++)
            if (curl_strnequal(name + at, SECRET_WORDS[i], word))
                return true;
    }
    return false;
}

/* scheme://user:password@...  Where such a URL ends is not looked at closely, because a password may
 * have a slash in it that should have been written %2F: better one variable too few. */
static bool has_password(const char *value)
{
    for (const char *at = value; (at = strstr(at, "://"));) {
        at += strlen("://");
        size_t len = strcspn(at, " \t\r\n");
        const char *colon = memchr(at, ':', len);
        if (colon && memchr(colon, '@', len - (size_t)(colon - at)))
            return true;
    }
    return false;
}

static bool is_harmless(const char *variable)
{
    const char *equals = strchr(variable, '=');
    return equals && !is_secret_name(variable, (size_t)(equals - variable)) &&
           !has_password(equals + 1);
}

char **process_environment(void)
{
    size_t all = 0, kept = 0;
    while (environ && environ[all])
        all++;
    char **list = xcalloc(all + 1, sizeof(*list));
    for (size_t i = 0; i < all; i++)
        if (is_harmless(environ[i]))
            list[kept++] = xstrdup(environ[i]);
    return list;
}
