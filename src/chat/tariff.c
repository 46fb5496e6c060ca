/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "chat/tariff.h"

#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "chat/choose.h"
#include "config/settings.h"

/* Whether [model.NAME] is another name for this model. */
static bool means(const struct settings *settings, const char *section, const struct choice *choice)
{
    const char *provider = settings_get(settings, section, "provider");
    const char *model = settings_get(settings, section, "model");
    size_t len = strlen(choice->provider);
    if (!model)
        return false;
    if (provider)
        return strcmp(provider, choice->provider) == 0 && strcmp(model, choice->model) == 0;
    return strncmp(model, choice->provider, len) == 0 && model[len] == ':' &&
           strcmp(model + len + 1, choice->model) == 0;
}

/* The section that says something of this kind; the caller's, NULL when there is none. */
static char *find(const struct settings *settings, const struct choice *choice, const char *key)
{
    if (choice->alias && settings_is_set(settings, choice->alias, key))
        return xstrdup(choice->alias);
    const char **names = settings_names(settings, "model");
    char *section = NULL;
    for (const char **name = names; *name && !section; name++) {
        section = xasprintf("model.%s", *name);
        if (!settings_is_set(settings, section, key) || !means(settings, section, choice)) {
            free(section);
            section = NULL;
        }
    }
    free(names);
    return section;
}

static double price(const struct settings *settings, const struct choice *choice, const char *key)
{
    char *section = find(settings, choice, key);
    double price = section ? settings_real(settings, section, key) : -1;
    free(section);
    return price;
}

bool tariff_prices(const struct settings *settings, const struct choice *choice, rn_prices *prices)
{
    *prices = (rn_prices){.input = price(settings, choice, "price_input"),
                          .output = price(settings, choice, "price_output"),
                          .cached = price(settings, choice, "price_cached"),
                          .cache_write = price(settings, choice, "price_cache_write")};
    return prices->input >= 0 || prices->output >= 0;
}

int64_t tariff_context(const struct settings *settings, const struct choice *choice)
{
    char *section = find(settings, choice, "context");
    int64_t context = section ? settings_number(settings, section, "context") : 0;
    free(section);
    return context;
}
