/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * What may stand in a page that runnel writes: these tags with these attributes, and nothing that a
 * browser would run or load.  It reads as a browser does, so text that got through as a tag is seen.
 */
#ifndef HTML_FORM_H
#define HTML_FORM_H

#include <stdbool.h>
#include <string.h>
#include <strings.h>

static const char *const html_tags[] = {
    "h1",  "h2",   "h3",    "h4",     "h5",    "h6",      "p",    "ul",   "ol",         "li",
    "pre", "code", "span",  "strong", "em",    "del",     "a",    "hr",   "blockquote", "br",
    "div", "img",  "table", "thead",  "tbody", "tr",      "th",   "td",   "section",    "details",
    "b",   "main", "small", "header", "footer", "summary", "html", "head", "body",       "meta",
    "title", "style",
};

static inline bool html_has(const char *const *list, size_t count, const char *word, size_t len)
{
    for (size_t i = 0; i < count; i++)
        if (strlen(list[i]) == len && strncmp(list[i], word, len) == 0)
            return true;
    return false;
}

static inline bool html_begins(const char *value, const char *with)
{
    return strncasecmp(value, with, strlen(with)) == 0;
}

static inline bool html_attribute_fits(const char *name, size_t len, const char *value)
{
    static const char *const plain[] = {"class", "alt", "rel", "start", "charset", "content", "name",
                                        "http-equiv"};
    if (html_has((const char *const[]){"href"}, 1, name, len))
        return html_begins(value, "http://") || html_begins(value, "https://") ||
               html_begins(value, "mailto:");
    if (html_has((const char *const[]){"src"}, 1, name, len))
        return html_begins(value, "data:image/");
    return html_has(plain, sizeof(plain) / sizeof(plain[0]), name, len);
}

/* The attributes of a tag, each with a value in double quotes; NULL when one does not fit. */
static inline const char *html_after_tag(const char *at)
{
    while (*at == ' ') {
        size_t len = strcspn(++at, "=\"> ");
        const char *value = at + len + 2;
        if (at[len] != '=' || at[len + 1] != '"' || !html_attribute_fits(at, len, value))
            return NULL;
        at = value + strcspn(value, "\"<>");
        if (*at++ != '"')
            return NULL;
    }
    return *at == '>' ? at + 1 : NULL;
}

/* Where the first thing stands that may not be there; NULL when all is well. */
static inline const char *html_trouble(const char *html)
{
    const char *at = html;
    int styles = 0;
    while ((at = strchr(at, '<'))) {
        if (html_begins(at, "<!DOCTYPE html>")) {
            at++;
            continue;
        }
        const char *name = at + 1 + (at[1] == '/');
        size_t len = strspn(name, "abcdefghijklmnopqrstuvwxyz123456");
        const char *after = html_after_tag(name + len);
        if (!after || !html_has(html_tags, sizeof(html_tags) / sizeof(html_tags[0]), name, len))
            return at;
        if (html_begins(at, "<style>") && styles++ > 0)
            return at;
        at = after;
    }
    return NULL;
}

#endif
