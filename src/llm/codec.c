/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "llm/codec.h"

#include <string.h>

static const struct codec *const codecs[] = {
    &codec_openai, &codec_responses, &codec_anthropic, &codec_ollama, &codec_gemini,
};

enum { CODEC_COUNT = sizeof(codecs) / sizeof(codecs[0]) };

const struct codec *codec_find(const char *name)
{
    for (size_t i = 0; i < CODEC_COUNT; i++)
        if (strcmp(codecs[i]->name, name) == 0)
            return codecs[i];
    return NULL;
}

const char *codec_name(size_t nth)
{
    return nth < CODEC_COUNT ? codecs[nth]->name : NULL;
}
