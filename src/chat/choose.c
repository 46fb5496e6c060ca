/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "chat/choose.h"

#include <stdlib.h>
#include <string.h>

#include "base/error.h"
#include "base/mem.h"
#include "chat/key.h"
#include "config/settings.h"
#include "runnel.h"

/* What is asked for when only a provider is known: small, and able to chat. */
static const struct {
    const char *provider, *model;
} customary[] = {
    {"openai", "gpt-5-mini"},
    {"anthropic", "claude-haiku-5-5"},
    {"gemini", "gemini-flash-latest"}, /* an alias that follows the newest */
    {"openrouter", "openrouter/auto"},
    {"groq", "llama-3.3-70b-versatile"},
    {"mistral", "mistral-small-latest"},
    {"deepseek", "deepseek-chat"},
    {"xai", "grok-4"},
    {"llamacpp", "default"}, /* it serves one model, whatever it is called */
    {GUIDE_NAME, "guide"},
};

void choice_clear(struct choice *choice)
{
    free(choice->provider);
    free(choice->model);
    free(choice->alias);
    free(choice->why);
    *choice = (struct choice){0};
}

char *choice_section(const struct choice *choice)
{
    return xasprintf("provider.%s", choice->provider);
}

char *choose_label(const char *provider, const char *model)
{
    return strcmp(provider, GUIDE_NAME) == 0 ? xstrdup(GUIDE_NAME)
                                             : xasprintf("%s:%s", provider, model);
}

/* ---- Names of providers ---- */

static bool is_preset(const char *name, size_t len)
{
    for (const rn_provider *provider = rn_providers(); provider->name; provider++)
        if (strlen(provider->name) == len && strncmp(provider->name, name, len) == 0)
            return true;
    return (len == strlen(GUIDE_NAME) && strncmp(name, GUIDE_NAME, len) == 0) ||
           (len == strlen(REPLAY_NAME) && strncmp(name, REPLAY_NAME, len) == 0);
}

static bool is_provider(const struct settings *settings, const char *name, size_t len)
{
    const char **configured = settings_names(settings, "provider");
    bool found = is_preset(name, len);
    for (const char **at = configured; *at && !found; at++)
        found = strlen(*at) == len && strncmp(*at, name, len) == 0;
    free(configured);
    return found;
}

/* The provider whose key is in the environment; NULL: none. */
static const rn_provider *provider_with_key(void)
{
    for (const rn_provider *provider = rn_providers(); provider->name; provider++) {
        if (*provider->url && key_variable(provider->name))
            return provider;
    }
    return NULL;
}

static int choose_default(const struct settings *settings, struct choice *choice,
                          struct error *error)
{
    char *section = choice_section(choice);
    const char *model = settings_get(settings, section, "model");
    free(section);
    for (size_t i = 0; !model && i < sizeof(customary) / sizeof(customary[0]); i++)
        if (strcmp(customary[i].provider, choice->provider) == 0)
            model = customary[i].model;
    choice->model = xstrdup(model);
    if (!model)
        return error_set(error, RN_ECONFIG,
                         "which model of %s? Say -m %s:MODEL (runnel models %s lists them)",
                         choice->provider, choice->provider, choice->provider);
    return 0;
}

/* The provider that may have been meant by what stands before the colon; NULL: none.  A word with a
 * digit in it is a model's: "llama3.2:1b" is not meant for llamacpp. */
static const char *nearest_provider(const struct settings *settings, const char *name, size_t len)
{
    enum { PRESETS_MAX = 64 };
    const char *presets[PRESETS_MAX + 2] = {GUIDE_NAME};
    size_t count = 1;
    if (strcspn(name, "0123456789") < len)
        return NULL;
    for (const rn_provider *at = rn_providers(); at->name && count <= PRESETS_MAX; at++)
        presets[count++] = at->name;
    const char **configured = settings_names(settings, "provider");
    char *word = xstrndup(name, len);
    const char *near = nearest_word(word, configured);
    if (!near)
        near = nearest_word(word, presets);
    free(configured);
    free(word);
    return near;
}

static int fail_unknown(const struct settings *settings, const char *name, struct error *error)
{
    size_t len = strcspn(name, ":");
    const char *near = nearest_provider(settings, name, len);
    if (near)
        return error_set(error, RN_ECONFIG, "there is no provider \"%.*s\": did you mean %s%s?",
                         (int)len, name, near, name + len);
    return error_set(error, RN_ECONFIG,
                     "which provider has the model \"%s\"? Say -m PROVIDER:MODEL, for instance "
                     "-m ollama:%s",
                     name, name);
}

