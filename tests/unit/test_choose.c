/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Which model answers: the first that applies.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

#include "base/error.h"
#include "base/mem.h"
#include "chat/choose.h"
#include "config/settings.h"
#include "runnel.h"

static int forget_keys(void **state)
{
    (void)state;
    for (const rn_provider *provider = rn_providers(); provider->name; provider++)
        if (*provider->key_env)
            unsetenv(provider->key_env);
    unsetenv("GOOGLE_API_KEY");
    return 0;
}

/* What has been said: at which rank, of which setting. */
struct said {
    enum settings_rank rank;
    const char *section, *key, *value;
};

static struct settings *settings_of(const struct said *said)
{
    static const char *const origins[] = {"default",   "a choice of old", "config.ini:1",
                                          "a profile", "RUNNEL_MODEL",    "--model"};
    struct settings *settings = settings_new();
    struct error error;
    for (; said->section; said++)
        assert_int_equal(settings_set(settings, said->rank, said->section, said->key, said->value,
                                      origins[said->rank], &error),
                         0);
    return settings;
}

enum { SAID_MAX = 8 };

#define FILE_SAYS(section, key, value)     \
    {                                      \
        SETTINGS_FILE, section, key, value \
    }
#define OPTION_SAYS(section, key, value)     \
    {                                        \
        SETTINGS_OPTION, section, key, value \
    }

