/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "chat/key.h"

#include <stdlib.h>
#include <string.h>

#include "base/error.h"
#include "base/mem.h"
#include "config/settings.h"
#include "runnel.h"

/* Google's own programs take either. */
static const struct {
    const char *provider, *variable;
} others[] = {
    {"gemini", "GOOGLE_API_KEY"},
};

/* "" where none is wanted. */
static const char *customary(const char *provider)
{
    for (const rn_provider *preset = rn_providers(); preset->name; preset++)
        if (strcmp(preset->name, provider) == 0)
            return preset->key_env;
    return "";
}

static bool holds_key(const char *variable)
{
    const char *value = *variable ? getenv(variable) : NULL;
    return value && *value;
}

const char *key_variable(const char *provider)
{
    const char *variable = customary(provider);
    if (holds_key(variable))
        return variable;
    for (size_t i = 0; i < sizeof(others) / sizeof(others[0]); i++)
        if (strcmp(others[i].provider, provider) == 0 && holds_key(others[i].variable))
            return others[i].variable;
    return NULL;
}

/* Azure has no address but the one that is set. */
static bool is_own_address(const struct settings *settings, const char *section,
                           const char *provider)
{
    return !settings_is_set(settings, section, "url") ||
           settings_rank(settings, section, "url") == SETTINGS_ENVIRONMENT ||
           strcmp(provider, "azure") == 0;
}

bool key_is_set(const struct settings *settings, const char *provider)
{
    char *section = xasprintf("provider.%s", provider);
    bool is_set = settings_is_set(settings, section, "key_env") ||
                  settings_is_set(settings, section, "key_file") ||
                  settings_is_set(settings, section, "key_command") ||
                  (is_own_address(settings, section, provider) && key_variable(provider));
    free(section);
    return is_set;
}

static int take_variable(const char *section, const char *provider, char **key, struct error *error)
{
    const char *wanted = customary(provider), *found = key_variable(provider);
    if (!*wanted)
        return 0;
    if (!found)
        return error_set(error, RN_ECONFIG,
                         "%s wants a key: set %s, or key_env, key_file or key_command in [%s] of "
                         "the config",
                         provider, wanted, section);
    *key = xstrdup(getenv(found));
    return 0;
}

int key_find(const struct settings *settings, const char *provider, char **key, struct error *error)
{
    struct error why = ERROR_INIT;
    char *section = xasprintf("provider.%s", provider);
    int result = 0;
    *key = settings_key(settings, section, &why);
    if (why.code) {
        *error = why;
        result = -1;
    } else if (!*key && is_own_address(settings, section, provider)) {
        result = take_variable(section, provider, key, error);
    }
    free(section);
    return result;
}
