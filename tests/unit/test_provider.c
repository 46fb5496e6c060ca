/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "base/mem.h"
#include "io/http.h"
#include "llm/codec.h"
#include "llm/model.h"
#include "llm/provider.h"
#include "model_fixture.h"

/* ---- The table ---- */

static void test_providers(void **state)
{
    (void)state;
    static const char *const wanted[] = {
        "openai",     "anthropic", "gemini",  "ollama",   "llamacpp", "lmstudio", "vllm",
        "openrouter", "groq",      "mistral", "deepseek", "xai",      "azure"};
    size_t count = 0;
    for (const rn_provider *provider = rn_providers(); provider->name; provider++, count++) {
        bool is_azure = strcmp(provider->name, "azure") == 0;
        assert_ptr_equal(provider_find(provider->name), provider);
        assert_non_null(codec_find(provider->wire));
        assert_non_null(provider->key_env);
        if (!is_azure)
            assert_true(http_url_ok(provider->url));
        /* A key is never sent in the clear to another machine. */
        if (!is_azure && !http_is_local(provider->url, NULL))
            assert_memory_equal(provider->url, "https:", 6);
        rn_model *own = RN_MODEL(.provider = provider->name, .model = "m", .key = "k",
                                 .url = is_azure ? "https://x.openai.azure.com/openai/v1" : NULL);
        assert_string_equal(rn_model_error(own), "");
        rn_model_free(own);
    }
    for (size_t i = 0; i < sizeof(wanted) / sizeof(wanted[0]); i++)
        assert_non_null(provider_find(wanted[i]));
    assert_int_equal(count, sizeof(wanted) / sizeof(wanted[0]));
    assert_null(provider_find("nobody"));
    assert_null(provider_find(""));
}

/* ---- Where requests go ---- */

static void test_urls(void **state)
{
    (void)state;
    static const struct {
        const char *url, *want;
    } cases[] = {
        {"http://h/v1", "http://h/v1/chat/completions"},
        {"http://h/v1/", "http://h/v1/chat/completions"},
        {"http://h/v1///", "http://h/v1/chat/completions"},
        {"http://h", "http://h/chat/completions"},
        {"http://h/v1/chat/completions", "http://h/v1/chat/completions"},
        {"http://h/v1/chat/completions/", "http://h/v1/chat/completions"},
        {"https://x.openai.azure.com/openai/deployments/d?api-version=2024-10-21",
         "https://x.openai.azure.com/openai/deployments/d/chat/completions?api-version=2024-10-21"},
    };
    for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        rn_model *own = RN_MODEL(.url = cases[i].url, .model = "m");
        assert_string_equal(rn_model_url(own), cases[i].want);
        assert_string_equal(rn_model_error(own), "");
        rn_model_free(own);
    }
}

/* Each provider's own address, and what else people give it for one. */
static void test_wires(void **state)
{
    (void)state;
    static const struct {
        const char *provider, *url, *wire, *want;
    } cases[] = {
        {NULL, NULL, "responses", "https://api.openai.com/v1/responses"},
        {"openai", "https://api.openai.com/v1/", "responses",
         "https://api.openai.com/v1/responses"},
        {"openai", "http://localhost:8000/v1", "openai",
         "http://localhost:8000/v1/chat/completions"},
        {"anthropic", NULL, "anthropic", "https://api.anthropic.com/v1/messages"},
        {"anthropic", "https://gateway.example", "anthropic",
         "https://gateway.example/v1/messages"},
        {"ollama", NULL, "ollama", "http://localhost:11434/api/chat"},
        {"ollama", "http://box:11434/", "ollama", "http://box:11434/api/chat"},
        {"ollama", "http://box:11434/v1/", "openai", "http://box:11434/v1/chat/completions"},
        {"llamacpp", NULL, "openai", "http://localhost:8080/v1/chat/completions"},
        {"mine", "http://localhost/v1", "openai", "http://localhost/v1/chat/completions"},
    };
    for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        rn_model *own = RN_MODEL(.provider = cases[i].provider, .url = cases[i].url, .model = "m");
        assert_string_equal(own->codec->name, cases[i].wire);
        assert_string_equal(rn_model_url(own), cases[i].want);
        rn_model_free(own);
    }
    rn_model *own = RN_MODEL(.provider = "gemini", .model = "m");
    assert_memory_equal(rn_model_url(own),
                        "https://generativelanguage.googleapis.com/v1beta/models/m:", 58);
    rn_model_free(own);
}

