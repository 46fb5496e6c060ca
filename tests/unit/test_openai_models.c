/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "llm/openai_request.h"

/* ---- What servers say, in the form of llm/listing.h ---- */

static const struct {
    const char *about, *answer, *want; /* NULL: it is no list of models */
} cases[] = {
    {"OpenAI: nothing but names",
     "{\"object\":\"list\",\"data\":[{\"id\":\"gpt-5\",\"object\":\"model\",\"owned_by\":\"x\"},"
     "{\"id\":\"o3\"}]}",
     "[{\"name\":\"gpt-5\"},{\"name\":\"o3\"}]"},
    {"OpenRouter",
     "{\"data\":[{\"id\":\"a/b\",\"name\":\"A: B\",\"context_length\":131072,\"architecture\":{"
     "\"input_modalities\":[\"text\",\"image\"],\"output_modalities\":[\"text\"]},\"pricing\":{"
     "\"prompt\":\"0.00000015\",\"completion\":\"0.0000006\",\"input_cache_read\":\"0.000000075\","
     "\"input_cache_write\":\"0.0000001875\"},\"top_provider\":{\"max_completion_tokens\":16384},"
     "\"supported_parameters\":[\"tools\",\"stop\"]}]}",
     "[{\"name\":\"a/b\",\"title\":\"A: B\",\"context\":131072,\"output\":16384,\"images\":true,"
     "\"tools\":true,\"reasoning\":false,\"prices\":{\"input\":0.15,\"output\":0.6,\"cached\":"
     "0.075,\"cache_write\":0.1875}}]"},
    {"OpenRouter: it depends, and it is free",
     "{\"data\":[{\"id\":\"auto\",\"pricing\":{\"prompt\":\"-1\",\"completion\":\"-1\"}},"
     "{\"id\":\"free\",\"pricing\":{\"prompt\":\"0\",\"completion\":\"nan\"}}]}",
     "[{\"name\":\"auto\"},{\"name\":\"free\",\"prices\":{\"input\":0.0}}]"},
    {"OpenRouter: one that draws",
     "{\"data\":[{\"id\":\"x\",\"architecture\":{\"output_modalities\":[\"image\"]}}]}", "[]"},
    {"llama-server, which has two lists",
     "{\"models\":[{\"name\":\"q\"}],\"data\":[{\"id\":\"q.gguf\",\"meta\":{\"n_ctx\":8192,"
     "\"n_ctx_train\":40960},\"architecture\":{\"input_modalities\":[\"text\"]}}]}",
     "[{\"name\":\"q.gguf\",\"context\":8192,\"images\":false}]"},
    {"vLLM", "{\"data\":[{\"id\":\"q\",\"max_model_len\":32768}]}",
     "[{\"name\":\"q\",\"context\":32768}]"},
    {"Groq",
     "{\"data\":[{\"id\":\"l\",\"context_window\":131072,\"max_completion_tokens\":32768}]}",
     "[{\"name\":\"l\",\"context\":131072,\"output\":32768}]"},
    {"Mistral",
     "{\"data\":[{\"id\":\"m\",\"name\":\"m\",\"max_context_length\":131072,\"capabilities\":{"
     "\"completion_chat\":true,\"function_calling\":true,\"vision\":false}},{\"id\":\"ocr\","
     "\"capabilities\":{\"completion_chat\":false}}]}",
     "[{\"name\":\"m\",\"context\":131072,\"images\":false,\"tools\":true}]"},
    {"Azure",
     "{\"data\":[{\"id\":\"gpt\",\"capabilities\":{\"chat_completion\":true}},{\"id\":\"ada\","
     "\"capabilities\":{\"chat_completion\":false}}]}",
     "[{\"name\":\"gpt\"}]"},
    {"a list without an object around it", "[{\"id\":\"t\"}]", "[{\"name\":\"t\"}]"},
    {"what is no list", "{\"data\":{\"id\":\"t\"}}", "none"},
    {"what is no model", "{\"data\":[null,7,\"x\",{},{\"id\":\"\"},{\"id\":1}]}", "[]"},
    {"fields of other kinds",
     "{\"data\":[{\"id\":\"t\",\"name\":7,\"context_length\":\"x\",\"max_model_len\":-1,"
     "\"capabilities\":[],\"pricing\":[],\"architecture\":\"x\",\"supported_parameters\":{}}]}",
     "[{\"name\":\"t\"}]"},
};

static char *list(const char *answer)
{
    json_t *tree = json_loads(answer, 0, NULL);
    assert_non_null(tree);
    json_t *models = openai_models(tree);
    char *text =
        models ? json_dumps(models, JSON_COMPACT | JSON_REAL_PRECISION(15)) : strdup("none");
    json_decref(models);
    json_decref(tree);
    return text;
}

static void test_answers(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        char *got = list(cases[i].answer);
        if (!got != !cases[i].want || (got && strcmp(got, cases[i].want) != 0))
            fail_msg("%s: %s", cases[i].about, got ? got : "no list");
        free(got);
    }
}

/* ---- Names of models that do not chat ---- */

static const struct {
    const char *name;
    bool is_listed;
} names[] = {
    {"gpt-5-mini", true},
    {"chatgpt-4o-latest", true},
    {"o4-mini", true},
    {"gpt-4o-search-preview", true},
    {"llama-3.1-70b-instruct", true},
    {"qwen/qwen3-vl", true},
    {"text-embedding-3-large", false},
    {"text-embedding-nomic-embed-text-v1.5", false},
    {"nomic-embed-text", false},
    {"whisper-1", false},
    {"openai/whisper-large-v3", false},
    {"tts-1-hd", false},
    {"gpt-4o-mini-tts", false},
    {"gpt-4o-transcribe", false},
    {"gpt-4o-realtime-preview", false},
    {"gpt-realtime", false},
    {"gpt-4o-audio-preview", false},
    {"dall-e-3", false},
    {"gpt-image-1", false},
    {"sora-2", false},
    {"omni-moderation-latest", false},
    {"davinci-002", false},
    {"gpt-3.5-turbo-instruct-0914", false},
    {"gpt-3.5-turbo", true},
};

static void test_names(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++) {
        json_t *answer = json_pack("{s:[{s:s}]}", "data", "id", names[i].name);
        json_t *models = openai_models(answer);
        if (json_array_size(models) != names[i].is_listed)
            fail_msg("%s", names[i].name);
        json_decref(models);
        json_decref(answer);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_answers),
        cmocka_unit_test(test_names),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