static void the_first_that_applies(void **state)
{
    static const struct {
        const char *about, *key; /* a variable that holds a key */
        struct said said[SAID_MAX];
        const char *want, *alias, *why;
    } cases[] = {
        {"nothing", NULL, {{0}}, "guide:guide", NULL, "no model is chosen yet"},
        {"a key", "OPENAI_API_KEY", {{0}}, "openai:gpt-5-mini", NULL, "from OPENAI_API_KEY"},
        {"another key",
         "ANTHROPIC_API_KEY",
         {{0}},
         "anthropic:claude-haiku-5-5",
         NULL,
         "from ANTHROPIC_API_KEY"},
        {"Google's other name",
         "GOOGLE_API_KEY",
         {{0}},
         "gemini:gemini-flash-latest",
         NULL,
         "from GOOGLE_API_KEY"},
        {"a choice of old over a key",
         "OPENAI_API_KEY",
         {{SETTINGS_REMEMBERED, "chat", "model", "ollama:small"}},
         "ollama:small",
         NULL,
         "a choice of old"},
        {"the config over a choice of old",
         NULL,
         {{SETTINGS_REMEMBERED, "chat", "model", "ollama:small"},
          FILE_SAYS("chat", "model", "groq:x")},
         "groq:x",
         NULL,
         "from config.ini:1"},
        {"a role of the file over a choice of old",
         NULL,
         {{SETTINGS_REMEMBERED, "chat", "model", "ollama:small"},
          FILE_SAYS("role.poet", "model", "ollama:poet"),
          FILE_SAYS("chat", "role", "poet")},
         "ollama:poet",
         NULL,
         "from config.ini:1"},
        {"a key, and the provider's own model",
         "OPENAI_API_KEY",
         {FILE_SAYS("provider.openai", "model", "mine")},
         "openai:mine",
         NULL,
         "from OPENAI_API_KEY"},
        {"the config over a key",
         "OPENAI_API_KEY",
         {FILE_SAYS("chat", "model", "ollama:small")},
         "ollama:small",
         NULL,
         "from config.ini:1"},
        {"the environment over the config",
         NULL,
         {FILE_SAYS("chat", "model", "ollama:a"),
          {SETTINGS_ENVIRONMENT, "chat", "model", "ollama:b"}},
         "ollama:b",
         NULL,
         "from RUNNEL_MODEL"},
        {"an option over the environment",
         NULL,
         {{SETTINGS_ENVIRONMENT, "chat", "model", "ollama:b"},
          OPTION_SAYS("chat", "model", "ollama:c")},
         "ollama:c",
         NULL,
         "from --model"},
        {"colons of a model's own",
         NULL,
         {OPTION_SAYS("chat", "model", "ollama:mistral:7b")},
         "ollama:mistral:7b",
         NULL,
         "from --model"},
        {"a provider that is also a model",
         NULL,
         {OPTION_SAYS("chat", "model", "mistral:7b")},
         "mistral:7b",
         NULL,
         "from --model"},
        {"a model of the provider whose key is there",
         "MISTRAL_API_KEY",
         {OPTION_SAYS("chat", "model", "open-mixtral")},
         "mistral:open-mixtral",
         NULL,
         "from --model"},
        {"its colon is no provider's",
         "OPENAI_API_KEY",
         {OPTION_SAYS("chat", "model", "ft:gpt-5:me")},
         "openai:ft:gpt-5:me",
         NULL,
         "from --model"},
        {"a provider's customary model",
         NULL,
         {OPTION_SAYS("chat", "model", "groq")},
         "groq:llama-3.3-70b-versatile",
         NULL,
         "from --model"},
        {"a provider of the config",
         NULL,
         {FILE_SAYS("provider.mine", "url", "http://localhost/v1"),
          OPTION_SAYS("chat", "model", "mine:x")},
         "mine:x",
         NULL,
         "from --model"},
        {"the guide, by name",
         "OPENAI_API_KEY",
         {OPTION_SAYS("chat", "model", "guide")},
         "guide:guide",
         NULL,
         "from --model"},
        {"an alias",
         NULL,
         {FILE_SAYS("model.fast", "provider", "ollama"), FILE_SAYS("model.fast", "model", "small"),
          OPTION_SAYS("chat", "model", "fast")},
         "ollama:small",
         "model.fast",
         "from --model"},
        {"an alias without a provider",
         NULL,
         {FILE_SAYS("model.fast", "model", "ollama:small"), OPTION_SAYS("chat", "model", "fast")},
         "ollama:small",
         "model.fast",
         "from --model"},
        {"--url, and all of -m",
         NULL,
         {OPTION_SAYS("provider.url", "url", "http://x/v1"),
          OPTION_SAYS("chat", "model", "ollama:x")},
         "url:ollama:x",
         NULL,
         "from --url"},
        {"--url alone",
         "OPENAI_API_KEY",
         {OPTION_SAYS("provider.url", "url", "http://x/v1")},
         "url:default",
         NULL,
         "from --url"},
        {"a [provider.url] of the config is no --url",
         NULL,
         {FILE_SAYS("provider.url", "url", "http://x/v1"),
          OPTION_SAYS("chat", "model", "ollama:x")},
         "ollama:x",
         NULL,
         "from --model"},
        {"a role's model over the file's",
         NULL,
         {FILE_SAYS("role.poet", "model", "ollama:poet"), FILE_SAYS("chat", "model", "ollama:a"),
          OPTION_SAYS("chat", "role", "poet")},
         "ollama:poet",
         NULL,
         "from config.ini:1"},
        {"a model over the role of the same place",
         NULL,
         {FILE_SAYS("role.poet", "model", "ollama:poet"), FILE_SAYS("chat", "model", "ollama:a"),
          FILE_SAYS("chat", "role", "poet")},
         "ollama:a",
         NULL,
         "from config.ini:1"},
    };
    (void)state;
    for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        struct settings *settings = settings_of(cases[i].said);
        struct choice choice;
        struct error error;
        if (cases[i].key)
            setenv(cases[i].key, "sk-1", 1);
        assert_int_equal(choose_model(settings, true, &choice, &error), 0);
        char *got = xasprintf("%s:%s", choice.provider, choice.model);
        assert_string_equal(got, cases[i].want);
        assert_string_equal(choice.why, cases[i].why);
        assert_string_equal(choice.alias ? choice.alias : "none",
                            cases[i].alias ? cases[i].alias : "none");
        free(got);
        choice_clear(&choice);
        settings_free(settings);
        forget_keys(NULL);
    }
}

