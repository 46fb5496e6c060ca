/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config/settings.h"

#include <stdlib.h>
#include <string.h>

#include "base/buf.h"
#include "base/mem.h"
#include "config/ini.h"
#include "config/schema.h"

/* Whether the name in "Name: value" sounds as if the value were a secret. */
static bool may_be_secret(const char *header, size_t len)
{
    static const char *const words[] = {"key", "token", "secret", "auth", "cookie", NULL};
    const char *colon = memchr(header, ':', len);
    char *name = xstrndup(header, (size_t)(colon - header));
    bool found = false;
    for (const char *const *word = words; *word; word++)
        found = found || strcasestr(name, *word);
    free(name);
    return found;
}

/* Gather the headers that can be shown; returns how many cannot. */
static unsigned showable(const char *headers, struct buf *shown)
{
    unsigned hidden = 0;
    for (size_t len; *headers; headers += len + (headers[len] == '\n')) {
        len = strcspn(headers, "\n");
        if (may_be_secret(headers, len)) {
            hidden++;
            continue;
        }
        if (shown->len > 0)
            buf_addc(shown, '\n');
        buf_add(shown, headers, len);
    }
    return hidden;
}

static void print_headers(const char *key, const char *headers, struct buf *out)
{
    struct buf shown = BUF_INIT;
    unsigned hidden = showable(headers, &shown);
    if (hidden > 0)
        buf_addf(out, "# %u left out, since %s may be secret\n", hidden,
                 hidden == 1 ? "it" : "they");
    if (shown.len > 0)
        ini_add(out, key, shown.data);
    buf_clear(&shown);
}

/* `key` is "model", or "chat.model" in a profile. */
static void print_setting(const struct settings *settings, const struct setting *row,
                          const char *section, const char *key, struct buf *out)
{
    const char *value = settings_get(settings, section, key);
    if (!value)
        return;
    buf_addf(out, "# %s (%s)\n", row->help, settings_origin(settings, section, key));
    if (!settings_is_set(settings, section, key))
        buf_addf(out, "#%s = %s\n", key, value);
    else if (row->kind == KIND_HEADERS)
        print_headers(key, value, out);
    else
        ini_add(out, key, value);
}

/* All rows of one section of the table, under the name it has here. */
static void print_section(const struct settings *settings, const struct setting *row,
                          const char *section, struct buf *out)
{
    buf_addf(out, "%s[%s]\n", out->len > 0 ? "\n" : "", section);
    for (const char *in = row->section; row->section && strcmp(row->section, in) == 0; row++)
        print_setting(settings, row, section, row->key, out);
}

static void print_named(const struct settings *settings, const struct setting *row, struct buf *out)
{
    char *kind = xstrndup(row->section, strcspn(row->section, "."));
    const char **names = settings_names(settings, kind);
    for (const char **name = names; *name; name++) {
        char *section = xasprintf("%s.%s", kind, *name);
        print_section(settings, row, section, out);
        free(section);
    }
    free(names);
    free(kind);
}

static void print_profile(const struct settings *settings, const char *name, struct buf *out)
{
    char *section = xasprintf("profile.%s", name);
    buf_addf(out, "\n[%s]\n", section);
    for (const struct setting *row = schema; row->section; row++) {
        char *key = xasprintf("%s.%s", row->section, row->key);
        if (!schema_is_named(row) && settings_is_set(settings, section, key))
            print_setting(settings, row, section, key, out);
        free(key);
    }
    free(section);
}

void settings_print(const struct settings *settings, struct buf *out)
{
    const char *last = "";
    for (const struct setting *row = schema; row->section; row++) {
        if (strcmp(row->section, last) == 0)
            continue;
        last = row->section;
        if (schema_is_named(row))
            print_named(settings, row, out);
        else
            print_section(settings, row, row->section, out);
    }
    const char **profiles = settings_names(settings, "profile");
    for (const char **name = profiles; *name; name++)
        print_profile(settings, *name, out);
    free(profiles);
}
