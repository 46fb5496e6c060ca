/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "llm/provider.h"

#include <string.h>

static const rn_provider providers[] = {
    {"openai", "openai", "https://api.openai.com/v1", "OPENAI_API_KEY"},
    {"openrouter", "openai", "https://openrouter.ai/api/v1", "OPENROUTER_API_KEY"},
    {"groq", "openai", "https://api.groq.com/openai/v1", "GROQ_API_KEY"},
    {"mistral", "openai", "https://api.mistral.ai/v1", "MISTRAL_API_KEY"},
    {"deepseek", "openai", "https://api.deepseek.com/v1", "DEEPSEEK_API_KEY"},
    {"xai", "openai", "https://api.x.ai/v1", "XAI_API_KEY"},
    {"azure", "openai", "", "AZURE_OPENAI_API_KEY"}, /* each resource has a URL of its own */
    {"ollama", "openai", "http://localhost:11434/v1", ""},
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

const char *provider_key_header(const char *name)
{
    return strcmp(name, "azure") == 0 ? "api-key: " : "Authorization: Bearer ";
}