static void what_cannot_be_chosen(void **state)
{
    static const struct {
        struct said said[SAID_MAX];
        const char *says;
    } cases[] = {
        {{{0}}, "no model is chosen"},
        {{OPTION_SAYS("chat", "model", "ollama")}, "which model of ollama? Say -m ollama:MODEL"},
        {{OPTION_SAYS("chat", "model", "gudie:x")}, "did you mean guide:x?"},
        {{OPTION_SAYS("chat", "model", "llama3.2:1b")}, "for instance -m ollama:llama3.2:1b"},
        {{FILE_SAYS("provider.office", "url", "http://x/v1"),
          OPTION_SAYS("chat", "model", "ofice:a")},
         "did you mean office:a?"},
        {{FILE_SAYS("model.fast", "provider", "ollama"), OPTION_SAYS("chat", "model", "fast")},
         "[model.fast] names no model"},
        {{OPTION_SAYS("chat", "role", "poet")}, "there is no [role.poet] in the config"},
        {{FILE_SAYS("role.poet", "system", "Sing."), OPTION_SAYS("chat", "role", "peot")},
         "did you mean poet?"},
    };
    (void)state;
    for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        struct settings *settings = settings_of(cases[i].said);
        struct choice choice;
        struct error error;
        assert_int_equal(choose_model(settings, false, &choice, &error), -1);
        assert_int_equal(error.code, RN_ECONFIG);
        if (!strstr(error.text, cases[i].says))
            assert_string_equal(error.text, cases[i].says);
        choice_clear(&choice);
        settings_free(settings);
    }
}

static void an_empty_key_is_none(void **state)
{
    struct settings *settings = settings_new();
    struct choice choice;
    struct error error;
    (void)state;
    setenv("OPENAI_API_KEY", "", 1);
    assert_int_equal(choose_model(settings, false, &choice, &error), -1);
    choice_clear(&choice);
    settings_free(settings);
}

/* A choice made in the chat is remembered where nothing was said before. */
static void whose_choice_is_free(void **state)
{
    static const struct {
        const char *key;
        struct said said[SAID_MAX];
        bool want;
    } cases[] = {
        {NULL, {{0}}, true},
        {NULL, {{SETTINGS_REMEMBERED, "chat", "model", "ollama:small"}}, true},
        {"OPENAI_API_KEY", {{SETTINGS_REMEMBERED, "chat", "model", "ollama:small"}}, true},
        {"OPENAI_API_KEY", {{0}}, false},
        {NULL, {OPTION_SAYS("chat", "model", "guide")}, false},
        {NULL, {FILE_SAYS("chat", "model", "ollama:a")}, false},
        {NULL, {OPTION_SAYS("provider.url", "url", "http://x/v1")}, false},
    };
    (void)state;
    for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        struct settings *settings = settings_of(cases[i].said);
        struct choice choice;
        struct error error;
        if (cases[i].key)
            setenv(cases[i].key, "sk-1", 1);
        assert_int_equal(choose_model(settings, true, &choice, &error), 0);
        assert_int_equal(choice.is_free, cases[i].want);
        choice_clear(&choice);
        settings_free(settings);
        forget_keys(NULL);
    }
}

static void labels_and_sections(void **state)
{
    struct choice choice = {.provider = xstrdup("ollama"), .model = xstrdup("a:b")};
    char *label = choose_label(choice.provider, choice.model), *section = choice_section(&choice);
    (void)state;
    assert_string_equal(label, "ollama:a:b");
    assert_string_equal(section, "provider.ollama");
    free(label);
    label = choose_label("guide", "guide");
    assert_string_equal(label, "guide");
    free(label);
    free(section);
    choice_clear(&choice);
    choice_clear(&choice);
}

#define CASE(function) cmocka_unit_test_setup_teardown(function, forget_keys, forget_keys)

int main(void)
{
    const struct CMUnitTest tests[] = {
        CASE(the_first_that_applies), CASE(what_cannot_be_chosen), CASE(an_empty_key_is_none),
        CASE(whose_choice_is_free),   CASE(labels_and_sections),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
