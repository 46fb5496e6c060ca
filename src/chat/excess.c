/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "chat/excess.h"

#include <ctype.h>
#include <stddef.h>
#include <string.h>

/* What stands before the two numbers. */
static const struct {
    const char *most, *sent;
} phrases[] = {
    /* OpenAI, Azure, DeepSeek, OpenRouter, vLLM */
    {"maximum context length is", "you requested"},
    {"maximum context length is", "messages resulted in"},
    {"maximum context length is", "request has"},
    {"maximum context length is", "input has"},
    /* vLLM */
    {"maximum model length of", "prompt (length"},
    /* Anthropic */
    {"tokens >", "prompt is too long:"},
    {">", "exceed context limit:"},
    /* Gemini */
    {"maximum number of tokens allowed", "input token count"},
    /* llama-server */
    {"available context size", "request"},
    /* Mistral */
    {"too large for model with", "prompt contains"},
    /* xAI */
    {"maximum prompt length is", "request contains"},
};

static bool has_any(const char *text, const char *const *words)
{
    for (; *words; words++)
        if (strcasestr(text, *words))
            return true;
    return false;
}

static bool is_about_length(const char *code, const char *message)
{
    static const char *const codes[] = {"context_length", "context_size", "context_window", NULL};
    static const char *const words[] = {"context length",
                                        "context window",
                                        "context size",
                                        "context limit",
                                        "prompt is too long",
                                        "input token count",
                                        "maximum prompt length",
                                        "maximum model length",
                                        "too long for the model",
                                        "reduce the length of the messages",
                                        NULL};
    return has_any(code, codes) || has_any(message, words);
}

/* Digits, with commas between them at most. */
static const char *read_digits(const char *text, int64_t *number)
{
    const int64_t most = INT64_MAX / 100;
    *number = 0;
    for (; isdigit((unsigned char)*text) || (*text == ',' && isdigit((unsigned char)text[1]));
         text++)
        if (*text != ',' && *number < most)
            *number = *number * 10 + (*text - '0');
    return text;
}

/* The number that soon follows a phrase, and what is added to it ("188240 + 21333"); -1: none does. */
static int64_t number_after(const char *message, const char *phrase)
{
    enum { SOON = 10 }; /* bytes: " about ", " (" */
    const char *at = strcasestr(message, phrase), *end;
    int64_t number, more;
    if (!at)
        return -1;
    at += strlen(phrase);
    end = at + strcspn(at, "0123456789");
    if (!*end || end - at > SOON)
        return -1;
    end = read_digits(end, &number);
    if (strncmp(end, " + ", 3) == 0 && isdigit((unsigned char)end[3])) {
        read_digits(end + 3, &more);
        number += more;
    }
    return number;
}

bool excess_find(struct excess *excess, const char *code, const char *message)
{
    *excess = (struct excess){.sent = -1, .most = -1};
    if (!is_about_length(code, message))
        return false;
    for (size_t i = 0; i < sizeof(phrases) / sizeof(phrases[0]); i++) {
        int64_t most = number_after(message, phrases[i].most);
        int64_t sent = number_after(message, phrases[i].sent);
        if (most >= 0 && sent > most) {
            *excess = (struct excess){.sent = sent, .most = most};
            break;
        }
        if (most > 0 && excess->most < 0 && strlen(phrases[i].most) > 1)
            excess->most = most;
    }
    return true;
}
