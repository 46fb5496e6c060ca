/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "chat/chat.h"

#include <stdlib.h>
#include <string.h>

#include "base/buf.h"
#include "base/mem.h"
#include "base/overlay.h"
#include "chat/chat_parts.h"
#include "config/settings.h"

/* Those that the settings know; every other key is a field of the request's body. */
static const char *const keys[] = {"max_tokens", "reasoning", "stop", "temperature"};

enum { KEYS = sizeof(keys) / sizeof(keys[0]) };

static const char *known_key(const char *assignment, size_t len)
{
    for (size_t i = 0; i < KEYS; i++)
        if (strlen(keys[i]) == len && strncmp(keys[i], assignment, len) == 0)
            return keys[i];
    return NULL;
}

static int while_idle(const struct chat *chat, struct error *error)
{
    if (chat->stream)
        return error_set(error, RN_ECONFIG, "an answer is still coming: stop it first");
    return 0;
}

int chat_reopen(struct chat *chat, struct error *error)
{
    return answerer_choose(&chat->answerer, chat_is_guide(chat), error);
}

/* ---- Settings ---- */

static void put(struct settings *settings, const char *section, const char *key, const char *value,
                const char *origin)
{
    struct error ignored;
    settings_unset(settings, SETTINGS_OPTION, section, key);
    if (value)
        settings_set(settings, SETTINGS_OPTION, section, key, value, origin, &ignored);
}

/* A setting with the rank of an option, taken away (NULL) or changed; should the model not open with it,
 * it is as before. */
static int set_option(struct chat *chat, const char *section, const char *key, const char *value,
                      const char *origin, struct error *error)
{
    struct settings *settings = chat->settings;
    bool was = settings_rank(settings, section, key) == SETTINGS_OPTION;
    char *before = was ? xstrdup(settings_get(settings, section, key)) : NULL;
    char *from = was ? xstrdup(settings_origin(settings, section, key)) : NULL;
    int result = 0;
    if (value)
        result = settings_set(settings, SETTINGS_OPTION, section, key, value, origin, error);
    else
        settings_unset(settings, SETTINGS_OPTION, section, key);
    if (result == 0 && (result = chat_reopen(chat, error)) < 0)
        put(settings, section, key, before, from);
    free(before);
    free(from);
    return result;
}

static int set_known(struct chat *chat, const char *key, const char *value, struct error *error)
{
    char *section = choice_section(&chat->answerer.choice);
    int result = set_option(chat, section, key, *value ? value : NULL, "/set", error);
    free(section);
    return result;
}

/* ---- Fields of the body ---- */

static bool is_of_key(const char *field, const char *assignment, size_t len)
{
    return strncmp(field, assignment, len + 1) == 0; /* with the "=" */
}

/* All of them over what the options said. */
static int join_fields(const struct chat *chat, char **joined, struct error *error)
{
    *joined = xstrdup(chat->options.extra);
    for (size_t i = 0; i < chat->field_count; i++) {
        char *more = overlay_set(*joined, chat->fields[i], error);
        if (!more)
            return -1;
        free(*joined);
        *joined = more;
    }
    return 0;
}

static int apply_fields(struct chat *chat, struct error *error)
{
    char *joined, *before = chat->extra;
    if (join_fields(chat, &joined, error) < 0) {
        free(joined);
        return -1;
    }
    chat->answerer.extra = chat->extra = joined;
    if (chat_reopen(chat, error) == 0) {
        free(before);
        return 0;
    }
    free(joined);
    chat->extra = before;
    chat->answerer.extra = before ? before : chat->options.extra;
    return -1;
}

static void take_field(struct chat *chat, size_t at)
{
    memmove(chat->fields + at, chat->fields + at + 1,
            (--chat->field_count - at) * sizeof(*chat->fields));
}

static void put_field(struct chat *chat, size_t at, char *field)
{
    size_t size = (chat->field_count + 1) * sizeof(*chat->fields);
    chat->fields = xrealloc(chat->fields, size);
    memmove(chat->fields + at + 1, chat->fields + at,
            (chat->field_count++ - at) * sizeof(*chat->fields));
    chat->fields[at] = field;
}

static int set_field(struct chat *chat, const char *assignment, size_t len, struct error *error)
{
    bool is_value = assignment[len + 1] != '\0';
    size_t at = 0;
    while (at < chat->field_count && !is_of_key(chat->fields[at], assignment, len))
        at++;
    char *before = at < chat->field_count ? chat->fields[at] : NULL;
    if (before)
        take_field(chat, at);
    if (is_value)
        put_field(chat, at, xstrdup(assignment));
    int result = apply_fields(chat, error);
    if (result == 0) {
        free(before);
        return 0;
    }
    if (is_value) {
        free(chat->fields[at]);
        take_field(chat, at);
    }
    if (before)
        put_field(chat, at, before);
    return -1;
}

int chat_set(struct chat *chat, const char *assignment, struct error *error)
{
    size_t len = strcspn(assignment, "=");
    if (len == 0 || assignment[len] != '=')
        return error_set(
            error, RN_ECONFIG,
            "what is to be set? /set KEY=VALUE (/set temperature=0.2); /set KEY= takes "
            "it back");
    if (while_idle(chat, error) < 0)
        return -1;
    const char *key = known_key(assignment, len);
    return key ? set_known(chat, key, assignment + len + 1, error)
               : set_field(chat, assignment, len, error);
}

static void list_known(const struct chat *chat, const char *key, struct buf *out)
{
    const struct choice *choice = &chat->answerer.choice;
    char *section = choice_section(choice);
    const char *place = section;
    if (choice->alias && settings_rank(chat->settings, section, key) != SETTINGS_OPTION &&
        settings_is_set(chat->settings, choice->alias, key))
        place = choice->alias;
    if (settings_is_set(chat->settings, place, key))
        buf_addf(out, "%s=%s  (from %s)\n", key, settings_get(chat->settings, place, key),
                 settings_origin(chat->settings, place, key));
    free(section);
}

void chat_list_set(const struct chat *chat, struct buf *out)
{
    for (size_t i = 0; i < KEYS; i++)
        list_known(chat, keys[i], out);
    if (chat->options.extra)
        buf_addf(out, "%s  (from --set)\n", chat->options.extra);
    for (size_t i = 0; i < chat->field_count; i++)
        buf_addf(out, "%s  (from /set)\n", chat->fields[i]);
}

char *chat_complete_set(const char *begun, size_t nth)
{
    size_t len = strlen(begun);
    for (size_t i = 0; i < KEYS; i++)
        if (strncmp(keys[i], begun, len) == 0 && nth-- == 0)
            return xasprintf("%s=", keys[i]);
    return NULL;
}

void chat_forget_requests(struct chat *chat)
{
    for (size_t i = 0; i < chat->field_count; i++)
        free(chat->fields[i]);
    free(chat->fields);
    free(chat->extra);
}

/* ---- Roles ---- */

const char *chat_role(const struct chat *chat)
{
    return settings_get(chat->settings, "chat", "role");
}

const char **chat_roles(const struct chat *chat)
{
    return settings_names(chat->settings, "role");
}

/* A system prompt that was given before gives way: the role was asked for later. */
int chat_set_role(struct chat *chat, const char *name, struct error *error)
{
    if (while_idle(chat, error) < 0 || set_option(chat, "chat", "role", name, "/role", error) < 0)
        return -1;
    settings_unset(chat->settings, SETTINGS_OPTION, "chat", "system");
    chat->has_own_system = false;
    return chat_load_system(chat, error);
}