/* PROVIDER, PROVIDER:MODEL, or a MODEL of the provider whose key is there. */
static int split_name(const struct settings *settings, const char *name, struct choice *choice,
                      struct error *error)
{
    size_t len = strcspn(name, ":");
    if (is_provider(settings, name, len)) {
        choice->provider = xstrndup(name, len);
        if (name[len] == ':' && name[len + 1]) {
            choice->model = xstrdup(name + len + 1);
            return 0;
        }
        return choose_default(settings, choice, error);
    }
    const rn_provider *provider = provider_with_key();
    if (!provider || (name[len] == ':' && nearest_provider(settings, name, len)))
        return fail_unknown(settings, name, error);
    choice->provider = xstrdup(provider->name);
    choice->model = xstrdup(name);
    return 0;
}

static int choose_alias(const struct settings *settings, const char *section, struct choice *choice,
                        struct error *error)
{
    const char *provider = settings_get(settings, section, "provider");
    const char *model = settings_get(settings, section, "model");
    if (!model)
        return error_set(error, RN_ECONFIG, "[%s] names no model", section);
    if (!provider)
        return split_name(settings, model, choice, error);
    choice->provider = xstrdup(provider);
    choice->model = xstrdup(model);
    return 0;
}

static bool is_alias(const struct settings *settings, const char *name)
{
    const char **aliases = settings_names(settings, "model");
    bool found = false;
    for (const char **at = aliases; *at && !found; at++)
        found = strcmp(*at, name) == 0;
    free(aliases);
    return found;
}

static int choose_named(const struct settings *settings, const char *name, struct choice *choice,
                        struct error *error)
{
    if (!is_alias(settings, name))
        return split_name(settings, name, choice, error);
    choice->alias = xasprintf("model.%s", name);
    return choose_alias(settings, choice->alias, choice, error);
}

static int check_role(const struct settings *settings, struct error *error)
{
    const char *role = settings_get(settings, "chat", "role");
    const char **roles = settings_names(settings, "role");
    bool found = !role;
    for (const char **at = roles; *at && !found; at++)
        found = strcmp(*at, role) == 0;
    const char *near = found ? NULL : nearest_word(role, roles);
    if (!found)
        error_set(error, RN_ECONFIG,
                  near ? "there is no [role.%s] in the config: did you mean %s?"
                       : "there is no [role.%s] in the config",
                  role, near);
    free(roles);
    return found ? 0 : -1;
}

/* The name that was given, and by whom: the role's model counts where the role was chosen with more
 * right than the model. */
static const char *given_name(const struct settings *settings, const char **origin)
{
    const char *name = settings_get(settings, "chat", "model");
    const char *role = settings_get(settings, "chat", "role");
    *origin = settings_origin(settings, "chat", "model");
    if (!role)
        return name;
    char *section = xasprintf("role.%s", role);
    const char *of_role = settings_get(settings, section, "model");
    if (of_role && (!name || settings_rank(settings, "chat", "model") <
                                 settings_rank(settings, "chat", "role"))) {
        *origin = settings_origin(settings, section, "model");
        name = of_role;
    }
    free(section);
    return name;
}

static int fail_unchosen(struct error *error)
{
    return error_set(
        error, RN_ECONFIG,
        "no model is chosen: say -m PROVIDER:MODEL (-m ollama:llama3.2), set RUNNEL_MODEL "
        "or [chat] model in the config, or put a key into the environment "
        "(OPENAI_API_KEY, ANTHROPIC_API_KEY, GEMINI_API_KEY, ...); -m guide asks the built-in "
        "guide");
}

int choose_model(const struct settings *settings, bool may_guide, struct choice *choice,
                 struct error *error)
{
    const char *origin;
    *choice = (struct choice){0};
    if (check_role(settings, error) < 0)
        return -1;
    const char *name = given_name(settings, &origin);
    if (settings_rank(settings, "provider." URL_NAME, "url") == SETTINGS_OPTION) {
        choice->provider = xstrdup(URL_NAME);
        choice->model = xstrdup(name ? name : "default");
        choice->why = xstrdup("from --url");
        return 0;
    }
    if (name) {
        choice->is_free = settings_get(settings, "chat", "model") == name &&
                          settings_rank(settings, "chat", "model") == SETTINGS_REMEMBERED;
        choice->why = xasprintf(choice->is_free ? "%s" : "from %s", origin);
        return choose_named(settings, name, choice, error);
    }
    const rn_provider *provider = provider_with_key();
    if (!provider && !may_guide)
        return fail_unchosen(error);
    choice->is_free = !provider;
    choice->provider = xstrdup(provider ? provider->name : GUIDE_NAME);
    choice->why = provider ? xasprintf("from %s", key_variable(provider->name))
                           : xstrdup("no model is chosen yet");
    return choose_default(settings, choice, error);
}
