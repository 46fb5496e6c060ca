/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "chat/advice.h"

static const struct {
    const char *model;
    rn_failure error;
    const char *message, *want; /* what it has in it */
} cases[] = {
    {"openai:x",
     {.code = RN_EHTTP, .http = 401, .provider_code = "invalid_api_key"},
     "Bad key",
     "check OPENAI_API_KEY"},
    {"gemini:x",
     {.code = RN_EHTTP, .http = 400, .provider_code = "API_KEY_INVALID"},
     "Bad key",
     "check GEMINI_API_KEY"},
    {"anthropic:x",
     {.code = RN_EPROVIDER, .provider_code = "authentication_error"},
     "invalid x-api-key",
     "check ANTHROPIC_API_KEY"},
    {"mine:x", {.code = RN_EHTTP, .http = 401, .provider_code = ""}, "No", "--key-env NAME"},
    {"openai:x",
     {.code = RN_EHTTP, .http = 403, .provider_code = ""},
     "No",
     "may not use this model"},
    {"openai:x",
     {.code = RN_EHTTP, .http = 404, .provider_code = "model_not_found"},
     "No such",
     "runnel models openai lists"},
    {"openrouter:x",
     {.code = RN_EHTTP, .http = 400, .provider_code = "400"},
     "x is not a valid model ID",
     "runnel models openrouter lists"},
    {"ollama:x",
     {.code = RN_EHTTP, .http = 404, .provider_code = ""},
     "model 'x' not found",
     "ollama pull x"},
    {"openai:x",
     {.code = RN_EHTTP, .http = 429, .provider_code = "insufficient_quota"},
     "You exceeded your current quota.",
     "quota is used up"},
    {"gemini:x",
     {.code = RN_EHTTP, .http = 429, .provider_code = "RESOURCE_EXHAUSTED"},
     "Q",
     "A quota is used up"},
    {"gemini:x",
     {.code = RN_EHTTP, .http = 429, .provider_code = "RESOURCE_EXHAUSTED", .retryable = true},
     "Q",
     "wait a little"},
    {"anthropic:x",
     {.code = RN_EHTTP, .http = 400, .provider_code = "invalid_request_error"},
     "Your credit balance is too low to access the Anthropic API.",
     "quota is used up"},
    {"openrouter:x", {.code = RN_EHTTP, .http = 402, .provider_code = "402"}, "No", "no credit"},
    {"anthropic:x",
     {.code = RN_EHTTP, .http = 529, .provider_code = "overloaded_error", .retryable = true},
     "Overloaded",
     "more to do than it can"},
    {"gemini:x",
     {.code = RN_EPROVIDER, .provider_code = "UNAVAILABLE", .retryable = true},
     "m",
     "more to do than it can"},
    {"openai:x",
     {.code = RN_EHTTP, .http = 500, .provider_code = ""},
     "Oops",
     "The server has trouble"},
    {"anthropic:x",
     {.code = RN_EHTTP, .http = 400, .provider_code = "invalid_request_error"},
     "prompt is too long: 201234 tokens > 200000 maximum",
     "1,234 tokens too many: 201,234 where the model holds 200,000. Attach less, begin a new "
     "conversation (/new)"},
    {"anthropic:x",
     {.code = RN_EHTTP, .http = 400, .provider_code = ""},
     "prompt is too long: 201 tokens > 200 maximum",
     "1 token too many: "},
    {"llamacpp:x",
     {.code = RN_EHTTP, .http = 400, .provider_code = "exceed_context_size_error"},
     "request (5000 tokens) exceeds the available context size (4096 tokens)",
     "with a larger -c"},
    {"ollama:x",
     {.code = RN_EHTTP, .http = 400, .provider_code = ""},
     "the input length exceeds the context length",
     "--set options.num_ctx=N"},
    {"openai:x",
     {.code = RN_EHTTP, .http = 429, .provider_code = "rate_limit_exceeded", .retryable = true},
     "Please reduce the length of the messages",
     "wait a little"},
    {"openai:x", {.code = RN_EHTTP, .http = 413, .provider_code = ""}, "Too large", "attach less"},
    {"anthropic:x",
     {.code = RN_EHTTP, .http = 400, .provider_code = "invalid_request_error"},
     "messages.0.content.1.image.source.base64: image exceeds 5 MB maximum: 6291456 bytes > "
     "5242880",
     "Make the image smaller"},
    {"anthropic:x",
     {.code = RN_EHTTP, .http = 400, .provider_code = "invalid_request_error"},
     "Could not process image",
     "convert it"},
    {"gemini:x",
     {.code = RN_EHTTP, .http = 400, .provider_code = "INVALID_ARGUMENT"},
     "Unsupported MIME type: image/tiff",
     "convert it"},
    {"openrouter:x",
     {.code = RN_EHTTP, .http = 404, .provider_code = "404"},
     "No endpoints found that support image input",
     "sees no images"},
    {"llamacpp:x",
     {.code = RN_EHTTP, .http = 500, .provider_code = "server_error"},
     "image input is not supported - hint: you may need to provide the mmproj",
     "sees no images"},
    {"ollama:x",
     {.code = RN_EHTTP, .http = 400, .provider_code = ""},
     "\"x\" does not support tools",
     "--no-tools"},
    {"llamacpp:x",
     {.code = RN_EHTTP, .http = 500, .provider_code = ""},
     "tools param requires --jinja flag",
     "--no-tools"},
    {"groq:x",
     {.code = RN_EPROVIDER, .provider_code = "tool_use_failed"},
     "Failed to call a function.",
     "tool call that is none"},
    {"gemini:x",
     {.code = RN_EPROVIDER, .provider_code = "MALFORMED_FUNCTION_CALL"},
     "m",
     "tool call that is none"},
    {"openai:x",
     {.code = RN_EPROVIDER, .provider_code = "server_error", .retryable = true},
     "Something broke",
     "ask again later"},
    {"ollama:x", {.code = RN_ECONNECT, .provider_code = ""}, "refused", "ollama serve"},
    {"openai:x", {.code = RN_ECONNECT, .provider_code = ""}, "refused", "proxy variables"},
    {"openai:x", {.code = RN_EPROTOCOL, .provider_code = ""}, "page", "--record FILE"},
    {"openai:x", {.code = RN_ETIMEOUT, .provider_code = ""}, "late", "idle_timeout"},
    {"openai:x", {.code = RN_ETRUNCATED, .provider_code = ""}, "cut", "is kept"},
    {"guide", {.code = RN_EHTTP, .http = 404, .provider_code = ""}, "No", "Check the model's name"},
};

