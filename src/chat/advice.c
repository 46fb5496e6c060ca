/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "chat/advice.h"

#include <stdlib.h>
#include <string.h>

#include "base/buf.h"
#include "base/mem.h"
#include "chat/excess.h"
#include "text/figures.h"

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

static char *about_permission(const char *model)
{
    char *key = about_key(model);
    char *advice = xasprintf("%s Or the account may not use this model, or not from here.", key);
    free(key);
    return advice;
}

static char *about_model(const char *model)
{
    const char *colon = strchr(model, ':');
    int provider = colon ? (int)(colon - model) : 0;
    if (is_of(model, "ollama"))
        return xasprintf("If the model is not there yet: ollama pull %s", colon + 1);
    return xasprintf(
        "Check the model's name (runnel models %.*s lists them), and that the URL ends "
        "where the API begins (mostly /v1).",
        provider, model);
}

/* ---- Too long ---- */

static char *about_length(const struct excess *excess, const char *model)
{
    struct buf advice = BUF_INIT;
    if (excess->sent >= 0) {
        figures_count(&advice, excess->sent - excess->most);
        buf_adds(&advice,
                 excess->sent - excess->most == 1 ? " token too many: " : " tokens too many: ");
        figures_count(&advice, excess->sent);
        buf_adds(&advice, " where the model holds ");
        figures_count(&advice, excess->most);
        buf_adds(&advice, ". ");
    } else if (excess->most >= 0) {
        buf_adds(&advice, "The model holds ");
        figures_count(&advice, excess->most);
        buf_adds(&advice, " tokens. ");
    }
    buf_adds(&advice,
             "Attach less, begin a new conversation (/new), or take a model that holds more");
    if (is_of(model, "ollama"))
        buf_adds(&advice, " (or this one, with --set options.num_ctx=N)");
    else if (is_of(model, "llamacpp"))
        buf_adds(&advice, " (or start llama-server with a larger -c)");
    buf_adds(&advice, "; /usage shows what is sent.");
    return buf_take(&advice);
}

/* ---- By what the error says ---- */

/* The first row of which a word stands in the code or in the message. */
static const struct {
    const char *codes[5], *words[8], *advice;
} topics[] = {
    {{"insufficient_quota", "billing", "spend_limit"},
     {"credit balance is too low", "exceeded your current quota, please check your plan"},
     "The account's quota is used up: waiting does not help, its billing page does."},
    {{"tool_use_failed", "MALFORMED_FUNCTION_CALL", "UNEXPECTED_TOOL_CALL"},
     {"Failed to parse tool call", "Failed to call a function"},
     "The model wrote a tool call that is none: asking again may go better, and so may another "
     "model."},
    {{NULL},
     {"not support tool", "support tool use", "tool calling` is not", "tools is not supported",
      "enable-auto-tool-choice", "tools param requires --jinja", "support function calling"},
     "This model, or the way its server was started, has no tools: ask without them (/tools none, "
     "--no-tools), or take another model."},
    {{NULL},
     {"not support image", "support image input", "image input is not supported",
      "not support vision", "not a multimodal model", "does not accept image", "image_url is only"},
     "This model sees no images: take one that does, or ask without the image."},
    {{"image_too_large"},
     {"image exceeds", "image is too large", "image dimensions exceed", "image size exceeds",
      "image too large"},
     "Make the image smaller, or a JPEG of it, and attach that."},
    {{"invalid_image", "image_parse_error", "unsupported_image"},
     {"could not process image", "unsupported image", "unable to process input image",
      "unsupported mime type", "unsupported file", "not represent a valid image"},
     "The provider cannot read what is attached: convert it (PNG and JPEG go everywhere)."},
    {{"overloaded", "UNAVAILABLE"},
     {"overloaded", "at capacity"},
     "The provider has more to do than it can: ask again in a while, or another model."},
};

static bool is_among(const char *text, const char *const *words, size_t count)
{
    for (size_t i = 0; i < count && words[i]; i++)
        if (strcasestr(text, words[i]))
            return true;
    return false;
}

