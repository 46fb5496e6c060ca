/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * The list of models as OpenAI gives it, with what OpenRouter, Mistral, Groq, Azure, vLLM and
 * llama-server add.
 */
#include "llm/openai_request.h"

#include <math.h>
#include <string.h>

#include "base/json.h"

/* ---- Which of them chat ---- */

/* OpenAI's own list tells nothing but names. */
static bool is_named_otherwise(const char *id)
{
    static const char *const beginnings[] = {
        "text-embedding-", "whisper-",       "tts-",      "dall-e-",
        "gpt-image-",      "chatgpt-image-", "sora-",     "babbage-",
        "davinci-",        "gpt-realtime",   "gpt-audio", "gpt-3.5-turbo-instruct"};
    static const char *const parts[] = {"-moderation-", "-embed",    "-transcribe",
                                        "-tts",         "-realtime", "-audio-"};
    const char *slash = strrchr(id, '/'), *name = slash ? slash + 1 : id;
    for (size_t i = 0; i < sizeof(beginnings) / sizeof(beginnings[0]); i++)
        if (strncmp(name, beginnings[i], strlen(beginnings[i])) == 0)
            return true;
    for (size_t i = 0; i < sizeof(parts) / sizeof(parts[0]); i++)
        if (strstr(name, parts[i]))
            return true;
    return false;
}

static bool chats(const json_t *model, const char *id)
{
    const json_t *can = json_object_get(model, "capabilities");
    const json_t *gives =
        json_object_get(json_object_get(model, "architecture"), "output_modalities");
    if (json_is_false(json_object_get(can, "completion_chat")) || /* Mistral's */
        json_is_false(json_object_get(can, "chat_completion")))   /* Azure's */
        return false;
    if (json_is_array(gives) && !json_has_text(gives, "text"))
        return false;
    return !is_named_otherwise(id);
}

/* ---- What is told of one ---- */

static void add_number(json_t *listed, const char *key, int64_t number)
{
    if (number > 0 && !json_object_get(listed, key))
        json_object_set_new(listed, key, json_integer(number));
}

static void add_sizes(json_t *listed, const json_t *model)
{
    const json_t *meta = json_object_get(model, "meta");
    const json_t *top = json_object_get(model, "top_provider");
    static const char *const names[] = {"context_length", "max_model_len", "max_context_length",
                                        "context_window"};
    add_number(listed, "context",
               json_get_number(meta, "n_ctx", 0)); /* not what it was trained on */
    for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++)
        add_number(listed, "context", json_get_number(model, names[i], 0));
    add_number(listed, "output", json_get_number(top, "max_completion_tokens", 0));
    add_number(listed, "output", json_get_number(model, "max_completion_tokens", 0));
}

static void add_flag(json_t *listed, const char *key, const json_t *flag)
{
    if (json_is_boolean(flag))
        json_object_set(listed, key, (json_t *)flag);
}

static void add_word(json_t *listed, const char *key, const json_t *list, const char *word)
{
    if (json_is_array(list))
        json_object_set_new(listed, key, json_boolean(json_has_text(list, word)));
}

static void add_abilities(json_t *listed, const json_t *model)
{
    const json_t *can = json_object_get(model, "capabilities");
    const json_t *knows = json_object_get(model, "supported_parameters");
    add_flag(listed, "images", json_object_get(can, "vision"));
    add_flag(listed, "tools", json_object_get(can, "function_calling"));
    add_flag(listed, "reasoning", json_object_get(can, "reasoning"));
    add_word(listed, "images",
             json_object_get(json_object_get(model, "architecture"), "input_modalities"), "image");
    add_word(listed, "tools", knows, "tools");
    add_word(listed, "reasoning", knows, "reasoning");
}

/* OpenRouter writes dollars for one token, as strings; -1 where the price depends. */
static void add_price(json_t *prices, const char *key, const json_t *given)
{
    json_t *number =
        json_is_string(given) ? json_loads(json_string_value(given), JSON_DECODE_ANY, NULL) : NULL;
    double price = json_number_value(number);
    if (json_is_number(number) && price >= 0)
        json_object_set_new(prices, key, json_real(round(price * 1e12) / 1e6));
    json_decref(number);
}

static void add_prices(json_t *listed, const json_t *pricing)
{
    json_t *prices = json_object();
    add_price(prices, "input", json_object_get(pricing, "prompt"));
    add_price(prices, "output", json_object_get(pricing, "completion"));
    add_price(prices, "cached", json_object_get(pricing, "input_cache_read"));
    add_price(prices, "cache_write", json_object_get(pricing, "input_cache_write"));
    if (json_object_size(prices) > 0)
        json_object_set(listed, "prices", prices);
    json_decref(prices);
}

static json_t *listed(const json_t *model, const char *id)
{
    json_t *json = json_pack("{s:s}", "name", id);
    const char *title = json_get_text(model, "name");
    if (*title && strcmp(title, id) != 0)
        json_object_set_new(json, "title", json_string(title));
    add_sizes(json, model);
    add_abilities(json, model);
    add_prices(json, json_object_get(model, "pricing"));
    return json;
}

json_t *openai_models(const json_t *answer)
{
    const json_t *data = json_is_array(answer) ? answer : json_object_get(answer, "data");
    if (!json_is_array(data))
        return NULL;
    json_t *list = json_array(), *model;
    size_t i;
    json_array_foreach (data, i, model) {
        const char *id = json_get_text(model, "id");
        if (*id && chats(model, id))
            json_array_append_new(list, listed(model, id));
    }
    return list;
}