static void test_for(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        rn_event event = {.kind = RN_ERROR, .text = cases[i].message, .error = &cases[i].error};
        char *advice = advice_for(&event, cases[i].model);
        if (!strstr(advice, cases[i].want))
            fail_msg("%s, %s: %s", cases[i].model, cases[i].message, advice);
        free(advice);
    }
}

static void test_nothing(void **state)
{
    (void)state;
    static const rn_failure failure = {.code = RN_EHTTP, .http = 418, .provider_code = ""};
    rn_event event = {.kind = RN_ERROR, .text = "teapot", .error = &failure};
    char *advice = advice_for(&event, "openai:x");
    assert_string_equal(advice, "");
    free(advice);
}

static void test_limits(void **state)
{
    (void)state;
    static const struct {
        rn_limits limits;
        const char *want;
    } closes[] = {
        {{2, -1, 12000},
         "the provider's rate limit is close: 2 requests left, as many as ever in 12 s"},
        {{1, 1000, -1}, "the provider's rate limit is close: 1 request and 1,000 tokens left"},
        {{-1, 0, 90000},
         "the provider's rate limit is close: 0 tokens left, as many as ever in 1 min 30 s"},
    };
    for (size_t i = 0; i < sizeof(closes) / sizeof(closes[0]); i++) {
        char *text = advice_limits(&(rn_finish){.limits = &closes[i].limits});
        assert_string_equal(text, closes[i].want);
        free(text);
    }
    char *text = advice_limits(&(rn_finish){.limits = NULL});
    assert_string_equal(text, "");
    free(text);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_for),
        cmocka_unit_test(test_nothing),
        cmocka_unit_test(test_limits),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