static const char *by_topic(const char *code, const char *message)
{
    for (size_t i = 0; i < sizeof(topics) / sizeof(topics[0]); i++) {
        enum {
            CODES = sizeof(topics[0].codes) / sizeof(topics[0].codes[0]),
            WORDS = sizeof(topics[0].words) / sizeof(topics[0].words[0]),
        };
        if (is_among(code, topics[i].codes, CODES) || is_among(message, topics[i].words, WORDS))
            return topics[i].advice;
    }
    return NULL;
}

static bool is_unknown_model(const rn_failure *error, const char *message)
{
    static const char *const codes[] = {"model_not_found", "invalid_model", "unknown_model"};
    static const char *const words[] = {"not a valid model", "model does not exist",
                                        "unknown model"};
    return is_among(error->provider_code, codes, sizeof(codes) / sizeof(codes[0])) ||
           is_among(message, words, sizeof(words) / sizeof(words[0]));
}

static bool is_bad_key(const rn_failure *error)
{
    static const char *const codes[] = {"API_KEY_INVALID", "invalid_api_key", "authentication"};
    return error->http == 401 ||
           is_among(error->provider_code, codes, sizeof(codes) / sizeof(codes[0]));
}

/* ---- By the status alone ---- */

static char *about_status(const rn_failure *error, const char *model)
{
    switch (error->http) {
    case 403:
        return about_permission(model);
    case 404:
        return about_model(model);
    case 402:
        return xstrdup("The account has no credit left.");
    case 413:
        return xstrdup(
            "The request is too large: attach less, or begin a new conversation (/new).");
    case 429:
        return xstrdup(
            error->retryable
                ? "Too many requests: wait a little, then ask again."
                : "A quota is used up, the day's or the account's: waiting a little does "
                  "not help.");
    default:
        return xstrdup(error->http >= 500 || error->retryable
                           ? "The server has trouble: ask again later."
                           : "");
    }
}

/* A limit by the minute is not a model's: who sends too much too fast need not send less. */
static bool is_rate(const rn_failure *error)
{
    return error->http == 429;
}

static char *about_refusal(const rn_event *event, const char *model)
{
    const rn_failure *error = event->error;
    struct excess excess;
    if (is_bad_key(error))
        return about_key(model);
    if (is_unknown_model(error, event->text))
        return about_model(model);
    if (!is_rate(error) && excess_find(&excess, error->provider_code, event->text))
        return about_length(&excess, model);
    const char *topic = by_topic(error->provider_code, event->text);
    return topic ? xstrdup(topic) : about_status(error, model);
}

char *advice_for(const rn_event *event, const char *model)
{
    switch (event->error->code) {
    case RN_ECONNECT:
        return about_connection(model);
    case RN_EHTTP:
    case RN_EPROVIDER:
        return about_refusal(event, model);
    case RN_ETRUNCATED:
        return xstrdup("Whatever came is kept; ask again for the rest.");
    case RN_ETIMEOUT:
        return xstrdup("The limits are connect_timeout, first_timeout, idle_timeout and "
                       "silence_timeout of the provider in the config.");
    case RN_EPROTOCOL:
        return xstrdup(
            "Does the URL lead to an API of this kind, and to where it begins (mostly it "
            "ends in /v1)? --record FILE keeps what the server sent.");
    default:
        return xstrdup("");
    }
}

/* ---- Before there is an error ---- */

static void add_left(struct buf *text, int64_t left, const char *what)
{
    if (left < 0)
        return;
    buf_adds(text, text->len > 0 ? " and " : "");
    figures_count(text, left);
    buf_addf(text, " %s%s", what, left == 1 ? "" : "s");
}

char *advice_limits(const rn_finish *finish)
{
    const rn_limits *limits = finish->limits;
    struct buf left = BUF_INIT, text = BUF_INIT;
    if (!limits)
        return xstrdup("");
    add_left(&left, limits->requests, "request");
    add_left(&left, limits->tokens, "token");
    buf_addf(&text, "the provider's rate limit is close: %s left", buf_str(&left));
    if (limits->reset_ms >= 0) {
        buf_adds(&text, ", as many as ever in ");
        figures_duration(&text, limits->reset_ms);
    }
    buf_clear(&left);
    return buf_take(&text);
}
