/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "chat/advice.h"

#include <string.h>

#include "base/mem.h"

static const struct {
    const char *provider, *start;
} local_servers[] = {
    {"ollama", "Is Ollama running? Start it with: ollama serve"},
    {"llamacpp", "Is llama-server running? Start it with: llama-server -m MODEL.gguf"},
    {"lmstudio", "Is LM Studio's server running? Start it with: lms server start"},
    {"vllm", "Is vLLM running? Start it with: vllm serve MODEL"},
};

static bool is_of(const char *model, const char *provider)
{
    size_t len = strlen(provider);
    return strncmp(model, provider, len) == 0 && model[len] == ':';
}

static const rn_provider *preset_of(const char *model)
{
    for (const rn_provider *preset = rn_providers(); preset->name; preset++)
        if (is_of(model, preset->name))
            return preset;
    return NULL;
}

static char *about_connection(const char *model)
{
    for (size_t i = 0; i < sizeof(local_servers) / sizeof(local_servers[0]); i++)
        if (is_of(model, local_servers[i].provider))
            return xstrdup(local_servers[i].start);
    return xstrdup("Check the address, the network and the proxy variables.");
}

static char *about_key(const char *model)
{
    const rn_provider *preset = preset_of(model);
    const char *variable = preset ? preset->key_env : "";
    return *variable ? xasprintf("The key was not accepted: check %s, or the key's setting in the "
                                 "config.",
                                 variable)
                     : xstrdup("The key was not accepted: check its setting (--key-env NAME, or "
                               "key_env in the config).");
}

static char *about_model(const char *model)
{
    if (is_of(model, "ollama"))
        return xasprintf("If the model is not there yet: ollama pull %s", strchr(model, ':') + 1);
    return xstrdup(
        "Check the model's name, and that the URL ends where the API begins (mostly /v1).");
}

static char *about_http(const rn_failure *error, const char *model)
{
    switch (error->http) {
    case 401:
    case 403:
        return about_key(model);
    case 404:
        return about_model(model);
    case 402:
        return xstrdup("The account has no credit left.");
    case 413:
        return xstrdup("The request is too large: begin a new conversation, or send less.");
    case 429:
        return xstrdup(strstr(error->provider_code, "quota")
                           ? "The account's quota is used up: waiting does not help."
                           : "Too many requests: wait a little, then ask again.");
    default:
        return xstrdup(error->http >= 500 ? "The server has trouble: ask again later." : "");
    }
}

char *advice_for(const rn_event *event, const char *model)
{
    const rn_failure *error = event->error;
    switch (error->code) {
    case RN_ECONNECT:
        return about_connection(model);
    case RN_EHTTP:
        return about_http(error, model);
    case RN_ETRUNCATED:
        return xstrdup("What came is kept; ask again for the rest.");
    case RN_ETIMEOUT:
        return xstrdup("The limits are connect_timeout, first_timeout, idle_timeout and "
                       "silence_timeout of the provider in the config.");
    case RN_EPROTOCOL:
        return xstrdup("Does the URL lead to an OpenAI-compatible API (mostly it ends in /v1)? "
                       "--record FILE keeps what the server sent.");
    default:
        return xstrdup("");
    }
}
