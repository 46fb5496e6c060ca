/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "llm/provider.h"

#include <string.h>

#include "llm/codec.h"

static const rn_provider providers[] = {
    {"openai", "responses", "https://api.openai.com/v1", "OPENAI_API_KEY"},
    {"anthropic", "anthropic", "https://api.anthropic.com/v1", "ANTHROPIC_API_KEY"},
    {"gemini", "gemini", "https://generativelanguage.googleapis.com/v1beta", "GEMINI_API_KEY"},
    {"openrouter", "openai", "https://openrouter.ai/api/v1", "OPENROUTER_API_KEY"},
    {"groq", "openai", "https://api.groq.com/openai/v1", "GROQ_API_KEY"},
    {"mistral", "openai", "https://api.mistral.ai/v1", "MISTRAL_API_KEY"},
    {"deepseek", "openai", "https://api.deepseek.com/v1", "DEEPSEEK_API_KEY"},
    {"xai", "openai", "https://api.x.ai/v1", "XAI_API_KEY"},
    {"azure", "openai", "", "AZURE_OPENAI_API_KEY"}, /* each resource has a URL of its own */
    {"ollama", "ollama", "http://localhost:11434", ""},
    {"llamacpp", "openai", "http://localhost:8080/v1", ""},
    {"lmstudio", "openai", "http://localhost:1234/v1", ""},
    {"vllm", "openai", "http://localhost:8000/v1", ""},
    {0},
};

const rn_provider *rn_providers(void)
{
    return providers;
}

const rn_provider *provider_find(const char *name)
{
    for (const rn_provider *provider = providers; provider->name; provider++)
        if (strcmp(provider->name, name) == 0)
            return provider;
    return NULL;
}

void provider_adapt(const char *name, rn_model_options *options)
{
    bool has_url = options->url && *options->url;
    if ((strcmp(name, "openai") == 0 && !has_url) || strcmp(name, "azure") == 0)
        options->max_completion_tokens = true; /* their reasoning models refuse max_tokens */
    if (strcmp(name, "mistral") == 0)
        options->no_stream_options = true; /* counts usage unasked, and refuses unknown fields */
}

/* Without the slashes at its end. */
static size_t length(const char *url)
{
    size_t len = strlen(url);
    while (len > 0 && url[len - 1] == '/')
        len--;
    return len;
}

static bool is_same(const char *url, const char *other)
{
    size_t len = length(url);
    return len == length(other) && strncmp(url, other, len) == 0;
}

static bool is_openai_base(const char *url)
{
    size_t len = length(url);
    return len >= 3 && strncmp(url + len - 3, "/v1", 3) == 0;
}

/* Who gives OpenAI a URL of their own mean a server that speaks its older and common dialect; and
 * Ollama's /v1 speaks it too. */
const char *provider_wire(const char *name, const char *url)
{
    const rn_provider *preset = provider_find(name);
    if (!preset)
        return "openai";
    if (strcmp(preset->wire, "responses") == 0 && !is_same(url, preset->url))
        return "openai";
    if (strcmp(preset->wire, "ollama") == 0 && is_openai_base(url))
        return "openai";
    return preset->wire;
}

const char *provider_key_header(const char *name, const struct codec *codec)
{
    return strcmp(name, "azure") == 0 ? "api-key: " : codec->key_header;
}