/* ---- What cannot work ---- */

#define HEADERS(...)      \
    (const char *const[]) \
    {                     \
        __VA_ARGS__, NULL \
    }
#define REMOTE "http://model.example/v1"
#define CLEAR "is not encrypted and on another machine"

static const struct {
    const char *about;
    rn_model_options options;
    const char *want; /* a part of the error; NULL: it is well */
} settings[] = {
    {"nothing", {.model = NULL}, "no model is named"},
    {"an empty name", {.model = "", .provider = "ollama"}, "no model is named"},
    {"a provider that is none",
     {.model = "m", .provider = "nobody"},
     "no provider is called \"nobody\""},
    {"a provider of one's own",
     {.model = "m", .provider = "mine", .url = "http://localhost/v1"},
     NULL},
    {"an empty provider", {.model = "m", .provider = "", .url = ""}, NULL},
    {"azure without a URL",
     {.model = "m", .provider = "azure"},
     "azure needs the URL of your resource"},
    {"a wire that is none", {.model = "m", .wire = "morse"}, "no wire is called \"morse\""},
    {"another scheme",
     {.model = "m", .url = "ftp://h/v1"},
     "\"ftp://h/v1\" is no URL that runnel can use"},
    {"no scheme", {.model = "m", .url = "localhost:8080/v1"}, "is no URL that runnel can use"},
    {"no host", {.model = "m", .url = "http:///v1"}, "is no URL that runnel can use"},
    {"blanks", {.model = "m", .url = "http://a b/"}, "is no URL that runnel can use"},
    {"a password in it",
     {.model = "m", .url = "https://me:sesame@h/v1"},
     "a URL with a name or a password in it"},
    {"a key in the clear", {.model = "m", .url = REMOTE, .key = "k"}, CLEAR},
    {"in capitals", {.model = "m", .url = "HTTP://model.example/v1", .key = "k"}, CLEAR},
    {"a key in a header",
     {.model = "m", .url = REMOTE, .headers = HEADERS("X: y", "authorization: Basic k")},
     CLEAR},
    {"another header", {.model = "m", .url = REMOTE, .headers = HEADERS("X-Api-Key: k")}, CLEAR},
    {"in the clear as was wished",
     {.model = "m", .url = REMOTE, .key = "k", .plain_http_key = true},
     NULL},
    {"in the clear without a key", {.model = "m", .url = REMOTE, .headers = HEADERS("X: y")}, NULL},
    {"an empty key", {.model = "m", .url = REMOTE, .key = ""}, NULL},
    {"a key for this machine", {.model = "m", .url = "http://127.0.0.1:8080/v1", .key = "k"}, NULL},
    {"a key for a socket",
     {.model = "m", .url = REMOTE, .unix_socket = "/tmp/s", .key = "k"},
     NULL},
    {"a key over TLS", {.model = "m", .url = "https://model.example/v1", .key = "k"}, NULL},
    {"a line break in the key", {.model = "m", .key = "k\nX: y"}, "the key holds a line break"},
    {"a header without a colon",
     {.model = "m", .headers = HEADERS("A: b", "Bearer sk-sesame")},
     "header 2 of the list does not look like \"Name: value\""},
    {"a header without a name",
     {.model = "m", .headers = HEADERS(": sk-sesame")},
     "header 1 of the list does not look"},
    {"a line break in a header",
     {.model = "m", .headers = HEADERS("A: sk-sesame\r\nB: c")},
     "header 1 of the list holds a line break"},
    {"extra that is no JSON", {.model = "m", .extra = "{oops"}, "extra must be a JSON object: "},
    {"extra that is no object",
     {.model = "m", .extra = "[1]"},
     "extra must be a JSON object: it is another value"},
    {"extra", {.model = "m", .extra = "{\"a\":1}"}, NULL},
};

static void test_settings(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof(settings) / sizeof(settings[0]); i++) {
        rn_model_options options = settings[i].options;
        options.size = sizeof(options);
        rn_model *model = rn_model_new(&options);
        const char *error = rn_model_error(model);
        if (settings[i].want ? !strstr(error, settings[i].want) : *error)
            fail_msg("%s: %s", settings[i].about, error);
        assert_null(strstr(error, "sesame"));
        if (*error) {
            struct buf want = BUF_INIT;
            buf_addf(&want, "start(,%s) error(config: %s) finish(error,)",
                     options.model ? options.model : "", error);
            check_run(rn_model_stream(model, "hi"), want.data, RN_ECONFIG);
            rn_message *answer = rn_model_invoke(model, "hi");
            assert_int_equal(answer->status, RN_ECONFIG);
            assert_string_equal(answer->error, error);
            rn_message_free(answer);
            buf_clear(&want);
        }
        rn_model_free(model);
    }
    rn_model_free(NULL);
}

/* A program that was built when the struct was shorter. */
static void test_older_struct(void **state)
{
    (void)state;
    rn_model_options options = {.size = offsetof(rn_model_options, key),
                                .model = "m",
                                .provider = "ollama",
                                .extra = (const char *)1,
                                .key = (const char *)1};
    rn_model *model = rn_model_new(&options);
    assert_string_equal(rn_model_error(model), "");
    assert_null(model->options.extra);
    rn_model_free(model);
}

/* What was given is copied. */
static void test_copies(void **state)
{
    (void)state;
    double temperature = 0.5;
    char name[] = "m", url[] = "http://localhost/v1", system[] = "s", header[] = "A: b";
    rn_model *own = RN_MODEL(.model = name, .url = url, .system = system,
                             .temperature = &temperature, .headers = HEADERS(header));
    memset(name, 'x', 1);
    memset(url, 'x', 4);
    memset(system, 'x', 1);
    memset(header, 'x', 1);
    temperature = 7;
    rn_conversation *talk = rn_conversation_new(NULL);
    char *body = model_encode(own, talk, NULL, RN_INVOKE);
    assert_string_equal(
        body,
        "{\"model\":\"m\",\"messages\":[{\"role\":\"system\",\"content\":\"s\"}],\"stream\":false,"
        "\"temperature\":0.5}");
    assert_string_equal(rn_model_url(own), "http://localhost/v1/chat/completions");
    free(body);
    rn_conversation_free(talk);
    rn_model_free(own);
}

/* ---- Headers ---- */

static void check_headers(rn_model *model, const char *want)
{
    struct buf got = BUF_INIT;
    for (char **header = model->headers; *header; header++)
        buf_addf(&got, "%s|", *header);
    assert_string_equal(got.data, want);
    buf_clear(&got);
    rn_model_free(model);
}

#define OURS "Content-Type: application/json|Accept: text/event-stream, application/json|"
#define AGENT "User-Agent: runnel/" RN_VERSION "|"

static void test_headers(void **state)
{
    (void)state;
    check_headers(RN_MODEL(.model = "m"), OURS AGENT);
    check_headers(RN_MODEL(.model = "m", .key = "k"), OURS AGENT "Authorization: Bearer k|");
    check_headers(RN_MODEL(.provider = "azure", .model = "m", .key = "k"),
                  OURS AGENT "api-key: k|");
    check_headers(
        RN_MODEL(.model = "m", .key = "k",
                 .headers = HEADERS("X-Title: t", "user-agent: me", "AUTHORIZATION: Basic b")),
        OURS "X-Title: t|user-agent: me|AUTHORIZATION: Basic b|");
    check_headers(RN_MODEL(.model = "m", .headers = HEADERS("Accept-Language: de")),
                  OURS AGENT "Accept-Language: de|");
}

/* ---- Time limits ---- */

static void test_limits(void **state)
{
    (void)state;
    rn_model *near = RN_MODEL(.provider = "ollama", .model = "m"), *far = RN_MODEL(.model = "m");
    rn_model *own = RN_MODEL(.model = "m", .connect_ms = 1, .first_ms = 2, .idle_ms = 3);
    struct http_request a = model_request(near, RN_STREAM, ""),
                        b = model_request(far, RN_STREAM, ""),
                        c = model_request(own, RN_STREAM, "");
    assert_true(a.connect_ms < b.connect_ms);
    assert_true(a.first_ms > b.first_ms &&
                a.idle_ms > b.idle_ms); /* a model may have to be loaded */
    assert_int_equal(c.connect_ms, 1);
    assert_int_equal(c.first_ms, 2);
    assert_int_equal(c.idle_ms, 3);
    rn_model_free(near);
    rn_model_free(far);
    rn_model_free(own);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_providers),    cmocka_unit_test(test_urls),
        cmocka_unit_test(test_wires),        cmocka_unit_test(test_settings),
        cmocka_unit_test(test_older_struct), cmocka_unit_test(test_copies),
        cmocka_unit_test(test_headers),      cmocka_unit_test(test_limits),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
